// A dishonest operator: has the register, its database and its signing key, and this program's own code. Takes an honest evidence
// pack apart, changes what suits, and signs it all anew. What a verifier refuses of that, it refuses of anybody.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackAsked } from '../../src/accountability/pack-parts.ts'
import { firstFailure, NotHeld, placeText } from '../../src/evidence/check.ts'
import type { PackFiles } from '../../src/evidence/pack-files.ts'
import type { PackOptions } from '../../src/evidence/pack-found.ts'
import { readArchive } from '../../src/evidence/read-archive.ts'
import { type PackVerified, verifyPack } from '../../src/evidence/verify-pack.ts'
import { toHex } from '../../src/log/bytes.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { ReleaseLeaves } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { tileReader, tileTree } from '../../src/log/tile-tree.ts'
import { bundlePath, decodeBundle, encodeBundle, TILE_WIDTH, tilePath } from '../../src/log/tiles.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import { canonicalHash, canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import {
  documentPath,
  type PackDocument,
  type PackManifest,
  packSignedText,
} from '../../src/model/evidence-pack.ts'
import { instantToIso } from '../../src/model/instant.ts'
import { type PathJson, type PersonReceipt, personReceiptSignedText } from '../../src/model/person-receipt.ts'
import type { Register } from '../../src/register/register.ts'
import { writeEvidencePack } from '../../src/service/evidence-pack.ts'
import type { Club } from '../release/small-club.ts'

/** Files of a pack by their paths. */
export type Unpacked = Map<string, Uint8Array>

/** As `fairshare evidence` makes it. */
export async function honestPack(club: Club, asked: PackAsked, out: string): Promise<Unpacked> {
  const path = join(club.app.configuration.home, out)
  await writeEvidencePack(club.app, asked, {
    out: path,
    page: () => '<!doctype html><p>a page</p>',
    onStep: () => {},
  })
  return unpacked(readFileSync(path))
}

export async function unpacked(archive: Uint8Array): Promise<Unpacked> {
  const files = readArchive(archive)
  const all: Unpacked = new Map()
  for (const path of files.paths) all.set(path, await files.read(path))
  return all
}

/** The key of today, whatever the register signs with later. */
export function signerOf({ logOrigin, keys: { signer } }: Register): NoteSigner {
  return { name: logOrigin, publicKey: signer.publicKey, sign: (message) => signer.sign(message) }
}

export function keyOf(signer: NoteSigner): string {
  return encodeVerifierKey(signer.name, signer.publicKey)
}

export function asFiles(pack: Unpacked): PackFiles {
  return {
    paths: [...pack.keys()],
    async read(path) {
      const bytes = pack.get(path)
      if (bytes === undefined) throw new NotHeld(path, undefined, 'is not there')
      return bytes
    },
  }
}

export function verify(pack: Unpacked, signer: NoteSigner, options: PackOptions = {}): Promise<PackVerified> {
  return verifyPack(asFiles(pack), keyOf(signer), options)
}

/** The check that fails, where, and what was found; '' when all of it holds. */
export async function finding(
  pack: Unpacked,
  signer: NoteSigner,
  options: PackOptions = {},
): Promise<string> {
  const failure = firstFailure((await verify(pack, signer, options)).checks)
  return failure === undefined ? '' : `${failure.what} | ${placeText(failure.place)}: ${failure.found}`
}

// --- changed, and signed anew ------------------------------------------------------------------------------------

export function manifestIn(pack: Unpacked): PackManifest {
  return JSON.parse(textOf(pack, 'pack.json')) as PackManifest
}

export function textOf(pack: Unpacked, path: string): string {
  return new TextDecoder().decode(pack.get(path))
}

/** A copy with other files, under a manifest that has their hashes and a good signature. */
export function resigned(
  pack: Unpacked,
  signer: NoteSigner,
  change: (files: Unpacked, manifest: PackManifest) => void,
): Unpacked {
  const files: Unpacked = new Map(pack)
  const manifest = structuredClone(manifestIn(pack))
  change(files, manifest)
  files.delete('pack.json')
  files.delete('pack.json.sig')
  const what = new Map(manifest.files.map((file) => [file.path, file.what]))
  manifest.files = [...files]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, bytes]) => ({
      path,
      sha256: sha256Hex(bytes),
      sizeBytes: bytes.length,
      what: what.get(path) ?? '',
    }))
  const text = canonicalJson(manifest)
  files.set('pack.json', Buffer.from(text))
  files.set('pack.json.sig', Buffer.from(signNote(packSignedText(sha256Hex(text)), signer)))
  return files
}

export function changeText(files: Unpacked, path: string, change: (text: string) => string): void {
  const before = textOf(files, path)
  const after = change(before)
  if (after === before) throw new Error(`nothing changed in ${path}`)
  files.set(path, Buffer.from(after))
}

// --- the log -----------------------------------------------------------------------------------------------------

export function entriesIn(pack: Unpacked): LogEntry[] {
  const size = manifestIn(pack).asOf.size
  const entries: LogEntry[] = []
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
    const path = bundlePath(index, width)
    for (const bytes of decodeBundle(pack.get(`log/${path}`)!, width, path))
      entries.push(JSON.parse(new TextDecoder().decode(bytes)) as LogEntry)
  }
  return entries
}

/** Another log under the same key, whatever its entries say of themselves; the manifest is as of it. */
export function putLog(
  files: Unpacked,
  manifest: PackManifest,
  signer: NoteSigner,
  entries: readonly LogEntry[],
): void {
  for (const path of [...files.keys()]) if (path.startsWith('log/')) files.delete(path)
  const { tree, checkpoint } = writeLog(entries, signer, (path, bytes) => files.set(`log/${path}`, bytes))
  files.set('log/checkpoint', Buffer.from(checkpoint))
  manifest.asOf = {
    size: entries.length,
    root: toHex(tree),
    recordedAt: instantToIso(entries.at(-1)!.recordedAt),
  }
}

export function writeLog(
  entries: readonly LogEntry[],
  signer: NoteSigner,
  write: (path: string, bytes: Uint8Array) => void,
): { tree: Uint8Array; checkpoint: string } {
  const growth = new TileGrowth()
  const tiles = []
  for (let at = 0; at < entries.length; at += TILE_WIDTH) {
    const bundle = entries.slice(at, at + TILE_WIDTH).map(encodeEntry)
    write(bundlePath(at / TILE_WIDTH, bundle.length), encodeBundle(bundle))
    tiles.push(...growth.add(Buffer.concat(bundle.map(leafHash))))
  }
  for (const { level, index, width, hashes } of [...tiles, ...growth.partials()])
    write(tilePath(level, index, width), hashes)
  const tree = growth.root()
  return { tree, checkpoint: signCheckpoint({ size: entries.length, root: tree }, signer) }
}

// --- documents ---------------------------------------------------------------------------------------------------

export function documentsIn(pack: Unpacked): PackDocument[] {
  return [...pack.keys()]
    .filter((path) => path.startsWith('documents/'))
    .sort()
    .map((path) => JSON.parse(textOf(pack, path)) as PackDocument)
}

export function documentIn(pack: Unpacked, kind: string): PackDocument {
  const found = documentsIn(pack).find((document) => document.kind === kind)
  if (found === undefined) throw new Error(`no ${kind} in the pack`)
  return found
}

/** The documents of an honest pack with other bodies and positions, and the log that binds them: as if it had always been so. */
export function rewritten(pack: Unpacked, signer: NoteSigner, change: (story: Story) => void): Unpacked {
  return resigned(pack, signer, (files, manifest) => {
    const story: Story = { entries: entriesIn(pack), documents: documentsIn(pack), manifest }
    change(story)
    for (const path of [...files.keys()]) if (path.startsWith('documents/')) files.delete(path)
    for (const document of story.documents) {
      const entry = story.entries[document.position - 1]!
      if (entry.kind !== document.kind) throw new Error('a document of another kind than its entry')
      entry.body = bodyHash(entry.register, Buffer.from(document.salt, 'hex'), Buffer.from(document.body))
      const filed = {
        ...document,
        recordedAt: entry.recordedAt,
        entry: new TextDecoder().decode(encodeEntry(entry)),
      }
      files.set(documentPath(filed), Buffer.from(canonicalJson(filed)))
    }
    putLog(files, manifest, signer, story.entries)
  })
}

export type Story = { entries: LogEntry[]; documents: PackDocument[]; manifest: PackManifest }

/** Changes the body of the first document of a kind. */
export function changeBody<T extends object>(
  story: Story,
  kind: string,
  change: (body: T) => void,
): PackDocument {
  const document = story.documents.find((one) => one.kind === kind)
  if (document === undefined) throw new Error(`no ${kind} in the story`)
  const body = JSON.parse(document.body) as T
  change(body)
  document.body = canonicalJson(body as Parameters<typeof canonicalJson>[0])
  return document
}

// --- receipts ----------------------------------------------------------------------------------------------------

export function receiptsIn(pack: Unpacked): { path: string; receipt: PersonReceipt }[] {
  return [...pack.keys()]
    .filter((path) => path.startsWith('people/'))
    .sort()
    .map((path) => ({ path, receipt: JSON.parse(textOf(pack, path)) as PersonReceipt }))
}

export function signReceipt({ signature: _, ...receipt }: PersonReceipt, signer: NoteSigner): PersonReceipt {
  return { ...receipt, signature: signNote(personReceiptSignedText(canonicalHash(receipt)), signer) }
}

/** A receipt whose proofs lead into another log, in which its batches stand where they stood. */
export async function receiptInto(
  receipt: PersonReceipt,
  signer: NoteSigner,
  entries: readonly LogEntry[],
): Promise<PersonReceipt> {
  const files: Unpacked = new Map()
  const { checkpoint } = writeLog(entries, signer, (path, bytes) => files.set(path, bytes))
  const tree = tileTree(
    entries.length,
    tileReader(async (path) => files.get(path)),
  )
  const into = async <T extends { position: number; entry: string; proof: string }>(batch: T): Promise<T> => {
    const index = batch.position - 1
    const hashes = await tree.inclusionProof(index)
    const entry = new TextDecoder().decode(encodeEntry(entries[index]!))
    return { ...batch, entry, proof: encodeProof({ index, hashes, checkpoint }) }
  }
  return signReceipt(
    {
      ...receipt,
      issued: { ...receipt.issued, at: instantToIso(entries.at(-1)!.recordedAt) },
      enrolment: await into(receipt.enrolment),
      events: await Promise.all(receipt.events.map(into)),
      releases: await Promise.all(
        receipt.releases.map(async ({ sealed, ...release }) =>
          sealed === undefined ? release : { ...release, sealed: await into(sealed) },
        ),
      ),
    },
    signer,
  )
}

/** As `rewritten`, and the receipts enclosed are made to fit: `alter` sees each before it is signed. */
export async function rewrittenWithReceipts(
  pack: Unpacked,
  signer: NoteSigner,
  change: (story: Story) => void,
  alter: (receipt: PersonReceipt) => void = () => {},
): Promise<Unpacked> {
  const other = rewritten(pack, signer, change)
  const entries = entriesIn(other)
  const made = new Map<string, Uint8Array>()
  for (const { path, receipt } of receiptsIn(other)) {
    alter(receipt)
    made.set(path, Buffer.from(canonicalJson(await receiptInto(receipt, signer, entries))))
  }
  return resigned(other, signer, (files) => {
    for (const [path, bytes] of made) files.set(path, bytes)
  })
}

// --- trees -------------------------------------------------------------------------------------------------------

/** `at` = the key under whose bits the leaf is put: an honest builder has no choice but `key`. All in hex. */
export type CrookedLeaf = { at: string; key: string; commitment: string }

/** A prefix tree whose builder puts leaves where he likes; proofs are what a reader who trusts the order would be shown. */
export function crookedTree(leaves: readonly CrookedLeaf[]): { root: string; prove(key: string): PathJson } {
  const bitsOf = (hex: string) =>
    [...Buffer.from(hex, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const placed = leaves.map((leaf) => ({ ...leaf, bits: bitsOf(leaf.at) }))
  const below = (prefix: string) => placed.filter(({ bits }) => bits.startsWith(prefix))
  const hash = (prefix: string): Buffer => {
    const [first, ...more] = below(prefix)
    if (first === undefined) return Buffer.alloc(32)
    if (more.length === 0) return digest(Buffer.of(2), Buffer.from(first.key + first.commitment, 'hex'))
    return digest(Buffer.of(3), hash(`${prefix}0`), hash(`${prefix}1`))
  }
  return {
    root: hash('').toString('hex'),
    prove(key) {
      const bits = bitsOf(key)
      const copath: string[] = []
      let depth = 0
      while (below(bits.slice(0, depth)).length > 1) {
        copath.unshift(hash(bits.slice(0, depth) + (bits[depth] === '0' ? '1' : '0')).toString('hex'))
        depth++
      }
      const [end] = below(bits.slice(0, depth))
      if (end === undefined) return { result: 'non-inclusion-parent', depth, copath }
      if (end.key === key) return { result: 'inclusion', depth, copath }
      return {
        result: 'non-inclusion-leaf',
        depth,
        copath,
        leaf: { key: end.key, commitment: end.commitment },
      }
    },
  }
}

/** The key of a person's only row in R of a release. */
export function releasedKeyOf({ register, secret }: PersonReceipt, release: string): string {
  const leaves = new ReleaseLeaves(register.id, release)
  const key = new Uint8Array(32)
  leaves.rowOpening(Buffer.from(secret, 'hex'), 0, 0, key, 0)
  leaves.releasedKey(key, 0, key, 0)
  return toHex(key)
}

function digest(...parts: Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}
