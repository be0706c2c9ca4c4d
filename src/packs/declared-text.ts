// Where a character of a text written in YAML stands in its file.
import type { Place } from '../model/problem.ts'

/**
 * YAML changes nothing in such a text but white space: both are walked side by side. Where they part (a quoted quote),
 * the place is where the text begins.
 */
export function placeWithin(fileText: string, start: Place, text: string, at: number): Place {
  let offset = offsetOf(fileText, start)
  // The header of a block text, or an opening quote.
  const header = /^(?:[>|][^\n]*\n|['"])/.exec(fileText.slice(offset))
  if (header !== null) offset += header[0].length
  const blank = (character: string | undefined) => character !== undefined && /\s/.test(character)
  for (let index = 0; index <= at; index++) {
    // Past the end of the text: what was expected there is missing after its last character.
    if (index === text.length) break
    if (blank(text[index])) continue
    while (blank(fileText[offset])) offset++
    if (index === at) break
    if (fileText[offset] !== text[index]) return start
    offset++
  }
  const before = fileText.slice(0, offset).split('\n')
  return { file: start.file, line: before.length, column: before.at(-1)!.length + 1 }
}

function offsetOf(fileText: string, { line = 1, column = 1 }: Place): number {
  const lines = fileText.split('\n')
  return lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1
}
