// A reminder as its reader has it: a note whose text is a line that names the form, an empty line, and a letter for people.
import { type NoteVerifier, openNote } from '../log/signed-note.ts'
import { reminderFormat } from '../model/statement.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { shown } from './say-event.ts'
import type { Said } from './say-receipt.ts'

export function looksLikeReminder(text: string): boolean {
  return text.startsWith(`${reminderFormat}\n`)
}

/** `letter` only when everything holds. */
export async function verifyReminder(
  note: string,
  register: NoteVerifier,
  file: string,
): Promise<{ checks: Check[]; letter: string[] | undefined }> {
  const list = new Checklist()
  const letter = await list.run(async () => {
    const { text } = await list.check('the register signed the reminder', file, () =>
      openNote(note, [register]),
    )
    return list.check('it is of a known form', file, () => letterOf(text, file))
  })
  return { checks: list.checks, letter }
}

export function sayReminder(letter: readonly string[]): Said {
  return {
    says: letter.filter((line) => line !== '').map((line) => shown(line.trim())),
    doesNotSay: ['That it is still owed: what was answered since is not in it.'],
  }
}

function letterOf(text: string, file: string): string[] {
  const [first, empty, ...letter] = text.split('\n')
  if (first !== reminderFormat) throw new NotHeld(file, 'line 1', 'is not a known form of reminder')
  if (empty !== '') throw new NotHeld(file, 'line 2', 'is not empty')
  return letter
}
