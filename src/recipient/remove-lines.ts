// Rewrites a copy of delivered records without some of its lines: under another name, then in place of the old in one step.
import type { RowBlock } from '../evidence/recompute-released.ts'
import { refColumn } from '../log/row-bytes.ts'
import { Problem } from '../model/problem.ts'
import { type RecordsFormat, recordsFormats } from '../model/release.ts'
import type { RecipientDesk } from './recipient-desk.ts'
import { type CellPlace, cellAt, findColumn, RecordSplitter } from './split-records.ts'

/** A folder that holds records.csv, records.parquet or records.xlsx, or with `file` a file in it of whatever name. */
export type Copy = { into: string; file?: string }

export type Removed = {
  recordsPath: string
  /** References that were there, each counted once. */
  found: number
  /** Lines that had a reference of some release, those that went among them. */
  referenced: number
}

/** What was met on the way through a copy. */
type Tally = { found: Set<string>; referenced: number }

/**
 * A copy in which no line goes is left untouched. `beforeTheyGo` is told how many will be gone, when the new copy is on
 * disk and the old one still in its place.
 */
export async function removeLines(
  desk: Pick<RecipientDesk, 'files' | 'tables'>,
  copy: Copy,
  refs: ReadonlySet<string>,
  beforeTheyGo: (found: number) => Promise<void> = async () => {},
): Promise<Removed> {
  const { files } = desk
  const { recordsPath, format } = await findRecords(desk, copy)
  const part = files.within(copy.into, `.records.${format}.part`)
  const tally: Tally = { found: new Set(), referenced: 0 }
  await files.remove(part)
  try {
    const kept =
      format === 'csv'
        ? keptRecords(files.stream(recordsPath), refs, tally, recordsPath)
        : await keptRows(desk, { recordsPath, format }, refs, tally)
    await files.write(part, kept)
    if (tally.found.size > 0) {
      await beforeTheyGo(tally.found.size)
      await files.rename(part, recordsPath)
    }
  } finally {
    await files.remove(part)
  }
  return { recordsPath, found: tally.found.size, referenced: tally.referenced }
}

async function findRecords({ files }: Pick<RecipientDesk, 'files'>, { into, file }: Copy): Promise<Found> {
  if (file !== undefined) {
    const format = recordsFormats.find((ending) => file.toLowerCase().endsWith(`.${ending}`)) ?? 'csv'
    return { recordsPath: files.within(into, file), format }
  }
  const there: Found[] = []
  for (const format of recordsFormats) {
    const recordsPath = files.within(into, `records.${format}`)
    if (await files.exists(recordsPath)) there.push({ recordsPath, format })
  }
  const [only, other] = there
  if (only === undefined)
    throw new Problem(
      'file.missing',
      `${into} holds neither records.csv nor records.parquet nor records.xlsx`,
    )
  if (other !== undefined)
    throw new Problem(
      'value.invalid',
      `${into} holds two copies, records.${only.format} and records.${other.format}: keep one in each folder`,
    )
  return only
}

type Found = { recordsPath: string; format: RecordsFormat }

// --- CSV ---------------------------------------------------------------------------------------------------------

async function* keptRecords(
  chunks: AsyncIterable<Uint8Array>,
  refs: ReadonlySet<string>,
  tally: Tally,
  path: string,
): AsyncGenerator<Uint8Array> {
  const splitter = new RecordSplitter()
  const sieve = new Sieve(refs, tally, path)
  for await (const chunk of chunks) {
    splitter.push(chunk, sieve.take)
    if (splitter.tooLong) throw new Problem('file.unreadable', `${path} has a quote that is never closed`)
    yield* sieve.kept()
  }
  if (splitter.end(sieve.take) === 'unclosed')
    throw new Problem('file.unreadable', `${path} has a quote that is never closed`)
  if (!sieve.hasHeader) throw noReferences(path)
  yield* sieve.kept()
}

/** What stands in the column of a line, whichever release it is of. */
function isReference(cell: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(cell)
}

function noReferences(path: string): Problem {
  return new Problem('file.unreadable', `${path} has no column ${refColumn} any more`)
}

/** Takes records one by one and gives back those that stay; neighbours in one piece. */
class Sieve {
  readonly #refs: ReadonlySet<string>
  readonly #tally: Tally
  readonly #path: string
  #place: CellPlace | undefined
  #kept: { bytes: Buffer; start: number; end: number }[] = []

  constructor(refs: ReadonlySet<string>, tally: Tally, path: string) {
    this.#refs = refs
    this.#tally = tally
    this.#path = path
  }

  get hasHeader(): boolean {
    return this.#place !== undefined
  }

  readonly take = (bytes: Buffer, start: number, end: number): void => {
    if (this.#place === undefined) {
      this.#place = findColumn(bytes.subarray(start, end), refColumn)
      if (this.#place === undefined) throw noReferences(this.#path)
    } else {
      const ref = cellAt(bytes, start, end, this.#place)
      if (ref !== undefined && isReference(ref)) this.#tally.referenced++
      if (ref !== undefined && this.#refs.has(ref)) {
        this.#tally.found.add(ref)
        return
      }
    }
    const last = this.#kept.at(-1)
    if (last !== undefined && last.bytes === bytes && last.end === start) last.end = end
    else this.#kept.push({ bytes, start, end })
  }

  kept(): Uint8Array[] {
    const kept = this.#kept.map(({ bytes, start, end }) => bytes.subarray(start, end))
    this.#kept = []
    return kept
  }
}

// --- Parquet, workbooks ------------------------------------------------------------------------------------------

async function keptRows(
  { tables }: Pick<RecipientDesk, 'tables'>,
  { recordsPath, format }: { recordsPath: string; format: Exclude<RecordsFormat, 'csv'> },
  refs: ReadonlySet<string>,
  tally: Tally,
): Promise<AsyncIterable<Uint8Array>> {
  const table = await tables.open(recordsPath, format)
  const place = table.columns.indexOf(refColumn)
  if (place < 0) throw noReferences(recordsPath)
  return tables.encode(format, table.columns, without(table.rows(), place, refs, tally))
}

async function* without(
  blocks: AsyncIterable<RowBlock>,
  place: number,
  refs: ReadonlySet<string>,
  tally: Tally,
): AsyncGenerator<RowBlock> {
  for await (const { count, columns } of blocks) {
    const stays = columns[place]!.map((ref) => ref === null || !refs.has(ref))
    tally.referenced += columns[place]!.filter((ref) => ref !== null && isReference(ref)).length
    for (const [row, kept] of stays.entries()) if (!kept) tally.found.add(columns[place]![row]!)
    const kept = columns.map((cells) => cells.filter((_, row) => stays[row]))
    yield { count: Math.min(count, kept[place]!.length), columns: kept }
  }
}
