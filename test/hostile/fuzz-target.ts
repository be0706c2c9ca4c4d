// Bad input given to one reader until its time is over, and what became of it. Whatever is neither taken nor refused with a
// code is a violation, and so is a refusal that repeats what a person's cell held.
import { NotHeld } from '../../src/evidence/check.ts'
import { LogError } from '../../src/log/log-error.ts'
import { isProblem } from '../../src/model/problem.ts'
import { holdsCanary } from '../canary.ts'
import { randomFrom } from '../chance.ts'
import { below, mutateBytes } from './mutate-bytes.ts'

/** `taken` or the code of the refusal. */
export type Outcome = string

export type FuzzTarget = {
  kind: string
  /** Valid files of this kind, each of which is taken as it is. */
  corpus: readonly Uint8Array[]
  /** What the format's own grammar makes much of. */
  words?: readonly string[]
  /** `original`: which of the corpus was spoiled. Refusals that are values are returned; those that are thrown come through `outcomeOf`. */
  read(bytes: Buffer, original: number): Outcome | Promise<Outcome>
}

export type Violation = { seed: number; what: string }

export type Fuzzed = {
  kind: string
  tried: number
  taken: number
  refused: Map<Outcome, number>
  violations: Violation[]
  slowestMs: number
  slowestSeed: number
}

/** `begins` is told the seed of each try before it is made. */
export type Budget = { ms: number; triesMax?: number; seed: number; begins?: (seed: number) => void }

const VIOLATIONS_MAX = 5

/** Every try has a seed of its own: `tryOnce` with it makes the same bytes again. */
export async function fuzzTarget(target: FuzzTarget, budget: Budget): Promise<Fuzzed> {
  const { ms, triesMax = Number.POSITIVE_INFINITY, seed } = budget
  const found = nothingTried(target.kind)
  const until = performance.now() + ms
  while (found.tried < triesMax && found.violations.length < VIOLATIONS_MAX) {
    const started = performance.now()
    if (started >= until && found.tried > 0) break
    const own = (seed + found.tried++) >>> 0
    budget.begins?.(own)
    const outcome = await tryOnce(target, own)
    keepOutcome(found, { seed: own, outcome, ms: performance.now() - started })
  }
  return found
}

export function nothingTried(kind: string): Fuzzed {
  const none = { tried: 0, taken: 0, slowestMs: 0, slowestSeed: 0 }
  return { kind, ...none, refused: new Map(), violations: [] }
}

export function keepOutcome(
  found: Fuzzed,
  { seed, outcome, ms }: { seed: number; outcome: Outcome; ms: number },
): void {
  if (ms > found.slowestMs) Object.assign(found, { slowestMs: ms, slowestSeed: seed })
  if (outcome.startsWith(VIOLATION)) found.violations.push({ seed, what: outcome })
  else if (outcome === TAKEN) found.taken++
  else found.refused.set(outcome, (found.refused.get(outcome) ?? 0) + 1)
}

export function tryOnce(target: FuzzTarget, seed: number): Promise<Outcome> {
  const { bytes, original } = spoiledFrom(target, seed)
  return outcomeOf(() => target.read(bytes, original))
}

export function spoiledFrom(target: FuzzTarget, seed: number): { bytes: Buffer; original: number } {
  const random = randomFrom(seed)
  const original = below(random, target.corpus.length)
  return { bytes: mutateBytes(random, target.corpus[original]!, target), original }
}

export const TAKEN = 'taken'
export const VIOLATION = 'violation'

/** What was thrown as its code; whatever has none as a violation. */
export async function outcomeOf(read: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof NotHeld) return 'not held'
    if (error instanceof LogError) return error.code
    if (!isProblem(error))
      return `${VIOLATION}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    const said = [error.message, ...error.findings.flatMap(({ message, remedy }) => [message, remedy])].join(
      '\n',
    )
    return holdsCanary(said) ? `${VIOLATION}: ${error.code} repeats what a cell held` : error.code
  }
}
