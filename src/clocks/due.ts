// When a duty is due: a day, an instant, at once, or why nobody can say.

/** When a duty is due, or why there is no date. Dates are yyyy-mm-dd and mean the end of that day. */
export type Due =
  | { state: 'on'; on: string }
  /** `local` is the same instant on the wall clock of `zone`. */
  | { state: 'at'; at: string; local: string; zone: string }
  /** At once, or without undue delay: the law names no last hour. */
  | { state: 'promptly'; from: string; because: string }
  /** The clock stands still, so nobody can say a date yet. */
  | { state: 'open'; because: string }
  | { state: 'no-duty'; because: string }
  /** What is needed for an answer is not known; nothing was guessed. */
  | { state: 'refused'; because: string }
