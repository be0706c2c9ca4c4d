// Readers of texts and documents, each with valid files to spoil: declarations, notes, proofs, claims, receipts, cards.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { parseSelect } from '../../src/decide/parse-select.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { readDocument } from '../../src/evidence/document-shape.ts'
import { readArchive } from '../../src/evidence/read-archive.ts'
import { releaseManifestShape, sealedFileShape } from '../../src/evidence/release-documents.ts'
import {
  type FileKind,
  partOf,
  recogniseFile,
  signerNamed,
  verifyFile,
} from '../../src/evidence/verify-file.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openCheckpoint } from '../../src/log/checkpoint.ts'
import { decodeEntry } from '../../src/log/log-entry.ts'
import { decodePrefixProof } from '../../src/log/prefix-proof.ts'
import { openNote, parseVerifierKey } from '../../src/log/signed-note.ts'
import { decodeBundle } from '../../src/log/tiles.ts'
import { parseProof, verifyProof } from '../../src/log/tlog-proof.ts'
import type { Policy } from '../../src/model/policy.ts'
import { readPacks } from '../../src/packs/read-packs.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import { readCard } from '../../src/release/read-card.ts'
import { archiveOf } from '../evidence/hostile-archive.ts'
import { type FuzzTarget, type Outcome, TAKEN } from './fuzz-target.ts'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'examples/baby-club-2017')
const vectors = join(root, 'docs/spec/vectors')

const yamlWords = [
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '!!js/function ',
    '!!binary ',
    '? ',
    '- ',
    ': ',
    '{',
    '[',
    '}',
    ']',
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
  ],
  ...[
    '%YAML 1.1\n',
    '%TAG ! tag:x,2000:\n',
    '~',
    '.inf',
    '.nan',
    '0o17',
    '1_000',
    '2017-01-01',
    "'",
    '"\\ud800"',
    '"\\0"',
    '#',
    '\t',
  ],
]
const jsonWords = [
  '{',
  '[',
  '}',
  ']',
  '"',
  ':',
  ',',
  '\\u0000',
  '\\ud800',
  '1.0',
  '1e3',
  'true',
  ' ',
  '{"a":1,"a":2}',
]

export function textTargets(): FuzzTarget[] {
  const policyFiles = filesBelow(join(example, 'policy'))
  const { policy } = readPolicy(policyFiles)
  if (policy === undefined) throw new Error('the example has a policy')
  return [
    ...declarationTargets(policyFiles, policy),
    ...logTargets(),
    ...documentTargets(),
    ...archiveTargets(),
    expressionTarget(),
  ]
}

// --- declarations ------------------------------------------------------------------------------------------------

function declarationTargets(files: ReadonlyMap<string, string>, policy: Policy): FuzzTarget[] {
  const mappings = filesBelow(join(example, 'mappings'))
  const requests = filesBelow(join(example, 'requests'))
  const packs = filesBelow(join(root, 'packs'))
  const isDeclaration = (path: string) => path.endsWith('.yaml') && !path.startsWith('requests/')
  const policyWith = (path: string, text: string) => readPolicy(new Map([...files, [path, text]]))
  const packsWith = (path: string, text: string) => readPacks(new Map([...packs, [path, text]]))
  return [
    oneOfMany('policy YAML', files, isDeclaration, policyWith),
    oneOfMany('notice front matter', files, (path) => path.endsWith('.md'), policyWith),
    oneOfMany('pack YAML', packs, (path) => path.endsWith('.yaml'), packsWith),
    {
      ...{ kind: 'mapping YAML', corpus: [...mappings.values()].map(bytesOf), words: yamlWords },
      read: (bytes) => taken(readMapping('mapping.yaml', readable(bytes))),
    },
    {
      ...{ kind: 'request YAML', corpus: [...requests.values()].map(bytesOf), words: yamlWords },
      read: (bytes) => found(readRequest(readable(bytes), 'some-request.yaml', policy)),
    },
  ]
}

/** Files that are read together, one of them spoiled. */
function oneOfMany(
  kind: string,
  files: ReadonlyMap<string, string>,
  isSpoiled: (path: string) => boolean,
  readWith: (path: string, text: string) => Parameters<typeof found>[0],
): FuzzTarget {
  const paths = [...files.keys()].filter(isSpoiled)
  return {
    ...{ kind, corpus: paths.map((path) => bytesOf(files.get(path)!)), words: yamlWords },
    read: (bytes, original) => found(readWith(paths[original]!, readable(bytes))),
  }
}

/** Findings are the refusal of a declaration: it has a place, words and a remedy, or it is none. */
function found({ findings }: { findings: readonly { message: string; remedy: string }[] }): Outcome {
  if (findings.length === 0) return TAKEN
  if (findings.some(({ message, remedy }) => message === '' || remedy === ''))
    throw new Error('a finding without words')
  return 'finding'
}

// --- the log -----------------------------------------------------------------------------------------------------

function logTargets(): FuzzTarget[] {
  const notes = json('signed-notes.json') as { key: string; keys: Case[]; notes: Case[]; checkpoints: Case[] }
  const proofs = json('proofs.json') as { key: string; entries: (Case & { entry: string; proof: string })[] }
  const trees = json('release-tree.json') as { releases: { proofs: { proof: unknown }[] }[] }
  const entries = json('register-log.json') as { entries: string[] }
  const log = parseVerifierKey(notes.key)
  const held = (cases: Case[], member: 'note' | 'key') =>
    cases.flatMap((one) => (one.holds ? [one[member]!] : []))
  const bundle = readFileSync(join(vectors, 'log/tile/entries/001.p/4'))
  return [
    {
      ...{
        kind: 'signed note',
        corpus: held(notes.notes, 'note').map(fromBase64),
        words: ['\n\n', '\u2014 ', '+', '\r\n'],
      },
      read: (bytes) => taken(openNote(bytes, [log])),
    },
    {
      ...{
        kind: 'checkpoint',
        corpus: held(notes.checkpoints, 'note').map(bytesOf),
        words: ['\n\n', '\u2014 ', '9007199254740992'],
      },
      read: (bytes) => taken(openCheckpoint(bytes, log)),
    },
    {
      ...{ kind: 'verifier key', corpus: held(notes.keys, 'key').map(bytesOf), words: ['+', '=', 'AV'] },
      read: (bytes) => taken(parseVerifierKey(readable(bytes))),
    },
    {
      kind: 'tlog proof',
      corpus: proofs.entries.filter(({ holds }) => holds).map(({ proof }) => bytesOf(proof)),
      words: ['index ', 'extra ', '\n\n', 'c2sp.org/tlog-proof@v1\n'],
      read(bytes) {
        const text = readable(bytes)
        parseProof(text)
        return taken(verifyProof(text, bytesOf(proofs.entries[0]!.entry), log))
      },
    },
    {
      kind: 'prefix proof',
      corpus: trees.releases
        .flatMap((release) => release.proofs)
        .map(({ proof }) => bytesOf(JSON.stringify(proof))),
      words: jsonWords,
      read(bytes) {
        const value = parsed(readable(bytes))
        return value === undefined || decodePrefixProof(value) === undefined ? 'undefined' : TAKEN
      },
    },
    {
      ...{ kind: 'log entry', corpus: entries.entries.map(bytesOf), words: jsonWords },
      read: (bytes) => (decodeEntry(bytes) === undefined ? 'undefined' : TAKEN),
    },
    {
      ...{ kind: 'entry bundle', corpus: [bundle] },
      read: (bytes) => taken(decodeBundle(bytes, 4, 'tile/entries/001.p/4')),
    },
  ]
}

type Case = { holds: boolean; note?: string; key?: string }

// --- documents that are verified ---------------------------------------------------------------------------------

function documentTargets(): FuzzTarget[] {
  const receipts = json('person-receipts.json') as { key: string; receipts: Record<string, unknown> }
  const claims = json('claims.json') as { key: string; claims: Record<string, unknown> }
  const deliveries = json('deliveries.json') as {
    recipientKey: string
    receipts: { holds: boolean; note: string }[]
  }
  const delivery = join(vectors, 'delivery')
  const card = {
    ...{ format: 'fairshare/recipient-card@v1', name: 'little-acorn', verifierKey: deliveries.recipientKey },
    ageRecipient: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  }
  return [
    verified('person receipt', receipts.key, Object.values(receipts.receipts).map(canonical)),
    verified('claim', claims.key, Object.values(claims.claims).map(canonical)),
    verified(
      'recipient receipt',
      deliveries.recipientKey,
      deliveries.receipts.filter(({ holds }) => holds).map(({ note }) => bytesOf(note)),
    ),
    shaped('release manifest', readFileSync(join(delivery, 'manifest.json')), (bytes) =>
      readDocument(bytes, releaseManifestShape),
    ),
    shaped('sealed.json', readFileSync(join(delivery, 'sealed.json')), (bytes) =>
      readDocument(bytes, sealedFileShape),
    ),
    {
      ...{ kind: 'recipient card', corpus: [bytesOf(JSON.stringify(card))], words: jsonWords },
      read: (bytes) => taken(readCard(readable(bytes))),
    },
  ]
}

/** As `fairshare verify` reads a file that came from anywhere; what is changed and still holds would be a forgery. */
function verified(kind: FileKind, key: string, corpus: readonly Uint8Array[]): FuzzTarget {
  const verifier = parseVerifierKey(key)
  const originals = new Set(corpus.map((bytes) => Buffer.from(bytes).toString('latin1')))
  return {
    ...{ kind, corpus, words: jsonWords },
    async read(bytes) {
      partOf(bytes)
      signerNamed(bytes)
      const what = recogniseFile(bytes)
      if (what === undefined) return 'not recognised'
      const { checks } = await verifyFile(what, bytes, verifier, basename('file'))
      if (firstFailure(checks) !== undefined) return 'not held'
      if (what === kind && kind !== 'recipient receipt' && !originals.has(bytes.toString('latin1')))
        throw new Error('what was changed is held to be true')
      return TAKEN
    },
  }
}

function shaped(
  kind: string,
  original: Uint8Array,
  read: (bytes: Uint8Array) => { fault?: unknown },
): FuzzTarget {
  return {
    ...{ kind, corpus: [original], words: jsonWords },
    read: (bytes) => (read(bytes).fault === undefined ? TAKEN : 'fault'),
  }
}

// --- archives ----------------------------------------------------------------------------------------------------

function archiveTargets(): FuzzTarget[] {
  const files = [
    { name: 'manifest.json', content: readFileSync(join(vectors, 'delivery/manifest.json')) },
    { name: 'people/a.csv', content: Buffer.alloc(5000, 'commitment,notice\n') },
    { name: 'README.txt', content: Buffer.from('what this is'), stored: true },
  ]
  const described = files.map((file) => ({ ...file, descriptor: true, stored: false }))
  const key = parseVerifierKey((json('signed-notes.json') as { key: string }).key)
  const corpus = [archiveOf(files), archiveOf(described)]
  return [
    {
      ...{
        kind: 'archive',
        corpus,
        words: ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', '../x', 'C:\\x', '\xff\xff\xff\xff'],
      },
      async read(bytes) {
        const archive = readArchive(bytes)
        for (const path of archive.paths) await archive.read(path)
        return TAKEN
      },
    },
    {
      ...{ kind: 'evidence pack', corpus },
      async read(bytes) {
        const { checks } = await verifyFile('evidence pack', bytes, key, 'evidence.zip')
        if (firstFailure(checks) === undefined) throw new Error('what is no pack is held to be one')
        return 'not held'
      },
    },
  ]
}

function expressionTarget(): FuzzTarget {
  const texts = [
    'marginal_area = true and (area in (1, 2, 3) or not child_presence) and born_on >= 1990-01-01',
    "postcode = 'AB1' or born_on is unknown",
    'not (not (member)) and area <> -5',
  ]
  return {
    kind: 'select',
    corpus: texts.map(bytesOf),
    words: ['(', ')', "'", "''", 'and', 'or', 'not ', 'in (', 'is known', '<=', ';', '--', '/*', '"', '$1'],
    read: (bytes) => taken(parseSelect(readable(bytes))),
  }
}

// ------------------------------------------------------------------------------------------------------------------

function taken(_: unknown): Outcome {
  return TAKEN
}

/** As `readText` would have it: what is not UTF-8 is refused before any of these readers. */
function readable(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64')
}

function canonical(value: unknown): Uint8Array {
  return bytesOf(JSON.stringify(sorted(value)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(vectors, name), 'utf8'))
}

function filesBelow(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  )
}
