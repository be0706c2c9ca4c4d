// What the log room makes of published vectors and of a small log of its own, as values that JSON holds. It runs in Node and,
// bundled, in a browser: the two must not differ. Nothing of Node is imported here.
import { fromBase64, toBase64 } from '../../src/log/base64.ts'
import { fromHex, toHex, utf8 } from '../../src/log/bytes.ts'
import { encodeCheckpoint, openCheckpoint } from '../../src/log/checkpoint.ts'
import { type CommittedColumns, Committer } from '../../src/log/commitment.ts'
import { verifyConsistency } from '../../src/log/consistency.ts'
import { fsckLog } from '../../src/log/fsck.ts'
import { verifyInclusion } from '../../src/log/inclusion.ts'
import { leafPath } from '../../src/log/leaf-path.ts'
import { bodyHash, decodeEntry, encodeEntry } from '../../src/log/log-entry.ts'
import { leafHash, merkleRoot } from '../../src/log/merkle.ts'
import { decodePrefixProof, encodePrefixProof, verifyPrefixProof } from '../../src/log/prefix-proof.ts'
import { buildPrefixTree, openPrefixTree, type PrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../../src/log/release-leaves.ts'
import { openNote, parseVerifierKey } from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { tileReader, tileTree } from '../../src/log/tile-tree.ts'
import { bundlePath, encodeBundle, tilePath } from '../../src/log/tiles.ts'
import { encodeProof, verifyProof } from '../../src/log/tlog-proof.ts'

type InclusionCase = {
  leafIdx: number
  treeSize: number
  root: string
  leafHash: string
  proof: string[] | null
}
type ConsistencyCase = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null }
type Row = {
  secret: string
  ordinal: number
  outcome: number
  fields: number
  masks: number[]
  cells?: (string | null)[]
}
type Release = { register: string; release: string; columns: string[]; records: Row[] }
type TreeVector = {
  leaves: { key: string; commitment: string }[]
  proofs: { key: string; commitment: string | null; proof: unknown }[]
}
type Refused = { root: string; key: string; commitment: string | null; proof: unknown }

export type Vectors = {
  inclusion: InclusionCase[]
  consistency: ConsistencyCase[]
  releases: Release[]
  trees: TreeVector[]
  refused: Refused[]
}

/** The log that is made here, and what signs its checkpoint: signing takes a secret, which a browser has no use for. */
export type MadeLog = { origin: string; entries: string[]; checkpoint: string; verifierKey: string }

export async function logAnswers(vectors: Vectors, log: MadeLog) {
  return {
    inclusion: vectors.inclusion.map(({ leafIdx, treeSize, root, leafHash, proof }) =>
      verifyInclusion(leafIdx, treeSize, bytes(leafHash), (proof ?? []).map(bytes), bytes(root)),
    ),
    consistency: vectors.consistency.map(({ size1, size2, root1, root2, proof }) =>
      verifyConsistency(
        { size: size1, root: bytes(root1) },
        { size: size2, root: bytes(root2) },
        (proof ?? []).map(bytes),
      ),
    ),
    releases: vectors.releases.map(releaseAnswers),
    trees: await Promise.all(vectors.trees.map(treeAnswers)),
    refused: vectors.refused.map(({ root, key, commitment, proof }) =>
      holds(hex(root), key, commitment, proof),
    ),
    log: await logOwnAnswers(log),
    commitments: commitmentAnswers(),
  }
}

/** Root of these entries, for whoever signs it. */
export function checkpointText({ origin, entries }: Pick<MadeLog, 'origin' | 'entries'>): string {
  const growth = new TileGrowth()
  growth.add(joined(entries.map((entry) => leafHash(utf8(entry)))))
  return encodeCheckpoint({ origin, size: entries.length, root: growth.root() })
}

export function madeEntries(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new TextDecoder().decode(
      encodeEntry({
        register: '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f',
        format: 1,
        position: index + 1,
        kind: index % 7 === 0 ? 'import' : 'consent',
        recordedAt: 1_525_000_000_000_000 + index,
        events: 1,
        eventRoot: toHex(leafHash(utf8(`${index}`))),
        enrolled: 0,
      }),
    ),
  )
}

// --- releases and trees ------------------------------------------------------------------------------------------

function releaseAnswers({ register, release, columns, records }: Release) {
  const leaves = new ReleaseLeaves(register, release)
  const rows = new RowCommitter(register, columns)
  const answers = records.map(({ secret, ordinal, outcome, fields, masks, cells }) => {
    const opening = made((into) => leaves.rowOpening(hex(secret), 0, ordinal, into, 0))
    const releasedKey = made((into) => leaves.releasedKey(opening, 0, into, 0))
    const verdict = verdictBytes(outcome, fields, masks)
    const ref = refOf(releasedKey)
    return {
      opening: toHex(opening),
      releasedKey: toHex(releasedKey),
      decidedKey: toHex(made((into) => leaves.decidedKey(hex(secret), 0, ordinal, into, 0))),
      verdict: toHex(verdict),
      decidedCommitment: toHex(
        made((into) => leaves.decidedCommitment(hex(secret), 0, ordinal, verdict, into, 0)),
      ),
      ref,
      ...(cells && {
        releasedCommitment: toHex(made((into) => rows.commit([ref, ...cells.slice(1)], opening, 0, into, 0))),
      }),
    }
  })
  const decided = treeOf(answers.map(({ decidedKey, decidedCommitment }) => decidedKey + decidedCommitment))
  const released = treeOf(
    answers.flatMap(({ releasedKey, releasedCommitment }) =>
      releasedCommitment === undefined ? [] : [releasedKey + releasedCommitment],
    ),
  )
  return { answers, decided: toHex(decided.root), released: toHex(released.root) }
}

async function treeAnswers({ leaves, proofs }: TreeVector) {
  const tree = treeOf(leaves.map(({ key, commitment }) => key + commitment))
  const file = joined(tree.toBytes())
  const opened = await openPrefixTree(file.length, async (offset, length) =>
    file.subarray(offset, offset + length),
  )
  return {
    root: toHex(tree.root),
    file: toHex(merkleRoot(leafHash(file))),
    proofs: await Promise.all(
      proofs.map(async ({ key, commitment, proof }) => [
        encodePrefixProof(tree.prove(hex(key))),
        encodePrefixProof(await opened.prove(hex(key))),
        holds(tree.root, key, commitment, proof),
      ]),
    ),
  }
}

function treeOf(leaves: readonly string[]): PrefixTree {
  return buildPrefixTree(hex(leaves.join('')), leaves.length)
}

function holds(root: Uint8Array, key: string, commitment: string | null, proof: unknown): boolean {
  const decoded = decodePrefixProof(proof)
  if (decoded === undefined) return false
  return verifyPrefixProof(root, hex(key), commitment === null ? undefined : hex(commitment), decoded)
}

// --- a log -------------------------------------------------------------------------------------------------------

async function logOwnAnswers({ entries, checkpoint, verifierKey }: MadeLog) {
  const key = parseVerifierKey(verifierKey)
  const leaves = entries.map((entry) => leafHash(utf8(entry)))
  const files = filesOf(entries, leaves, checkpoint)
  const read = async (path: string) => files.get(path)
  const tree = tileTree(entries.length, tileReader(read))
  const { size, root } = openCheckpoint(checkpoint, key)
  const index = Math.floor(size / 3)
  const proof = encodeProof({ index, hashes: await tree.inclusionProof(index), checkpoint })
  const derived = await fsckLog(read, key)
  const older = { size: index, root: await tree.root(index) }
  return {
    root: toHex(root),
    derived: toHex(derived.root),
    proof,
    proven: verifyProof(proof, utf8(entries[index]!), key).index,
    consistent: verifyConsistency(older, { size, root }, await tree.consistencyProof(index)),
    path: leafPath(joined(leaves.slice(0, 11)), 6).map(toHex),
    entry: decodeEntry(utf8(entries[index]!)),
    files: [...files].map(([path, content]) => [path, toHex(leafHash(content))]),
    forged: refusal(() => openNote(checkpoint.replace(/^(.*)\n(\d+)\n/, '$1\n1$2\n'), [key])),
  }
}

function filesOf(entries: readonly string[], leaves: readonly Uint8Array[], checkpoint: string) {
  const growth = new TileGrowth()
  const tiles = [...growth.add(joined(leaves)), ...growth.partials()]
  const files = new Map(
    tiles.map(({ level, index, width, hashes }) => [tilePath(level, index, width), hashes]),
  )
  for (let from = 0; from < entries.length; from += 256) {
    const bundle = entries.slice(from, from + 256).map(utf8)
    files.set(bundlePath(from / 256, bundle.length), encodeBundle(bundle))
  }
  return files.set('checkpoint', utf8(checkpoint))
}

function refusal(step: () => unknown): string {
  try {
    step()
    return 'none'
  } catch (error) {
    return String(error)
  }
}

// --- events ------------------------------------------------------------------------------------------------------

function commitmentAnswers() {
  const register = '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f'
  const committer = new Committer(register)
  const secret = leafHash(utf8('secret'))
  const texts = [undefined, 'am fünften Mai 2017', '🜁 \ud800']
  const events = texts.map((text) => {
    const place = { position: 2 ** 40 + 3, ord: 7 }
    return toHex(made((into) => committer.commitEvent(columns(text), 0, 9, place, secret, 0, into, 0)))
  })
  return {
    subject: toHex(made((into) => committer.commitSubject(9, secret, 0, into, 0))),
    events,
    body: bodyHash(register, secret, utf8('{"a":1}')),
    base64: [toBase64(secret), fromBase64('AAB='), toHex(fromBase64('/+8=')!)],
  }
}

function columns(text: string | undefined): CommittedColumns {
  const one = (number: number) => Int32Array.of(number)
  return {
    subject: one(0),
    kind: Uint8Array.of(2),
    earliest: Float64Array.of(-86_400_000_001),
    latest: Float64Array.of(1_525_000_000_000_001),
    grade: Uint8Array.of(3),
    source: one(1),
    jurisdiction: Uint8Array.of(1),
    route: one(0),
    notice: one(2 ** 31 - 1),
    purpose: one(4),
    recipient: one(5),
    channel: one(2),
    basis: one(0),
    qualifier: one(1),
    statedText: [text],
  }
}

// --- bytes -------------------------------------------------------------------------------------------------------

function made(write: (into: Uint8Array) => void): Uint8Array {
  const into = new Uint8Array(32)
  write(into)
  return into
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return hex(parts.map(toHex).join(''))
}

function hex(text: string): Uint8Array {
  const read = fromHex(text)
  if (read === undefined) throw new Error('the vectors are in hexadecimal')
  return read
}

/** Base64 of a published vector; what is none there is no hash either. */
function bytes(text: string): Uint8Array {
  return fromBase64(text) ?? new Uint8Array(0)
}
