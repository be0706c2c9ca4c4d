// Brings the projection to the register's head, by position, in slices: each slice and the position it reaches are one
// transaction of the set engine, so a crash leaves a projection that knows how far it came.
import {
  createProjection,
  noteRepeatedShowings,
  projectionColumns,
  projectionVersion,
} from '../decide/projection-schema.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { commonColumns, eventKindNames, eventKinds, scopeColumns } from '../model/event.ts'
import type { Register } from '../register/open-register.ts'
import { contactKeySql } from '../register/ref-key.ts'
import { projectDisclosures } from './project-disclosures.ts'
import { projectLinks } from './project-links.ts'

const staged = ['position', 'ord', 'kind', ...commonColumns, ...scopeColumns]
const sliceEventsMax = 250_000

export type ProjectionProgress = { events: number; total: number }

export type ProjectionOptions = {
  confidenceMin: number
  upTo: number
  onProgress: (progress: ProjectionProgress) => void
}

/**
 * Resolves to the position reached and the events it took. A projection of another register or an older layout is thrown
 * away and rebuilt. `confidenceMin`: links of less are doubts (see `linkConfidenceMin`).
 */
export async function catchUpProjection(
  register: Register,
  engine: SetEngine,
  confidenceMin: number,
  onProgress: (progress: ProjectionProgress) => void = () => {},
): Promise<{ position: number; events: number }> {
  return projectUpTo(register, engine, { confidenceMin, upTo: Number.MAX_SAFE_INTEGER, onProgress })
}

/** The same up to a position: what the register held then. Only for a projection that has not come further. */
export async function projectUpTo(
  register: Register,
  engine: SetEngine,
  { confidenceMin, upTo, onProgress }: ProjectionOptions,
): Promise<{ position: number; events: number }> {
  let position = await prepareProjection(register, engine)
  const batches = await register.store.query<{ position: number; event_count: number }>(
    'select position, event_count from register.batch where position > $1 and position <= $2 order by position',
    [position, upTo],
  )
  const total = batches.reduce((sum, batch) => sum + batch.event_count, 0)
  let done = 0
  for (const slice of slices(batches)) {
    await projectSlice(register, engine, position, slice)
    position = slice.upTo
    done += slice.events
    onProgress({ events: done, total })
  }
  await projectLinks(register, engine, { upTo: position, confidenceMin })
  return { position, events: total }
}

type Slice = { upTo: number; events: number }

function slices(batches: readonly { position: number; event_count: number }[]): Slice[] {
  const result: Slice[] = []
  let current: Slice = { upTo: 0, events: 0 }
  for (const batch of batches) {
    if (current.events > 0 && current.events + batch.event_count > sliceEventsMax) {
      result.push(current)
      current = { upTo: 0, events: 0 }
    }
    current = { upTo: batch.position, events: current.events + batch.event_count }
  }
  if (current.upTo > 0) result.push(current)
  return result
}

async function projectSlice(
  register: Register,
  engine: SetEngine,
  after: number,
  slice: Slice,
): Promise<void> {
  await engine.run('begin')
  try {
    if (slice.events > 0) {
      await engine.run(
        `create or replace temp table staged_event (${staged.map((name) => `${name} bigint`).join(', ')})`,
      )
      await engine.load(
        'staged_event',
        staged,
        register.store.copyOut(
          `select ${staged.join(', ')} from register.event where position > ${after} and position <= ${slice.upTo} order by position, ord`,
        ),
      )
      for (const kind of eventKindNames) {
        const columns = projectionColumns(kind).join(', ')
        await engine.run(
          `insert into ${kind} (${columns}) select ${columns} from staged_event where kind = ${eventKinds[kind].number}`,
        )
      }
      await engine.run('drop table staged_event')
      await engine.run(noteRepeatedShowings(after))
    }
    await projectContacts(register, engine, after, slice.upTo)
    await projectDisclosures(register, engine, { after, upTo: slice.upTo })
    await engine.run(`update projected set position = ${slice.upTo}`)
    await engine.run('commit')
  } catch (error) {
    await engine.run('rollback')
    throw error
  }
}

/** Whoever is enrolled under a contact point alone: an objection there suppresses it in every record. */
async function projectContacts(
  register: Register,
  engine: SetEngine,
  after: number,
  upTo: number,
): Promise<void> {
  await engine.load(
    'contact_ref',
    ['contact', 'subject'],
    register.store.copyOut(
      `select ${contactKeySql('key')}, subject from erasable.ref where contact and position > ${after} and position <= ${upTo}`,
    ),
  )
}

/** Where the projection stands, after making sure it is one of this register and this layout. */
export async function prepareProjection(register: Register, engine: SetEngine): Promise<number> {
  const existing = await engine.rows<{ table_name: string }>(
    `select table_name from duckdb_tables() where database_name = current_database() and not temporary`,
  )
  if (existing.some(({ table_name }) => table_name === 'projected')) {
    const [state] = await engine.rows<{ version: number; register_id: string; position: number }>(
      'select version, register_id, position from projected',
    )
    if (state?.version === projectionVersion && state.register_id === register.registerId)
      return state.position
  }
  for (const { table_name } of existing) await engine.run(`drop table "${table_name}"`)
  await engine.run(createProjection())
  await engine.run(`insert into projected values (${projectionVersion}, '${register.registerId}', 0)`)
  return 0
}
