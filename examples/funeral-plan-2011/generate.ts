// Writes the plan holders and what happened to them: the same number, the same bytes. Nobody in it is real.
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type GroupId, type Quota, quotasFor } from './quotas.ts'

export type FactFile = { file: string; mapping: string }

/** In the order in which they are imported. */
export const factFiles: readonly FactFile[] = [
  { file: 'presentations.csv', mapping: 'presentations.yaml' },
  { file: 'absences.csv', mapping: 'absences.yaml' },
  { file: 'restrictions.csv', mapping: 'restrictions.yaml' },
  { file: 'erasures.csv', mapping: 'erasures.yaml' },
]

/** `plan-holders.csv` and the fact files; returns how many facts there are. */
export async function generate(folder: string, people: number): Promise<{ facts: number }> {
  const quotas = quotasFor(people)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await write(folder, 'plan-holders.csv', holders(people))
  const of = (...ids: GroupId[]) => quotas.filter(({ id }) => ids.includes(id))
  const files: Record<string, Iterable<string>> = {
    'presentations.csv': presentations(people),
    'absences.csv': happened(of('died', 'gone-away'), ({ id }) => [id === 'died' ? 'deceased' : 'gone-away']),
    'restrictions.csv': happened(of('restricted'), () => ['on']),
    'erasures.csv': happened(of('erased'), () => ['requested', 'done']),
  }
  let facts = 0
  for (const { file } of factFiles) facts += (await write(folder, file, files[file]!)) - 1
  return { facts }
}

/** Rows written, the header included. */
async function write(folder: string, file: string, lines: Iterable<string>): Promise<number> {
  let rows = 0
  function* text() {
    for (const line of lines) {
      rows++
      yield `${line}\n`
    }
  }
  await pipeline(
    Readable.from(text(), { objectMode: true }),
    createWriteStream(join(folder, file), { mode: 0o600 }),
  )
  return rows
}

function* holders(people: number): Generator<string> {
  yield 'plan_no,holder_name,born_on,home_address,contribution_pence,paid_since'
  for (let index = 0; index < people; index++) {
    const name = `${of(firstNames, index, 48271)} ${of(lastNames, index, 69621)}`
    const address = `${1 + pick(index, 7429, 180)} ${of(streets, index, 6303)}, ${of(towns, index, 16807)}, ZZ${1 + pick(index, 9507, 99)} ${1 + pick(index, 12268, 9)}AB`
    const born = day(Date.UTC(1919, 0, 1), pick(index, 62089, 14_000))
    yield `${planNo(index)},${name},${born},"${address}",${100 * (50 + pick(index, 40014, 3_000))},${signedOn(index)}`
  }
}

/** Nobody was told otherwise than by the form; nobody applied before it. */
function* presentations(people: number): Generator<string> {
  yield 'plan_no,signed_on,route,notice'
  for (let index = 0; index < people; index++)
    yield `${planNo(index)},${signedOn(index)},paper,application-form@2004-09`
}

/** Between the last application and the first repair. */
function* happened(quotas: readonly Quota[], states: (quota: Quota) => string[]): Generator<string> {
  yield 'plan_no,on_day,state'
  for (const quota of quotas)
    for (let index = quota.first; index < quota.first + quota.people; index++)
      for (const [nth, state] of states(quota).entries())
        yield `${planNo(index)},${day(Date.UTC(2009, 8, 1), pick(index, 39373, 400) + 20 * nth)},${state}`
}

export function planNo(index: number): string {
  return `P${String(index + 1).padStart(6, '0')}`
}

function signedOn(index: number): string {
  return day(Date.UTC(2004, 8, 13), pick(index, 13437, 1_800))
}

function day(from: number, days: number): string {
  return new Date(from + days * 86_400_000).toISOString().slice(0, 10)
}

function of(words: readonly string[], index: number, multiplier: number): string {
  return words[pick(index, multiplier, words.length)]!
}

/** A whole number below `below`, settled by who it is and what is asked. */
function pick(index: number, multiplier: number, below: number): number {
  return (((index + 1) * multiplier) % 2_147_483_647) % below
}

const firstNames =
  'Agnes Basil Cecily Denzil Edith Fergus Gwenda Hector Ivy Jabez Kathleen Lionel Maud Nesta Osbert Pearl Quentin Rosina Silas Thora Ursula Verity Wilfred Zillah'.split(
    ' ',
  )
const lastNames =
  'Ashlock Barrowby Candleford Dewhollow Emberley Farthingale Greywether Hollinside Inkpenny Jessamy Kittering Larkspur Millrace Nightingdale Overbrook Pennyfold Quarrender Rookhope Saltmarsh Tidewell Underhay Vellacott Wainfleet Yewbarrow'.split(
    ' ',
  )
const streets =
  'Anchor Row,Bellfounder Lane,Chandlers Yard,Drovers Way,Eelpie Street,Fullers Hill,Glebe Close,Halter Walk,Ironmonger Road,Jasmine Terrace'.split(
    ',',
  )
const towns = 'Amberhythe,Brackenmouth,Cloverstow,Dapplewick,Emberport,Fallowness,Glimmerby'.split(',')
