// The projection: the register's events as integer columns, one table per kind, filled by position.
// Made from `model/event.ts`, so that a kind added there has its table here.
import { commonColumns, type EventKind, eventKindNames, eventKinds } from '../model/event.ts'

/** Bump when the tables change: an older projection is thrown away and rebuilt from the register. */
export const projectionVersion = 2

/** Columns of a kind's table, in the order the tables are filled. */
export function projectionColumns(kind: EventKind): readonly string[] {
  return ['position', 'ord', ...commonColumns, ...eventKinds[kind].columns]
}

/** Every column of every projection table, for the test that holds compiled SQL to them. */
export const projectionTables: Readonly<Record<EventKind, readonly string[]>> = Object.fromEntries(
  eventKindNames.map((kind) => [kind, projectionColumns(kind)]),
) as Record<EventKind, readonly string[]>

/** Widths: positions and instants need 64 bits, grades few, everything else is a number given out under the lock. */
function columnType(column: string): string {
  if (column === 'position' || column === 'earliest' || column === 'latest') return 'bigint'
  return column === 'grade' || column === 'channel' || column === 'qualifier' ? 'utinyint' : 'integer'
}

/** Empty tables and the row that says how far they have come. */
export function createProjection(): string {
  const tables = eventKindNames.map((kind) => {
    const columns = projectionColumns(kind).map((column) => `${column} ${columnType(column)}`)
    return `create table ${kind} (${columns.join(', ')});`
  })
  return [
    'create table projected (version integer, register_id varchar, position bigint);',
    'create table dataset_file (number integer, sha256 varchar, declaration varchar, row_count bigint, rejected_count bigint, dataset varchar, path varchar);',
    ...tables,
  ].join('\n')
}

/** Table that holds what a decision needs of one dataset file: ordinals, subjects, typed columns. */
export function datasetTable(number: number): string {
  return `dataset_${number}`
}
