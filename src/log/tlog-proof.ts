// Proofs in one text (c2sp.org/tlog-proof@v1): an index, the hashes from leaf to root, and the signed checkpoint.
import { fromBase64, toBase64 } from './base64.ts'
import { openCheckpoint, parseDecimal, type TreeHead } from './checkpoint.ts'
import { verifyInclusion } from './inclusion.ts'
import { LogError } from './log-error.ts'
import { leafHash } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'
import type { NoteVerifier } from './signed-note.ts'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
/** A path in a tree of 2^53 leaves. */
const HASHES_MAX = 53

export type TlogProof = {
  index: number
  hashes: readonly Uint8Array[]
  /** The signed note, verbatim. */
  checkpoint: string
  /** Opaque and under nobody's signature. */
  extra?: Uint8Array
}

export function encodeProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    FIRST_LINE,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

export function parseProof(text: string): TlogProof {
  // No line before the first empty one is empty, so it parts the proof from the checkpoint.
  const split = text.indexOf('\n\n')
  if (split < 0) throw new LogError('proof.malformed', 'no checkpoint')
  const lines = text.slice(0, split).split('\n')
  if (lines.shift() !== FIRST_LINE) throw new LogError('proof.malformed', 'line 1')
  const extra = takeAfter(lines, 'extra ', fromBase64)
  const index = takeAfter(lines, 'index ', parseDecimal)
  if (index === undefined) throw new LogError('proof.malformed', 'index')
  if (lines.length > HASHES_MAX) throw new LogError('proof.malformed', 'too many hashes')
  const hashes = lines.map((line, at) => {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_BYTES) throw new LogError('proof.malformed', `hash ${at + 1}`)
    return hash
  })
  return { index, hashes, checkpoint: text.slice(split + 2), ...(extra !== undefined && { extra }) }
}

/** The index and the tree in which this log has exactly these bytes as an entry; throws when the proof does not show it. */
export function verifyProof(
  text: string,
  entry: Uint8Array,
  log: NoteVerifier,
): { index: number; tree: TreeHead } {
  const { index, hashes, checkpoint } = parseProof(text)
  const tree = openCheckpoint(checkpoint, log)
  if (!verifyInclusion(index, tree.size, leafHash(entry), hashes, tree.root))
    throw new LogError('proof.invalid', `entry ${index} of ${tree.size}`)
  return { index, tree }
}

function takeAfter<T>(lines: string[], prefix: string, read: (text: string) => T | undefined): T | undefined {
  if (!lines[0]?.startsWith(prefix)) return undefined
  const value = read(lines.shift()!.slice(prefix.length))
  if (value === undefined) throw new LogError('proof.malformed', prefix.trim())
  return value
}
