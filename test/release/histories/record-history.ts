// What the checker is given: the register read back, what was opened, and the reference's verdicts on both.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { planDecision } from '../../../src/decide/plan.ts'
import { eventKindByNumber } from '../../../src/model/event.ts'
import { type CommittedBody, type LinksBody, releaseKinds } from '../../../src/model/release.ts'
import { readDocuments } from '../../../src/register/record-document.ts'
import type { ReleaseContext } from '../../../src/release/decision-context.ts'
import {
  type ReleaseState,
  readDecision,
  readReleases,
  type Stated,
} from '../../../src/release/read-release.ts'
import { readDecisionBook } from '../../../src/release/read-standing.ts'
import { recipient } from '../small-club.ts'
import type { Entry, History, LeftRelease, Mark, Operation } from './history.ts'
import type { Passed } from './party.ts'
import {
  type Question,
  type Record,
  readQuestionDisclosures,
  readRecord,
  standingsAt,
  timelinesOf,
} from './replay-history.ts'
import type { Opened, Stage } from './stage.ts'

export async function recordHistory(
  stage: Stage,
  seen: { since: number; operations: readonly Operation[]; marks: readonly Passed[] },
): Promise<History> {
  const { club } = stage
  const { store } = club.app.register
  const context = await club.context()
  const people = Array.from({ length: club.people }, (_, index) => index + 1)
  const record = await readRecord(store, people)
  const states = await readReleases(store)
  const left: LeftRelease[] = []
  for (const opened of stage.open) {
    const state = states.find(({ release }) => release === opened.release)!
    left.push(await recordLeft(stage, context, { record, opened, state, ...seen }))
  }
  return { operations: seen.operations, register: await readEntries(stage, seen.since), left }
}

async function readEntries({ club }: Stage, since: number): Promise<Entry[]> {
  const { store } = club.app.register
  const events = await store.query<{ position: number; recorded_at: number; kind: number; subject: number }>(
    `select e.position, b.recorded_at, e.kind, e.subject from register.event e
       join register.batch b on b.position = e.position where e.position > $1 order by e.position, e.ord`,
    [since],
  )
  const links = (await readDocuments(store, { kind: 'links' })).filter(({ position }) => position > since)
  return [
    ...events.map(({ position, recorded_at, kind, subject }) => ({
      ...{ position, recordedAt: recorded_at, kind: eventKindByNumber(kind), people: [subject] },
    })),
    ...links.map(({ position, recordedAt, body }) => ({
      ...{ position, recordedAt, kind: 'links' },
      people: (JSON.parse(body) as LinksBody).links.flatMap(({ a, b }) => [a, b]),
    })),
  ]
}

type Seen = {
  record: Record
  opened: Opened
  state: ReleaseState
  since: number
  marks: readonly Passed[]
}

async function recordLeft(stage: Stage, context: ReleaseContext, seen: Seen): Promise<LeftRelease> {
  const { record, opened, state, since } = seen
  const { register } = context
  const { store } = register
  const committed = state.committed!
  const { request, decision } = committed.body
  const decided = (await readDecision(store, request.id, decision))!
  const documents = await readDocuments(store, { kind: releaseKinds, about: state.release })
  const decidedAt = decided.body.position
  const pointAt = keptOutUpTo(state)
  const isNew = committed.position > since
  const disclosures = await readQuestionDisclosures(store, record, committed.position)
  const ask = async (releaseAt: number, honouring: boolean): Promise<Question> => {
    const about = { ...request, releaseAt }
    const book = await readDecisionBook(context, about, { besides: state.release, decision })
    return { plan: planDecision(about, book), disclosures, honouring }
  }
  const now = Math.max(register.now(), committed.body.releaseAt)
  const head = await store.query<{ position: number }>('select position from register.head')
  const removals = [...opened.removals].sort(([a], [b]) => a - b)
  return {
    release: state.release,
    request: request.id,
    decidedAt,
    pointAt,
    marks: isNew ? marksOf(state, committed, seen.marks) : [],
    documents: documents.map(({ kind }) => kind),
    folders: visibleFolders(stage, state.release),
    rows: opened.rows,
    removals: removals.map(([, people]) => people),
    recalledBefore: removals.slice(0, earlierRemovals(state, since)).flatMap(([, people]) => [...people]),
    followedUpTo: head[0]!.position,
    ...(isNew
      ? {
          atDecision: standingsAt(record, await ask(decided.body.releaseAt, false), decidedAt),
          leaving: timelinesOf(record, await ask(committed.body.releaseAt, true), {
            ...{ people: record.people, first: decidedAt, last: pointAt },
          }),
        }
      : {}),
    staying: timelinesOf(record, await ask(now, true), {
      ...{ people: opened.rows.filter((one) => one > 0), first: pointAt, last: head[0]!.position },
    }),
  }
}

/** Folders of a release that a recipient can see, on all machines together. */
function visibleFolders({ homes }: Stage, release: string): number {
  return homes.filter((home) => existsSync(join(home, 'outbox', recipient, release))).length
}

/** The position up to which a stop keeps a person out of the file. After three rounds the rest is recalled. */
function keptOutUpTo({ amended, sealed }: ReleaseState): number {
  const rounds = amended.filter(({ body }) => body.removed > 0)
  return rounds.length < 3 ? sealed!.position : rounds.at(-1)!.position
}

function earlierRemovals({ removals }: ReleaseState, since: number): number {
  return removals.filter(({ sealed }) => sealed.position <= since).length
}

/** Before it was committed, and before the gate was asked for the last time. */
function marksOf(state: ReleaseState, committed: Stated<CommittedBody>, passed: readonly Passed[]): Mark[] {
  const [start] = passed.filter(({ point }) => point === 'before-commit')
  const gate = passed.findLast(({ point }) => point === 'before-gate')
  const rounds = state.amended.filter(({ body }) => body.removed > 0).length
  return [
    ...(start === undefined ? [] : [{ at: start.at, position: committed.position }]),
    ...(gate === undefined || rounds >= 3 ? [] : [{ at: gate.at, position: state.sealed!.position }]),
  ]
}
