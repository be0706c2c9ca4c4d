// A text of a policy or a pack: not empty, and nothing in it makes it look like another one.
import { z } from 'zod'

export type Context = z.RefinementCtx

/** A finding that only our own words can explain; `check-shape.ts` turns it into place, message, remedy. */
export function remark(context: Context, message: string, remedy: string, path: PropertyKey[] = []): void {
  context.addIssue({ code: 'custom', message, params: { remedy }, path })
}

/** Control characters and bidirectional overrides make a text look like another one, on a terminal or in a review. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const deceptive = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

export function isDeceptive(text: string): boolean {
  // Half a surrogate pair is another character to whoever writes it as UTF-8, under the same hash.
  return deceptive.test(text) || !text.isWellFormed()
}

export const text = z
  .string()
  .trim()
  .min(1)
  .superRefine((value, context) => {
    if (isDeceptive(value))
      remark(context, 'holds invisible control characters', 'Type the text again without them.')
  })
