// people.csv: the people of a release, by commitment, one line for each record that was considered.
import { peopleHeader } from '../model/evidence-pack.ts'
import { microsecondsPerDay } from '../model/instant.ts'
import { grades, nameOf } from '../model/vocabulary.ts'
import { COMMITMENT_BYTES } from './commitments.ts'
import { lineOutcomes, type PeopleTable } from './people-table.ts'

/** How many bytes of a commitment a double holds exactly. */
const KEY_BYTES = 6
const CHUNK_LINES = 4096

/** `noticeName`: by its number, `name@version`. */
export function* peopleCsv(
  table: PeopleTable,
  noticeName: (number: number) => string,
): Generator<Uint8Array> {
  yield Buffer.from(`${peopleHeader}\n`, 'latin1')
  const order = byCommitment(table)
  const day = dayWriter()
  for (let first = 0; first < order.length; first += CHUNK_LINES) {
    let text = ''
    for (const line of order.subarray(first, first + CHUNK_LINES))
      text += lineText(table, line, { noticeName, day })
    yield Buffer.from(text, 'latin1')
  }
}

/** Of every line, hex, in no order; a person with several records comes several times. */
export function* commitmentsOf({ subjects, commitments }: PeopleTable): Generator<string> {
  for (const subject of subjects) {
    const at = commitments.at(subject)
    yield commitments.bytes.toString('hex', at, at + COMMITMENT_BYTES)
  }
}

function lineText(
  table: PeopleTable,
  line: number,
  words: { noticeName: (number: number) => string; day: (day: number) => string },
): string {
  const { commitments, notices, shown, recorded } = table
  const at = commitments.at(table.subjects[line]!)
  const subject = commitments.bytes.toString('hex', at, at + COMMITMENT_BYTES)
  const outcome = lineOutcomes[table.outcomes[line]!]!
  const notice = notices[line]!
  if (notice === 0) return `${subject},,,,,${outcome}\n`
  const grade = nameOf(grades, table.grades[line]!)
  return `${subject},${words.noticeName(notice)},${words.day(shown[line]!)},${words.day(recorded[line]!)},${grade},${outcome}\n`
}

/** Line numbers by commitment; those of one person stay in the order of the file. */
function byCommitment({ count, subjects, commitments }: PeopleTable): Uint32Array {
  const keys = new Float64Array(count)
  const order = new Uint32Array(count)
  for (let line = 0; line < count; line++) {
    keys[line] = commitments.bytes.readUIntBE(commitments.at(subjects[line]!), KEY_BYTES)
    order[line] = line
  }
  const compareWhole = (a: number, b: number) => {
    const [one, other] = [commitments.at(subjects[a]!), commitments.at(subjects[b]!)]
    const { bytes } = commitments
    return bytes.compare(bytes, other, other + COMMITMENT_BYTES, one, one + COMMITMENT_BYTES) || a - b
  }
  return order.sort((a, b) => keys[a]! - keys[b]! || compareWhole(a, b))
}

/** Dates repeat: a million lines have a few thousand. */
export function dayWriter(): (day: number) => string {
  const known = new Map<number, string>()
  return (day) => {
    const text = known.get(day) ?? new Date((day * microsecondsPerDay) / 1000).toISOString().slice(0, 10)
    known.set(day, text)
    return text
  }
}
