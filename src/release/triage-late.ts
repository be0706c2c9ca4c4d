// Who was called back from a release for a word that was spoken before it and recorded after it: was a promise missed, and
// whose? The source's, that said it had told us everything; ours, to record within so many hours; or nobody's.
import { eventKinds, isRefusing, type RegisterEvent } from '../model/event.ts'
import { type Instant, microsecondsPerDay, microsecondsPerHour, undatedInterval } from '../model/instant.ts'
import type { CommittedBody, FeedBody } from '../model/release.ts'
import { readLinks } from '../register/link-people.ts'
import { readHistories } from '../register/read-history.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import { readTerms } from '../register/term-numbers.ts'
import { removalHours } from './build-manifest.ts'
import type { DecisionContext, PolicyBook } from './decision-context.ts'
import { clustersOf, linkConfidenceMin } from './project-links.ts'
import { lookedUpTo, type ReleaseState, readReleases, type Stated } from './read-release.ts'

/**
 * `feed-wrong`: its source had said that it was complete to a later time than the word was spoken at. `recorded-late`: it lay
 * with us for longer than we promise. `in-time`: it took no longer than its channel takes. `unclear`: when it was spoken is
 * not known well enough to say.
 */
export const lateClasses = ['feed-wrong', 'recorded-late', 'in-time', 'unclear'] as const
export type LateClass = (typeof lateClasses)[number]

export type LateWord = {
  /** The enrolment's number. What was said is not told here: for some it is nobody's to know. */
  subject: number
  source: string
  class: LateClass
  /** The latest moment at which it was spoken; undefined where no date was given. */
  saidAt: Instant | undefined
  recordedAt: Instant
  /** From the one to the other, whole days. */
  daysLate: number | undefined
  promised: { hours: number; source: string }
  /** What its source had said of itself by then; with the position at which it was said. */
  completeTo?: { at: Instant; position: number }
  /** Its source had said so before the release left, which relied on it. */
  reliedOn: boolean
}

export type ReleaseTriage = {
  release: string
  recipient: string
  releaseAt: Instant
  /** People called back, for whatever reason. */
  recalled: number
  counts: Record<LateClass, number>
  /** By person, then by position. */
  late: LateWord[]
}

/** Releases from which somebody was called back, in the order they were committed. Run `followUp` before. */
export async function triageLate(
  context: Pick<DecisionContext, 'register' | 'readBook' | 'packs'>,
): Promise<ReleaseTriage[]> {
  const { store } = context.register
  const known = await readKnown(context)
  const triaged: ReleaseTriage[] = []
  for (const state of await readReleases(store)) {
    const { committed } = state
    if (committed === undefined || state.delivered === undefined) continue
    const recalled = await readRecalled(store, committed.position)
    if (recalled.length === 0) continue
    const book = await context.readBook(undefined, committed.position)
    triaged.push(await triageRelease(store, { ...state, committed }, { ...known, book, recalled }))
  }
  return triaged
}

type Known = {
  sources: ReadonlyMap<number, string>
  feeds: readonly { position: number; source: string; completeTo: Instant }[]
  matesOf(subject: number): readonly number[]
}

async function readKnown({ register, packs }: Pick<DecisionContext, 'register' | 'packs'>): Promise<Known> {
  const { store } = register
  const terms = await readTerms(register)
  const links = await readLinks(store, { after: 0, upTo: Number.MAX_SAFE_INTEGER })
  const { people } = clustersOf(links, linkConfidenceMin(packs))
  const clusters = new Map(people.flatMap((cluster) => cluster.map((subject) => [subject, cluster])))
  return {
    sources: new Map(terms.filter(({ kind }) => kind === 'source').map(({ number, name }) => [number, name])),
    feeds: (await readDocuments(store, { kind: 'feed' })).map(({ position, body }) => ({
      position,
      ...(JSON.parse(body) as FeedBody),
    })),
    matesOf: (subject) => clusters.get(subject) ?? [subject],
  }
}

type Recalled = { subject: number; position: number }

async function readRecalled(session: Pick<StoreSession, 'query'>, release: number): Promise<Recalled[]> {
  return session.query<Recalled>(
    `select subject, position from register.release_removal
      where release = $1 and stage = 'recalled' order by subject`,
    [release],
  )
}

type Looking = Known & { book: PolicyBook; recalled: readonly Recalled[] }

async function triageRelease(
  session: Pick<StoreSession, 'query'>,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  looking: Looking,
): Promise<ReleaseTriage> {
  const { recalled, matesOf } = looking
  const { request, releaseAt } = state.committed.body
  const everybody = [...new Set(recalled.flatMap(({ subject }) => matesOf(subject)))]
  const histories = await readHistories(session, everybody)
  const recordedAt = await readRecordingTimes(session, everybody, lookedUpTo(state)!)
  const late = recalled.flatMap(({ subject, position }) =>
    matesOf(subject)
      .flatMap((mate) => histories.get(mate) ?? [])
      .filter((event) => event.position > lookedUpTo(state)! && event.position < position)
      .filter((event) => isRefusing(event) && event.earliest < releaseAt && isPersonsWord(event))
      .map((event) => classify(subject, event, recordedAt.get(event.position)!, { state, ...looking })),
  )
  const counts = Object.fromEntries(
    lateClasses.map((one) => [one, late.filter((word) => word.class === one).length]),
  ) as Record<LateClass, number>
  return {
    ...{ release: state.release, recipient: request.recipient, releaseAt },
    ...{ recalled: recalled.length, counts, late },
  }
}

/** What we did about somebody, and rows that are nobody, is no word that anyone waited for. */
function isPersonsWord({ kind, qualifier }: RegisterEvent): boolean {
  return kind !== 'seed' && !(kind === 'erasure' && qualifier === eventKinds.erasure.qualifiers.done)
}

async function readRecordingTimes(
  session: Pick<StoreSession, 'query'>,
  subjects: readonly number[],
  after: number,
): Promise<Map<number, Instant>> {
  const rows = await session.query<{ position: number; recorded_at: Instant }>(
    `select distinct b.position, b.recorded_at from register.batch b
       join register.event e on e.position = b.position where e.subject = any($1::int4[]) and e.position > $2`,
    [[...subjects], after],
  )
  return new Map(rows.map(({ position, recorded_at }) => [position, recorded_at]))
}

// --- one word ------------------------------------------------------------------------------------------------------

type Deciding = Looking & { state: ReleaseState & { committed: Stated<CommittedBody> } }

function classify(
  subject: number,
  event: RegisterEvent,
  recordedAt: Instant,
  { state, sources, feeds, book }: Deciding,
): LateWord {
  const source = sources.get(event.source) ?? ''
  const saidAt = event.latest === undatedInterval.latest ? undefined : event.latest
  const word = feeds.findLast((feed) => feed.source === source && feed.position < event.position)
  const wrong = word !== undefined && event.latest <= word.completeTo
  const promised = promisedFor(source, state.committed.body, book)
  const lag = Math.max(0, recordedAt - event.latest)
  return {
    ...{ subject, source, saidAt, recordedAt, promised },
    class: classOf({ wrong, before: event.latest < state.committed.body.releaseAt, lag, promised }),
    daysLate: saidAt === undefined ? undefined : Math.floor(lag / microsecondsPerDay),
    ...(word !== undefined && { completeTo: { at: word.completeTo, position: word.position } }),
    reliedOn: wrong && word.position < lookedUpTo(state)!,
  }
}

function classOf(found: {
  wrong: boolean
  before: boolean
  lag: number
  promised: { hours: number }
}): LateClass {
  if (found.wrong) return 'feed-wrong'
  if (!found.before) return 'unclear'
  return found.lag > found.promised.hours * microsecondsPerHour ? 'recorded-late' : 'in-time'
}

/** A source that is declared brings its news every so many hours; of a letter we ask of ourselves what we ask of a recipient. */
function promisedFor(
  source: string,
  committed: CommittedBody,
  book: PolicyBook,
): { hours: number; source: string } {
  const feed = book.policy.feeds.find((declared) => declared.source === source)
  return feed === undefined
    ? removalHours(book, committed)
    : { hours: feed.everyHours, source: `feed ${source}` }
}
