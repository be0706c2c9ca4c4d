// The delivered rows of a release: members picked out of the dataset by their record numbers, shaped, and encoded in one pass.
import type { OpenTable, RowBatch } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import { csvEncoder } from './csv-encoder.ts'
import { hasBit, type ShapePlan } from './plan-shape.ts'
import type { RowEncoder, RowEncoders } from './row-encoder.ts'
import { type CellCounts, type CellShaper, cellShaper } from './shape-cell.ts'

export type Members = {
  count: number
  /** Ascending record numbers in the dataset file. */
  ordinals: Float64Array | Int32Array
  /** Bit i = field i of the request may leave for this record. */
  fields: Float64Array | Int32Array
}

export type ShapedRows = {
  /** The file's bytes, streamed once. */
  chunks: AsyncIterable<Uint8Array>
  /** Known when `chunks` has ended: per column of the plan, cells neutralised and cells dropped. */
  counts: () => { neutralised: number[]; dropped: number[]; rows: number }
}

export type ShapeOptions = {
  table: OpenTable
  plan: ShapePlan
  members: Members
  /** `fairshare_ref` of a member, by its place among the members. */
  refs: (member: number) => string
  pseudonymKey: Uint8Array
  encoders: RowEncoders
  /** Gets every row as it is delivered, once and in the order of the members; `cells` is used again for the next. */
  onRow?: (member: number, cells: readonly (string | null)[]) => void
  onProgress?: (done: number) => void
}

/** A file that is no longer what was decided on is `decision.changed`, at the latest when `chunks` ends. */
export function shapeRows(options: ShapeOptions): ShapedRows {
  const shaping: Shaping = { rows: 0, columns: shapedColumns(options) }
  const count = (what: keyof CellCounts) => [0, ...shaping.columns.map(({ counts }) => counts[what])]
  return {
    chunks: shapedChunks(options, shaping),
    counts: () => ({ neutralised: count('neutralised'), dropped: count('dropped'), rows: shaping.rows }),
  }
}

/** A column but the first, the reference: where it stands in a batch, and what has become of its cells. */
type Column = { place: number; weight: number; shape: CellShaper; counts: CellCounts }
type Shaping = { rows: number; columns: readonly Column[] }

function shapedColumns({ plan, pseudonymKey }: ShapeOptions): Column[] {
  return plan.columns.flatMap((column): Column[] => {
    if (column.source === undefined) return []
    const counts = { neutralised: 0, dropped: 0 }
    const shape = cellShaper(column, plan, pseudonymKey, counts)
    return [
      {
        place: wantedColumns(plan).indexOf(column.source.field),
        weight: 2 ** column.source.bit,
        shape,
        counts,
      },
    ]
  })
}

/** The key alone when no field leaves: a row is its reference then, and the file is read all the same. */
function wantedColumns(plan: ShapePlan): string[] {
  const names = plan.columns.flatMap(({ source }) => source?.field ?? [])
  return names.length === 0 ? [plan.key] : names
}

async function* shapedChunks(options: ShapeOptions, shaping: Shaping): AsyncIterable<Uint8Array> {
  const { table, plan, members } = options
  const encoder = encoderOf(options)
  try {
    // Nothing a file spoils was decided on; the reading before the decision has listed it.
    for await (const batch of table.read(wantedColumns(plan), () => {})) {
      yield* encodeBatch(options, shaping, encoder, batch)
      options.onProgress?.(batch.done)
    }
  } catch (error) {
    throw isChange(error) ? changed() : error
  }
  if (shaping.rows < members.count) throw changed()
  const rest = encoder.end()
  if (rest !== undefined) yield rest
}

function encoderOf({ plan, encoders }: ShapeOptions): RowEncoder {
  const names = plan.columns.map(({ name }) => name)
  return plan.format === 'csv' ? csvEncoder(names) : encoders[plan.format](names)
}

function* encodeBatch(
  options: ShapeOptions,
  shaping: Shaping,
  encoder: RowEncoder,
  batch: RowBatch,
): Iterable<Uint8Array> {
  const { members, onRow } = options
  const { ordinals } = members
  const cells: (string | null)[] = ['', ...shaping.columns.map(() => null)]
  for (let row = 0; row < batch.count && shaping.rows < members.count; row++) {
    const member = shaping.rows
    const ordinal = ordinals[member]!
    if (batch.recordNumbers[row]! < ordinal) continue
    if (batch.recordNumbers[row]! > ordinal) throw changed()
    cells[0] = options.refs(member)
    shapeRow(shaping.columns, batch, row, members.fields[member]!, cells)
    onRow?.(member, cells)
    encoder.add(cells)
    shaping.rows++
    const bytes = encoder.take()
    if (bytes !== undefined) yield bytes
  }
}

function shapeRow(
  columns: readonly Column[],
  batch: RowBatch,
  row: number,
  fields: number,
  cells: (string | null)[],
): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!
    const cell = batch.columns[column.place]![row]!
    if (hasBit(fields, column.weight)) cells[i + 1] = cell === null ? null : column.shape(cell)
    else {
      cells[i + 1] = null
      column.counts.dropped++
    }
  }
}

/** The reader has found other bytes than those that were hashed, or none. */
function isChange(error: unknown): boolean {
  return (
    error instanceof Problem && ['file.unreadable', 'file.missing', 'mapping.invalid'].includes(error.code)
  )
}

function changed(): Problem {
  return new Problem('decision.changed', 'the dataset file is not the one that was decided on')
}
