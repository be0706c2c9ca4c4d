// The letter that reminds a holder of one duty: what, of which release or copy, by when, and how to answer. It says the same
// whenever it is written, and names nobody whose data it is about.
import { dateToIso, instantToIso, microsecondsPerMinute } from '../model/instant.ts'
import type { Party } from '../model/release.ts'
import type { Held, Obligation } from './obligation.ts'
import type { Stage } from './reminder-stages.ts'

export type Written = { subject: string; text: string }

export function writeReminder(obligation: Obligation, stage: Stage, controller: Party): Written {
  const { who, words, source, of, dueAt } = obligation
  const last = lastWords(obligation)
  const isLate = stage.endsWith('-late')
  const verb = isLate ? 'was' : 'is'
  const what = heldWords(of)
  const subject = `${isLate ? 'Overdue' : 'Reminder'}: ${subjects[obligation.kind] ?? 'a duty'}, ${what}, ${isLate ? 'was due' : 'by'} ${last}`
  const lines = [
    `${controller.name} to ${who.name}: ${isLate ? 'this is overdue' : 'a reminder'}`,
    '',
    `Of ours you hold ${what}. What you owe for it:`,
    `  ${words}.`,
    `  ${dueAt === undefined ? `The last day ${verb}` : `It ${verb} due by`} ${last} (${source}).`,
    '',
    ...(obligation.blocks
      ? ['Until the evidence is here, nothing more goes to you or to a company of your group.', '']
      : []),
    'How to answer',
    ...answer(obligation).map((line) => `  ${line}`),
    '  If you have answered already, send the same file again.',
    '',
  ]
  return { subject: oneLine(subject), text: `${lines.map(oneLine).join('\n')}\n` }
}

/** Of what counts in hours the minute: its day alone would call it not overdue until midnight. */
function lastWords({ dueOn, dueAt }: Obligation): string {
  if (dueAt !== undefined) return instantToIso(dueAt - (dueAt % microsecondsPerMinute))
  return dueOn === undefined ? 'today' : dateToIso(dueOn)
}

/** What was published may hold any character; a letter and a header hold none that ends a line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

const subjects: Readonly<Partial<Record<Obligation['kind'], string>>> = {
  confirm: 'send back the receipt',
  'apply-removal': 'take lines out',
  return: 'send it back',
  delete: 'delete every copy',
}

function heldWords(of: Held): string {
  if ('release' in of) return `release ${of.release}`
  return 'copy' in of ? `copy ${of.copy}` : `what work order ${of.workOrder} was for`
}

function answer({ kind, id }: Obligation): string[] {
  if (kind === 'confirm')
    return ['fairshare open <the folder> --key <your key folder>', 'and send back receipt.txt.']
  if (kind === 'apply-removal')
    return [
      'fairshare open <the folder of the removal> --key <your key folder> --apply <folder with the records>',
      `and send back removal-${id.split('/').at(-1)}-receipt.txt.`,
    ]
  return [
    'When every copy is gone, those of your contractors too: fairshare certify',
    'and send back certificate.txt, which your key signs.',
  ]
}
