// The projection: the register's events as integer columns, one table per kind, filled by position.
// Made from `model/event.ts`, so that a kind added there has its table here.
import { commonColumns, type EventKind, eventKindNames, eventKinds } from '../model/event.ts'

/** Bump when the tables change: an older projection is thrown away and rebuilt from the register. */
export const projectionVersion = 3

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

/**
 * What the register knows beside events, by position. `clusters` says of which confidence `person_mate` was made,
 * `repeated_showing` who has several showings: nearly everybody has one, and what is asked of several is asked of few.
 */
const derivedTables = [
  'create table contact_ref (contact bigint, subject integer);',
  'create table person_mate (subject integer, mate integer);',
  'create table link_doubt (subject integer);',
  'create table disclosure (subject integer, recipient integer, earliest bigint, latest bigint, release bigint);',
  'create table repeated_showing (subject integer);',
  'create table clusters (confidence_min integer, position bigint);',
]

/** To be run once the showings after this position are in their table. */
export function noteRepeatedShowings(afterPosition: number): string {
  const told = `select subject from presentation where position > ${afterPosition}`
  return `insert into repeated_showing select subject from presentation where subject in (${told}) and subject not in (select subject from repeated_showing) group by subject having count(*) > 1`
}

/** Columns of a dataset table by which two records may share a contact point. */
export const contactKeys = ['email_key', 'phone_key', 'address_key'] as const

/** Empty tables and the row that says how far they have come. */
export function createProjection(): string {
  const tables = eventKindNames.map((kind) => {
    const columns = projectionColumns(kind).map((column) => `${column} ${columnType(column)}`)
    return `create table ${kind} (${columns.join(', ')});`
  })
  return [
    'create table projected (version integer, register_id varchar, position bigint);',
    'create table dataset_file (number integer, sha256 varchar, declaration varchar, row_count bigint, rejected_count bigint, unusable_count bigint, dataset varchar, path varchar);',
    ...tables,
    ...derivedTables,
  ].join('\n')
}

/** Table that holds what a decision needs of one dataset file: ordinals, subjects, typed columns. */
export function datasetTable(number: number): string {
  return `dataset_${number}`
}
