// Obligations in lines: red first, each with who, what, by when, how late, and what to do. The colour is a word; where somebody
// watches it is painted too.

import type { Held, Light, Obligation } from '../../custody/obligation.ts'
import type { Reminder } from '../../custody/send-reminders.ts'
import { dateToIso, instantToIso } from '../../model/instant.ts'
import { countLights, type ObligationList } from '../../service/obligations.ts'
import { count, table } from '../terminal.ts'
import { type Paint, paintFor } from './paint.ts'

/** `all`: what is done and what merely holds, too. */
export function obligationLines(
  { obligations, today }: ObligationList,
  { all, color }: { all: boolean; color: boolean },
): string[] {
  if (obligations.length === 0) return ['Nobody holds anything of yours, as far as this register knows.']
  const paint = paintFor(color)
  const shown = obligations.filter((one) => all || isPending(one))
  const rows = table(shown.map(cells))
  const lines = shown.flatMap((one, index) => [
    `${painted(one.light, paint)}${rows[index]!}`,
    ...(one.todo === undefined ? [] : [`${' '.repeat(LIGHT_WIDTH)}→ ${one.todo}`]),
  ])
  return [...lines, ...(lines.length > 0 ? [''] : []), summary(obligations, shown.length, dateToIso(today))]
}

/** What merely holds while a release is used asks for nothing on any day, and what is done for nothing more. */
function isPending({ kind, state }: Obligation): boolean {
  if (['acknowledged', 'met', 'destroyed'].includes(state)) return false
  return !['use-window', 'uses', 'channels'].includes(kind)
}

const LIGHT_WIDTH = 7

function painted(light: Light, paint: Paint): string {
  const words = { red: paint.alarm('RED'), amber: paint.caution('AMBER'), green: paint.calm('green') }
  return `${words[light]}${' '.repeat(LIGHT_WIDTH - light.length)}`
}

function cells(obligation: Obligation): string[] {
  const { kind, of, who, words } = obligation
  return [kind, who.name, heldText(of), whenText(obligation), words]
}

function heldText(of: Held): string {
  if ('release' in of) return of.release
  return 'copy' in of ? `copy ${of.copy}` : `work order ${of.workOrder}`
}

function whenText({ kind, dueOn, dueAt, daysLate, state, light }: Obligation): string {
  if (dueOn === undefined) return state === 'destroyed' ? 'destroyed' : 'no day'
  const late = daysLate === undefined ? '' : `, ${daysLate === 1 ? '1 day' : `${count(daysLate)} days`} late`
  if (state === 'acknowledged' || state === 'met' || state === 'destroyed')
    return `${state}, due ${dateToIso(dueOn)}${late}`
  const by = dueAt === undefined ? dateToIso(dueOn) : instantToIso(dueAt).replace(/:\d\d(\.\d+)?Z$/, 'Z')
  if (kind === 'use-window') return `until ${by}`
  if (state === 'overdue') return `was due ${by}${late === '' ? ', late' : late}`
  return state === 'disputed' ? 'disputed' : `by ${by}${light === 'red' ? ', not allowed' : ''}`
}

function summary(obligations: readonly Obligation[], shown: number, today: string): string {
  const { red, amber, green } = countLights(obligations)
  const hidden = obligations.length - shown
  const rest = hidden === 0 ? '' : ` ${count(hidden)} are done or merely hold: --all shows them.`
  return `${today}: ${count(red)} red, ${count(amber)} amber, ${count(green)} green.${rest}`
}

// --- reminders ---------------------------------------------------------------------------------------------------

export function reminderLines(reminders: readonly Reminder[]): string[] {
  if (reminders.length === 0)
    return ['Nobody is to be reminded: nothing is near its day that was not said already.']
  const outcomes = {
    ...{ sent: 'sent', written: 'written, to be sent', planned: 'would send', 'not-sent': 'NOT SENT' },
  }
  const rows = reminders.map(({ obligation, stage, to, way, outcome, because, path }) => [
    outcomes[outcome],
    way,
    to === 'us' ? 'to us' : obligation.who.name,
    `${obligation.kind}, ${heldText(obligation.of)}`,
    because === undefined ? stage : `${stage}: ${because}; the next run tries again`,
    ...(path === undefined ? [] : [path]),
  ])
  return table(rows)
}
