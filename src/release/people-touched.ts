// Whom something recorded since a decision may concern: whoever it is about, whoever shares a contact point with someone who
// objects, and whoever is the same person. All of them are judged once more before anything leaves.

import type { SetEngine } from '../decide/set-engine.ts'
import { subjectFacts } from '../decide/subject-facts.ts'
import { type EventKind, eventKindNames, eventKinds } from '../model/event.ts'
import { readLinks } from '../register/link-people.ts'
import { contactKeySql } from '../register/ref-key.ts'
import type { StoreSession } from '../register/store.ts'

type Session = Pick<StoreSession, 'query'>

/** `datasetTable`: undefined when the rows that were decided are gone, and with them whose contact points they were. */
export type Places = { session: Session; engine: SetEngine; datasetTable: string | undefined }

/** Kinds of event that reach others through a contact point. */
export const sharedKinds: readonly EventKind[] = [
  ...new Set(
    subjectFacts.flatMap(({ from }) => (from.combinator === 'sharers' ? [from.event.kind as EventKind] : [])),
  ),
]
const sharedKindNumbers = sharedKinds.map((kind) => eventKinds[kind].number)

/** By what was recorded at positions in (from, to], ascending. */
export async function touchedSince(
  places: Places,
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const rows = await places.session.query<{ subject: number; reaches: boolean }>(
    `select subject, bool_or(kind = any($3::int2[])) as reaches
       from register.event where position > $1 and position <= $2 group by subject`,
    [from, to, sharedKindNumbers],
  )
  const links = await readLinks(places.session, { after: from, upTo: to })
  const direct = [...rows.map(({ subject }) => subject), ...links.flatMap(({ a, b }) => [a, b])]
  const reaching = rows.filter(({ reaches }) => reaches).map(({ subject }) => subject)
  return withOthers(places, direct, reaching)
}

/** People with events that name a time after this instant, as the projection holds them, and whom these concern; ascending. */
export async function speakingOfLater(places: Places, instant: number): Promise<number[]> {
  const of = async (kinds: readonly EventKind[]) => {
    const rows = kinds.map((kind) => `select subject from ${kind} where earliest > ${instant}`)
    const [subjects] = await places.engine.columns(
      `select distinct subject from (${rows.join(' union all ')})`,
    )
    return [...subjects!]
  }
  return withOthers(places, await of(eventKindNames), await of(sharedKinds))
}

async function withOthers(
  places: Places,
  direct: readonly number[],
  reaching: readonly number[],
): Promise<number[]> {
  const sharers = await sharingWith(places, reaching)
  const mates = await matesOf(places.engine, direct)
  return [...new Set([...direct, ...sharers, ...mates])].sort((a, b) => a - b)
}

/** Whose rows have a contact point of one of these people: one under which they are enrolled, or one of their own rows. */
async function sharingWith(
  { session, engine, datasetTable }: Places,
  of: readonly number[],
): Promise<number[]> {
  if (datasetTable === undefined || of.length === 0) return []
  const enrolled = await session.query<{ contact: number }>(
    `select ${contactKeySql('key')} as contact from erasable.ref where contact and subject = any($1::int4[])`,
    [[...of]],
  )
  await loadNumbers(engine, 'reaching', of)
  await loadNumbers(
    engine,
    'reached_contact',
    enrolled.map(({ contact }) => contact),
  )
  const own = contactColumns.map(
    (column) =>
      `select ${column} from ${datasetTable} where subject in (from reaching) and ${column} is not null`,
  )
  await engine.run(`insert into reached_contact ${own.join(' union all ')}`)
  const rows = contactColumns.map(
    (column) => `select subject from ${datasetTable} where ${column} in (from reached_contact)`,
  )
  const [subjects] = await engine.columns(`select distinct subject from (${rows.join(' union all ')})`)
  return [...subjects!]
}

/** As of the last catch-up: whoever was linked since is named by the link. */
async function matesOf(engine: SetEngine, of: readonly number[]): Promise<number[]> {
  if (of.length === 0) return []
  await loadNumbers(engine, 'reaching', of)
  const [subjects] = await engine.columns(
    'select distinct mate from person_mate where subject in (from reaching)',
  )
  return [...subjects!]
}

/** Where a row of a dataset keeps the keys of its contact points. */
export const contactColumns = ['email_key', 'phone_key', 'address_key'] as const

/** A table of the connection with these numbers: a list in a statement would be read as text. */
export async function loadNumbers(
  engine: SetEngine,
  table: string,
  numbers: readonly number[],
): Promise<void> {
  await engine.run(`create or replace temp table ${table} (number bigint)`)
  if (numbers.length === 0) return
  await engine.load(
    table,
    ['number'],
    [Buffer.from(numbers.map((number) => `${number}\n`).join(''), 'latin1')],
  )
}
