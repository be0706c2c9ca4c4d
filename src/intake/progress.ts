// How far a long reading has come, for whoever shows it.

type Progress = {
  /** Records dealt with so far, rejected ones included. */
  records: number
  perSecond: number
  /** Part of the file behind us, 0 to 1. */
  done: number
}

/** Called after every batch of rows; cheap enough to call often, and shown as seldom as its reader likes. */
export type OnProgress = (progress: Progress) => void

export function progressReporter(
  onProgress: OnProgress | undefined,
): (records: number, done: number) => void {
  if (onProgress === undefined) return () => {}
  const startedAt = performance.now()
  return (records, done) =>
    onProgress({
      records,
      done,
      perSecond: Math.round((records * 1000) / Math.max(1, performance.now() - startedAt)),
    })
}
