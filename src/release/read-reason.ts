// Why somebody answered or revoked, as it will stand in a signed text: words that can be read, and nothing that only seems so.
import { Problem } from '../model/problem.ts'

const LENGTH_MAX = 500

export function readReason(text: string): string {
  const because = text.trim()
  if (because === '' || because.length > LENGTH_MAX || /\p{C}/u.test(because) || !because.isWellFormed())
    throw new Problem(
      'value.invalid',
      `--because is a sentence of at most ${LENGTH_MAX} letters, on one line`,
    )
  return because
}
