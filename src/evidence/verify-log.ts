// A copy of a register's public log, derived anew: every entry, every tile, the root, and the signature over it.
import { openCheckpoint, type TreeHead } from '../log/checkpoint.ts'
import { fsckLog, type ReadFile } from '../log/fsck.ts'
import type { NoteVerifier } from '../log/signed-note.ts'
import { type Check, Checklist } from './check.ts'

export type LogVerified = { checks: Check[]; size: number | undefined }

/** `read` gives the files of the copy by their paths in the log. */
export async function verifyLog(read: ReadFile, log: NoteVerifier): Promise<LogVerified> {
  const list = new Checklist()
  const tree = await list.run(() =>
    list.check('Every entry and tile leads to the root that the register signed', 'log', () =>
      fsckLog(read, log),
    ),
  )
  return { checks: list.checks, size: tree?.size }
}

/** A checkpoint by itself: who signed it, and that it is of the log named after that key. */
export async function verifyCheckpoint(
  note: Uint8Array,
  log: NoteVerifier,
  file: string,
): Promise<{ checks: Check[]; tree: TreeHead | undefined }> {
  const list = new Checklist()
  const tree = await list.run(() =>
    list.check('The register’s key signed the checkpoint', file, () => openCheckpoint(note, log)),
  )
  return { checks: list.checks, tree }
}
