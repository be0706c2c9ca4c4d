// Puts the people of a case into a set engine the way the projection and a dataset's table hold them.
import { sqlName } from '../../src/decide/compile-expression.ts'
import type { DecisionPlan } from '../../src/decide/plan.ts'
import {
  createProjection,
  noteRepeatedShowings,
  projectionColumns,
} from '../../src/decide/projection-schema.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { type EventKind, eventKindNames, type RegisterEvent } from '../../src/model/event.ts'
import { decidableTypes } from '../../src/model/policy.ts'
import type { CaseRecord } from './record-people.ts'

export const caseTable = 'dataset_1'

type Cell = number | string | boolean | undefined

export async function loadRecords(
  engine: SetEngine,
  plan: DecisionPlan,
  people: readonly CaseRecord[],
): Promise<void> {
  const left = await engine.rows<{ name: string }>('select table_name as name from duckdb_tables()')
  const drops = left.map(({ name }) => `drop table ${sqlName(name)};`)
  await engine.run(`${drops.join('')}${createProjection()}`)
  await loadDataset(engine, plan, people)
  await loadEvents(engine, people)
  await loadLinks(engine, people)
}

async function loadDataset(
  engine: SetEngine,
  { request, policy }: DecisionPlan,
  people: readonly CaseRecord[],
) {
  const fields = policy.datasets
    .find(({ id }) => id === request.dataset)!
    .fields.filter(({ type }) => decidableTypes.has(type))
  const columns: [name: string, type: string, of: (person: CaseRecord, index: number) => Cell][] = [
    ['ordinal', 'integer', (_, index) => index + 1],
    ['subject', 'integer', ({ record }) => record.subject],
    ['duplicate', 'utinyint', ({ record }) => (record.columns.duplicate ? 1 : 0)],
    ['born_on', 'integer', ({ record }) => record.columns.born_on],
    ['expecting_on', 'integer', ({ record }) => record.columns.expecting_on],
    ['retain_until', 'integer', ({ record }) => record.columns.retain_until],
    ['collected_by', 'bigint', ({ record }) => record.columns.collected_by],
    ...contacts.map((contact): (typeof columns)[number] => [
      `${contact}_key`,
      'bigint',
      ({ record }) => contactKey(contact, record.subject),
    ]),
    ...fields.map(({ name, type }): (typeof columns)[number] => [
      `f_${name}`,
      type === 'boolean' ? 'boolean' : 'bigint',
      ({ cells }) => cells[name],
    ]),
  ]
  await engine.run(
    `create table ${caseTable} (${columns.map(([name, type]) => `${sqlName(name)} ${type}`).join(', ')})`,
  )
  await engine.load(
    caseTable,
    columns.map(([name]) => sqlName(name)),
    lines(people.map((person, index) => columns.map(([, , of]) => of(person, index)))),
  )
}

async function loadEvents(engine: SetEngine, people: readonly CaseRecord[]): Promise<void> {
  const events = people.flatMap(({ record, sharers }) => [
    ...record.events,
    ...record.mates.flatMap((mate) => mate.events),
    ...sharers.flatMap((sharer) => sharer.events),
  ])
  for (const kind of eventKindNames) {
    const found = events.filter((event) => event.kind === kind)
    if (found.length > 0)
      await engine.load(kind, projectionColumns(kind), lines(found.map((event) => row(kind, event))))
  }
  await engine.run(noteRepeatedShowings(-1))
}

async function loadLinks(engine: SetEngine, people: readonly CaseRecord[]): Promise<void> {
  const load = async (table: string, columns: readonly string[], rows: Cell[][]) => {
    if (rows.length > 0) await engine.load(table, columns, lines(rows))
  }
  const enrolments = people.flatMap(({ record }) => [record, ...record.mates])
  await load(
    'contact_ref',
    ['contact', 'subject'],
    people.flatMap(({ record, sharers }) =>
      sharers.map(({ contact, subject }) => [contactKey(contact, record.subject), subject]),
    ),
  )
  await load(
    'person_mate',
    ['subject', 'mate'],
    people.flatMap(({ record }) => pairs([record.subject, ...record.mates.map(({ subject }) => subject)])),
  )
  await load(
    'link_doubt',
    ['subject'],
    enrolments.filter(({ linkDoubtful }) => linkDoubtful).map(({ subject }) => [subject]),
  )
  await load(
    'disclosure',
    ['subject', 'recipient', 'earliest', 'latest'],
    enrolments.flatMap(({ subject, disclosures }) =>
      disclosures.map(({ recipient, at }) => [subject, recipient, at, at]),
    ),
  )
}

const contacts = ['email', 'phone', 'address'] as const

/** Nobody of a case has a contact point of another, but whoever the case says shares one. */
function contactKey(contact: (typeof contacts)[number], subject: number): number {
  return subject * 10 + contacts.indexOf(contact) + 1
}

function pairs(subjects: readonly number[]): number[][] {
  return subjects.flatMap((one) => subjects.filter((other) => other !== one).map((other) => [one, other]))
}

function row(kind: EventKind, event: RegisterEvent): Cell[] {
  return projectionColumns(kind).map((column) => {
    const value = event[column as keyof RegisterEvent] as number
    const always = ['position', 'ord', 'subject', 'earliest', 'latest', 'grade', 'source'].includes(column)
    return value === 0 && !always ? undefined : value
  })
}

function lines(rows: Cell[][]): Uint8Array[] {
  const text = rows.map((cells) => `${cells.map((cell) => cell ?? '\\N').join('\t')}\n`).join('')
  return [new TextEncoder().encode(text)]
}
