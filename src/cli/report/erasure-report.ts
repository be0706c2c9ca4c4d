// Erasures in words: who is where, what was destroyed, and what remains until when. It says what is shown, and no more.
import { dateOf, dateToIso } from '../../model/instant.ts'
import type { KeysDestroyedBody } from '../../model/release.ts'
import type { Destruction } from '../../register/destroy-keys.ts'
import type { Scrubbed } from '../../register/scrub-store.ts'
import type { DestroyedErasures } from '../../release/destroy-erased.ts'
import type { Erasure } from '../../release/list-erasures.ts'
import type { ErasureList } from '../../service/erasures.ts'
import { count } from '../terminal.ts'

export function erasureLines({ zone, asked, destroyed, unfinished }: ErasureList): string[] {
  const due = asked.filter((erasure) => erasure.due).length
  return [
    asked.length === 0
      ? 'Nobody waits for the destruction of keys.'
      : `${people(asked.length)} asked to be erased, ${due === 0 ? 'none' : count(due)} of them due. No release takes them, from the moment it was recorded.`,
    ...asked.flatMap((erasure) => askedLines(erasure, zone)),
    ...(destroyed.length === 0 ? [] : ['Keys destroyed:']),
    ...destroyed.map((destruction) => `  ${destructionLine(destruction, zone)}`),
    ...(unfinished.length === 0
      ? []
      : [
          `Cut short: the key of ${epochsText(unfinished)} is still here. Run \`fairshare erasures destroy --due\`.`,
        ]),
  ]
}

function askedLines(erasure: Erasure, zone: string): string[] {
  const { subject, askedAt, heldUntil, because, due, toTell, linkedWith } = erasure
  const until = dateToIso(heldUntil)
  return [
    `  person ${subject}: asked ${dateToIso(dateOf(askedAt, zone))}; ${due ? `due since ${until}` : `evidence kept until ${until}`} (${because})`,
    ...(toTell.length === 0
      ? []
      : [`    still with the recipient of ${toTell.join(', ')}: run \`fairshare follow-up\``]),
    ...(linkedWith.length === 0
      ? []
      : [
          `    linked with ${linkedWith.map((number) => `person ${number}`).join(', ')}: the link stays, and leads from a reference of theirs to the events of this one`,
        ]),
  ]
}

function destructionLine({ body, unrecoverableAt }: Destruction, zone: string): string {
  const { epoch, at, people: number, lastBackupUnrecoverableOn } = body
  const copies =
    unrecoverableAt !== undefined
      ? `the last copy is gone, it was said on ${dateToIso(dateOf(unrecoverableAt, zone))}`
      : lastBackupUnrecoverableOn === undefined
        ? 'how long copies are kept nobody has said, of it or of one before it'
        : `copies may open until ${dateToIso(lastBackupUnrecoverableOn)}`
  return `epoch ${epoch}: ${people(number)} on ${dateToIso(dateOf(at, zone))}; ${copies}`
}

export function destroyedLines({ destroyed, epochs, scrubbed, kept }: DestroyedErasures): string[] {
  if (destroyed === undefined && epochs.length === 0) return ['Nobody is due; nothing was destroyed.']
  return [
    destroyed === undefined
      ? 'Nobody new is due; what was cut short before is finished.'
      : `${people(destroyed.people)}: secrets and references deleted, and ${count(destroyed.survivors)} other secrets wrapped anew.`,
    `The key of ${epochsText(epochs)} is overwritten and removed. The log still verifies: nothing was taken out of it.`,
    '',
    'What remains, and until when:',
    ...[
      ...copyLines(destroyed, epochs),
      ...storeLines(scrubbed),
      `${count(kept.events)} events of erased people, under numbers that lead to nobody any more${decisionText(kept.decisions)}.`,
      ...linkLines(kept.linked),
      'For each reference keyed hashes and a day, which keep that reference out of releases for good, however it is written.',
      'Of each file that facts were imported from, its hash: whoever has the file but for one line can try what that line was.',
      'Receipts that these people hold: whoever shows one can still prove what it says. Copies at recipients are theirs to erase; they were told.',
      'Freed blocks of projection.duckdb may hold keyed hashes and dates: delete the file, and the next check makes it again.',
      'Out of reach of this program: freed blocks of disks, and the memory of processes that run since before.',
    ].map((line) => `  - ${line}`),
    '',
    'Make a new backup of the register and of its keys now: with today’s keys an older one does not open.',
  ]
}

function copyLines(destroyed: KeysDestroyedBody | undefined, epochs: readonly number[]): string[] {
  const first = `Copies of the register made before, with copies of the keys of ${epochsText(epochs)}: they still open`
  const day = destroyed?.lastBackupUnrecoverableOn
  const until =
    day === undefined
      ? ', as long as such copies are kept; nobody has said how long, of these or of an epoch before'
      : ` until ${dateToIso(day)}, by what was said of how long they are kept`
  return [
    `${first}${until}. When they are gone: \`fairshare erasures unrecoverable --epoch ${epochs.at(-1) ?? destroyed?.epoch}\`.`,
  ]
}

function storeLines(scrubbed: Scrubbed | undefined): string[] {
  if (scrubbed === undefined) return []
  return [
    ...(scrubbed.walOverwritten
      ? []
      : [
          'The server’s write-ahead log: this role may not have it written over. It holds wrapped secrets, which no key opens any more, and keyed hashes of references, until the server reuses it.',
        ]),
    ...(scrubbed.walCopied
      ? [
          'What the server has sent elsewhere of its write-ahead log, to an archive or a replica: the same, until it is deleted there.',
        ]
      : []),
  ]
}

function linkLines(linked: number): string[] {
  if (linked === 0) return []
  return [
    `Links of ${people(linked)} with others who are still here: whoever has a reference of one of these finds those events by it. \`unlink\` is a later word, and deletes nothing.`,
  ]
}

function decisionText({ files, rows }: DestroyedErasures['kept']['decisions']): string {
  if (rows === 0) return ''
  return `, and ${count(rows)} ${rows === 1 ? 'row' : 'rows'} about them in ${count(files)} ${files === 1 ? 'decision' : 'decisions'}, kept to recall others`
}

function epochsText(epochs: readonly number[]): string {
  return `${epochs.length === 1 ? 'epoch' : 'epochs'} ${epochs.join(', ')}`
}

function people(number: number): string {
  return number === 1 ? '1 person' : `${count(number)} people`
}
