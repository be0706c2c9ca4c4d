// The checker: pure, over a recorded history. Whoever was acknowledged before the linearisation point is not in what left;
// whoever came after is recalled, once; nothing leaves twice; and the order of the register explains every row.
import type { Entry, History, LeftRelease, Operation, Standing, Timeline } from './history.ts'

export const violationKinds = [
  'not in the register',
  'order not explained',
  'leaked',
  'added',
  'dropped without reason',
  'removal missing',
  'removal without reason',
  'removed twice',
  'released twice',
  'not recorded as it left',
] as const
export type ViolationKind = (typeof violationKinds)[number]

/** `person`: 0 where it is about nobody in particular. */
export type Violation = { kind: ViolationKind; person: number; words: string }

export function checkHistory(history: History): Violation[] {
  return [
    ...checkAcknowledged(history),
    ...checkOrder(history),
    ...checkRequests(history.left),
    ...history.left.flatMap((left) => [
      ...checkDocuments(left),
      ...checkMarks(history.operations, left),
      ...checkRows(left),
      ...checkRemovals(left),
    ]),
  ]
}

// --- what was acknowledged -----------------------------------------------------------------------------------------

function* checkAcknowledged({ operations, register }: History): Generator<Violation> {
  const entries = Map.groupBy(register, ({ position }) => position)
  const taken = new Set<number>()
  for (const { acknowledged, kind, people, says } of operations) {
    if (acknowledged === undefined) continue
    const { position } = acknowledged
    const person = people[0] ?? 0
    if (!(entries.get(position) ?? []).some((entry) => entry.kind === kind && sameList(entry.people, people)))
      yield { kind: 'not in the register', person, words: `“${says}” was acknowledged at ${position}` }
    if (taken.has(position))
      yield { kind: 'order not explained', person, words: `${position} was acknowledged twice` }
    taken.add(position)
  }
}

/** Whoever had an answer before another spoke stands before it; and time does not run backwards from position to position. */
function* checkOrder({ operations, register }: History): Generator<Violation> {
  const byAnswer = operations
    .flatMap((operation) => (operation.acknowledged === undefined ? [] : [operation.acknowledged]))
    .sort((a, b) => a.at - b.at)
  for (const { acknowledged, invoked, people } of operations) {
    if (acknowledged === undefined) continue
    const later = byAnswer.find(({ at, position }) => at < invoked && position > acknowledged.position)
    if (later !== undefined)
      yield {
        kind: 'order not explained',
        person: people[0] ?? 0,
        words: `${acknowledged.position} was spoken after ${later.position} had its answer`,
      }
  }
  const ascending = [...register].sort((a, b) => a.position - b.position)
  for (const [index, entry] of ascending.entries()) {
    const before: Entry | undefined = ascending[index - 1]
    if (before !== undefined && before.position < entry.position && before.recordedAt >= entry.recordedAt)
      yield { kind: 'order not explained', person: 0, words: `${entry.position} bears an earlier time` }
  }
}

function* checkMarks(
  operations: readonly Operation[],
  { release, marks }: LeftRelease,
): Generator<Violation> {
  for (const { acknowledged, people } of operations) {
    if (acknowledged === undefined) continue
    const passed = marks.find(({ at, position }) => acknowledged.at < at && acknowledged.position > position)
    if (passed !== undefined)
      yield {
        kind: 'order not explained',
        person: people[0] ?? 0,
        words: `${acknowledged.position} had its answer before ${release} passed ${passed.position}`,
      }
  }
}

// --- what left -----------------------------------------------------------------------------------------------------

function* checkRequests(left: readonly LeftRelease[]): Generator<Violation> {
  for (const [request, releases] of Map.groupBy(left, (one) => one.request))
    if (releases.length > 1)
      yield { kind: 'released twice', person: 0, words: `${request}: ${releases.length} releases` }
}

function* checkDocuments({ release, documents, folders }: LeftRelease): Generator<Violation> {
  const count = (kind: string) => documents.filter((one) => one === kind).length
  for (const kind of ['release.committed', 'release.delivered'])
    if (count(kind) > 1)
      yield { kind: 'released twice', person: 0, words: `${release}: ${count(kind)} of ${kind}` }
  if (folders > 1)
    yield { kind: 'released twice', person: 0, words: `${release} is visible ${folders} times` }
  const whole = ['release.committed', 'release.sealed', 'release.delivered']
  const inOrder = documents.filter((kind) => whole.includes(kind))
  const ends = inOrder[0] === whole[0] && inOrder.at(-2) === whole[1] && inOrder.at(-1) === whole[2]
  if (folders > 0 && !ends)
    yield { kind: 'not recorded as it left', person: 0, words: `${release}: ${documents.join(', ')}` }
}

function* checkRows({ release, rows, leaving, atDecision, ...left }: LeftRelease): Generator<Violation> {
  // Its rows were looked at when they left, and are what they were.
  if (leaving === undefined || atDecision === undefined) return
  const seen = new Set<number>()
  for (const person of rows) {
    if (seen.has(person)) yield { kind: 'released twice', person, words: `two rows of ${release}` }
    seen.add(person)
    const standing = standingAt(leaving.get(person), left.pointAt)
    if (standing !== 'may')
      yield { kind: 'leaked', person, words: `in ${release}, ${standing ?? 'unknown'} at ${left.pointAt}` }
    else if (atDecision.get(person) !== 'may')
      yield { kind: 'added', person, words: `in ${release}, and not when it was decided` }
  }
  for (const [person, timeline] of leaving) {
    if (seen.has(person) || atDecision.get(person) !== 'may') continue
    if (!everBetween(timeline, left.decidedAt, left.pointAt, (standing) => standing !== 'may'))
      yield { kind: 'dropped without reason', person, words: `not in ${release}` }
  }
}

// --- who was called back -------------------------------------------------------------------------------------------

function* checkRemovals(left: LeftRelease): Generator<Violation> {
  const { release, rows, removals, recalledBefore, pointAt, followedUpTo } = left
  const members = new Set(rows)
  const recalled = new Set<number>()
  for (const person of removals.flat()) {
    if (recalled.has(person)) yield { kind: 'removed twice', person, words: `from ${release}` }
    recalled.add(person)
    const wasVetoed = (standing: Standing) => standing === 'vetoed'
    const vetoed = everBetween(left.staying.get(person) ?? [], pointAt, followedUpTo, wasVetoed)
    if (!members.has(person) || !(vetoed || recalledBefore.includes(person)))
      yield { kind: 'removal without reason', person, words: `from ${release}` }
  }
  for (const person of members)
    if (!recalled.has(person) && standingAt(left.staying.get(person), followedUpTo) === 'vetoed')
      yield { kind: 'removal missing', person, words: `from ${release}, followed up to ${followedUpTo}` }
}

// --- timelines -----------------------------------------------------------------------------------------------------

function standingAt(timeline: Timeline | undefined, position: number): Standing | undefined {
  return timeline?.findLast(({ from }) => from <= position)?.standing
}

/** Whether it was so at any position from the first to the last. */
function everBetween(
  timeline: Timeline,
  first: number,
  last: number,
  is: (standing: Standing) => boolean,
): boolean {
  return timeline.some(({ from, standing }, index) => {
    const until = timeline[index + 1]?.from ?? Number.POSITIVE_INFINITY
    return from <= last && until > first && is(standing)
  })
}

function sameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
