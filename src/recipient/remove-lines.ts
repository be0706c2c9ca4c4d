// Rewrites a copy of delivered records without some of its lines: under another name, then in place of the old in one step.
import type { RowBlock } from '../evidence/recompute-released.ts'
import { refColumn } from '../log/row-bytes.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientDesk } from './recipient-desk.ts'
import { type CellPlace, cellAt, findColumn, RecordSplitter } from './split-records.ts'

export type Removed = {
  recordsPath: string
  /** References that were there, each counted once. */
  found: number
}

/** `into` holds records.csv or records.parquet; a copy in which no line goes is left untouched. */
export async function removeLines(
  desk: Pick<RecipientDesk, 'files' | 'tables'>,
  into: string,
  refs: ReadonlySet<string>,
): Promise<Removed> {
  const { files } = desk
  const { recordsPath, format } = await findRecords(desk, into)
  const part = files.within(into, `.records.${format}.part`)
  const found = new Set<string>()
  await files.remove(part)
  try {
    const kept =
      format === 'csv'
        ? keptRecords(files.stream(recordsPath), refs, found, recordsPath)
        : await keptRows(desk, recordsPath, refs, found)
    await files.write(part, kept)
    if (found.size > 0) await files.rename(part, recordsPath)
  } finally {
    await files.remove(part)
  }
  return { recordsPath, found: found.size }
}

async function findRecords(
  { files }: Pick<RecipientDesk, 'files'>,
  into: string,
): Promise<{ recordsPath: string; format: 'csv' | 'parquet' }> {
  const formats = ['csv', 'parquet'] as const
  const there: { recordsPath: string; format: 'csv' | 'parquet' }[] = []
  for (const format of formats) {
    const recordsPath = files.within(into, `records.${format}`)
    if (await files.exists(recordsPath)) there.push({ recordsPath, format })
  }
  const [only, other] = there
  if (only === undefined)
    throw new Problem('file.missing', `${into} holds neither records.csv nor records.parquet`)
  if (other !== undefined)
    throw new Problem(
      'value.invalid',
      `${into} holds two copies, records.csv and records.parquet: keep one in each folder`,
    )
  return only
}

// --- CSV ---------------------------------------------------------------------------------------------------------

async function* keptRecords(
  chunks: AsyncIterable<Uint8Array>,
  refs: ReadonlySet<string>,
  found: Set<string>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const splitter = new RecordSplitter()
  const sieve = new Sieve(refs, found, path)
  for await (const chunk of chunks) {
    splitter.push(chunk, sieve.take)
    if (splitter.tooLong) throw new Problem('file.unreadable', `${path} has a quote that is never closed`)
    yield* sieve.kept()
  }
  if (splitter.end(sieve.take) === 'unclosed')
    throw new Problem('file.unreadable', `${path} has a quote that is never closed`)
  yield* sieve.kept()
}

/** Takes records one by one and gives back those that stay; neighbours in one piece. */
class Sieve {
  readonly #refs: ReadonlySet<string>
  readonly #found: Set<string>
  readonly #path: string
  #place: CellPlace | undefined
  #kept: { bytes: Buffer; start: number; end: number }[] = []

  constructor(refs: ReadonlySet<string>, found: Set<string>, path: string) {
    this.#refs = refs
    this.#found = found
    this.#path = path
  }

  readonly take = (bytes: Buffer, start: number, end: number): void => {
    if (this.#place === undefined) {
      this.#place = findColumn(bytes.subarray(start, end), refColumn)
      if (this.#place === undefined)
        throw new Problem('file.unreadable', `${this.#path} has no column ${refColumn} any more`)
    } else {
      const ref = cellAt(bytes, start, end, this.#place)
      if (ref !== undefined && this.#refs.has(ref)) {
        this.#found.add(ref)
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

// --- Parquet -----------------------------------------------------------------------------------------------------

async function keptRows(
  { tables }: Pick<RecipientDesk, 'tables'>,
  path: string,
  refs: ReadonlySet<string>,
  found: Set<string>,
): Promise<AsyncIterable<Uint8Array>> {
  const table = await tables.open(path, 'parquet')
  const place = table.columns.indexOf(refColumn)
  if (place < 0) throw new Problem('file.unreadable', `${path} has no column ${refColumn} any more`)
  return tables.encodeParquet(table.columns, without(table.rows(), place, refs, found))
}

async function* without(
  blocks: AsyncIterable<RowBlock>,
  place: number,
  refs: ReadonlySet<string>,
  found: Set<string>,
): AsyncGenerator<RowBlock> {
  for await (const { count, columns } of blocks) {
    const stays = columns[place]!.map((ref) => ref === null || !refs.has(ref))
    for (const [row, kept] of stays.entries()) if (!kept) found.add(columns[place]![row]!)
    const kept = columns.map((cells) => cells.filter((_, row) => stays[row]))
    yield { count: Math.min(count, kept[place]!.length), columns: kept }
  }
}
