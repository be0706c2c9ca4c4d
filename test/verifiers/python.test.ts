// The second implementation, in Python and from the pages alone: it answers every vector as they say, refuses what was altered, and
// comes to the same answer as ours on thousands of trees, on receipts, deliveries and logs with every small change.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliveryFolder } from '../../src/adapters/files/delivery-folder.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { type Check, firstFailure } from '../../src/evidence/check.ts'
import { verifyClaim } from '../../src/evidence/verify-claim.ts'
import { verifyLog } from '../../src/evidence/verify-log.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { verifyReceipt } from '../../src/evidence/verify-receipt.ts'
import { verifyRelease } from '../../src/evidence/verify-release.ts'
import { decodePrefixProof, encodePrefixProof, verifyPrefixProof } from '../../src/log/prefix-proof.ts'
import { buildPrefixTree, type PrefixTree } from '../../src/log/prefix-tree.ts'
import {
  encodeVerifierKey,
  type NoteSigner,
  openNote,
  parseVerifierKey,
  signNote,
} from '../../src/log/signed-note.ts'
import { canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import { claimSignedText, type EventClaim } from '../../src/model/claim.ts'
import { personReceiptSignedText } from '../../src/model/person-receipt.ts'
import { issueReceipt } from '../../src/rights/issue-receipt.ts'
import {
  clusteredLeaves,
  flipBit,
  fromHex,
  type Leaves,
  leafBytes,
  toHex,
} from '../log/prefix-tree-reference.ts'
import { buildDelivery, recipientKeys, registerKey } from '../recipient/build-delivery.ts'
import { memoryPlaces } from '../register/log-places.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'
import { commit, fillRegister, people, record, seal, takeOut } from '../rights/small-register.ts'
import { askPython, type Question, runPython } from './ask-python.ts'
import { aloneInLog } from './claim-vectors.ts'
import { vectorsFolder } from './make-vectors.ts'
import { mutants } from './mutate-json.ts'
import { bytesOf } from './vector-world.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-python-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const vectorsOf = (name: string) => JSON.parse(readFileSync(join(vectorsFolder, name), 'utf8'))

describe('the vectors', () => {
  test('all get the answer they should', () => {
    const { status, stdout, stderr } = runPython('check_vectors.py', vectorsFolder)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(Number(/^(\d+) answers agree$/m.exec(stdout)?.[1])).toBeGreaterThan(1000)
    const files = readdirSync(vectorsFolder).filter((file) => file.endsWith('.json'))
    expect(stdout.match(/\.json: [1-9]\d* answers agree/g)).toHaveLength(files.length)
  })

  test.each(readdirSync(vectorsFolder).filter((file) => file.endsWith('.json')))(
    '%s gets another answer where a value in it was altered',
    (file) => {
      const text = readFileSync(join(vectorsFolder, file), 'utf8')
      const folder = mkdtempSync(join(scratch, 'altered-'))
      for (const name of ['log', 'delivery', 'removal'])
        cpSync(join(vectorsFolder, name), join(folder, name), { recursive: true })
      for (const altered of alterations(text)) {
        writeFileSync(join(folder, file), altered)
        const { status, stderr } = runPython('check_vectors.py', folder)
        expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(`^${file}: `) })
      }
    },
  )

  /** Verdicts turned round and hashes altered, in a few places of the file. */
  function alterations(text: string): string[] {
    const verdicts = [...text.matchAll(/"holds": (true|false)/g)]
    const hashes = [
      ...text.matchAll(/"(?:root|commitment|releasedCommitment|hash|\w+Commitment)": "[0-9a-f]{64}"/g),
    ]
    const some = (all: RegExpExecArray[]) =>
      all.length === 0 ? [] : [0, 0.25, 0.5].map((part) => all[Math.floor(part * all.length)]!)
    const turned = some(verdicts).map(({ index, 0: found }) =>
      spliced(text, index, found, found.includes('true') ? '"holds": false' : '"holds": true'),
    )
    const other = (found: string) => found.replace(/.(?="$)/, (last) => (last === '0' ? '1' : '0'))
    const altered =
      verdicts.length > 0
        ? []
        : some(hashes).map(({ index, 0: found }) => spliced(text, index, found, other(found)))
    expect(turned.length + altered.length).toBeGreaterThan(0)
    return [...turned, ...altered]
  }

  const spliced = (text: string, at: number, from: string, to: string) =>
    text.slice(0, at) + to + text.slice(at + from.length)
})

describe('published cases of transparency-dev/merkle', () => {
  test.each(['inclusion', 'consistency'])('%s: all get the answer they should', async (name) => {
    const { cases } = JSON.parse(
      readFileSync(new URL(`../log/vectors/${name}.json`, import.meta.url), 'utf8'),
    )
    const [answers] = await askPython<boolean[]>([{ ask: 'merkle', cases }])
    // One root there is twelve bytes of text; nobody here takes it for a hash.
    const noHash = (file: string) => file.endsWith('sizes-are-equal-one-and-proof-is-empty.json')
    const expected = cases.map((one: { file: string; wantErr: boolean }) => !one.wantErr && !noHash(one.file))
    expect(answers).toEqual(expected)
    expect(expected.filter(Boolean).length).toBeGreaterThan(4)
  })
})

// --- trees -------------------------------------------------------------------------------------------------------

describe('two thousand trees of up to two hundred leaves', () => {
  type Proved = { key: string; commitment: string | null; proof: unknown }

  test('have one root and the same answer to every proof, whole and altered', async () => {
    const seed = Number(process.env.FC_SEED ?? 20_180_613)
    console.info(`trees made with seed ${seed}`)
    const trees = fc.sample(fc.tuple(fc.oneof(clusteredLeaves(12), shallowLeaves(200)), fc.nat()), {
      seed,
      numRuns: 2000,
    })
    const expected: { root: string; holds: boolean[] }[] = []
    const questions = function* (): Iterable<Question> {
      for (const [leaves, chance] of trees) {
        const tree = buildPrefixTree(leafBytes(leaves), leaves.size)
        const proofs = [...proofsOf(tree, leaves, chance)]
        expected.push({ root: toHex(tree.root), holds: proofs.map((one) => ours(tree.root, one)) })
        yield { ask: 'tree', leaves: [...leaves], proofs }
      }
    }
    const answers = await askPython<{ root: string; holds: boolean[] }>(questions())
    expect(answers).toHaveLength(2000)
    for (const [at, answer] of answers.entries())
      expect(answer, `tree ${at} of seed ${seed}`).toEqual(expected[at])
    const all = expected.flatMap(({ holds }) => holds)
    expect(all.filter(Boolean).length).toBeGreaterThan(5000)
    expect(all.filter((holds) => !holds).length).toBeGreaterThan(10_000)
    expect(trees.filter(([leaves]) => leaves.size > 100).length).toBeGreaterThan(200)
  }, 300_000)

  function ours(root: Uint8Array, { key, commitment, proof }: Proved): boolean {
    // As it arrives elsewhere: a member that is undefined here is none there.
    const decoded = decodePrefixProof(JSON.parse(JSON.stringify(proof)))
    const under = commitment === null ? undefined : fromHex(commitment)
    return decoded !== undefined && verifyPrefixProof(root, fromHex(key), under, decoded)
  }

  /** Many leaves, of which some share their first bits, as hashes of a file of thousands do. */
  function shallowLeaves(countMax: number): fc.Arbitrary<Leaves> {
    const key = fc.tuple(
      fc.constantFrom(0x00, 0x01, 0x80, 0xff, undefined),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    )
    const hex = key.map(([first, bytes]) =>
      toHex(first === undefined ? bytes : Uint8Array.of(first, ...bytes.subarray(1))),
    )
    return fc.array(fc.tuple(hex, hex), { maxLength: countMax, size: 'max' }).map((pairs) => new Map(pairs))
  }

  /** Of two leaves, of two keys beside them, and of a key that is somewhere else: each whole and in four other ways. */
  function* proofsOf(tree: PrefixTree, leaves: Leaves, chance: number): Iterable<Proved> {
    const keys = [...leaves.keys()]
    const present =
      keys.length === 0 ? [] : [keys[chance % keys.length]!, keys[(chance * 7 + 1) % keys.length]!]
    const beside = present.map((key, nth) => toHex(flipBit(fromHex(key), (chance + 131 * nth) % 256)))
    for (const key of [...present, ...beside, toHex(flipBit(new Uint8Array(32), chance % 256))]) {
      const commitment = leaves.get(key) ?? null
      const proof = encodePrefixProof(tree.prove(fromHex(key)))
      yield { key, commitment, proof }
      yield* altered({ key, commitment, proof }, chance)
    }
  }

  function* altered(
    { key, commitment, proof }: Proved & { proof: ReturnType<typeof encodePrefixProof> },
    chance: number,
  ) {
    const bit = chance % 256
    const { copath, depth } = proof
    yield { key: toHex(flipBit(fromHex(key), bit)), commitment, proof }
    yield { key, commitment: commitment === null ? 'ab'.repeat(32) : null, proof }
    if (commitment !== null) yield { key, commitment: toHex(flipBit(fromHex(commitment), bit)), proof }
    const others = [
      { ...proof, depth: depth + 1, copath: ['00'.repeat(32), ...copath] },
      { ...proof, depth: depth + 1, copath: [...copath, 'cd'.repeat(32)] },
      { ...proof, depth: depth - 1, copath: copath.slice(1) },
      { ...proof, depth: depth - 1 },
      { ...proof, result: 'non-inclusion-parent' },
      { ...proof, result: 'inclusion', leaf: undefined },
      { ...proof, result: 'non-inclusion-leaf', leaf: { key, commitment: commitment ?? 'ef'.repeat(32) } },
      { ...proof, more: true },
      { ...proof, depth: `${depth}` },
      { ...proof, copath: copath.toReversed() },
      {
        ...proof,
        copath: copath.map((hash, at) => (at === chance % depth ? toHex(flipBit(fromHex(hash), bit)) : hash)),
      },
    ]
    yield { key, commitment, proof: others[chance % others.length] }
  }
})

// --- receipts, deliveries, logs ----------------------------------------------------------------------------------

/** Where ours stops, and where Python does: neither or both. */
function expectSame(
  what: string,
  ours: readonly Check[],
  theirs: { holds: boolean; found: string | null },
): void {
  const failure = firstFailure(ours)
  expect({ what, holds: theirs.holds, ours: failure?.found, theirs: theirs.found }).toEqual({
    ...{ what, holds: failure === undefined, ours: failure?.found },
    theirs: theirs.found,
  })
}

describe('the receipts of a register with seven people', () => {
  let opened: TestRegister
  let key: string
  const places = memoryPlaces()
  const receipts = new Map<string, string>()
  const release = '3-post@5'
  const takenOut = { outcome: 0, fields: 1, masks: [1] }
  const rows = [
    { subject: 1, verdict: { outcome: 3, fields: 3, masks: [0] } },
    { subject: 2, verdict: { outcome: 0, fields: 2, masks: [0b101] } },
    { subject: 3, verdict: { outcome: 0, fields: 0, masks: [0b010] } },
    { subject: 1, verdict: { outcome: 2, fields: 1, masks: [0] } },
    { subject: 5, verdict: takenOut },
  ]

  beforeAll(async () => {
    opened = await openTestRegister('pglite')
    const { register } = opened
    await fillRegister(register)
    const committed = await commit(register, release, [1, 5])
    const amended = await record(register, 'release.amended', release, { round: 1, removed: 1, members: 1 })
    await takeOut(register, committed, 5, amended, 'amended', takenOut)
    const trees = await seal(register, release, rows, [1])
    await record(register, 'release.delivered', release, { folder: 'somewhere' })
    key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
    for (let subject = 1; subject <= people; subject++)
      receipts.set(`${subject}`, await issueReceipt(register, places, trees, subject))
    receipts.set('3 with grounds', await issueReceipt(register, places, trees, 3, { grounds: true }))
  })
  afterAll(() => opened.dispose())

  const asked = (data: Uint8Array): Question => ({
    ...{ ask: 'document', kind: 'person-receipt', key },
    data: Buffer.from(data).toString('base64'),
  })

  test('hold for both, check by check', async () => {
    const texts = [...receipts.values()].map((text) => Buffer.from(text))
    const theirs = await askPython(texts.map(asked))
    for (const [at, data] of texts.entries()) {
      const ours = await verifyPersonReceipt(data, key)
      expect(firstFailure(ours)).toBeUndefined()
      expect(theirs[at]).toMatchObject({ holds: true })
    }
  })

  test('hold for neither with a bit changed', async () => {
    const spoiled = [...receipts].flatMap(([who, text]) => {
      const bytes = Buffer.from(text)
      return Array.from({ length: 60 }, (_, n) => ({
        what: `bit ${n} of ${who}`,
        data: Buffer.from(flipBit(bytes, (n * 104_729 + 17) % (8 * bytes.length))),
      }))
    })
    const theirs = await askPython(spoiled.map(({ data }) => asked(data)))
    for (const [at, { what, data }] of spoiled.entries()) {
      expectSame(what, await verifyPersonReceipt(data, key), theirs[at]!)
      expect(theirs[at]!.holds, what).toBe(false)
    }
  })

  test.each(['1', '3 with grounds'])(
    'have one answer with every small change, signed anew: %s',
    async (who) => {
      const { register } = opened
      const signer = { name: register.logOrigin, ...register.keys.signer }
      const changed = [...mutants(JSON.parse(receipts.get(who)!), JSON.parse(receipts.get('2')!))].map(
        ({ what, value }) => {
          const { signature, ...rest } = (value ?? {}) as Record<string, unknown>
          const anew = !what.startsWith('signature') && spelled(rest) !== undefined
          const signed = anew
            ? signNote(personReceiptSignedText(canonicalHash(rest as never)), signer)
            : signature
          const whole = { ...rest, ...(signed !== undefined && { signature: signed }) }
          return { what, data: Buffer.from(spelled(whole) ?? JSON.stringify(value)) }
        },
      )
      const theirs = await askPython(changed.map(({ data }) => asked(data)))
      for (const [at, { what, data }] of changed.entries())
        expectSame(`${who} ${what}`, await verifyPersonReceipt(data, key), theirs[at]!)
      expect(changed.length).toBeGreaterThan(700)
      expect(theirs.filter(({ holds }) => holds).length).toBeLessThan(changed.length / 5)
    },
    120_000,
  )

  test('stand in a log that holds for both, and for neither with a bit changed', async () => {
    const files = new Map(places.files)
    const read = (of: Map<string, Uint8Array>) => async (path: string) => of.get(path)
    const copies = [{ what: 'whole', files }]
    for (const [path, bytes] of files)
      if (path === 'checkpoint' || path.endsWith(`/${newest(files)}`))
        for (let n = 0; n < 40; n++) {
          const spoiled = flipBit(bytes, (n * 7919 + 3) % (8 * bytes.length))
          copies.push({ what: `${path}, ${n}`, files: new Map([...files, [path, spoiled]]) })
        }
    const folders = copies.map((one) => writeFolder(one.files))
    const theirs = await askPython(folders.map((path) => ({ ask: 'folder', kind: 'log', key, path })))
    for (const [at, one] of copies.entries()) {
      const ours = await verifyLog(read(one.files), parseVerifierKey(key))
      expectSame(one.what, ours.checks, theirs[at]!)
      expect(theirs[at]!.holds, one.what).toBe(one.what === 'whole')
    }
  })

  /** The width of the newest partial tile: older ones are of no use to anybody. */
  function newest(files: Map<string, Uint8Array>): string {
    return Buffer.from(files.get('checkpoint')!).toString().split('\n')[1]!
  }
})

function spelled(value: unknown): string | undefined {
  try {
    return canonicalJson(value as never)
  } catch {
    return undefined
  }
}

function writeFolder(files: Map<string, Uint8Array>): string {
  const folder = mkdtempSync(join(scratch, 'files-'))
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

describe('claims', () => {
  const { key, claims } = vectorsOf('claims.json')
  const signer: NoteSigner = {
    name: key.split('+')[0],
    ...signerFromSeed(bytesOf('the signing key of the claims')),
  }

  test.each(Object.keys(claims))(
    'have one answer with every small change, signed anew: %s',
    async (name) => {
      const others = Object.values(claims)
      const lender = others[(others.indexOf(claims[name]) + 1) % others.length] as never
      const changed = [...mutants(claims[name], lender)].map(({ what, value }) => {
        const { signature, ...rest } = (value ?? {}) as Record<string, unknown>
        const anew = !what.startsWith('signature') && spelled(rest) !== undefined
        const signed = anew ? signNote(claimSignedText(canonicalHash(rest as never)), signer) : signature
        const whole = { ...rest, ...(signed !== undefined && { signature: signed }) }
        return { what, data: Buffer.from(spelled(whole) ?? JSON.stringify(value)) }
      })
      const theirs = await askPython(
        changed.map(({ data }) => ({ ask: 'document', kind: 'claim', key, data: data.toString('base64') })),
      )
      for (const [at, { what, data }] of changed.entries())
        expectSame(`${name} ${what}`, await verifyClaim(data, key), theirs[at]!)
      expect(changed.length).toBeGreaterThan(300)
      expect(theirs.filter(({ holds }) => holds).length).toBeLessThan(changed.length / 4)
    },
    120_000,
  )
})

describe('where libraries differ', () => {
  const signer = { name: 'bounds.example.com', ...signerFromSeed(bytesOf('the signing key of the bounds')) }
  const key = encodeVerifierKey(signer.name, signer.publicKey)
  const asked = (kind: string, by: string, data: string): Question => ({
    ...{ ask: 'document', kind, key: by },
    data: Buffer.from(data).toString('base64'),
  })

  test('every character is in the id of a release for both or for neither', async () => {
    const edges = [
      0x20, 0x21, 0x2f, 0x5c, 0x7e, 0x7f, 0xa0, 0xa1, 0xad, 0x61c, 0x1680, 0x180e, 0x1fff, 0x2000,
    ]
    const wide = [
      0x200f, 0x2010, 0x2028, 0x202f, 0x2030, 0x205f, 0x206f, 0x2070, 0x3000, 0xd7ff, 0xe000, 0xf8ff,
    ]
    const high = [0xf900, 0xfeff, 0xffef, 0xfff0, 0xfffc, 0xfffd, 0xffff, 0x10000, 0xdffff, 0xe0000, 0x10ffff]
    // Letters of later editions of Unicode than some libraries know.
    const recent = [0x1c89, 0x10d40, 0x1fae9, 0x2ebf0, 0x31350]
    const points = [...edges, ...wide, ...high, ...recent]
    const receipts = points.map((point) => {
      const hash = 'ab'.repeat(32)
      const format = 'fairshare/release-receipt@v1'
      const receipt = {
        ...{
          format,
          release: `letter${String.fromCodePoint(point)}@8`,
          manifestSha256: hash,
          released: hash,
        },
        ...{ rows: 1, recordsSha256: hash, openedAt: '2018-06-13T09:00:00Z' },
        checked: { signature: true, log: true, rows: true },
      }
      return signNote(`${format}\n${canonicalJson(receipt)}\n`, signer)
    })
    const theirs = await askPython(receipts.map((note) => asked('recipient-receipt', key, note)))
    for (const [at, point] of points.entries()) {
      const { checks } = await verifyReceipt(receipts[at]!, parseVerifierKey(key), 'receipt.txt')
      expectSame(`U+${point.toString(16)}`, checks, theirs[at]!)
      if (recent.includes(point)) expect(theirs[at]!.holds).toBe(true)
    }
    expect(new Set(theirs.map(({ holds }) => holds)).size).toBe(2)
  })

  test('a note of a million bytes opens, and none that is longer', async () => {
    for (const character of ['x', 'é']) {
      const bytes = (length: number) => signNote(`${character.repeat(length)}\n`, signer)
      const rest = Buffer.byteLength(bytes(1)) - Buffer.byteLength(character)
      const most = (1_000_000 - rest) / Buffer.byteLength(character)
      const notes = [Math.floor(most), Math.floor(most) + 1].map(bytes)
      const theirs = await askPython(notes.map((note) => asked('note', key, note)))
      expect(theirs.map(({ holds }) => holds)).toEqual([true, false])
      expect(openNote(notes[0]!, [parseVerifierKey(key)]).signatures).toHaveLength(1)
      expect(() => openNote(notes[1]!, [parseVerifierKey(key)])).toThrow('note')
    }
  })

  test('an entry of 65,535 bytes is one, and none that is longer', async () => {
    const { key: claimsKey, claims } = vectorsOf('claims.json')
    const { fields, words } = claims.shown.event
    const made = (length: number) => aloneInLog(fields, words, { kind: 'k'.repeat(length) }) as EventClaim
    const rest = Buffer.byteLength(made(1).event.logged.entry) - 1
    for (const [length, holds] of [
      [65_535 - rest, true],
      [65_536 - rest, false],
    ] as const) {
      const text = canonicalJson(made(length))
      const [theirs] = await askPython([asked('claim', claimsKey, text)])
      expectSame(`${length}`, await verifyClaim(Buffer.from(text), claimsKey), theirs!)
      expect(theirs!.holds).toBe(holds)
    }
  })
})

describe('a delivery really sealed', () => {
  test('holds for both, and for neither with a bit of any file changed', async () => {
    const { folder } = await buildDelivery(join(scratch, 'delivery'), await recipientKeys('little-acorn', 3))
    const names = readdirSync(folder)
    const files = new Map(names.map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))]))
    const copies = [{ what: 'whole', path: folder }]
    for (const [file, bytes] of files)
      for (let n = 0; n < 25; n++) {
        const spoiled = flipBit(bytes, (n * 15_485_863 + 5) % (8 * bytes.length))
        copies.push({ what: `${file}, ${n}`, path: writeFolder(new Map([...files, [file, spoiled]])) })
      }
    const theirs = await askPython(
      copies.map(({ path }) => ({ ask: 'folder', kind: 'release', key: registerKey, path })),
    )
    for (const [at, { what, path }] of copies.entries()) {
      const { checks } = await verifyRelease(deliveryFolder, path, [parseVerifierKey(registerKey)])
      expectSame(what, checks, theirs[at]!)
      expect(theirs[at]!.holds, what).toBe(what === 'whole')
      if (what !== 'whole') expect(theirs[at]!.place, what).toBeTruthy()
    }
  })
})

describe('on the command line', () => {
  const { key } = vectorsOf('log.json')
  const log = join(vectorsFolder, 'log')

  test.each([
    [log],
    ['--log', log],
    [join(log, 'checkpoint')],
    [join(vectorsFolder, 'delivery')],
    [join(vectorsFolder, 'removal')],
  ])('says what holds, and ends with 0: %s', (...which) => {
    const { status, stdout, stderr } = runPython('fairshare_verify.py', ...which, '--key', key)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^( {2}ok {2}.+\n)+The \w+ holds\.\n/)
    expect(stdout).toContain('nothing left outside the register')
  })

  test('names the place of the first thing that does not hold, and ends with 1', () => {
    const files = new Map(
      readdirSync(join(vectorsFolder, 'delivery')).map((file) => [
        file,
        new Uint8Array(readFileSync(join(vectorsFolder, 'delivery', file))),
      ]),
    )
    files.set('README.txt', Buffer.from('another'))
    const { status, stdout } = runPython('fairshare_verify.py', writeFolder(files), '--key', key)
    expect(status).toBe(1)
    expect(stdout).toMatch(/ {2}no {2}README\.txt: .+\n$/)
  })

  test('takes no key from the file itself', () => {
    expect(runPython('fairshare_verify.py', log).status).toBe(2)
  })

  test('recomputes the file of a tree, and finds what was changed in it', () => {
    const path = join(scratch, 'file.tree')
    for (const leaves of [0, 300]) {
      const made = fc.sample(fc.uint8Array({ minLength: 64, maxLength: 64 }), {
        seed: leaves,
        numRuns: leaves,
      })
      const tree = buildPrefixTree(Buffer.concat(made), leaves)
      const bytes = Buffer.concat(tree.toBytes())
      writeFileSync(path, bytes)
      const whole = runPython('fairshare_verify.py', '--tree', path)
      expect({ status: whole.status, leaves }).toEqual({ status: 0, leaves })
      expect(whole.stdout).toContain(toHex(tree.root))
      // In each part of the file: what it is, how many leaves, root, index, hashes, leaves.
      for (const at of [0, 19, 23, 40, 60, 68, 80, bytes.length - 1].filter(
        (place) => place < bytes.length,
      )) {
        writeFileSync(path, flipBit(bytes, 8 * at + 7))
        const { status } = runPython('fairshare_verify.py', '--tree', path)
        expect({ at, leaves, status }).toEqual({ at, leaves, status: 1 })
      }
    }
  })

  test('needs nothing that Python does not bring', () => {
    const source = ['fairshare_verify.py', 'check_vectors.py'].map((file) =>
      readFileSync(new URL(`../../verifiers/python/${file}`, import.meta.url), 'utf8'),
    )
    const imported = source.flatMap((text) =>
      [...text.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name!),
    )
    const { stdout } = runPython('../../test/verifiers/standard_modules.py')
    const standard = new Set([...stdout.split('\n'), 'fairshare_verify'])
    expect(imported.length).toBeGreaterThan(8)
    expect(imported.filter((name) => !standard.has(name))).toEqual([])
  })
})
