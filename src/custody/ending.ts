// The end of what somebody holds: not due yet, due, overdue, or destroyed by the evidence on record, signed or not.
import { dateOf, dateToIso } from '../model/instant.ts'
import type { CopyDestroyedBody, DestroyedBody } from '../model/release.ts'
import type { Stated } from '../release/read-release.ts'
import { doneOn, pendingOn } from './light.ts'
import type { AsOf, Obligation } from './obligation.ts'

type Destruction = Stated<DestroyedBody | CopyDestroyedBody>
type Undated = Omit<Obligation, 'state' | 'light' | 'dueOn'>

/** By `dueOn`, from when on its holder and the holder's group get nothing further (A209). */
export function ending(
  owed: Undated & { dueOn: NonNullable<Obligation['dueOn']> },
  held: { destroyed?: Destruction; partly?: Destruction },
  { today, zone }: AsOf,
): Obligation {
  if (held.destroyed !== undefined)
    return {
      ...{ ...owed, ...destroyed(held.destroyed, zone, owed.dueOn) },
      words: `${owed.words}: ${evidenceWords(held.destroyed)}`,
    }
  const pending = pendingOn(owed.dueOn, today)
  const still =
    held.partly === undefined ? owed : { ...owed, words: `${owed.words}: ${restWords(held.partly)}` }
  if (pending.state === 'open') return { ...still, ...pending }
  // Against what the holder signed no word counts.
  const ask =
    held.partly === undefined
      ? 'Ask for its signed certificate (`fairshare receive certificate.txt`); on somebody’s word alone `fairshare destroyed`.'
      : 'Ask for a new signed certificate, that all is gone (`fairshare receive certificate.txt`).'
  if (pending.state === 'due') return { ...still, ...pending, todo: ask }
  return {
    ...{ ...still, ...pending, blocks: true as const },
    todo: `${ask} Until then nothing more goes to it or its group (A209).`,
  }
}

/** On the day that a signed certificate names; of an unsigned word we know only when it was recorded. */
export function destroyed(
  { recordedAt, body }: Destruction,
  zone: string,
  dueOn: Obligation['dueOn'],
): Pick<Obligation, 'state' | 'light' | 'daysLate'> {
  const at = body.certificate?.statement.destroyedAt ?? recordedAt
  return doneOn('destroyed', dateOf(at, zone), dueOn)
}

/** Its certificate ends nothing yet, and says why. */
function restWords({ body }: Destruction): string {
  const backups = body.certificate?.statement.backups
  if (backups === undefined || backups === 'none') return 'certified, but for whoever had it from there'
  return `certified, but backups hold it until ${dateToIso(backups.goneBy)}`
}

function evidenceWords({ body }: Destruction): string {
  return body.certificate === undefined
    ? `on the word of ${body.by}, unsigned`
    : 'by a certificate signed with its key'
}
