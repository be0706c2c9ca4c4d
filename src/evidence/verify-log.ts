// A copy of a register's public log, derived anew: every entry, every tile, the root, and the signature over it; and whether it
// is the same history as every checkpoint that somebody kept.
import { openCheckpoint, type TreeHead } from '../log/checkpoint.ts'
import { fsckLog, type ReadFile } from '../log/fsck.ts'
import type { NoteVerifier } from '../log/signed-note.ts'
import { rotationPath } from '../model/key-rotation.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { keysUpTo } from './verify-key-rotation.ts'
import { checkKept, type KeptCheckpoint } from './verify-pack-log.ts'

export type LogVerified = { checks: Check[]; size: number | undefined }

/** `read` gives the files of the copy by their paths in the log. */
export async function verifyLog(
  read: ReadFile,
  log: NoteVerifier,
  kept: readonly KeptCheckpoint[] = [],
): Promise<LogVerified> {
  const list = new Checklist()
  const tree = await list.run(async () => {
    const head = await list.check(
      'Every entry and tile leads to the root that the register signed',
      'log',
      () => fsckLog(read, log),
    )
    const keys = kept.length === 0 ? [] : await keysUpTo(log, await rotationNotes(read))
    for (const checkpoint of kept)
      await list.check('It goes on from the checkpoint that was kept', checkpoint.name, () =>
        goesOn({ ...head, read }, checkpoint, keys),
      )
    return head
  })
  return { checks: list.checks, size: tree?.size }
}

/** From the first change of the log's key on. */
async function rotationNotes(read: ReadFile): Promise<string[]> {
  const notes: string[] = []
  for (;;) {
    const note = await read(rotationPath(notes.length + 1))
    if (note === undefined) return notes
    notes.push(new TextDecoder().decode(note))
  }
}

/** A copy that ends before what was kept is an old one, or the log went back: either way it is not all there is. */
async function goesOn(
  tree: TreeHead & { read: ReadFile },
  kept: KeptCheckpoint,
  keys: readonly NoteVerifier[],
): Promise<void> {
  const { size, larger } = await checkKept(tree, kept, keys)
  if (larger)
    throw new NotHeld(
      'log',
      'checkpoint',
      `signs ${tree.size} entries, and ${kept.name} signed ${size} before: this copy is older, or the log went back`,
    )
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
