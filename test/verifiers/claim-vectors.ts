// Vectors of docs/spec/claims.md: a claim of each kind, and changes of them that have to be refused, each under a new signature.
// Made without chance, clock or database: four people, two releases, a log of eleven.
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { columnsOf } from '../../src/evidence/verify-entry.ts'
import { toBase64 } from '../../src/log/base64.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { Committer } from '../../src/log/commitment.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { buildPrefixTree, type PrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, verdictBytes } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import {
  type Claim,
  claimFormat,
  claimSignedText,
  type EventClaim,
  type Logged,
  type ReleaseClaim,
} from '../../src/model/claim.ts'
import { type CommittedFields, codedWords, type EventWords } from '../../src/model/person-receipt.ts'
import type { ReasonCode } from '../../src/model/reason.ts'
import { outcomes } from '../../src/model/verdict.ts'
import type { FoundLeaf } from '../../src/rights/find-leaf.ts'
import { claimRows, hashList } from '../../src/rights/find-provable.ts'
import { signClaim } from '../../src/rights/issue-claim.ts'
import type { FoundRow, FoundRows } from '../../src/rights/open-rows.ts'
import { bytesOf, hex, pathOf, rootOf } from './vector-world.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
/** Where: names and indexes. What: the new value; left out, the member goes. */
type Change = { at: (string | number)[]; to?: Json }
type Case = {
  holds: boolean
  why: string
  of: string
  /** The member at which it fails, or that has the member at which it does. */
  place: string
  changes: Change[]
  signature?: string
}

/** `claims` by name; each case is one of them with `changes` made and `signature` put in, as canonical JSON. */
export function claimVectors() {
  return {
    specification: 'docs/spec/claims.md',
    key: verifierKey,
    claims,
    cases: cases().map((one) => ({ ...one, signature: one.signature ?? signedAnew(one) })),
  }
}

/** The claim of a case. */
export function changedClaim(of: string, changes: readonly Change[]): Claim {
  const copy = structuredClone(claims[of]!)
  for (const { at, to } of changes) {
    const path = [...at]
    const last = path.pop()!
    const holder = path.reduce<Record<string, unknown>>(
      (value, name) => value[name] as Record<string, unknown>,
      copy as unknown as Record<string, unknown>,
    )
    if (to === undefined) delete holder[last]
    else holder[last] = to
  }
  return copy
}

function signedAnew({ of, changes }: Case): string {
  const { signature: _, ...rest } = changedClaim(of, changes)
  return signNote(claimSignedText(canonicalHash(rest)), signer)
}

// --- a small register --------------------------------------------------------------------------------------------

const registerId = 'c1a10000-9d1f-4c3e-8a56-0f1e2d3c4b5a'
const origin = 'claims.example.com/fairshare'
/** Made for these vectors; it signs nothing else. */
const signer: NoteSigner = { name: origin, ...signerFromSeed(bytesOf('the signing key of the claims')) }
const verifierKey = encodeVerifierKey(origin, signer.publicKey)
const register = { id: registerId, origin, verifierKey }
const committer = new Committer(registerId)
const people = [1, 2, 3, 4]
const secretOf = (subject: number) => bytesOf(`the secret of ${subject}, who claims`)

/** 1 February 2018, 09:00 in UTC; the register was begun thirty days later. */
const shownAt = 1_517_475_600_000_000
const begunAt = shownAt + 30 * 86_400_000_000

const absent = {
  ...{ jurisdiction: 0, route: 0, notice: 0, purpose: 0, recipient: 0, channel: 0, basis: 0, qualifier: 0 },
}
const stated = (kind: number, more: Partial<CommittedFields> = {}): CommittedFields => ({
  ...{ kind, earliest: shownAt, latest: shownAt, grade: 1, source: 3, ...absent },
  ...more,
})

type Said = {
  subject: number
  fields: CommittedFields
  words: Omit<EventWords, keyof ReturnType<typeof codedWords>> & { source: string }
}

const batches: { kind: string; events: Said[] }[] = [
  {
    kind: 'import',
    events: people.flatMap((subject): Said[] => [
      {
        subject,
        fields: stated(1, { jurisdiction: 1, route: 4, notice: 2 }),
        words: { source: 'web form', route: 'online', notice: 'sign-up@2017-01' },
      },
      {
        subject,
        fields: stated(2, {
          ...{ jurisdiction: 1, notice: 2, purpose: 5, recipient: 6, channel: 2, qualifier: 1 },
          ...{ grade: 2, latest: shownAt + 86_400_000_000, statedText: 'am 1. März' },
        }),
        words: { source: 'letter', notice: 'sign-up@2017-01', purpose: 'offers', recipient: 'little-acorn' },
      },
    ]),
  },
  {
    kind: 'objection',
    events: [
      {
        subject: 2,
        fields: stated(4, { qualifier: 1, earliest: begunAt, latest: begunAt }),
        words: { source: 'letter' },
      },
    ],
  },
  {
    kind: 'protection',
    events: [{ subject: 3, fields: stated(7, { qualifier: 2 }), words: { source: 'letter' } }],
  },
]

// --- two releases ------------------------------------------------------------------------------------------------

type Row = { subject: number; verdict: { outcome: number; fields: number; masks: number[] }; left: boolean }
const maskCodes: ReasonCode[] = ['S301', 'S310']

/** Of 1 the first row stayed and the second left; 2 was denied, 3 is masked, 4 was not considered. */
const first = releaseOf('5-letter@8', 5, [
  { subject: 1, verdict: { outcome: 0, fields: 0, masks: [1] }, left: false },
  { subject: 2, verdict: { outcome: 0, fields: 0, masks: [1] }, left: false },
  { subject: 3, verdict: { outcome: 0, fields: 0, masks: [2] }, left: false },
  { subject: 1, verdict: { outcome: 3, fields: 3, masks: [0] }, left: true },
])
/** Nobody but 4. */
const second = releaseOf('6-letter@9', 6, [
  { subject: 4, verdict: { outcome: 2, fields: 1, masks: [0] }, left: true },
])
const sealedReleases = [first, second]

function keysOf(release: string, subject: number, ordinal: number) {
  const leaves = new ReleaseLeaves(registerId, release)
  const decided = new Uint8Array(32)
  const released = new Uint8Array(32)
  leaves.decidedKey(secretOf(subject), 0, ordinal, decided, 0)
  leaves.rowOpening(secretOf(subject), 0, ordinal, released, 0)
  leaves.releasedKey(released, 0, released, 0)
  return { decided, released }
}

function releaseOf(release: string, position: number, rows: Row[]) {
  const seen = new Map<number, number>()
  const made = rows.map(({ subject, verdict, left }) => {
    const ordinal = seen.get(subject) ?? 0
    seen.set(subject, ordinal + 1)
    const { outcome, fields, masks } = verdict
    const commitment = new Uint8Array(32)
    new ReleaseLeaves(registerId, release).decidedCommitment(
      ...([secretOf(subject), 0, ordinal, verdictBytes(outcome, fields, masks), commitment, 0] as const),
    )
    const cells = left ? bytesOf(`the cells of row ${ordinal} of ${subject}`) : undefined
    return { subject, ordinal, verdict, commitment, cells, keys: keysOf(release, subject, ordinal) }
  })
  const left = made.flatMap(({ keys, cells }) => (cells === undefined ? [] : [keys.released, cells]))
  const decided = buildPrefixTree(
    Buffer.concat(made.flatMap(({ keys, commitment }) => [keys.decided, commitment])),
    made.length,
  )
  const released = buildPrefixTree(Buffer.concat(left), left.length / 2)
  const body = canonicalJson({
    ...{ release, asOf: 8, members: left.length / 2, considered: rows.length },
    ...{ released: hex(released.root), decided: hex(decided.root) },
    ...{ manifestSha256: hex(bytesOf('a manifest')), readmeSha256: hex(bytesOf('a readme')) },
    ...{ recordsSha256: hex(bytesOf('records')), proofSha256: hex(bytesOf('a proof')) },
    columns: [{ name: 'name', treatment: 'keep', partly: false }],
    ...{ ageRecipient: 'age1example', outbox: '00000000-0000-4000-8000-000000000000' },
  })
  return { release, position, body, salt: bytesOf(`the salt of ${release}`), made, decided, released }
}

function foundRows({ release, made, decided, released }: typeof first, subject: number): FoundRows {
  const rows = made
    .filter((row) => row.subject === subject)
    .map(
      ({ commitment, cells, keys, verdict }): FoundRow => ({
        decided: { commitment, proof: decided.prove(keys.decided) },
        released: found(released, keys.released, cells),
        ...(verdict.masks[0] !== 2 && {
          verdict: {
            ...verdict,
            words: {
              outcome: outcomes[verdict.outcome]!,
              reasons: maskCodes.filter((_, bit) => (verdict.masks[0]! >> bit) & 1),
            },
          },
        }),
      }),
    )
  const after = keysOf(release, subject, rows.length)
  return {
    rows,
    beyond: { decided: found(decided, after.decided), released: found(released, after.released) },
  }
}

function found(tree: PrefixTree, key: Uint8Array, commitment?: Uint8Array): FoundLeaf {
  return { proof: tree.prove(key), ...(commitment && { commitment }) }
}

// --- the log -----------------------------------------------------------------------------------------------------

const logSize = 11
const entries = Array.from({ length: logSize }, (_, index) => entryAt(index + 1))

function commitmentsAt(position: number): Uint8Array[] {
  return (batches[position - 1]?.events ?? []).map(({ subject, fields }, ord) =>
    committer.commitWithKey(columnsOf(fields), 0, subject, keyOf(subject, position, ord)),
  )
}

function keyOf(subject: number, position: number, ord: number): Uint8Array {
  return committer.eventKey({ position, ord }, secretOf(subject))
}

function enrolments(): Uint8Array[] {
  return people.map((subject) => {
    const commitment = new Uint8Array(32)
    committer.commitSubject(subject, secretOf(subject), 0, commitment, 0)
    return commitment
  })
}

function entryAt(position: number): Uint8Array {
  const sealed = sealedReleases.find((one) => one.position === position)
  const events = commitmentsAt(position)
  const enrolled = position === 1 ? enrolments() : []
  const entry: LogEntry = {
    ...{ register: registerId, format: 1, position, recordedAt: recordedAt(position) },
    kind: batches[position - 1]?.kind ?? (sealed === undefined ? 'policy' : 'release.sealed'),
    ...{ events: events.length, enrolled: enrolled.length },
    ...(events.length > 0 && { eventRoot: hex(rootOf(events.map(leafHash))) }),
    ...(enrolled.length > 0 && { enrolledRoot: hex(rootOf(enrolled.map(leafHash))) }),
    ...(sealed && { body: bodyHash(registerId, sealed.salt, Buffer.from(sealed.body)) }),
  }
  return encodeEntry(entry)
}

function recordedAt(position: number): number {
  return begunAt + 1_000_000 * position
}

function checkpointAt(size: number): string {
  return signCheckpoint({ size, root: rootOf(entries.slice(0, size).map(leafHash)) }, signer)
}

function logged(position: number): Logged {
  return {
    entry: Buffer.from(entries[position - 1]!).toString(),
    path: hashList(pathOf(position - 1, entries.map(leafHash))),
  }
}

// --- claims ------------------------------------------------------------------------------------------------------

const claims: Readonly<Record<string, Claim>> = {
  shown: eventClaim('shown', 1, 0),
  'answered yes': eventClaim('answered', 1, 1),
  'answered no more': eventClaim('answered', 2, 0),
  released: releaseClaim('released', first, 1),
  withheld: releaseClaim('withheld', first, 2),
  'withheld, masked': releaseClaim('withheld', first, 3),
  'not released, though considered': releaseClaim('not-released', first, 2),
  'not released': releaseClaim('not-released', first, 4),
  'not released with the second': releaseClaim('not-released', second, 1),
}

function head(subject: number) {
  return {
    ...({ format: claimFormat, register, checkpoint: checkpointAt(logSize), subject } as const),
    issued: { at: '2018-06-13T09:00:00Z', checked: 'by telephone, at the number on record' },
  }
}

function eventClaim(claim: EventClaim['claim'], position: number, ord: number): Claim {
  const { subject, fields, words } = batches[position - 1]!.events[ord]!
  const unsigned: Omit<EventClaim, 'signature'> = {
    ...head(subject),
    claim,
    event: {
      logged: logged(position),
      ord,
      path: hashList(pathOf(ord, commitmentsAt(position).map(leafHash))),
      key: toBase64(keyOf(subject, position, ord)),
      fields,
      words: { ...codedWords(fields), ...words },
      enrolledAt: recordedAt(1),
      ...(fields.notice !== 0 && { notice: { sha256: hex(bytesOf('the notice')) } }),
    },
  }
  return JSON.parse(signClaim(unsigned, signer)) as Claim
}

function releaseClaim(claim: ReleaseClaim['claim'], of: typeof first, subject: number): Claim {
  const unsigned: Omit<ReleaseClaim, 'signature'> = {
    ...head(subject),
    claim,
    secret: toBase64(secretOf(subject)),
    enrolment: {
      logged: logged(1),
      index: subject - 1,
      path: hashList(pathOf(subject - 1, enrolments().map(leafHash))),
    },
    release: {
      release: of.release,
      words: {
        ...{ recipient: 'Little Acorn Foods Ltd', purpose: 'Offers by Little Acorn' },
        ...{ releasedAt: '2018-03-04T09:00:00Z', deliveredAt: '2018-03-04T09:00:01.25Z' },
      },
      sealed: { logged: logged(of.position), body: of.body, salt: toBase64(of.salt) },
      rows: claimRows(claim, foundRows(of, subject)),
    },
  }
  return JSON.parse(signClaim(unsigned, signer)) as Claim
}

// --- cases -------------------------------------------------------------------------------------------------------

type Refuse = (of: string, place: string, why: string, at: (string | number)[], to?: Json) => Case
const another = toBase64(bytesOf('another'))
const json = (value: unknown) => value as Json
const rowsIn = (of: string) => (claims[of] as ReleaseClaim).release.rows

function cases(): Case[] {
  const refused: Refuse = (of, place, why, at, to) => ({
    ...{ holds: false, why, of, place },
    changes: [{ at, ...(to !== undefined && { to }) }],
  })
  const held = Object.keys(claims).map((of): Case => ({ holds: true, why: of, of, place: '', changes: [] }))
  return [
    ...held,
    ...heldCases(),
    ...formCases(refused),
    ...eventCases(refused),
    ...releaseCases(refused),
    ...rowCases(refused),
    ...wholeCases(refused),
    ...entryCases(),
  ]
}

function heldCases(): Case[] {
  const held = (of: string, why: string, at: (string | number)[], to?: Json): Case => ({
    ...{ holds: true, why, of, place: '' },
    changes: [{ at, ...(to !== undefined && { to }) }],
  })
  return [
    held('shown', 'nothing said of how the person was checked', ['issued', 'checked']),
    held('shown', 'a word that no commitment binds, signed', ['event', 'words', 'source'], 'by post'),
    held('shown', 'an instant with a fraction', ['issued', 'at'], '2018-06-13T09:00:00.000001Z'),
    held('withheld', 'a verdict that is not opened', ['release', 'rows', 0, 'verdict']),
    held(
      'released',
      'the rows before the one that left shown, and none after',
      ['release', 'words', 'removed'],
      'recalled',
    ),
  ]
}

function formCases(refused: Refuse): Case[] {
  return [
    refused('shown', 'format', 'another format', ['format'], 'fairshare/claim@v2'),
    refused('shown', 'claim', 'another kind of claim', ['claim'], 'shown twice'),
    refused('shown', 'why', 'a member that is not known', ['why'], 'because'),
    refused('shown', 'secret', 'the secret in a claim about an event', ['secret'], another),
    refused('shown', 'event', 'no event', ['event']),
    refused(
      'released',
      'event',
      'an event in a claim about a release',
      ['event'],
      json((claims.shown as EventClaim).event),
    ),
    refused('shown', 'subject', 'nobody', ['subject'], 0),
    refused('shown', 'issued', 'nothing said of when it was issued', ['issued']),
    refused('shown', 'issued.at', 'an instant without a zone', ['issued', 'at'], '2018-06-13T09:00:00'),
    ...['2018-02-30', '2018-99-99', '0000-01-01'].map((date) =>
      refused('shown', 'issued.at', 'a day that never was', ['issued', 'at'], `${date}T09:00:00Z`),
    ),
    ...['23:59:60', '23:60:00', '24:00:00'].map((time) =>
      refused('shown', 'issued.at', 'a time that no day has', ['issued', 'at'], `2018-06-13T${time}Z`),
    ),
    refused('shown', 'issued.checked', 'an empty text', ['issued', 'checked'], ''),
    refused('shown', 'issued.checked', 'a text of 501 characters', ['issued', 'checked'], 'x'.repeat(501)),
    refused('shown', 'issued.checked', 'a mark that turns the direction', ['issued', 'checked'], 'a\u202eb'),
    refused('shown', 'event.key', 'a key of 31 bytes', ['event', 'key'], toBase64(new Uint8Array(31))),
    refused('shown', 'event.key', 'Base64 with bits left over', ['event', 'key'], `${'A'.repeat(42)}B=`),
    refused('shown', 'event.key', 'Base64 without its padding', ['event', 'key'], 'A'.repeat(43)),
    refused(
      'shown',
      'event.path',
      'a path of a hash and a half',
      ['event', 'path'],
      toBase64(new Uint8Array(48)),
    ),
    refused('shown', 'event.ord', 'a place before the first', ['event', 'ord'], -1),
    refused(
      'shown',
      'event.fields.qualifier',
      'a qualifier of a showing',
      ['event', 'fields', 'qualifier'],
      1,
    ),
    refused('shown', 'event.fields.kind', 'no kind', ['event', 'fields', 'kind'], 13),
    refused('released', 'release.rows', 'no row', ['release', 'rows'], []),
    refused(
      'released',
      'release.rows',
      'no row that was released',
      ['release', 'rows'],
      json(rowsIn('released').slice(0, 1)),
    ),
    refused(
      'released',
      'release.rows[0]',
      'more than is claimed',
      ['release', 'rows', 0, 'decided'],
      json(rowsIn('withheld')[0]!.decided),
    ),
    refused(
      'withheld',
      'release.rows',
      'the last row alone',
      ['release', 'rows'],
      json(rowsIn('withheld').slice(1)),
    ),
    refused(
      'withheld',
      'release.rows[1]',
      'no last row',
      ['release', 'rows'],
      json([rowsIn('withheld')[0], rowsIn('withheld')[0]]),
    ),
    refused('not released', 'release.rows[0]', 'nothing of whether the row was considered', [
      'release',
      'rows',
      0,
      'decided',
    ]),
    refused(
      'not released, though considered',
      'release.rows[0]',
      'a verdict that is not claimed',
      ['release', 'rows', 0, 'verdict'],
      json(rowsIn('withheld')[0]!.verdict),
    ),
    refused(
      'withheld',
      'release.rows[1]',
      'a verdict of the last row',
      ['release', 'rows', 1, 'verdict'],
      json(rowsIn('withheld')[0]!.verdict),
    ),
  ]
}

function eventCases(refused: Refuse): Case[] {
  const { event } = claims['answered yes'] as EventClaim
  return [
    refused('shown', 'claim', 'a showing as an answer', ['claim'], 'answered'),
    refused('answered yes', 'claim', 'an answer as a showing', ['claim'], 'shown'),
    refused('shown', 'event', 'another number', ['subject'], 2),
    refused('shown', 'event', 'another place in the batch', ['event', 'ord'], 2),
    refused('shown', 'event', 'the key of another event', ['event', 'key'], event.key),
    refused('shown', 'event', 'a path cut short', ['event', 'path'], ''),
    refused('shown', 'event', 'a later instant', ['event', 'fields', 'latest'], begunAt),
    refused('answered yes', 'event', 'another stated text', ['event', 'fields', 'statedText'], 'am 2. März'),
    refused('answered yes', 'event', 'a refusal', ['event', 'fields', 'qualifier'], 2),
    refused(
      'shown',
      'event.words.latest',
      'another word for the instant',
      ['event', 'words', 'latest'],
      '2018-02-01T09:00:00.0Z',
    ),
    refused('shown', 'event.words.route', 'no name where there is a number', ['event', 'words', 'route']),
    refused(
      'shown',
      'event.words.purpose',
      'a name where there is no number',
      ['event', 'words', 'purpose'],
      'offers',
    ),
    refused('shown', 'event.notice', 'no hash of the notice', ['event', 'notice']),
    refused('answered no more', 'event.notice', 'the hash of no notice', ['event', 'notice'], {
      sha256: hex(bytesOf('the notice')),
    }),
    refused(
      'shown',
      'event.enrolledAt',
      'enrolled after it was recorded',
      ['event', 'enrolledAt'],
      recordedAt(1) + 1,
    ),
    refused(
      'shown',
      'event.logged',
      'the path of another entry',
      ['event', 'logged', 'path'],
      logged(2).path,
    ),
    refused(
      'shown',
      'event.logged.entry',
      'an entry with white space',
      ['event', 'logged', 'entry'],
      `${logged(1).entry} `,
    ),
    refused('shown', 'event', 'another batch', ['event', 'logged'], logged(2)),
  ]
}

/** `shown` in a log of one entry that somebody wrote by hand who has the register's key. */
export function aloneInLog(
  fields: CommittedFields,
  words: Partial<EventWords>,
  changed: Record<string, Json> = {},
): Claim {
  const { event, ...rest } = claims.shown as EventClaim
  const { signature: _, ...unsigned } = rest
  const key = keyOf(1, 1, 0)
  const commitment = committer.commitWithKey(columnsOf(fields), 0, 1, key)
  const members = {
    ...{ enrolled: 0, eventRoot: hex(leafHash(commitment)), events: 1, format: 1, kind: 'presentation' },
    ...{ position: 1, recordedAt: recordedAt(1), register: registerId, ...changed },
  }
  const entry = JSON.stringify(
    Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
  const claim = {
    ...unsigned,
    checkpoint: signCheckpoint({ size: 1, root: leafHash(Buffer.from(entry)) }, signer),
    event: {
      ...event,
      ...{ logged: { entry, path: '' }, path: '', key: toBase64(key), fields },
      words: { ...codedWords(fields), ...words },
    },
  }
  return { ...claim, signature: signNote(claimSignedText(canonicalHash(claim)), signer) }
}

function entryCases(): Case[] {
  const fields = stated(1, { notice: 2 })
  const words = { notice: 'sign-up@2017-01', source: 'web form' }
  const alone = (place: string, why: string, claim: Claim): Case => ({
    ...{ holds: place === '', why, of: 'shown', place },
    changes: [
      { at: ['checkpoint'], to: claim.checkpoint },
      { at: ['event'], to: json((claim as EventClaim).event) },
    ],
  })
  const entry = (why: string, changed: Record<string, Json>) =>
    alone('event.logged.entry', why, aloneInLog(fields, words, changed))
  const ofNoSource = { ...fields, source: 0 }
  return [
    alone('', 'alone in its log', aloneInLog(fields, words)),
    alone('', 'no source, and no word for it', aloneInLog(ofNoSource, { notice: words.notice })),
    alone('event.words.source', 'a word where there is no source', aloneInLog(ofNoSource, words)),
    alone('event.words.source', 'no word for the source', aloneInLog(fields, { notice: words.notice })),
    alone(
      'event.fields.latest',
      'an interval that ends before it begins',
      aloneInLog({ ...fields, latest: shownAt - 1 }, words),
    ),
    entry('fewer than nobody enrolled', { enrolled: -1 }),
    entry('people enrolled under no root', { enrolled: 7 }),
    entry('a root of nobody enrolled', { enrolledRoot: hex(bytesOf('nobody')) }),
    entry('half a surrogate pair in the kind', { kind: '\ud800' }),
    entry('a register that is none', { register: 'club' }),
  ]
}

function releaseCases(refused: Refuse): Case[] {
  return [
    refused('withheld', 'enrolment', 'the secret of somebody else', ['secret'], toBase64(secretOf(4))),
    refused('withheld', 'enrolment', 'another number', ['subject'], 4),
    refused('withheld', 'enrolment', 'another place in the batch', ['enrolment', 'index'], 3),
    refused('withheld', 'enrolment', 'a batch that enrols nobody', ['enrolment', 'logged'], logged(2)),
    refused('withheld', 'release.release', 'another release', ['release', 'release'], second.release),
    refused('withheld', 'release.sealed.body', 'another salt', ['release', 'sealed', 'salt'], another),
    refused(
      'withheld',
      'release.sealed.body',
      'another document',
      ['release', 'sealed', 'body'],
      second.body,
    ),
    refused(
      'withheld',
      'release.sealed.logged.entry',
      'an entry of another kind',
      ['release', 'sealed', 'logged'],
      logged(4),
    ),
    refused(
      'withheld',
      'release.sealed.logged',
      'a path cut short',
      ['release', 'sealed', 'logged', 'path'],
      '',
    ),
  ]
}

function rowCases(refused: Refuse): Case[] {
  const [, left] = rowsIn('released')
  const [considered, last] = rowsIn('not released, though considered')
  const ofSecond = rowsIn('not released with the second')
  return [
    // What a dishonest register would like to show of 1, whose second row left.
    forgedAbsence('by the absence of her first row alone', absenceOf(1, 1).slice(0, 1), 'release.rows[0]'),
    forgedAbsence(
      'as if there had been no second row',
      [absenceOf(1, 1)[0]!, last!],
      'release.rows[1].decided',
    ),
    forgedAbsence('with the second row shown as absent', absenceOf(1, 2), 'release.rows[1].released'),
    forgedAbsence('by the trees of another release', ofSecond, 'release.rows[0].decided'),
    forgedAbsence('by the row of somebody else', rowsIn('not released'), 'release.rows[0].decided'),
    forgedAbsence('by rows that begin with the third', absenceOf(1, 2).slice(2), 'release.rows[0].decided'),
    refused(
      'withheld',
      'release.rows[0].decided',
      'another commitment in D',
      ['release', 'rows', 0, 'decided', 'commitment'],
      another,
    ),
    refused(
      'withheld',
      'release.rows[0].verdict',
      'other reasons',
      ['release', 'rows', 0, 'verdict', 'masks'],
      [3],
    ),
    refused(
      'withheld',
      'release.rows[0].verdict.words.outcome',
      'another word for the outcome',
      ['release', 'rows', 0, 'verdict', 'words', 'outcome'],
      'allow',
    ),
    refused(
      'withheld, masked',
      'release.rows[0].verdict',
      'a verdict that was not committed to',
      ['release', 'rows', 0, 'verdict'],
      json(rowsIn('withheld')[0]!.verdict),
    ),
    refused(
      'withheld',
      'release.rows[0]',
      'a row shown as released',
      ['release', 'rows', 0, 'released', 'commitment'],
      another,
    ),
    refused(
      'released',
      'release.rows[1].released',
      'another commitment in R',
      ['release', 'rows', 1, 'released', 'commitment'],
      another,
    ),
    refused(
      'released',
      'release.rows[0].released',
      'rows in another order',
      ['release', 'rows'],
      json([left, rowsIn('released')[0]]),
    ),
    refused(
      'released',
      'release.rows[1].released',
      'a path one step deeper than it is',
      ['release', 'rows', 1, 'released', 'path', 'depth'],
      left!.released.path.depth + 1,
    ),
    refused(
      'withheld',
      'release.rows[1].decided',
      'a last row that was considered',
      ['release', 'rows'],
      json([considered, { ...last, decided: { path: considered!.decided!.path } }]),
    ),
  ]
}

/** A claim of 1 that she was not released, with the first release's document. */
function forgedAbsence(why: string, rows: unknown, place: string): Case {
  return {
    ...{ holds: false, why: `that a released record was not released, ${why}`, of: 'released', place },
    changes: [
      { at: ['claim'], to: 'not-released' },
      { at: ['release', 'rows'], to: json(rows) },
    ],
  }
}

/** What the trees say of the rows 0 to `upTo` of a person, as far as it is absence. */
function absenceOf(subject: number, upTo: number) {
  return Array.from({ length: upTo + 1 }, (_, ordinal) => {
    const { decided, released } = keysOf(first.release, subject, ordinal)
    const row = first.made.find((one) => one.subject === subject && one.ordinal === ordinal)
    const shown = claimRows('not-released', {
      rows: [],
      beyond: {
        decided: found(first.decided, decided, row?.commitment),
        released: found(first.released, released),
      },
    })
    return shown[0]!
  })
}

function wholeCases(refused: Refuse): Case[] {
  const verifier = register.verifierKey
  return [
    refused(
      'shown',
      'register.verifierKey',
      'another key',
      ['register', 'verifierKey'],
      verifier.replace('claims', 'others'),
    ),
    refused(
      'shown',
      'register.origin',
      'another origin',
      ['register', 'origin'],
      'others.example.com/fairshare',
    ),
    refused(
      'shown',
      'event.logged.entry',
      'another register',
      ['register', 'id'],
      'c1a10001-9d1f-4c3e-8a56-0f1e2d3c4b5a',
    ),
    refused('shown', 'event.logged', 'a checkpoint of a smaller log', ['checkpoint'], checkpointAt(7)),
    refused(
      'shown',
      'checkpoint',
      'a checkpoint without its signature',
      ['checkpoint'],
      `${checkpointAt(11).split('\n\n')[0]}\n`,
    ),
    refused(
      'shown',
      'checkpoint',
      'a note that is no checkpoint',
      ['checkpoint'],
      signNote('claims\n', signer),
    ),
    {
      ...refused(
        'shown',
        'signature',
        'other words than were signed',
        ['event', 'words', 'source'],
        'by post',
      ),
      signature: claims.shown!.signature,
    },
    {
      ...refused('shown', 'signature', 'the signature of another claim', []),
      changes: [],
      signature: claims.released!.signature,
    },
    {
      ...refused('shown', 'signature', 'a checkpoint for a signature', []),
      changes: [],
      signature: checkpointAt(11),
    },
  ]
}
