// Puts a generated world into a set engine the way the projection and a dataset's table hold it.
import {
  createProjection,
  noteRepeatedShowings,
  projectionColumns,
} from '../../src/decide/projection-schema.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { roleColumns } from '../../src/intake/read-dataset.ts'
import { type EventKind, eventKindNames, type RegisterEvent } from '../../src/model/event.ts'
import type { People, Row } from './random-people.ts'

export const worldTable = 'dataset_1'

type Cell = number | string | undefined

/** The dataset's columns in the order given: which one it is makes no difference to a decision. */
export async function loadWorld(
  engine: SetEngine,
  people: People,
  order: (columns: readonly string[]) => readonly string[] = (columns) => columns,
): Promise<void> {
  await engine.run(`${await dropAll(engine)}${createProjection()}`)
  await loadDataset(engine, people.rows, order)
  await loadEvents(engine, people)
  const load = async (table: string, columns: readonly string[], rows: Cell[][]) => {
    if (rows.length > 0) await engine.load(table, columns, lines(rows))
  }
  await load(
    'contact_ref',
    ['contact', 'subject'],
    people.contacts.map(({ contact, subject }) => [contact, subject]),
  )
  await load(
    'person_mate',
    ['subject', 'mate'],
    people.mates.map(({ subject, mate }) => [subject, mate]),
  )
  await load(
    'link_doubt',
    ['subject'],
    people.enrolments.flatMap(({ subject, linkDoubtful }) => (linkDoubtful ? [[subject]] : [])),
  )
  await load(
    'disclosure',
    ['subject', 'recipient', 'earliest', 'latest'],
    people.enrolments.flatMap(({ subject, disclosures }) =>
      disclosures.map(({ recipient, at }) => [subject, recipient, at, at]),
    ),
  )
}

async function dropAll(engine: SetEngine): Promise<string> {
  const tables = await engine.rows<{ name: string }>('select table_name as name from duckdb_tables()')
  return tables.map(({ name }) => `drop table ${name};`).join('')
}

async function loadDataset(
  engine: SetEngine,
  rows: readonly Row[],
  order: (columns: readonly string[]) => readonly string[],
): Promise<void> {
  const types = new Map<string, string>([
    ...roleColumns.map(({ name, type }): [string, string] => [name, type]),
    ['f_near', 'boolean'],
    ['f_child_near', 'boolean'],
  ])
  const columns = order([...types.keys()])
  await engine.run(
    `create table ${worldTable} (${columns.map((name) => `${name} ${types.get(name)}`).join(', ')})`,
  )
  await engine.load(
    worldTable,
    columns,
    lines(rows.map((row) => columns.map((column) => cells(row)[column]))),
  )
}

function cells({ ordinal, record, keys, selected }: Row): Record<string, Cell> {
  const { born_on, expecting_on, retain_until, collected_by, duplicate } = record.columns
  return {
    ...{ ordinal, subject: record.subject, duplicate: duplicate ? 1 : 0 },
    ...{ born_on, expecting_on, retain_until, collected_by, ...keys },
    f_near: selected === undefined ? undefined : String(selected),
  }
}

async function loadEvents(engine: SetEngine, { enrolments }: People): Promise<void> {
  const byKind = Map.groupBy(
    enrolments.flatMap(({ events }) => events),
    ({ kind }) => kind,
  )
  for (const kind of eventKindNames) {
    const events = byKind.get(kind)
    if (events === undefined) continue
    await engine.load(kind, projectionColumns(kind), lines(events.map((event) => row(kind, event))))
  }
  await engine.run(noteRepeatedShowings(0))
}

const always = new Set(['position', 'ord', 'subject', 'earliest', 'latest', 'grade', 'source'])

function row(kind: EventKind, event: RegisterEvent): Cell[] {
  return projectionColumns(kind).map((column) => {
    const value = event[column as keyof RegisterEvent] as number
    return value === 0 && !always.has(column) ? undefined : value
  })
}

function lines(rows: Cell[][]): Uint8Array[] {
  const text = rows.map((cells) => `${cells.map((cell) => cell ?? '\\N').join('\t')}\n`).join('')
  return [new TextEncoder().encode(text)]
}
