// What a story told in chapters has to show: what happened, what Fairshare answered, and what is due afterwards.

import type { ReasonCode } from '../../model/reason.ts'

export type StoryAnswer = {
  /** "79,200 of 82,000 may be worked on, masked". */
  says: string
  /** What speaks against the whole and no determination has cleared: told in the packs’ words. */
  codes: readonly ReasonCode[]
}

export type StoryObligation = { light: 'red' | 'amber' | 'green'; words: string }

export type StoryChapter = {
  /** "12 January 2011". */
  day: string
  title: string
  /** Two or three sentences: what happens. */
  story: string
  answers: readonly StoryAnswer[]
  /** As they stand that day, worst first; none of them = nothing is due. */
  obligations: readonly StoryObligation[]
  /** What the example says by hand came out. */
  asExpected: boolean
  seconds: number
}

export type StoryReport = {
  title: string
  people: number
  facts: number
  chapters: readonly StoryChapter[]
  /** What a register alone cannot see, in words. */
  notSeen: readonly string[]
  totalSeconds: number
  peakRssBytes: number
  /** Files made, with what each is. */
  made: readonly { path: string; what: string }[]
  madeOn: string
}

export function storyHolds({ chapters }: StoryReport): boolean {
  return chapters.length > 0 && chapters.every(({ asExpected }) => asExpected)
}

export const unexpected = 'Please report this: it is not what the example says by hand.'
