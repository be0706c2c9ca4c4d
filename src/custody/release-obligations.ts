// What the recipient of one release owes: its receipt, its removals, the return and the end of what it got; and what binds it
// while it uses it. The days are those that its manifest told.
import { dateOf, dateToIso, daysBetween } from '../model/instant.ts'
import type { CommittedBody, DeliveredBody, Party } from '../model/release.ts'
import { type DueDay, type ReleaseDays, releaseDays } from '../model/release-days.ts'
import type { PolicyTerms } from '../register/policy-terms.ts'
import type { ReleaseState, RemovalState, Stated } from '../release/read-release.ts'
import { destroyed, ending } from './ending.ts'
import { holderOf } from './holder.ts'
import { doneOn, pendingOn } from './light.ts'
import type { AsOf, Obligation, ObligationKind } from './obligation.ts'

export type HeldRelease = {
  state: ReleaseState & { committed: Stated<CommittedBody>; delivered: Stated<DeliveredBody> }
  /** As they stood when it was committed. */
  terms: PolicyTerms
  asOf: AsOf
  /** Its recipient has said that other rows arrived than were sealed. */
  disputed?: { at: number; found: string }
}

type Owed = HeldRelease & { days: ReleaseDays; who: Party }

export function releaseObligations(held: HeldRelease): Obligation[] {
  const { body } = held.state.committed
  const days = releaseDays(body, held.terms)
  const owed = { ...held, days, who: holderOf(held.terms, body.request.recipient, days.releasedOn) }
  return [
    confirmation(owed),
    ...held.state.removals.map((removal) => removalObligation(owed, removal)),
    ...(days.returnBy ? [endingOn(owed, 'return', days.returnBy)] : []),
    days.deleteBy ? endingOn(owed, 'delete', days.deleteBy) : undatedDeletion(owed),
    ...whileUsed(owed),
  ]
}

function about({ state, who }: Owed, kind: ObligationKind, number?: number) {
  const { release } = state
  const id = `${kind}/${release}${number === undefined ? '' : `/${number}`}`
  return { id, kind, of: { release }, who }
}

// --- the receipt -------------------------------------------------------------------------------------------------

function confirmation(owed: Owed): Obligation {
  const { state, days, asOf, disputed } = owed
  const { on: dueOn, source } = days.confirmBy
  const base = {
    ...{ ...about(owed, 'confirm'), source, dueOn },
    words: 'Open it and send back the receipt',
  }
  const { opened } = state
  if (disputed !== undefined && disputed.at > (opened?.position ?? 0))
    return {
      ...{ ...base, state: 'disputed', light: 'red', dispute: disputed.at },
      words: 'It says that other rows arrived than were sent',
      todo: 'Find out what it opened before anything else leaves. A receipt for what was sent closes this.',
    }
  if (opened !== undefined)
    return { ...base, ...doneOn('acknowledged', dateOf(opened.recordedAt, asOf.zone), dueOn) }
  if (state.destroyed !== undefined) return { ...base, ...destroyed(state.destroyed, asOf.zone, undefined) }
  const pending = pendingOn(dueOn, asOf.today)
  if (pending.state !== 'overdue')
    return {
      ...{ ...base, ...pending },
      ...(pending.state === 'due' && {
        todo: 'Ask for receipt.txt, then `fairshare receive receipt.txt`.',
      }),
    }
  return {
    ...{ ...base, ...pending },
    words: 'Never opened, as far as anything here shows: no receipt came back',
    todo: 'Ask who has the folder and whether it arrived. Then `fairshare receive receipt.txt`, or have it destroyed.',
  }
}

// --- removals ----------------------------------------------------------------------------------------------------

function removalObligation(owed: Owed, { sealed, delivered, applied }: RemovalState): Obligation {
  const { asOf, days, state } = owed
  const { removal, count, dueAt } = sealed.body
  const dueOn = dateOf(dueAt, asOf.zone)
  const hours = days.agreement?.applyRemovalsWithinHours
  const base = {
    ...{ ...about(owed, 'apply-removal', removal), dueOn, dueAt },
    words: `Take ${count} ${count === 1 ? 'line' : 'lines'} out and send back the receipt (removal ${removal})`,
    source: hours === undefined ? 'the law pack' : `agreement ${days.agreement!.id}`,
  }
  if (applied !== undefined)
    return { ...base, ...doneOn('met', dateOf(applied.recordedAt, asOf.zone), dueOn) }
  if (state.destroyed !== undefined) return { ...base, ...destroyed(state.destroyed, asOf.zone, undefined) }
  const late = daysBetween(dueOn, asOf.today)
  // People wait for it, and hours are short: amber from the moment it is known.
  const pending: Pick<Obligation, 'state' | 'light' | 'daysLate'> =
    asOf.now <= dueAt
      ? { state: 'due', light: 'amber' }
      : { state: 'overdue', light: 'red', ...(late > 0 && { daysLate: late }) }
  const isSent = delivered !== undefined
  const todo = removalTodo(removal, isSent, pending.state)
  return { ...base, ...pending, todo, ...(!isSent && { unsent: true }) }
}

function removalTodo(removal: number, isSent: boolean, state: Obligation['state']): string {
  if (!isSent) return 'We have not sent it: run `fairshare follow-up`.'
  const ask = `Ask for removal-${removal}-receipt.txt, then \`fairshare receive\` it.`
  return state === 'overdue' ? `${ask} Nothing more is released to it until then.` : ask
}

// --- the end -----------------------------------------------------------------------------------------------------

function endingOn(owed: Owed, kind: 'return' | 'delete', { on, source }: DueDay): Obligation {
  const { state, asOf } = owed
  const words =
    kind === 'return' ? 'Send it back and keep no copy' : 'Delete every copy, contractors’ copies too'
  return ending({ ...about(owed, kind), words, source, dueOn: on }, state, asOf)
}

function undatedDeletion(owed: Owed): Obligation {
  const { state, asOf, days } = owed
  const base = { ...about(owed, 'delete'), source: days.lastUse.source }
  const words = 'Nobody agreed on a day to delete it'
  if (state.destroyed !== undefined)
    return { ...base, words, ...destroyed(state.destroyed, asOf.zone, undefined) }
  if (asOf.today <= days.lastUse.on) return { ...base, words, state: 'open', light: 'green' }
  return {
    ...{ ...base, state: 'due', light: 'amber' },
    words: `${words}, and its use ended on ${dateToIso(days.lastUse.on)}`,
    todo: 'Nothing has a use any more: ask for its destruction, and agree on `deleteWithinDays` before the next release.',
  }
}

// --- while it is used --------------------------------------------------------------------------------------------

/** What nobody sends evidence of: it is told, so that nobody can say it was not. */
function whileUsed(owed: Owed): Obligation[] {
  const { state, days, asOf, terms } = owed
  const { request } = state.committed.body
  const { agreement, lastUse } = days
  const purpose = terms.purposes.find(({ id }) => id === request.purpose)?.text ?? request.purpose
  const source = agreement === undefined ? `request ${request.id}` : `agreement ${agreement.id}`
  const told = (kind: ObligationKind, words: string): Obligation => ({
    ...{ ...about(owed, kind), words, source },
    ...(state.destroyed === undefined
      ? { state: 'open', light: 'green' }
      : destroyed(state.destroyed, asOf.zone, undefined)),
  })
  const until = dateToIso(lastUse.on)
  return [
    {
      ...told(
        'use-window',
        asOf.today <= lastUse.on
          ? `Use it until ${until}, for this alone: ${purpose.replace(/\.$/, '')}`
          : `Nobody may use it since its use ended on ${until}`,
      ),
      ...{ dueOn: lastUse.on, source: lastUse.source },
    },
    told('uses', usesWords(agreement?.uses)),
    told('channels', channelWords(request.channels)),
  ]
}

function usesWords(uses: 'one-off' | 'ongoing' | undefined): string {
  if (uses === 'one-off') return 'Use it once'
  return uses === 'ongoing' ? 'Use it as often as its time allows' : 'No number of uses was agreed'
}

function channelWords(channels: readonly string[]): string {
  const used = channels.filter((channel) => channel !== 'none')
  return used.length === 0 ? 'Contact nobody with it' : `Contact people by ${used.join(', ')} only`
}
