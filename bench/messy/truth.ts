// What really happened to each person of the messy base, and from that alone whether a record may leave. The labels are made
// here, from the truth, in words of the law: nothing of `packs/` or `src/decide/` is asked.

export const minute = 60_000
export const day = 24 * 60 * minute
export const at = (iso: string) => Date.parse(iso)

export const releaseAt = at('2018-11-12T09:00:00Z')
/** A consent for a first contact by somebody else is good for half a year. */
export const consentGoodFrom = at('2018-05-12T09:00:00+01:00')
const adultIfBornBy = '2000-11-12'

/** How each notice tells of the toy maker; `moved`: by a brand that was another company's until `brandMovedAt`. */
export const notices = {
  'names-brand@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'name' },
  'names-by-brand-name@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'moved' },
  'names-by-brand-name@2017': { from: at('2017-01-01T00:00:00Z'), tells: 'name' },
  'names-sector@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'sector' },
  'names-partners@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'nobody' },
  'closed-list@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'others' },
  'general-statement@2015': { from: at('2015-06-01T00:00:00+01:00'), tells: 'another purpose' },
} as const
export type Notice = keyof typeof notices
export const brandMovedAt = at('2016-07-01T00:00:00+01:00')

export type Channel = 'post' | 'email'
export type Happened = { at: number } & (
  | { what: 'shown'; notice: Notice }
  | { what: 'yes'; notice: Notice; channel: Channel; recipient: 'brand' | undefined; byParent?: true }
  | { what: 'no' | 'withdrew'; channel: Channel | undefined; recipient: 'brand' | 'other-brand' | undefined }
  | {
      what: 'objected'
      channel: Channel | undefined
      recipient: 'brand' | 'other-brand' | undefined
      /** Said from an e-mail address or a number, and by nobody who gave another name: it is a stop of that point. */
      from?: 'email' | 'phone'
    }
  | {
      what: 'objected to everything' | 'asked to be erased' | 'must not be contacted' | 'died' | 'moved away'
    }
  | { what: 'restricted' | 'restriction lifted' | 'disputed' | 'dispute settled' }
)

export type Human = {
  given: string
  family: string
  address: string
  email: string
  phone: string
  bornOn: string
  /** One for each enrolment. */
  numbers: string[]
  happened: Happened[]
  /** A canary: nobody at all. */
  seed: boolean
}

export type Request = { id: string; channel: Channel; basis: 'consent' | 'legitimate-interests' }

/** Why this record must not leave, or undefined where it may. `others`: whoever else is in the file. */
export function whyNot(
  human: Human,
  { channel, basis }: Request,
  others: readonly Human[],
): string | undefined {
  if (human.seed) return 'is nobody'
  const before = human.happened.filter((event) => event.at <= releaseAt)
  const standing = standsAgainst(human, before)
  if (standing !== undefined) return standing
  const stop = lastStop(before, channel)
  const yes = latest(before.filter((event) => saysYes(event, channel)))
  if (stop !== undefined && (yes === undefined || yes.at <= stop.at)) return `${stop.what}, and not yes since`
  const suppressed = others.some(
    (other) => sharesContact(human, other, channel) && hasStopped(other, channel),
  )
  if (suppressed) return 'a contact point is suppressed'
  const shown = latest(before.filter((event) => event.what === 'shown'))
  if (shown === undefined) return 'was shown nothing'
  if (!tellsOfBrand(shown)) return `was last told of ${notices[shown.notice].tells}`
  if (basis !== 'consent') return undefined
  if (yes === undefined) return 'never said yes to this'
  if (yes.at < consentGoodFrom) return 'said yes too long ago'
  if ('byParent' in yes && yes.byParent) return 'a parent said yes, and the child has outgrown it'
  return undefined
}

function standsAgainst(human: Human, before: readonly Happened[]): string | undefined {
  const ever = (what: Happened['what']) => before.some((event) => event.what === what)
  for (const what of ['asked to be erased', 'must not be contacted', 'died', 'moved away'] as const)
    if (ever(what)) return what
  if (ever('objected to everything')) return 'objected to everything'
  if (isOpen(before, 'restricted', 'restriction lifted')) return 'restricted'
  if (isOpen(before, 'disputed', 'dispute settled')) return 'disputed'
  return human.bornOn > adultIfBornBy ? 'is a child' : undefined
}

function isOpen(before: readonly Happened[], begins: Happened['what'], ends: Happened['what']): boolean {
  const began = latest(before.filter(({ what }) => what === begins))
  const ended = latest(before.filter(({ what }) => what === ends))
  return began !== undefined && (ended === undefined || ended.at <= began.at)
}

/** A stop without a scope is about everything; one about another company is not about this one. */
function lastStop(before: readonly Happened[], channel: Channel) {
  return latest(
    before.filter(
      (event): event is Extract<Happened, { what: 'no' | 'withdrew' | 'objected' }> =>
        (event.what === 'no' || event.what === 'withdrew' || event.what === 'objected') &&
        (event.channel === undefined || event.channel === channel) &&
        event.recipient !== 'other-brand',
    ),
  )
}

/** A stop to marketing is about the address as well; an objection on grounds of one's own (Article 21(1)) is not. */
function hasStopped({ happened }: Human, channel: Channel): boolean {
  return happened.some(
    (event) =>
      event.what === 'objected' &&
      event.at <= releaseAt &&
      (event.from === undefined || event.from === channel) &&
      (event.channel === undefined || event.channel === channel) &&
      event.recipient !== 'other-brand',
  )
}

/** What the message would reach: an e-mail address whoever reads it, by post the one of a household who has that name. */
function sharesContact(one: Human, other: Human, channel: Channel): boolean {
  if (one === other) return false
  if (channel === 'email') return one.email === other.email
  return one.address === other.address && one.given === other.given && one.family === other.family
}

function saysYes(event: Happened, channel: Channel): boolean {
  return (
    event.what === 'yes' && event.channel === channel && event.recipient === 'brand' && tellsOfBrand(event)
  )
}

function tellsOfBrand({ notice, at: when }: { notice: Notice; at: number }): boolean {
  const { tells } = notices[notice]
  return tells === 'name' || (tells === 'moved' && when >= brandMovedAt)
}

function latest<E extends Happened>(events: readonly E[]): E | undefined {
  return events.reduce<E | undefined>(
    (last, event) => (last === undefined || event.at >= last.at ? event : last),
    undefined,
  )
}
