// A program we did not write reads our logs: Go's golang.org/x/mod/sumdb/{note,tlog}, as Debian packages it. What it must
// accept it accepts, what was changed by one byte it refuses, and how many of each it looked at is counted.
import { createHash, randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLogFolder } from '../../src/adapters/files/log-folder.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { openCheckpoint, signCheckpoint } from '../../src/log/checkpoint.ts'
import {
  encodeVerifierKey,
  type NoteSigner,
  openNote,
  parseVerifierKey,
  signNote,
} from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { type TileTree, tileTree } from '../../src/log/tile-tree.ts'
import { decodeBundle, tilePath, tileWidth } from '../../src/log/tiles.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import { appendInOneTransaction } from '../../src/register/append-batch.ts'
import { logVerifierKey, publishLog } from '../../src/register/publish-log.ts'
import { refKey } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { memoryPlaces } from '../register/log-places.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'
import { buildVerifyLog, type Question, type VerifyLog } from './verify-log-command.ts'

/** Sizes at which the log is published: below, at and above where tiles fill. */
const publishedAt = [1, 2, 3, 255, 256, 257, 511, 512, 513, 600]
const last = publishedAt.at(-1)!
const seed = 20180525

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-interop-'))
const folder = join(scratch, 'log')
const counts = new Map<string, number>()
let go: VerifyLog
let opened: TestRegister
let register: Register
let key: string
let entries: Uint8Array[]
const notes = new Map<number, string>()

beforeAll(async () => {
  go = buildVerifyLog(scratch)
  opened = await openTestRegister('pglite')
  register = opened.register
  key = logVerifierKey(register)
  const places = { store: openLogFolder(folder), signed: memoryPlaces().signed }
  let size = 0
  for (const next of publishedAt) {
    await append(register, next - size)
    size = next
    notes.set(size, (await publishLog(register, places)).checkpoint)
  }
  entries = [0, 1, 2].flatMap((index) => {
    const width = tileWidth(0, index, last)
    const path = `tile/entries/00${index}${width === 256 ? '' : `.p/${width}`}`
    return decodeBundle(readFileSync(join(folder, path)), width, path)
  })
})
afterAll(async () => {
  await opened?.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

/** Asks, expects one answer to all of them, and counts. */
function expectAll(what: string, holds: boolean, questions: readonly Question[]): void {
  const answers = go.ask(questions)
  const other = answers.findIndex((answer) => answer.holds !== holds)
  if (other >= 0)
    throw new Error(`${what} ${other}: ${answers[other]!.why ?? 'was accepted'} ${show(questions[other]!)}`)
  const name = `${what} ${holds ? 'accepted' : 'refused'}`
  counts.set(name, (counts.get(name) ?? 0) + answers.length)
}

const show = ({ ask, size, index, older }: Question) => JSON.stringify({ ask, size, index, older })

describe('a log that a register published', () => {
  test('holds as a folder at every size it was published at, with each entry asked for', () => {
    const copy = join(scratch, 'as-it-was')
    for (const size of publishedAt) {
      cpSync(folder, copy, { recursive: true })
      writeFileSync(join(copy, 'checkpoint'), notes.get(size)!)
      for (const entry of new Set([0, size >> 1, size - 1])) {
        const { stdout, exit } = go.run(['-key', key, '-entry', `${entry}`, copy])
        expect(stdout).toContain(`a checkpoint of ${size} entries`)
        expect(stdout).toContain(Buffer.from(entries[entry]!).toString())
        expect([exit, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'The log holds.'])
      }
    }
  })

  test('goes on from every checkpoint that was kept, and from no other', () => {
    const keep = (name: string, note: string) => {
      writeFileSync(join(scratch, name), note)
      return ['-kept', join(scratch, name)]
    }
    const kept = publishedAt.flatMap((size) => keep(`kept-${size}`, notes.get(size)!))
    expect(go.run(['-key', key, ...kept, folder])).toMatchObject({ exit: 0 })
    const signer = { name: register.logOrigin, ...register.keys.signer }
    const forked = signCheckpoint({ size: 300, root: new Uint8Array(32).fill(3) }, signer)
    const fork = go.run(['-key', key, ...keep('forked', forked), folder])
    expect([fork.exit, fork.stdout]).toEqual([1, expect.stringContaining('two histories were signed')])
    const ahead = signCheckpoint({ size: last + 1, root: new Uint8Array(32) }, signer)
    const back = go.run(['-key', key, ...keep('ahead', ahead), folder])
    expect([back.exit, back.stdout]).toEqual([1, expect.stringContaining('this log went back')])
  })

  test('has the root that Go makes of its entries, at every size', async () => {
    const [answer] = go.ask([{ ask: 'roots', bytes: entries }])
    const tree = treeAt(last)
    for (let size = 1; size <= last; size++)
      expect(Buffer.from(await tree.root(size)).toString('base64'), `${size}`).toBe(answer!.roots![size - 1])
    counts.set('roots compared', answer!.roots!.length)
  })

  test('is refused with the place when a byte of any of its files is changed, or a file is cut or gone', () => {
    const files = [
      'checkpoint',
      ...['tile/entries/000', 'tile/entries/002.p/88'],
      ...['tile/0/000', 'tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2'],
    ]
    const copy = join(scratch, 'spoiled')
    cpSync(folder, copy, { recursive: true })
    const refused = (file: string, spoil: (path: string, bytes: Buffer) => void) => {
      const path = join(copy, file)
      const bytes = readFileSync(path)
      spoil(path, Buffer.from(bytes))
      const { stdout, exit } = go.run(['-key', key, copy])
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, bytes)
      expect([exit, stdout], file).toEqual([1, expect.stringMatching(/ {2}NO {2}/)])
      count('folders refused')
    }
    const random = bytesFrom('which byte')
    for (const file of files) {
      for (let n = 0; n < 8; n++)
        refused(file, (path, bytes) => {
          // Not the last character of the signature, of which Go leaves bits unread: see below.
          const at = random() % (bytes.length - 4)
          bytes[at]! ^= 1 + (random() % 255)
          writeFileSync(path, bytes)
        })
      refused(file, (path, bytes) => writeFileSync(path, bytes.subarray(0, -1)))
      refused(file, (path, bytes) => writeFileSync(path, Buffer.concat([bytes, Buffer.of(0)])))
      refused(file, (path) => rmSync(path))
    }
  })

  test('whose checkpoint was signed over more entries than there are, or fewer than its root has, is refused', () => {
    const copy = join(scratch, 'resized')
    cpSync(folder, copy, { recursive: true })
    const { root } = openCheckpoint(notes.get(last)!, parseVerifierKey(key))
    const signer = { name: register.logOrigin, ...register.keys.signer }
    for (const size of [last + 1, last - 1, 256, 1, 0]) {
      writeFileSync(join(copy, 'checkpoint'), signCheckpoint({ size, root }, signer))
      expect(go.run(['-key', key, copy]), `${size}`).toMatchObject({ exit: 1 })
    }
  })
})

describe('proofs', () => {
  test('of inclusion and consistency at random sizes hold in Go, and not with one byte changed', async () => {
    for (const kind of ['inclusion', 'consistency'] as const)
      await askAboutTrees(kind, 300, publishedTiles, 1)
  })

  test('hold across three levels of tiles, where a full tile stands above full tiles', async () => {
    const big = 70_000
    const hashes = createHash('shake256', { outputLength: 32 * big })
      .update('leaf hashes')
      .digest()
    const growth = new TileGrowth()
    const files = new Map(
      [...growth.add(hashes), ...growth.partials()].map(({ level, index, hashes: bytes }) => [
        tilePath(level, index),
        bytes,
      ]),
    )
    const tiles: Tiles = { size: big, read: async (level, index) => files.get(tilePath(level, index))! }
    for (const kind of ['inclusion', 'consistency'] as const) await askAboutTrees(kind, 150, tiles, 60_000)
  })

  test('as texts hold in Go for the entry they are of, and not for the next one', async () => {
    const checkpoint = notes.get(last)!
    const tree = treeAt(last)
    const chosen = [0, 1, 254, 255, 256, 257, 511, 512, 513, 598, 599]
    const texts = await Promise.all(
      chosen.map(async (index) =>
        encodeProof({ index, hashes: await tree.inclusionProof(index), checkpoint }),
      ),
    )
    const about = (data: (index: number) => Uint8Array) =>
      texts.map((note, n): Question => ({ ask: 'proof', keys: [key], note, data: data(chosen[n]!) }))
    expectAll(
      'proof text',
      true,
      about((index) => entries[index]!),
    )
    expectAll(
      'proof text',
      false,
      about((index) => entries[(index + 1) % last]!),
    )
    writeFileSync(join(scratch, 'entry.json'), entries[41]!)
    const hashes = await tree.inclusionProof(41)
    writeFileSync(join(scratch, 'entry.tlog-proof'), encodeProof({ index: 41, hashes, checkpoint }))
    const words = ['-key', key, '-proof', join(scratch, 'entry.tlog-proof'), '-data']
    expect(go.run([...words, join(scratch, 'entry.json')])).toMatchObject({ exit: 0 })
    expect(go.run([...words, join(scratch, 'checkpoint')])).toMatchObject({ exit: 1 })
  })

  /** As many random proofs, each asked as it is and with a random byte of hash, root, leaf or path changed. */
  async function askAboutTrees(
    kind: 'inclusion' | 'consistency',
    count: number,
    tiles: Tiles,
    sizeMin: number,
  ): Promise<void> {
    const cases = fc.sample(
      fc.record({
        size: fc.integer({ min: sizeMin, max: tiles.size }),
        of: fc.nat(),
        at: fc.nat(),
        bits: fc.integer({ min: 1, max: 255 }),
      }),
      { numRuns: count, seed },
    )
    const good: Question[] = []
    const bad: Question[] = []
    for (const { size, of, at, bits } of cases) {
      const question = await (kind === 'inclusion' ? included : consistent)(tiles, size, of)
      good.push(question)
      bad.push(spoil(question, at, bits))
    }
    expectAll(kind, true, good)
    expectAll(kind, false, bad)
  }

  async function included(tiles: Tiles, size: number, of: number): Promise<Question> {
    const index = of % size
    const tree = treeAt(size, tiles)
    const leaf = (await tiles.read(0, index >> 8)).subarray((index % 256) * 32, (index % 256) * 32 + 32)
    const path = await tree.inclusionProof(index)
    return { ask: 'inclusion', size, root: await tree.root(), index, leaf, path }
  }

  async function consistent(tiles: Tiles, size: number, of: number): Promise<Question> {
    const older = 1 + (of % size)
    const tree = treeAt(size, tiles)
    const path = await tree.consistencyProof(older)
    return { ask: 'consistency', size, root: await tree.root(), older, old: await tree.root(older), path }
  }

  function spoil(question: Question, at: number, bits: number): Question {
    const { root, leaf, old, path } = question
    const parts = [root!, (leaf ?? old)!, ...path!].map((part) => Uint8Array.from(part))
    parts[at % parts.length]![(at >>> 8) % 32]! ^= bits
    const [newRoot, second, ...newPath] = parts
    return { ...question, root: newRoot!, ...(leaf ? { leaf: second! } : { old: second! }), path: newPath }
  }
})

describe('notes', () => {
  const text = 'example.com/log\n12\nrEPkBrRqDpIFW/G+DZOWPU+RHtk3iiJZ6Z+UhIJDWaI=\n'
  const mine = signerOf('example.com/log', 1)
  const theirs = signerOf('witness.example', 2)
  const rotated = signerOf('example.com/log', 3)
  const both = signNote(text, mine) + lineOf(signNote(text, theirs))
  /** As a register signs while its former key is not yet retired. */
  const turned = signNote(text, rotated) + lineOf(signNote(text, mine))

  test('with two signatures open under either key and under both', () => {
    const [one, other, two] = go.ask([
      { ask: 'note', keys: [keyOf(mine)], note: both },
      { ask: 'note', keys: [keyOf(theirs)], note: both },
      { ask: 'note', keys: [keyOf(mine), keyOf(theirs)], note: both },
    ])
    const names = [mine, theirs].map((signer) => keyOf(signer).split('+').slice(0, 2).join('+'))
    expect([one!.names, other!.names, two!.names]).toEqual([[names[0]], [names[1]], names])
    expect(openNote(both, [mine, theirs].map(verifierOf)).signatures).toHaveLength(2)
  })

  test('of a key that was rotated open for whoever knows the old one, the new one, or both; later for the new one only', () => {
    const ask = (note: string, ...signers: NoteSigner[]): Question => ({
      ask: 'note',
      keys: signers.map(keyOf),
      note,
    })
    const after = signNote(text, rotated)
    expectAll('note', true, [
      ask(turned, mine),
      ask(turned, rotated),
      ask(turned, mine, rotated),
      ask(after, rotated),
      ask(after, mine, rotated),
    ])
    expectAll('note', false, [ask(after, mine), ask(turned, theirs)])
    const size = 12
    const root = Buffer.from(text.split('\n')[2]!, 'base64')
    expectAll('checkpoint', true, [
      { ask: 'checkpoint', keys: [keyOf(mine)], note: turned, size, root },
      { ask: 'checkpoint', keys: [keyOf(rotated)], note: turned, size, root },
    ])
  })

  test('do not open with any of their bytes changed, save bits that Go leaves unread and we do not', () => {
    const bytes = Buffer.from(both)
    // The last character of each signature: 68 bytes in Base64 leave two bits of it over.
    const spare = [...both.matchAll(/(?<=^— .*)[^=](?==+$)/gm)].map(({ index }) =>
      Buffer.byteLength(both.slice(0, index)),
    )
    const at = (position: number, changes: readonly number[]) =>
      changes.map((change) => Buffer.from(bytes.with(position, bytes[position]! ^ change)))
    const bits = [1, 2, 4, 8, 16, 32, 64, 128]
    const every = Array.from({ length: 255 }, (_, n) => n + 1)
    const flipped = [...bytes.keys()].flatMap((position) =>
      spare.includes(position) ? [] : at(position, bits),
    )
    const left = spare.flatMap((position) => at(position, every))
    const keys = [keyOf(mine), keyOf(theirs)]
    const known = [mine, theirs].map(verifierOf)
    // Of two signatures one may still hold; whoever asks for both gets both only of the note as it was.
    const opensWhole = (notes: readonly Uint8Array[]) => {
      const answers = go.ask(notes.map((note) => ({ ask: 'note', keys, note })))
      return notes.filter((_, n) => answers[n]!.holds && answers[n]!.names!.length === 2)
    }
    expect([spare.length, opensWhole([bytes]).length]).toEqual([2, 1])
    expect(opensWhole(flipped)).toEqual([])
    const unread = opensWhole(left)
    expect(unread).toHaveLength(2 * 3)
    for (const note of unread) expect(() => openNote(note, known)).toThrow('note.malformed')
    counts.set('notes with a byte changed', flipped.length + left.length)
  })

  test('are refused by Go as by us when they are no notes', () => {
    const broken = [
      both.replaceAll('\n', '\r\n'),
      both.replace('\n\n', '\n'),
      both.slice(0, -1),
      both.replace('12', '1\t2'),
      both.replace('—', '-'),
      `${both}\n`,
    ]
    expectAll(
      'broken note',
      false,
      broken.map((note) => ({ ask: 'note', keys: [keyOf(mine)], note })),
    )
    for (const note of broken) expect(() => openNote(note, [verifierOf(mine)])).toThrow('note.')
  })
})

test('Go looked at as much as was meant', () => {
  for (const [what, number] of counts) console.log(`Go: ${number} ${what}`)
  const least = {
    'inclusion accepted': 450,
    'inclusion refused': 450,
    'consistency accepted': 450,
    'consistency refused': 450,
    'roots compared': last,
    'folders refused': 77,
    'proof text accepted': 11,
    'proof text refused': 11,
    'note accepted': 5,
    'note refused': 2,
    'checkpoint accepted': 2,
    'broken note refused': 6,
    'notes with a byte changed': 2000,
  }
  for (const [what, number] of Object.entries(least))
    expect(counts.get(what) ?? 0, what).toBeGreaterThanOrEqual(number)
})

/** Tiles as wide as they are at last: what a smaller tree needs of one is where it begins. */
type Tiles = { size: number; read(level: number, index: number): Promise<Uint8Array> }

const publishedTiles: Tiles = {
  size: last,
  read: async (level, index) =>
    readFileSync(join(folder, tilePath(level, index, tileWidth(level, index, last)))),
}

function treeAt(size: number, { read }: Tiles = publishedTiles): TileTree {
  return tileTree(size, async (level, index, width) => (await read(level, index)).subarray(0, width * 32))
}

function count(what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

function bytesFrom(label: string): () => number {
  let n = 0
  return () => createHash('sha256').update(`${label} ${n++}`).digest().readUInt32BE(0)
}

function signerOf(name: string, fill: number): NoteSigner {
  return { name, ...signerFromSeed(new Uint8Array(32).fill(fill)) }
}

function keyOf({ name, publicKey }: NoteSigner): string {
  return encodeVerifierKey(name, publicKey)
}

function verifierOf(signer: NoteSigner) {
  return parseVerifierKey(keyOf(signer))
}

function lineOf(note: string): string {
  return note.slice(note.lastIndexOf('\n\n') + 2)
}

/** Each batch enrols somebody; every second one has a document. */
async function append(to: Register, count_: number): Promise<void> {
  const drafts = Array.from({ length: count_ }, (_, n) => ({
    kind: 'test',
    actor: 'tester',
    idempotencyKey: randomUUID(),
    contentHash: '',
    enrol: refKey(to.keys, 'member', randomUUID()),
    ...(n % 2 === 0 && { record: { about: `request-${n}`, body: `{"n":${n}}` } }),
  }))
  await appendInOneTransaction(to, drafts)
}
