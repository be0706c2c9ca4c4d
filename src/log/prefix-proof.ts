// Proofs from a prefix tree: that a key is in it with this commitment, or that it is not in it. What is hashed is in
// prefix-tree.ts; formats and reasons are in docs/spec/release-trees.md.
import { equalBytes, fromHex, toHex } from './bytes.ts'
import { HASH_BYTES, sha256 } from './sha256.ts'

export const KEY_BYTES = 32
/** Separates leaves from parents, and both from the two prefixes of the register's log (RFC 6962 §2.1). */
export const LEAF_PREFIX = 0x02
export const PARENT_PREFIX = 0x03
/** Two different keys part after 255 bits at the latest. */
export const DEPTH_MAX = 8 * KEY_BYTES

export type PrefixLeaf = { key: Uint8Array; commitment: Uint8Array }

export type PrefixProof = {
  /** Where the path of the key ends: at its own leaf, at the leaf of another key, or where its parent has no child. */
  result: 'inclusion' | 'non-inclusion-leaf' | 'non-inclusion-parent'
  /** Bits of the key that lead to the end of its path; the root is at 0. */
  depth: number
  /** What stands beside the path, deepest first; one hash for each bit. */
  copath: Uint8Array[]
  /** The other key's leaf, of `non-inclusion-leaf` only. */
  leaf?: PrefixLeaf
}

/** As JSON: bytes in lower-case hexadecimal. */
export type PrefixProofJson = {
  result: PrefixProof['result']
  depth: number
  copath: string[]
  leaf?: { key: string; commitment: string }
}

/** Whether the proof shows that the tree has `commitment` under `key`, or, if that is undefined, that it has no such key. */
export function verifyPrefixProof(
  root: Uint8Array,
  key: Uint8Array,
  commitment: Uint8Array | undefined,
  proof: PrefixProof,
): boolean {
  if (root.length !== HASH_BYTES || key.length !== KEY_BYTES || !hasCanonicalPath(proof)) return false
  let hash = endOfPath(key, commitment, proof)
  if (hash === undefined) return false
  for (let i = 0; i < proof.depth; i++) {
    const beside = proof.copath[i]!
    hash = bitOf(key, proof.depth - 1 - i) === 0 ? parentHash(hash, beside) : parentHash(beside, hash)
  }
  return equalBytes(hash, root)
}

export function encodePrefixProof(proof: PrefixProof): PrefixProofJson {
  const { result, depth, copath, leaf } = proof
  const json = { result, depth, copath: copath.map(toHex) }
  if (leaf === undefined) return json
  return { ...json, leaf: { key: toHex(leaf.key), commitment: toHex(leaf.commitment) } }
}

/** The proof, or undefined if `json` is not exactly what `encodePrefixProof` can have made. */
export function decodePrefixProof(json: unknown): PrefixProof | undefined {
  if (!isRecord(json)) return undefined
  const { result, depth, copath, leaf } = json
  const foreign = result === 'non-inclusion-leaf'
  if (!foreign && result !== 'inclusion' && result !== 'non-inclusion-parent') return undefined
  if (!hasOnly(json, foreign ? ['result', 'depth', 'copath', 'leaf'] : ['result', 'depth', 'copath']))
    return undefined
  if (typeof depth !== 'number' || !Array.isArray(copath) || copath.length > DEPTH_MAX) return undefined
  const hashes = copath.map(hashOf).filter((hash) => hash !== undefined)
  if (hashes.length !== copath.length) return undefined
  const proof: PrefixProof = { result, depth, copath: hashes }
  if (foreign) {
    const decoded = decodeLeaf(leaf)
    if (decoded === undefined) return undefined
    proof.leaf = decoded
  }
  return hasCanonicalPath(proof) ? proof : undefined
}

export function leafHash(key: Uint8Array, commitment: Uint8Array): Uint8Array {
  return hashPair(LEAF_PREFIX, key, commitment)
}

export function parentHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashPair(PARENT_PREFIX, left, right)
}

/** Bit `index` of a key, the highest bit of its first byte being 0. */
export function bitOf(key: Uint8Array, index: number): number {
  return (key[index >>> 3]! >>> (7 - (index & 7))) & 1
}

/**
 * A leaf stands at the first bit where it is alone, and a parent has at least two leaves below it: so what stands beside the end
 * of a path is never absent. A tree with a longer path than that has another root, made by no honest builder.
 */
function hasCanonicalPath({ depth, copath }: PrefixProof): boolean {
  if (!Number.isInteger(depth) || depth < 0 || depth > DEPTH_MAX || copath.length !== depth) return false
  if (copath.some((hash) => hash.length !== HASH_BYTES)) return false
  return depth === 0 || copath[0]!.some((byte) => byte !== 0)
}

/** The hash where the path of the key ends, or undefined if the proof does not speak to the question. */
function endOfPath(
  key: Uint8Array,
  commitment: Uint8Array | undefined,
  { result, depth, leaf }: PrefixProof,
): Uint8Array | undefined {
  if ((result === 'inclusion') !== (commitment !== undefined)) return undefined
  if ((result === 'non-inclusion-leaf') !== (leaf !== undefined)) return undefined
  if (commitment !== undefined)
    return commitment.length === HASH_BYTES ? leafHash(key, commitment) : undefined
  if (leaf === undefined) return new Uint8Array(HASH_BYTES)
  if (leaf.key.length !== KEY_BYTES || leaf.commitment.length !== HASH_BYTES) return undefined
  // Its own leaf would prove presence, and a leaf from elsewhere in the tree nothing.
  if (equalBytes(leaf.key, key) || !sharesBits(leaf.key, key, depth)) return undefined
  return leafHash(leaf.key, leaf.commitment)
}

function sharesBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let i = 0; i < bits; i++) if (bitOf(a, i) !== bitOf(b, i)) return false
  return true
}

function decodeLeaf(json: unknown): PrefixLeaf | undefined {
  if (!isRecord(json) || !hasOnly(json, ['key', 'commitment'])) return undefined
  const key = hashOf(json.key)
  const commitment = hashOf(json.commitment)
  return key === undefined || commitment === undefined ? undefined : { key, commitment }
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function hasOnly(json: object, names: readonly string[]): boolean {
  return Object.keys(json).length === names.length && names.every((name) => Object.hasOwn(json, name))
}

function hashPair(prefix: number, first: Uint8Array, second: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES)
  input[0] = prefix
  input.set(first, 1)
  input.set(second, 1 + HASH_BYTES)
  return sha256(input)
}

/** 32 bytes, or undefined. */
function hashOf(text: unknown): Uint8Array | undefined {
  return typeof text === 'string' && text.length === 2 * HASH_BYTES ? fromHex(text) : undefined
}
