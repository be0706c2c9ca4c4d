// What people and programs sign: a line that says what it is, then canonical JSON. Two readers cannot take one text for
// two statements, nor a statement of one kind for one of another.
import { type Canonical, canonicalJson } from './canonical.ts'

/** `<format>\n<canonical JSON>\n`, the text of a signed note. */
export function statementText<S extends { format: string }>(statement: S): string {
  return `${statement.format}\n${canonicalJson(statement as Canonical)}\n`
}

/** The members of a statement of this format; undefined unless the text is exactly what `statementText` makes. */
export function readStatement(text: string, format: string): Record<string, unknown> | undefined {
  if (!text.startsWith(`${format}\n`)) return undefined
  let statement: unknown
  try {
    statement = JSON.parse(text.slice(format.length + 1))
    if (!isFormat(statement, format) || statementText(statement) !== text) return undefined
  } catch {
    return undefined
  }
  return { ...statement }
}

function isFormat(value: unknown, format: string): value is { format: string } {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === format
}

/** First line of what the register's key signs of a reminder; an empty line and the letter follow. */
export const reminderFormat = 'fairshare/reminder@v1'
