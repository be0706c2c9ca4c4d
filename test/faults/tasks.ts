// The work that is disturbed: each task is what an ordinary run does, and can be run again after anything that became of it.
// Beside it statements arrive, as they do all day, and every one that is acknowledged is told to whoever counts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rejectFile, rejectFilePath } from '../../src/adapters/files/reject-file.ts'
import { importFacts } from '../../src/intake/import-facts.ts'
import type { ImportMapping } from '../../src/intake/mapping.ts'
import type { Instant } from '../../src/model/instant.ts'
import { policyItems } from '../../src/policy/policy-items.ts'
import { erasurePoints } from '../../src/register/destroy-keys.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { publicationPoints, publishLog } from '../../src/register/publish-log.ts'
import { publishPolicy } from '../../src/register/publish-policy.ts'
import { destroyErased } from '../../src/release/destroy-erased.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { releasePoints } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { readPolicyBook } from '../../src/service/policy-book.ts'
import { type Club, day, hour, start, statement } from '../release/small-club.ts'

/** A statement that was acknowledged: it is on record, there, from now on. */
export type Acknowledged = { key: string; position: number }

export type TaskIo = {
  /** Told at each numbered point of the work. */
  at: (point: string) => void | Promise<void>
  acknowledge: (fact: Acknowledged) => void
}

/** How far the club has come when the task begins. */
export type PlaceName = 'approved' | 'released' | 'due'

export type Task = {
  place: PlaceName
  clock: Instant
  /** Numbered points it has of its own; of every task each call to a port is another. */
  points: readonly string[]
  /** True when this run found everything done. */
  run(club: Club, io: TaskIo): Promise<boolean>
}

/** The evidence of what is asked at the start is kept for six years. */
export const erasureDue = start + 2_192 * day
/** Asked to be erased; said stop after the release; neither speaks otherwise. */
export const erased = 3
export const recalled = 7
/** Objected before the release and may not be in it. */
export const stopped = 5

export const tasks = {
  import: { place: 'approved', clock: start, points: [], run: importJoins },
  publish: { place: 'approved', clock: start, points: [], run: publishChange },
  release: { place: 'approved', clock: start, points: releasePoints, run: releaseLetter },
  recall: { place: 'released', clock: start + hour, points: [], run: recall },
  erase: { place: 'due', clock: erasureDue, points: erasurePoints, run: destroy },
  log: { place: 'approved', clock: start, points: publicationPoints, run: publishAll },
} as const satisfies Record<string, Task>
export type TaskName = keyof typeof tasks
// A literal object's keys are its names.
export const taskNames = Object.keys(tasks) as TaskName[]

/** The task, and statements that arrive meanwhile; a failure of one is told when both have ended. */
export async function runTask(name: TaskName, club: Club, io: TaskIo): Promise<boolean> {
  const [done, recorded] = await Promise.allSettled([tasks[name].run(club, io), recordFacts(club, io)])
  if (done.status === 'rejected') throw done.reason
  if (recorded.status === 'rejected') throw recorded.reason
  return done.value
}

/** People who object to a company that gets nothing: nobody's release changes by it. */
const speaking = Array.from({ length: 12 }, (_, index) => 20 + index)
const CALLERS = 3

async function recordFacts({ app, clock }: Club, { acknowledge }: TaskIo): Promise<void> {
  const waiting = [...speaking]
  const caller = async () => {
    for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
      const key = `said by ${subject}`
      const { position } = await objectToProcessing(app.register, {
        ...{ ...statement(subject, clock.at), qualifier: 'general', recipient: 'other' },
        idempotencyKey: key,
      })
      acknowledge({ key, position })
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: CALLERS }, caller))
  const failed = ended.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

const joins: ImportMapping = {
  ...{ source: 'telephone', kind: 'objection', qualifier: 'general', recipient: 'other', grade: 'B' },
  person: { column: 'member_no', kind: 'member' },
  at: { column: 'said_on', format: 'dd/mm/yyyy' },
}
const JOIN_ROWS = 240
const SLICE_ROWS = 60

async function importJoins({ app }: Club): Promise<boolean> {
  const path = join(app.configuration.home, 'data', 'telephone.csv')
  const rows = Array.from({ length: JOIN_ROWS }, (_, row) =>
    row % 50 === 49
      ? `ZQM-T${row},31/02/2017`
      : `ZQM-T${row},${String(1 + (row % 28)).padStart(2, '0')}/05/2017`,
  )
  writeFileSync(path, `member_no,said_on\n${rows.join('\n')}\n`)
  const { batches } = await importFacts(app.register, app.reader, {
    ...{ file: { path, format: 'csv' }, mapping: joins, actor: 'club', sliceRows: SLICE_ROWS },
    rejects: rejectFile(rejectFilePath(path)),
  })
  return batches === 0
}

async function publishChange({ app }: Club): Promise<boolean> {
  const { policy } = await readPolicyBook(app.register)
  const notice = policy.notices[0]!
  const version = '2018-06'
  const changed = {
    ...policy,
    purposes: policy.purposes.map((purpose) => ({ ...purpose, text: 'Offers by post' })),
    notices: [notice, { ...notice, version, id: `${notice.notice}@${version}`, effectiveOn: 20180601 }],
  }
  return (await publishPolicy(app.register, policyItems(changed), 'dpo')).position === undefined
}

async function releaseLetter(club: Club, { at }: TaskIo): Promise<boolean> {
  return (await releaseRequest(await club.context(), 'letter', { at })).repeated
}

async function recall(club: Club): Promise<boolean> {
  return (await followUp(await club.context())).length === 0
}

async function destroy(club: Club, { at }: TaskIo): Promise<boolean> {
  const { destroyed, epochs } = await destroyErased(await club.context(), { at })
  return destroyed === undefined && epochs.length === 0
}

async function publishAll({ app }: Club, { at }: TaskIo): Promise<boolean> {
  const before = await app.log.signed.read()
  const { size } = await publishLog(app.register, app.log, { at })
  return before?.size === size
}
