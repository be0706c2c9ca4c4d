// A statement by or about one person as a command: every verb takes the same options for who, when, how sure and
// whence, and adds its own for what was said.
import { isUnreadable, timeReader } from '../../intake/read-time.ts'
import { isZone } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { type Channel, channels, grades, jurisdictions, numberOf } from '../../model/vocabulary.ts'
import type { Register } from '../../register/open-register.ts'
import type { Recorded, Scope, Statement } from '../../register/record-event.ts'
import { type PersonMeant, personReference } from '../../service/person-reference.ts'
import { type PublishedNames, readPublishedNames } from '../../service/published-names.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, type Invocation, type OptionSpecs, optional, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { personOption } from './file-options.ts'
import { recordedLines } from './recorded-lines.ts'

type Options = Invocation['options']

type StatementVerb<S extends Scope> = Pick<Command, 'name' | 'summary' | 'usage' | 'example' | 'options'> & {
  /** The person may be named by a contact point, whoever it belongs to. */
  byContact?: true
  /** What is stated, from the verb's own options: refused here, before anything is opened. */
  scope(options: Options): S
  record(register: Register, statement: Statement & S): Promise<Recorded>
}

const contactOptions: OptionSpecs = {
  email: {
    type: 'string',
    value: 'address',
    says: 'instead of --person: whoever this e-mail address reaches',
  },
  phone: { type: 'string', value: 'number', says: 'instead of --person: whoever this number reaches' },
  name: { type: 'string', value: 'name', says: 'with --address: whoever mail under this name reaches there' },
  address: { type: 'string', value: 'address', says: 'the address that goes with --name, postcode included' },
}

const statementOptions: OptionSpecs = {
  person: { type: 'string', value: 'kind:reference', says: 'whom it is about, e.g. member:M0000042' },
  at: {
    type: 'string',
    value: 'time',
    says: 'when it happened: an instant, a local date and time, or a date, which means some time that day (default: now)',
  },
  zone: { type: 'string', value: 'zone', says: 'of a time without one (default: the controller’s)' },
  grade: {
    type: 'string',
    value: 'grade',
    says: 'A captured when it happened, B attributed by a rule, C asserted (default C)',
  },
  source: { type: 'string', value: 'name', says: 'system or letter it comes from (default command-line)' },
  jurisdiction: {
    type: 'string',
    value: 'law',
    says: `${Object.keys(jurisdictions).join(' or ')} (default: the controller’s)`,
  },
  key: {
    type: 'string',
    value: 'text',
    says: 'idempotency key: said again with the same key, it is recorded once',
  },
  enrol: { type: 'boolean', says: 'enrol the person if nobody has this reference' },
}

export function statementCommand<S extends Scope>(verb: StatementVerb<S>): Command {
  const { name, summary, example } = verb
  return {
    name,
    summary,
    example,
    usage: `${verb.byContact ? '(--person <kind:reference> | --email … | --phone … | --name … --address …)' : '--person <kind:reference>'} ${verb.usage} [--at <time>]`,
    options: { ...verb.options, ...(verb.byContact && contactOptions), ...statementOptions },
    async run({ options, terminal, configuration, arguments: given }) {
      atMost(0, given, `${name} takes options only, such as --person`)
      // All that can be refused without the register is refused before it is opened.
      const { person, enrolIfUnknown } = who(options)
      const stated = howSure(options)
      const scope = verb.scope(options)
      const zone = zoneOption(options)
      const at = when(options, zone)
      const jurisdiction = jurisdictionOption(options)
      const recorded = await useApp(configuration, async ({ register }) => {
        const names = await readPublishedNames(register)
        checkNames(scope, names)
        return verb.record(register, {
          person: await personReference(register, person),
          enrolIfUnknown,
          ...stated,
          ...(zone === undefined ? when(options, names.zone) : at),
          ...known({ jurisdiction: jurisdiction ?? names.jurisdiction }),
          actor: configuration.actor,
          ...scope,
        })
      })
      for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
      return 0
    },
  }
}

// --- what every statement has ----------------------------------------------------------------------------------

/** Whoever says stop under a contact point need not be known otherwise. */
function who(options: Options): { person: PersonMeant; enrolIfUnknown: boolean } {
  const point = contactOf(options)
  if (point === undefined) return { person: personOf(options), enrolIfUnknown: options.enrol === true }
  return { person: point, enrolIfUnknown: true }
}

function contactOf(options: Options): PersonMeant | undefined {
  const [email, phone] = [optional(options.email), optional(options.phone)]
  const [name, address] = [optional(options.name), optional(options.address)]
  const byMail = name !== undefined || address !== undefined
  const ways = [options.person !== undefined, email !== undefined, phone !== undefined, byMail]
  if (ways.filter(Boolean).length > 1)
    throw new Problem('usage.invalid', 'one person at a time, named in one way')
  if (email !== undefined) return { kind: 'email', value: email }
  if (phone !== undefined) return { kind: 'phone', value: phone }
  if (!byMail) return undefined
  return { kind: 'address', name: required(options.name, '--name'), value: required(address, '--address') }
}

/** `--person`, whatever the command. */
export function personOf(options: Options): { kind: string; value: string } {
  const person = personOption(required(options.person, '--person <kind:reference>'))
  // The kind stands in messages, so it must not be able to hold a name or a number of anybody.
  if (!/^[a-z][a-z-]{0,19}$/.test(person.kind)) {
    throw new Problem('usage.invalid', '--person begins with a kind such as member, in small letters')
  }
  return person
}

function howSure(options: Options): Pick<Statement, 'grade' | 'source' | 'idempotencyKey'> {
  const idempotencyKey = optional(options.key)
  // Without it the second time would be another time, and so another statement under the same key.
  if (idempotencyKey !== undefined && options.at === undefined) {
    throw new Problem('usage.invalid', '--key needs --at: a repetition has to say the same')
  }
  return {
    grade: oneOf(optional(options.grade) ?? 'C', grades, '--grade'),
    source: optional(options.source) ?? 'command-line',
    ...known({ idempotencyKey }),
  }
}

function when(options: Options, zone: string | undefined): Pick<Statement, 'at' | 'statedText'> {
  // An empty time is a time that went missing on the way here, and not now.
  if (options.at === '') throw new Problem('time.invalid', '--at is empty; left out, it is now')
  const text = optional(options.at)
  if (text === undefined) {
    const now = Date.now() * 1000
    return { at: { earliest: now, latest: now } }
  }
  const reading = timeReader('iso', zone)(text)
  if (isUnreadable(reading)) throw new Problem('time.invalid', `--at: ${reading.reason}`)
  const { earliest, latest, exact } = reading
  return { at: { earliest, latest }, ...(!exact && { statedText: reading.text }) }
}

function zoneOption(options: Options): string | undefined {
  const zone = optional(options.zone)
  if (zone === undefined || isZone(zone)) return zone
  throw new Problem('value.invalid', '--zone is the name of a time zone, such as Europe/London')
}

function jurisdictionOption(options: Options) {
  const jurisdiction = optional(options.jurisdiction)
  return jurisdiction === undefined ? undefined : oneOf(jurisdiction, jurisdictions, '--jurisdiction')
}

/** The register gives a number to any name: one that was never published would be taken, and match nothing. */
function checkNames(scope: Scope, names: PublishedNames): void {
  for (const what of ['notice', 'route', 'purpose', 'recipient'] as const) {
    const name = scope[what]
    if (name === undefined || names[what].includes(name)) continue
    const published = names[what].length === 0 ? 'none is published yet' : `one of ${names[what].join(', ')}`
    throw new Problem('policy.not_found', `--${what} must be published; ${published}`)
  }
}

// --- for the verbs' own options --------------------------------------------------------------------------------

/** The name, known to be in the vocabulary; otherwise `value.invalid` lists what is. */
export function oneOf<const V extends Record<string, number>>(
  name: string,
  vocabulary: V,
  option: string,
): keyof V & string {
  numberOf(vocabulary, name, option)
  return name
}

export const noticeOption = option('notice@version', 'version of the notice, as published')
export const purposeOption = option('id', 'purpose, by its id in the policy')
export const recipientOption = (leftOut: string) =>
  option('id', `recipient, by its id in the policy (left out: ${leftOut})`)
export const channelOption = (leftOut: string) =>
  option('channel', `one of ${Object.keys(channels).join(', ')} (left out: ${leftOut})`)

function option(value: string, says: string): OptionSpecs[string] {
  return { type: 'string', value, says }
}

export function recipientAndChannel(options: Options): { recipient?: string; channel?: Channel } {
  const channel = optional(options.channel)
  return known({
    recipient: optional(options.recipient),
    channel: channel === undefined ? undefined : oneOf(channel, channels, '--channel'),
  })
}

/** Without what was not said: an absent member is no statement, an undefined one a bug. */
export function known<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
