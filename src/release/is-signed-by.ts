// Whether a note that came in from outside was signed with this key: a bad signature is an answer here, not an error.
import { LogError } from '../log/log-error.ts'
import { openNote, parseVerifierKey } from '../log/signed-note.ts'

export function isSignedBy(note: string, verifierKey: string): boolean {
  try {
    openNote(note, [parseVerifierKey(verifierKey)])
    return true
  } catch (error) {
    if (error instanceof LogError) return false
    throw error
  }
}
