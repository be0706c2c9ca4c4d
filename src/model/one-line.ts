// Words that somebody types and others read in a list: one line, in which nothing hides, turns or moves what stands beside it.

/** Control characters, whatever ends a line, and marks of direction. */
const unfit = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

export function isOneLine(text: string): boolean {
  // Half a surrogate pair is another character to whoever writes it as UTF-8, under the same hash.
  return text.isWellFormed() && !unfit.test(text)
}
