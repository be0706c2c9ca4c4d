// Vectors of docs/spec/register-log.md: canonical form, commitments, notes, checkpoints, proofs, and a log with what is wrong in copies.
import { createHash } from 'node:crypto'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { bodyHash } from '../../src/log/log-entry.ts'
import { leafHash as hashOfLeaf } from '../../src/log/merkle.ts'
import { type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { encodeBundle } from '../../src/log/tiles.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import type { CommittedFields } from '../../src/model/person-receipt.ts'
import {
  base64,
  batches,
  bytesOf,
  checkpointAt,
  commitmentOf,
  consistencyOf,
  documents,
  entries,
  hex,
  leafHashes,
  logSize,
  origin,
  pathOf,
  proofOf,
  registerId,
  rootOf,
  secretOf,
  signer,
  signingSeed,
  subjectCommitment,
  verifierKey,
} from './vector-world.ts'

export type Verdict = { holds: boolean; why: string }
const holds = (why: string): Verdict => ({ holds: true, why })
const refused = (why: string): Verdict => ({ holds: false, why })

// --- canonical JSON ----------------------------------------------------------------------------------------------

/** `json` in Base64, for some are not UTF-8. */
export function canonicalVectors() {
  const one = (verdict: Verdict, json: string | Uint8Array) => ({
    ...verdict,
    json: base64(Buffer.from(json as string)),
  })
  return {
    specification: 'docs/spec/person-receipt.md',
    cases: [
      one(holds('members by name, no white space'), '{"A":1,"a":2,"b":{"c":[],"d":{}}}'),
      one(
        holds('texts escaped as little as JSON allows'),
        '{"a":"\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\u007f/é\u2028😀"}',
      ),
      one(holds('whole numbers on both sides of zero'), '[0,-1,9007199254740991,-9007199254740991]'),
      one(holds('true and false'), '[true,false]'),
      one(refused('white space'), '{"a": 1}'),
      one(refused('a line break at the end'), '{"a":1}\n'),
      one(refused('members in another order'), '{"b":1,"a":2}'),
      one(refused('a member twice'), '{"a":1,"a":1}'),
      one(refused('a number with a fraction'), '{"a":1.0}'),
      one(refused('a number with an exponent'), '{"a":1e2}'),
      one(refused('a leading zero'), '{"a":01}'),
      one(refused('minus zero'), '{"a":-0}'),
      one(refused('a number of 2^53'), '{"a":9007199254740992}'),
      one(refused('a character escaped that need not be'), '{"a":"\\u0061"}'),
      one(refused('an escape in capitals'), '{"a":"\\u001F"}'),
      one(refused('a solidus escaped'), '{"a":"\\/"}'),
      one(refused('half of a surrogate pair'), '{"a":"\\ud800"}'),
      one(refused('a byte order mark'), '\ufeff{}'),
      one(refused('bytes that are not UTF-8'), Uint8Array.of(0x22, 0xff, 0x22)),
      one(refused('a character in more bytes than it needs'), Uint8Array.of(0x22, 0xc0, 0x80, 0x22)),
      one(refused('a name beyond ASCII'), '{"é":1}'),
      one(refused('null'), '{"a":null}'),
      one(refused('a number that JSON does not have'), '[NaN]'),
      one(refused('an end in the middle'), '{"a":1'),
      one(refused('something behind the end'), '{}{}'),
      one(refused('lists in lists without end'), '['.repeat(10_000)),
      one(refused('nothing'), ''),
    ],
  }
}

// --- commitments -------------------------------------------------------------------------------------------------

export function commitmentVectors() {
  const most = 2 ** 31 - 1
  const extremes: [string, CommittedFields][] = [
    [
      'every number as small as it may be',
      { ...every(0), kind: 1, earliest: -(2 ** 53 - 1), latest: -(2 ** 53 - 1), grade: 1 },
    ],
    [
      'every number as large as it may be',
      {
        ...every(most),
        kind: 12,
        earliest: 2 ** 53 - 1,
        latest: 2 ** 53 - 1,
        grade: 3,
        jurisdiction: 2,
        channel: 7,
        qualifier: 2,
      },
    ],
    [
      'a text beyond ASCII',
      {
        ...every(0),
        kind: 2,
        earliest: -1,
        latest: 0,
        grade: 2,
        qualifier: 3,
        statedText: 'ein Tag im März 😀\n',
      },
    ],
  ]
  return {
    specification: 'docs/spec/register-log.md',
    register: registerId,
    subjects: [1, 2, most].map((subject) => ({
      subject,
      secret: hex(secretOf(subject)),
      commitment: hex(subjectCommitment(subject)),
    })),
    events: [
      ...batches.flatMap(({ events }, index) =>
        events.map(({ subject, fields }, ord) =>
          eventVector('as in the log', subject, fields, index + 1, ord),
        ),
      ),
      ...extremes.map(([what, fields], nth) => eventVector(what, 3, fields, 2 ** 33 + nth, 2 ** 31 - 1)),
    ],
    documents: documents.map(({ body, salt }) => ({
      body,
      salt: hex(salt),
      hash: bodyHash(registerId, salt, Buffer.from(body)),
    })),
  }
}

function every(number: number) {
  return {
    ...{ source: number, jurisdiction: 0, route: number, notice: number, purpose: number },
    ...{ recipient: number, channel: 0, basis: number, qualifier: 0 },
  }
}

function eventVector(what: string, subject: number, fields: CommittedFields, position: number, ord: number) {
  const commitment = hex(commitmentOf({ subject, fields, words: {} }, position, ord))
  return { what, subject, secret: hex(secretOf(subject)), position, ord, fields, commitment }
}

// --- notes -------------------------------------------------------------------------------------------------------

const stranger: NoteSigner = { name: 'stranger.example', ...signerFromSeed(bytesOf('a stranger')) }
const namesake: NoteSigner = { name: origin, ...signerFromSeed(bytesOf('a namesake')) }

export function noteVectors() {
  return {
    specification: 'docs/spec/register-log.md',
    key: verifierKey,
    keys: keyCases(),
    notes: noteCases().map(([verdict, note]) => ({ ...verdict, note: base64(Buffer.from(note as string)) })),
    checkpoints: checkpointCases().map(([verdict, note]) => ({ ...verdict, note })),
  }
}

function keyCases() {
  const [, id, typed] = verifierKey.split('+') as [string, string, string]
  const one = (verdict: Verdict, key: string) => ({ ...verdict, key })
  const bytes = Buffer.from(verifierKey.slice(verifierKey.indexOf('+', origin.length + 1) + 1), 'base64')
  const typedOtherwise = Buffer.from(bytes)
  typedOtherwise[0] = 4
  return [
    one(holds('name, id and key'), verifierKey),
    one(
      holds('the example of C2SP'),
      'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    ),
    one(
      refused('another id'),
      verifierKey.replace(
        id,
        id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      ),
    ),
    one(refused('an id in capitals'), verifierKey.replace(id, 'ABCDEF01')),
    one(refused('another name'), verifierKey.replace('log', 'dog')),
    one(refused('a name with a space'), verifierKey.replace('log', 'l g')),
    one(refused('a name with a no-break space'), verifierKey.replace('log', 'l\u00a0g')),
    one(refused('no name'), verifierKey.slice(origin.length)),
    one(refused('another type of key'), `${origin}+${id}+${base64(typedOtherwise)}`),
    one(refused('a key cut short'), `${origin}+${id}+${base64(bytes.subarray(0, 32))}`),
    one(refused('Base64 without padding or with other letters'), `${origin}+${id}+${typed}.`),
    one(refused('only two parts'), `${origin}+${id}`),
  ]
}

function noteCases(): [Verdict, string | Uint8Array][] {
  const text = 'Ognuno sta solo\n\nsul cuor della terra\n'
  const note = signNote(text, signer)
  const line = note.slice(note.lastIndexOf('\n\n') + 2)
  const other = lineOf(signNote(text, stranger))
  const noteOf = (signature: Buffer) => `${text}\n— ${origin} ${base64(signature)}\n`
  const lastWord = (by: string) => note.replace(/\S+\n$/, `${by}\n`)
  return [
    [holds('signed'), note],
    [holds('with the signature of a key nobody knows'), note + other],
    [holds('with that first'), `${text}\n${other}${line}`],
    [holds('signed by a namesake too, whose key has another id'), note + lineOf(signNote(text, namesake))],
    [holds('with a signature of five bytes of a key nobody knows'), `${note}— stranger.example AAAAAAA=\n`],

    [holds('with a hundred signatures'), note + other.repeat(99)],
    [holds('a text beyond ASCII'), signNote('Fünf 😀 \u007f\u0085\n', signer)],
    [refused('a hundred and one signatures'), note + other.repeat(100)],
    [refused('signed by nobody known'), signNote(text, stranger)],
    [refused('signed by a namesake only'), signNote(text, namesake)],
    [
      refused('signed, and signed once more by the same key over another text'),
      note + lineOf(signNote('no\n', signer)),
    ],
    [refused('signed twice by one key'), note + line],
    [refused('another text'), note.replace('solo', 'sola')],
    [refused('no newline at the end'), note.slice(0, -1)],
    [refused('no empty line before the signatures'), note.replace(/\n\n(?=—)/, '\n')],
    [refused('a line after the signatures'), `${note}\n`],
    [refused('a tab'), note.replace('solo', 'so\tlo')],
    [refused('carriage returns'), note.replaceAll('\n', '\r\n')],
    [refused('a hyphen for the dash'), note.replace('—', '-')],
    [refused('two spaces before the signature'), note.replace(/ (?=\S+\n$)/, '  ')],
    [refused('no name'), note.replace(origin, '')],
    [refused('a name with a plus'), `${note}— a+b AAAAAAA=\n`],
    [refused('a signature of four bytes'), `${note}— stranger.example AAAAAA==\n`],
    [refused('Base64 with stray bits'), `${note}— stranger.example AAAAAAB=\n`],
    [refused('Base64 without padding'), note.replace(/=+\n$/, '\n')],
    [refused('a signature cut short'), lastWord(base64(signatureOf(note).subarray(0, 60)))],
    [refused('a signature made longer'), lastWord(base64(Buffer.concat([signatureOf(note), Buffer.of(0)])))],
    [refused('S made larger by the order of the group'), lastWord(base64(withLargerS(signatureOf(note))))],
    [
      refused('R in another encoding of its point'),
      noteOf(withOddR(text, signatureOf(note), 2n ** 255n - 18n)),
    ],
    [refused('R with x = 0 and a sign'), noteOf(withOddR(text, signatureOf(note), 2n ** 255n + 1n))],
    [refused('R that is no point'), lastWord(base64(withR(signatureOf(note), 2)))],
    [refused('R that is the neutral point'), lastWord(base64(withR(signatureOf(note), 1)))],
    [refused('a byte order mark before it'), `\ufeff${note}`],
    [refused('bytes that are not UTF-8'), Buffer.from(note.replace('solo', '\u00ff'), 'latin1')],
    [refused('nothing'), ''],
  ]
}

const lineOf = (note: string) => note.slice(note.lastIndexOf('\n\n') + 2)
const signatureOf = (note: string) => Buffer.from(/(\S+)\n$/.exec(note)![1]!, 'base64')

/** The order of the base point of Ed25519, added to S: the equation still holds, and RFC 8032 refuses it. */
function withLargerS(signature: Buffer): Buffer {
  return Buffer.concat([
    signature.subarray(0, 36),
    littleEndian(numberOf(signature.subarray(36)) + orderOfGroup),
  ])
}

/**
 * Signed with the neutral point for R, written in another way than as y = 1: the equation holds of the point, and RFC 8032 has one
 * encoding of it only.
 */
function withOddR(text: string, signature: Buffer, written: bigint): Buffer {
  const r = littleEndian(written)
  const digest = (...parts: Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest()
  const secret = digest(signingSeed).subarray(0, 32)
  secret[0]! &= 0xf8
  secret[31] = (secret[31]! & 0x7f) | 0x40
  const k = numberOf(digest(r, signer.publicKey, Buffer.from(text)))
  return Buffer.concat([signature.subarray(0, 4), r, littleEndian((k * numberOf(secret)) % orderOfGroup)])
}

const orderOfGroup = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
const numberOf = (bytes: Uint8Array) => BigInt(`0x${hex(bytes.toReversed())}`)
const littleEndian = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()

/** Another R: y = `y`, which for 2 is on no point and for 1 is the neutral one. */
function withR(signature: Buffer, y: number): Buffer {
  const r = Buffer.alloc(32)
  r[0] = y
  return Buffer.concat([signature.subarray(0, 4), r, signature.subarray(36)])
}

function checkpointCases(): [Verdict, string][] {
  const root = base64(rootOf(leafHashes))
  const sign = (text: string) => signNote(text, signer)
  return [
    [holds('of the log of these vectors'), checkpointAt(logSize)],
    [holds('of no entries'), checkpointAt(0)],
    [refused('of another origin'), sign(`other.example\n260\n${root}\n`)],
    [refused('an extension line'), sign(`${origin}\n260\n${root}\nmore\n`)],
    [refused('no root'), sign(`${origin}\n260\n`)],
    [refused('a size with a zero in front'), sign(`${origin}\n0260\n${root}\n`)],
    [refused('a size with a sign'), sign(`${origin}\n+260\n${root}\n`)],
    [refused('a size of 2^53'), sign(`${origin}\n9007199254740992\n${root}\n`)],
    [refused('a root of 31 bytes'), sign(`${origin}\n260\n${base64(rootOf(leafHashes).subarray(1))}\n`)],
    [refused('a root in hexadecimal'), sign(`${origin}\n260\n${hex(rootOf(leafHashes))}\n`)],
    [refused('signed by another key'), checkpointAt(logSize, namesake)],
  ]
}

// --- proofs ------------------------------------------------------------------------------------------------------

/** Hashes in Base64. Leaves are leaf hashes of the entries in `log/`. */
export function proofVectors() {
  return {
    specification: 'docs/spec/register-log.md',
    key: verifierKey,
    inclusion: inclusionCases(),
    consistency: consistencyCases(),
    entries: entryCases(),
  }
}

function inclusionCases() {
  const one = (
    verdict: Verdict,
    index: number,
    size: number,
    path: readonly Uint8Array[],
    leaf = leafHashes[index]!,
  ) => ({
    ...verdict,
    ...{
      index,
      size,
      leaf: base64(leaf),
      root: base64(rootOf(leafHashes.slice(0, size))),
      path: path.map(base64),
    },
  })
  const places = [1, 2, 3, 7, 8, 255, 256, 257, 260].flatMap((size) =>
    [0, size >> 1, size - 1].map((index) =>
      one(holds(`leaf ${index} of ${size}`), index, size, pathOf(index, leafHashes.slice(0, size))),
    ),
  )
  const path = pathOf(6, leafHashes.slice(0, 7))
  return [
    ...places,
    {
      ...one(refused('path and root of a smaller tree'), 0, 8, pathOf(0, leafHashes.slice(0, 4))),
      root: base64(rootOf(leafHashes.slice(0, 4))),
    },
    one(refused('of another leaf'), 6, 7, path, leafHashes[5]!),
    one(refused('at another index'), 5, 7, path, leafHashes[6]!),
    one(refused('in a larger tree'), 6, 8, path),
    one(refused('an index beyond the tree'), 7, 7, path),
    one(refused('a hash too many'), 6, 7, [...path, leafHashes[0]!]),
    one(refused('a hash too few'), 6, 7, path.slice(0, -1)),
    one(refused('in another order'), 6, 7, path.toReversed()),
  ]
}

function consistencyCases() {
  const rootAt = (size: number) => rootOf(leafHashes.slice(0, size))
  const one = (
    verdict: Verdict,
    older: number,
    newer: number,
    path: readonly Uint8Array[],
    roots = [rootAt(older), rootAt(newer)],
  ) => ({
    ...verdict,
    older: { size: older, root: base64(roots[0]!) },
    newer: { size: newer, root: base64(roots[1]!) },
    path: path.map(base64),
  })
  const sizes = [
    [1, 1],
    [1, 2],
    [2, 3],
    [3, 7],
    [4, 7],
    [6, 8],
    [8, 8],
    [100, 260],
    [256, 260],
    [259, 260],
  ] as const
  const path = consistencyOf(6, leafHashes.slice(0, 8))
  return [
    ...sizes.map(([older, newer]) =>
      one(holds(`${older} and ${newer}`), older, newer, consistencyOf(older, leafHashes.slice(0, newer))),
    ),
    one(refused('from a tree of nothing'), 0, 5, []),
    one(refused('path and root of a smaller tree'), 4, 16, [leafHashes[4]!], [rootAt(4), rootAt(5)]),
    one(refused('another root before'), 6, 8, path, [rootAt(5), rootAt(8)]),
    one(refused('another root now'), 6, 8, path, [rootAt(6), rootAt(7)]),
    one(refused('a tree that shrank'), 8, 6, path),
    one(refused('a hash too many'), 6, 8, [...path, leafHashes[0]!]),
    one(refused('a hash too few'), 6, 8, path.slice(0, -1)),
    one(refused('in another order'), 6, 8, path.toReversed()),
    one(refused('hashes between equal trees'), 8, 8, [rootAt(8)]),
    one(refused('equal sizes, other roots'), 8, 8, [], [rootAt(8), rootAt(7)]),
  ]
}

function entryCases() {
  const one = (verdict: Verdict, proof: string, position = 14) => ({
    ...verdict,
    entry: Buffer.from(entries[position - 1]!).toString(),
    proof,
  })
  const proof = proofOf(14)
  const withExtra = (more: string) => proof.replace('\nindex', `\nextra ${more}\nindex`)
  const fork = signCheckpoint({ size: logSize, root: bytesOf('another tree') }, signer)
  return [
    one(holds('entry 14 of 260'), proof),
    one(holds('entry 1 of 1'), proofOf(1, 1), 1),
    one(holds('with extra data, for which nobody vouches'), withExtra('AAAA')),
    one(refused('with extra data that is no Base64'), withExtra('A')),
    one(refused('with extra data twice'), withExtra('AAAA\nextra AAAA')),
    one(refused('with extra data after the index'), proof.replace('index 13', 'index 13\nextra AAAA')),
    one(refused('of another entry'), proof, 15),
    one(refused('with another index'), proof.replace('index 13', 'index 12')),
    one(refused('an index with a zero in front'), proof.replace('index 13', 'index 013')),
    one(refused('under a checkpoint of another tree'), proofOf(14, logSize, fork)),
    one(
      refused('under a checkpoint that another key signed'),
      proofOf(14, logSize, checkpointAt(logSize, namesake)),
    ),
    one(refused('of another version'), proof.replace('@v1', '@v2')),
    one(refused('without its empty line'), proof.replace('\n\n', '\n')),
    one(refused('with a short hash'), proof.replace('index 13\n', 'index 13\nAAAA\n')),
    one(
      refused('54 hashes'),
      encodeProof({ index: 13, hashes: Array(54).fill(bytesOf('x')), checkpoint: checkpointAt(logSize) }),
    ),
  ]
}

// --- a log -------------------------------------------------------------------------------------------------------

type LogFiles = Map<string, Uint8Array>

/** The log as it is published, and copies of it with something else in some files; `put` in Base64, null = the file is gone. */
export function logVectors(): { vectors: [string, object]; folders: LogFiles } {
  const files = logFiles(entries)
  const folders = new Map([...files].map(([path, bytes]) => [`log/${path}`, bytes]))
  const value = {
    ...{ specification: 'docs/spec/register-log.md', key: verifierKey, folder: 'log' },
    ...{ size: logSize, root: base64(rootOf(leafHashes)) },
    kept: [
      { ...holds('100 entries'), note: checkpointAt(100) },
      {
        ...refused('100 other entries'),
        note: signCheckpoint({ size: 100, root: bytesOf('another tree') }, signer),
      },
      {
        ...refused('more entries than the log has'),
        note: signCheckpoint({ size: 300, root: bytesOf('a later tree') }, signer),
      },
    ],
    copies: [...spoiledCopies(files), ...lyingLogs()],
  }
  return { vectors: ['log.json', value], folders }
}

function logFiles(of: readonly Uint8Array[], hashes: readonly Uint8Array[] = leafHashes): LogFiles {
  return new Map<string, Uint8Array>([
    ['checkpoint', Buffer.from(signCheckpoint({ size: of.length, root: rootOf(hashes) }, signer))],
    ['tile/entries/000', encodeBundle(of.slice(0, 256))],
    ['tile/entries/001.p/4', encodeBundle(of.slice(256))],
    ['tile/0/000', Buffer.concat(hashes.slice(0, 256))],
    ['tile/0/001.p/4', Buffer.concat(hashes.slice(256))],
    ['tile/1/000.p/1', rootOf(hashes.slice(0, 256))],
  ])
}

type Put = { [path: string]: string | null }
const copy = (verdict: Verdict, place: string, put: Put) => ({ ...verdict, place, put })

function spoiledCopies(files: LogFiles) {
  const spoiled = [...files].flatMap(([path, bytes]) => [
    // Of an entry and its hash that differ nobody can say which of the two was changed.
    copy(refused(`${path} with one bit changed`), /entries|tile.0/.test(path) ? 'entry' : path, {
      [path]: base64(flipBit(bytes, 8 * (bytes.length - 20))),
    }),
    copy(refused(`${path} cut short`), path, { [path]: base64(bytes.subarray(0, -1)) }),
    copy(refused(`${path} with a byte more`), path, { [path]: base64(Buffer.concat([bytes, Buffer.of(0)])) }),
    copy(refused(`without ${path}`), path, { [path]: null }),
  ])
  return [
    copy(holds('grown since the checkpoint, partial files gone'), '', grownSince()),
    copy(holds('with a file that no log has'), '', { notes: base64(Buffer.from('kept by somebody')) }),
    ...spoiled,
    copy(refused('a checkpoint over another root'), 'checkpoint', {
      checkpoint: base64(
        Buffer.from(signCheckpoint({ size: logSize, root: bytesOf('another tree') }, signer)),
      ),
    }),
  ]
}

/** The last files are full by now, and begin as the partial ones did. */
function grownSince(): Put {
  const more = [...entries.slice(256), ...entries.slice(0, 252)]
  return {
    'tile/entries/001.p/4': null,
    'tile/0/001.p/4': null,
    'tile/1/000.p/1': null,
    'tile/entries/001': base64(encodeBundle(more)),
    'tile/0/001': base64(Buffer.concat(more.map(hashOfLeaf))),
    'tile/1/000': base64(Buffer.concat(Array(256).fill(rootOf(leafHashes.slice(0, 256))))),
  }
}

/** Whole trees that the key signed, of which one entry is not as the page says. */
function lyingLogs() {
  const entry = JSON.parse(Buffer.from(entries[257]!).toString())
  const lies: [string, string][] = [
    ['an entry at another position', spelled({ ...entry, position: 257 })],
    ['an entry of another register', spelled({ ...entry, register: registerId.replace('7', '8') })],
    ['an entry as old as the one before', spelled({ ...entry, recordedAt: entry.recordedAt - 1_000_000 })],
    ['an entry of another format', spelled({ ...entry, format: 2 })],
    ['an entry with a member that is not known', spelled({ ...entry, zeal: 1 })],
    ['an entry with events and no root of them', spelled({ ...entry, events: 1 })],
    ['an entry with white space', JSON.stringify(entry).replace(',', ', ')],
    ['an entry that is no JSON', 'entry'],
  ]
  return lies.map(([why, text]) => {
    const changed = entries.with(257, Buffer.from(text))
    const files = logFiles(changed, leafHashes.with(257, hashOfLeaf(changed[257]!)))
    const put = ['checkpoint', 'tile/entries/001.p/4', 'tile/0/001.p/4'].map((path) => [
      path,
      base64(files.get(path)!),
    ])
    return copy(refused(why), 'entry 257', Object.fromEntries(put))
  })
}

const spelled = (entry: object) => JSON.stringify(Object.fromEntries(Object.entries(entry).sort()))

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))
}
