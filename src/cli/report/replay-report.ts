// What `replay` prints: the answer first, then what differs, where and in how many, then what has changed since.
import { instantToIso } from '../../model/instant.ts'
import type { RecordComparison } from '../../release/compare-records.ts'
import type { Changed, Replay, RulesReplay } from '../../release/replay-decision.ts'
import type { FactsReplay, StatedDifference } from '../../release/replay-facts.ts'
import { count } from '../terminal.ts'

export function replayLines(replay: Replay): string[] {
  const { request, position, decidedAt, rules, counts, facts, changed, seconds } = replay
  return [
    `${request}@${position}, decided ${instantToIso(decidedAt)}: ${answers[replay.answer]}`,
    ...ruleLines(rules, seconds.rules),
    ...counts.map(({ what, was, now }) => `  counted otherwise: ${what} was ${was}, is ${now}`),
    ...(facts === undefined
      ? ['Facts: taken as they were kept; --facts works them out again.']
      : factLines(facts, seconds.facts ?? 0)),
    ...(changed.length === 0 ? [] : ['Changed since:', ...changed.map(changeLine)]),
  ]
}

const answers: Readonly<Record<Replay['answer'], string>> = {
  identical: 'it comes out again.',
  differs: 'it does not come out again.',
  'other-rules':
    'not the same rules. Those of then are not at hand, so nobody can say here that they gave this answer.',
}

function ruleLines({ identical, missing, sha256, records }: RulesReplay, seconds: number): string[] {
  if (missing.length > 0)
    return [`Rules: they ask for facts that were not kept (${missing.join(', ')}), and were not run.`]
  if (identical) return [`Rules: the same bytes, in ${seconds.toFixed(1)} s (${sha256.was})`]
  const what =
    records === undefined || isSame(records)
      ? 'every record is the same, but not the bytes of the file: another version of the engine wrote it'
      : `${recordCount(records.differing)} of ${count(records.was)} differ`
  return [`Rules: ${what}, in ${seconds.toFixed(1)} s`, ...(records === undefined ? [] : whereLines(records))]
}

function isSame({ differing, columnsAlone }: RecordComparison): boolean {
  return differing === 0 && columnsAlone.was.length + columnsAlone.now.length === 0
}

function whereLines({ columns, columnsAlone, ordinals }: RecordComparison): string[] {
  return [
    ...columns.map(
      ({ column, rows, ordinals: some }) => `  ${column}: in ${recordCount(rows)}, e.g. ${some.join(', ')}`,
    ),
    ...columnsAlone.was.map((column) => `  ${column}: on record only`),
    ...columnsAlone.now.map((column) => `  ${column}: not on record`),
    ...(ordinals.length === 0 ? [] : [`  Numbers in the file of the first of them: ${ordinals.join(', ')}`]),
  ]
}

function factLines(replay: FactsReplay, seconds: number): string[] {
  const { identical, facts, factsAlone, alone, stated } = replay
  if (identical) return [`Facts: all the same, worked out again in ${seconds.toFixed(1)} s`]
  return [
    `Facts: not all the same, worked out again in ${seconds.toFixed(1)} s`,
    ...facts.map(
      ({ column, people, subjects }) =>
        `  ${column}: of ${people === 1 ? '1 person' : `${count(people)} people`}, e.g. ${subjects.map((subject) => `#${subject}`).join(', ')}`,
    ),
    ...factsAlone.was.map((fact) => `  ${fact}: kept, and asked for no more`),
    ...factsAlone.now.map((fact) => `  ${fact}: asked for now, and not kept`),
    ...(alone.was > 0
      ? [`  ${recordCount(alone.was)} on record that the file and the register give no more`]
      : []),
    ...(alone.now > 0 ? [`  ${recordCount(alone.now)} in the file that are not on record`] : []),
    ...stated.map(statedLine),
  ]
}

function statedLine({ notice, fact, was, now }: StatedDifference): string {
  const of = notice === undefined ? 'the request' : notice === '' ? 'whoever was shown no notice' : notice
  return `  ${fact} of ${of}: was ${was ?? 'unknown'}, is ${now ?? 'unknown'}`
}

function changeLine({ what, name, was, now, explains }: Changed): string {
  const [before, after] = what === 'mask codes' ? ['', ''] : [short(was), short(now)]
  const versions = before === '' ? '' : `: ${before} → ${after}`
  const why =
    explains.length === 0 ? 'explains no difference' : `may explain the ${explains.join(' and the ')}`
  return `  ${what} (${name})${versions}; ${why}`
}

function short(value: string | undefined): string {
  return value === undefined ? 'none' : value.slice(0, 12)
}

function recordCount(number: number): string {
  return number === 1 ? '1 record' : `${count(number)} records`
}
