// What a run of faults has to say: figures, and one line that a machine reads.
import { type RoundResult, roundKinds } from './rounds.ts'

export function reportLines(
  results: readonly RoundResult[],
  seconds: number,
  /** Kinds of rounds that were asked for and could not be run. */
  refused = 0,
): { lines: string[]; failed: number } {
  const wrong = results.filter(({ violations, uncoded }) => violations.length + uncoded.length > 0)
  const failed = wrong.length + refused
  const sum = (of: (result: RoundResult) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  const slowest = results.reduce((one, other) => (other.seconds > one.seconds ? other : one), results[0]!)
  const lines = [
    `rounds: ${results.length} in ${seconds.toFixed(0)} s (${roundKinds
      .map((kind) => `${kind} ${results.filter(({ round }) => round.strike.kind === kind).length}`)
      .join(', ')})`,
    'faults injected',
    ...Object.entries(struckBy(results)).map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`),
    `slowest recovery: ${slowest.seconds.toFixed(1)} s (${slowest.round.task} on ${slowest.round.store})`,
    `facts acknowledged: ${sum(({ acknowledged }) => acknowledged)}, found again: ${sum(({ foundAgain }) => foundAgain)}`,
    `crashes without a code: ${sum(({ uncoded }) => uncoded.length)}`,
    `violations: ${sum(({ violations }) => violations.length)}`,
    `${results.length - wrong.length} passed, ${failed} failed`,
  ]
  return { lines, failed }
}

function struckBy(results: readonly RoundResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { struck } of results)
    for (const [name, count] of Object.entries(struck)) counts[name] = (counts[name] ?? 0) + count
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)))
}
