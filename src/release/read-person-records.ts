// All that a person is judged by, for the reference: events, what the file says of her, what is on record of whoever shares a
// contact point with her, earlier disclosures, and her other enrolments. Under the lock by the session that holds it.
import type { DatasetColumns, Disclosure, Enrolment, PersonRecord } from '../decide/person-record.ts'
import { nothingInFile } from '../decide/person-record.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { eventKinds, type RegisterEvent } from '../model/event.ts'
import { readDisclosures } from '../register/read-disclosures.ts'
import { readHistories } from '../register/read-history.ts'
import { contactKeySql } from '../register/ref-key.ts'
import { contactColumns, loadNumbers, type Places, sharedKinds } from './people-touched.ts'
import { readProjectedPosition } from './read-projected-position.ts'

export type RecordsWanted = {
  subjects: readonly number[]
  /** Releases committed from this position on do not count as disclosures: this one, and whatever came after it. */
  disclosedBefore?: number
  /** Only contact points are read from the file: what else it says has a life of its own. */
  contactsOnly?: boolean
}

/** In the order of `subjects`. The projection has caught up to where whoever asks stood; the session tells the rest. */
export async function readPersonRecords(places: Places, wanted: RecordsWanted): Promise<PersonRecord[]> {
  const { subjects, disclosedBefore = Number.MAX_SAFE_INTEGER, contactsOnly = false } = wanted
  if (subjects.length === 0) return []
  const { session, engine, datasetTable } = places
  await loadNumbers(engine, 'wanted_subject', subjects)
  const mates = await readMates(engine)
  const everybody = [...new Set([...subjects, ...[...mates.values()].flat()])]
  const enrolmentOf = await readEnrolments(places, everybody, disclosedBefore)
  const columns =
    datasetTable === undefined || contactsOnly ? new Map() : await readColumns(engine, datasetTable)
  const sharers = datasetTable === undefined ? new Map() : await readSharers(places, datasetTable)
  const events = await readHistories(session, [...new Set([...sharers.values()].flat())])
  return subjects.map((subject) => ({
    ...enrolmentOf(subject),
    columns: columns.get(subject) ?? nothingInFile,
    sharers: (sharers.get(subject) ?? []).flatMap((other: number) =>
      (events.get(other) ?? []).filter(isShared),
    ),
    mates: (mates.get(subject) ?? []).map(enrolmentOf),
  }))
}

function isShared({ kind }: RegisterEvent): boolean {
  return sharedKinds.includes(kind)
}

async function readEnrolments(
  { session, engine }: Places,
  subjects: readonly number[],
  disclosedBefore: number,
): Promise<(subject: number) => Enrolment> {
  const histories = await readHistories(session, subjects)
  const disclosures: Map<number, Disclosure[]> = await readDisclosures(session, subjects, disclosedBefore)
  await loadNumbers(engine, 'enrolment', subjects)
  const [doubtful] = await engine.columns('select subject from link_doubt where subject in (from enrolment)')
  const doubted = new Set(doubtful!)
  return (subject) => ({
    subject,
    events: histories.get(subject) ?? [],
    disclosures: disclosures.get(subject) ?? [],
    linkDoubtful: doubted.has(subject),
  })
}

async function readMates(engine: SetEngine): Promise<Map<number, number[]>> {
  return grouped(
    await engine.columns(
      'select subject, mate from person_mate where subject in (from wanted_subject) order by subject, mate',
    ),
  )
}

/** Of a key that comes twice the stricter cell: it refuses by that alone. */
async function readColumns(engine: SetEngine, table: string): Promise<Map<number, DatasetColumns>> {
  const rows = await engine.rows<{
    subject: number
    born_on: number | null
    expecting_on: number | null
    retain_until: number | null
    collected_by: number | null
    duplicate: number
  }>(
    `select subject, max(born_on) as born_on, max(expecting_on) as expecting_on, min(retain_until) as retain_until,
            min(collected_by) as collected_by, max(duplicate) as duplicate
       from ${table} where subject in (from wanted_subject) group by subject`,
  )
  return new Map(
    rows.map(({ subject, duplicate, ...row }) => [
      subject,
      {
        born_on: row.born_on ?? undefined,
        expecting_on: row.expecting_on ?? undefined,
        retain_until: row.retain_until ?? undefined,
        collected_by: row.collected_by ?? undefined,
        duplicate: duplicate === 1,
        changed: false,
      },
    ]),
  )
}

/**
 * Subject → others with whom it shares a contact point and who have an event that reaches through one: in the projection, or
 * recorded since; in the file, or enrolled by the contact point.
 */
async function readSharers({ session, engine }: Places, table: string): Promise<Map<number, number[]>> {
  const position = (await readProjectedPosition(engine)) ?? 0
  const speaking = await session.query<{ subject: number }>(
    'select distinct subject from register.event where position > $1 and kind = any($2::int2[])',
    [position, sharedKinds.map((kind) => eventKinds[kind].number)],
  )
  const enrolled = await session.query<{ contact: number; subject: number }>(
    `select ${contactKeySql('key')} as contact, subject from erasable.ref where contact and position > $1`,
    [position],
  )
  await loadNumbers(
    engine,
    'speaking',
    speaking.map(({ subject }) => subject),
  )
  const kinds = sharedKinds.map((kind) => `select subject from ${kind}`)
  const mine = contactColumns.map(
    (column) => `select subject, ${column} as contact from ${table} where subject in (from wanted_subject)`,
  )
  const inFile = contactColumns.map(
    (column) =>
      `select ${column} as contact, subject from ${table} where ${column} in (select contact from mine)`,
  )
  const since = enrolled.map(({ contact, subject }) => `(${contact}, ${subject})`)
  const added =
    since.length === 0 ? '' : ` union all select * from (values ${since.join(', ')}) added(contact, subject)`
  return grouped(
    await engine.columns(
      `with mine as (select distinct * from (${mine.join(' union all ')}) where contact is not null),
            holder as (${inFile.join(' union all ')} union all from contact_ref${added}),
            reaching as (from speaking union all ${kinds.join(' union all ')})
       select distinct mine.subject, holder.subject as other from mine join holder on holder.contact = mine.contact
        where holder.subject <> mine.subject and holder.subject in (select * from reaching) order by all`,
    ),
  )
}

/** Of two columns, the first ascending: first → seconds. */
function grouped([firsts, seconds]: readonly Float64Array[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  firsts!.forEach((first, row) => {
    const group = groups.get(first)
    if (group === undefined) groups.set(first, [seconds![row]!])
    else group.push(seconds![row]!)
  })
  return groups
}
