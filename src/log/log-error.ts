// What can be wrong with a log, a note or a proof: one class, a closed list of codes, and the place.

export type LogErrorCode =
  | 'note.malformed'
  | 'note.unsigned'
  | 'key.malformed'
  | 'checkpoint.malformed'
  | 'proof.malformed'
  | 'proof.invalid'
  | 'tile.missing'
  | 'tile.malformed'
  | 'tree.mismatch'
  | 'entry.malformed'
  | 'entry.foreign'
  | 'entry.misplaced'
  | 'entry.backdated'

/** `place` says where: a path of the log, a line of a note, an entry. Never a personal value: there is none in a log. */
export class LogError extends Error {
  readonly code: LogErrorCode
  readonly place: string

  constructor(code: LogErrorCode, place: string) {
    super(`${code}: ${place}`)
    this.name = 'LogError'
    this.code = code
    this.place = place
  }
}
