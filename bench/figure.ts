// What a step measured: one row of the table.

/** Of several rounds, in seconds. */
export type Spread = { median: number; least: number; most: number; rounds: number }

export type Figure = {
  /** What was done, in the words of the table. */
  did: string
  size: { count: number; of: string }
  seconds?: Spread
  /** Where single answers matter: half of them, and 99 of 100, were given within so many milliseconds. */
  milliseconds?: { p50: number; p99: number }
  perSecond: number
  /** Time over the time of something else, measured in the same process, round by round in turn. */
  against?: { ratio: number; what: string }
  aim?: { says: string; met: boolean }
  /** What came out, for whoever checks that the same thing was measured. */
  counts?: Readonly<Record<string, number>>
}

/** People of the case at its real size: aims are set for it, and say nothing of smaller runs. */
export const caseSize = 1_065_220

/** A figure and the step, a process of its own, that gave it. */
export type StepFigure = Figure & { step: string; peakRssBytes: number }

export function spread(seconds: readonly number[]): Spread {
  const sorted = [...seconds].sort((a, b) => a - b)
  return { median: percentile(sorted, 50), least: sorted[0]!, most: sorted.at(-1)!, rounds: sorted.length }
}

/** Of numbers in ascending order. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!
}

/** A figure whose rate is its size over its median time. */
export function timed(did: string, count: number, of: string, seconds: readonly number[]): Figure {
  const measured = spread(seconds)
  return { did, size: { count, of }, seconds: measured, perSecond: count / measured.median }
}

export async function secondsOf(work: () => Promise<unknown> | unknown): Promise<number> {
  const before = performance.now()
  await work()
  return (performance.now() - before) / 1000
}
