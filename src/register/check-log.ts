// Checking a published log against everything it must agree with; says the place of the first difference.

import { equalBytes } from '../log/bytes.ts'
import { fsckLog } from '../log/fsck.ts'
import { LogError, type LogErrorCode } from '../log/log-error.ts'
import { MerkleRoot } from '../log/merkle.ts'
import { parseVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import { checkEntries } from './check-entries.ts'
import type { LogPlaces, LogStore, SignedState } from './log-store.ts'
import { logVerifier, readHead } from './publish-log.ts'
import { firstDifference, readLeaves } from './read-leaves.ts'
import type { Register } from './register.ts'

export type LogCheck =
  | { holds: true; size: number; root: string }
  /** `place`: file, entry or batch, and where in it. */
  | { holds: false; place: string; found: string }

/** A published log by itself, as anybody can check it who has the log's verifier key. */
export function checkPublishedLog(store: LogStore, verifierKey: string): Promise<LogCheck> {
  return toCheck(() => fsckLog((path) => store.read(path), readVerifierKey(verifierKey)))
}

/** The published log and the register it is of: its files, the second place, and every batch's commitments. */
export function checkLog(register: Register, { store, signed }: LogPlaces): Promise<LogCheck> {
  return toCheck(async () => {
    const tree = await fsckLog(
      (path) => store.read(path),
      logVerifier(register),
      (first, entries) => compareEntries(register, first, entries),
    )
    await compareTrees(register, tree, signed)
    const head = await readHead(register.store)
    await checkEntries(register, head.size)
    return tree
  })
}

async function toCheck(check: () => Promise<{ size: number; root: Uint8Array }>): Promise<LogCheck> {
  try {
    const { size, root } = await check()
    return { holds: true, size, root: Buffer.from(root).toString('hex') }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    return { holds: false, place: error.place, found: findings[error.code] }
  }
}

const findings: Record<LogErrorCode, string> = {
  'note.malformed': 'not a signed note',
  'note.unsigned': 'not signed by the key of this log',
  'key.malformed': 'not a key',
  'checkpoint.malformed': 'not a checkpoint of this log',
  'proof.malformed': 'not a proof',
  'proof.invalid': 'the proof does not hold',
  'tile.missing': 'not there',
  'tile.malformed': 'not of the form it must have',
  'tree.mismatch': 'not what it is made from',
  'entry.malformed': 'not an entry of a register',
  'entry.foreign': 'of another register than the entries before it',
  'entry.misplaced': 'it says that it is at another position',
  'entry.backdated': 'not recorded later than the one before it',
}

function readVerifierKey(text: string) {
  try {
    return parseVerifierKey(text)
  } catch (cause) {
    throw new Problem('value.invalid', 'this is not the verifier key of a log: name+id+key', { cause })
  }
}

async function compareEntries(
  { store }: Register,
  first: number,
  entries: readonly Uint8Array[],
): Promise<void> {
  const { size } = await readHead(store)
  if (first + entries.length > size) throw new LogError('tree.mismatch', `entry ${size}: not in the register`)
  for await (const leaves of readLeaves(store, first, first + entries.length)) {
    const at = leaves.first - first
    const wrong = leaves.entries.findIndex((entry, index) => !equalBytes(entry, entries[at + index]!))
    if (wrong >= 0)
      throw new LogError('tree.mismatch', `entry ${leaves.first + wrong}: the register holds another`)
  }
}

/** Published, signed and appended must be one history, in this order of age. */
async function compareTrees(
  { store }: Register,
  published: { size: number; root: Uint8Array },
  signed: SignedState,
): Promise<void> {
  const lastSigned = await signed.read()
  const head = await readHead(store)
  if (lastSigned === undefined) throw new LogError('tile.missing', 'second place')
  if (lastSigned.size < published.size || lastSigned.size > head.size)
    throw new LogError(
      'tree.mismatch',
      `second place: size ${lastSigned.size}, published ${published.size}, register ${head.size}`,
    )
  const difference = await firstDifference(store, new MerkleRoot(), [published, lastSigned, head])
  if (difference === undefined) return
  const place = difference === head ? 'register: root' : `second place: root at size ${difference.size}`
  throw new LogError('tree.mismatch', place)
}
