// One thing changed in an honest evidence pack, and everything signed and logged anew around it by whoever has the register's key:
// each is refused, with the file and the place.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import { type PackDocument, type PackManifest, packSignedText } from '../../src/model/evidence-pack.ts'
import type {
  AmendedBody,
  CommittedBody,
  DecisionBody,
  DeterminationStatement,
  OpenedBody,
  ReleaseReceipt,
  SealedBody,
} from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import { newFolder } from '../release/club-places.ts'
import { sam } from '../release/small-club.ts'
import { type ClubWithPack, clubWithPack } from './club-with-pack.ts'
import {
  changeBody,
  changeText,
  finding,
  manifestIn,
  receiptsIn,
  resigned,
  rewritten,
  rewrittenWithReceipts,
  type Story,
  signReceipt,
  type Unpacked,
  verify,
} from './dishonest-operator.ts'

const dana = signerFromSeed(new Uint8Array(32).fill(11))
const folders = newFolder('refusals')
let made: ClubWithPack

beforeAll(async () => {
  made = await clubWithPack(join(folders.path, 'club'))
})
afterAll(async () => {
  await made.club.close()
  folders.remove()
})

type Change = (files: Unpacked, manifest: PackManifest) => void
const csv = () => `releases/${made.release}/people.csv`
const inCsv =
  (from: string | RegExp, to: string): Change =>
  (files) =>
    changeText(files, csv(), (text) => text.replace(from, to))
const gone =
  (pattern: RegExp): Change =>
  (files) => {
    for (const path of [...files.keys()]) if (pattern.test(path)) files.delete(path)
  }
const pathOf = (files: Unpacked, kind: string) =>
  [...files.keys()].find((path) => path.endsWith(`-${kind}.json`))!
const inDocument =
  (kind: string, change: (document: PackDocument) => Partial<PackDocument>): Change =>
  (files) =>
    changeText(files, pathOf(files, kind), (text) => {
      const document = JSON.parse(text) as PackDocument
      return canonicalJson({ ...document, ...change(document) })
    })
const filed =
  (path: string, document: (files: Unpacked) => Partial<PackDocument>): Change =>
  (files) => {
    const decision = JSON.parse(Buffer.from(files.get(pathOf(files, 'decision'))!).toString()) as PackDocument
    files.set(path, Buffer.from(canonicalJson({ ...decision, ...document(files) })))
  }

test.each<[string, Change, string]>([
  [
    'another name of the log',
    (_, m) => void Object.assign(m.register, { origin: 'other.example/log' }),
    'register.origin: is not the name of the key that signed',
  ],
  [
    'another release as the scope',
    (_, m) => void Object.assign(m, { scope: { release: 'other@1' } }),
    'pack.json, at releases: is not the release that was asked for',
  ],
  [
    'one release twice',
    (_, m) =>
      void Object.assign(m, {
        scope: { from: '2018-06-01', to: '2018-06-30' },
        releases: [made.release, made.release],
      }),
    'pack.json, at releases: has one release twice',
  ],
  [
    'a sample of one person',
    (_, m) => void Object.assign(m, { scope: { subject: 1 } }),
    'pack.json, at sample: is there, though one person is asked about',
  ],
  [
    'another size',
    (_, m) => void Object.assign(m.asOf, { size: m.asOf.size - 1 }),
    'pack.json, at asOf.size: is not the size of the log enclosed',
  ],
  ...(['2018-99-99', '2018-02-30'] as const).map((from): [string, Change, string] => [
    `a period from ${from}`,
    (_, m) => void Object.assign(m, { scope: { from, to: '2018-12-31' } }),
    'pack.json, at scope.from: is not a date',
  ]),
  [
    'a period that ends before it begins',
    (_, m) => void Object.assign(m, { scope: { from: '2019-01-01', to: '2018-01-01' } }),
    'pack.json, at scope.to: is before the day it begins on',
  ],
  [
    'another time',
    (_, m) => void Object.assign(m.asOf, { recordedAt: '2018-06-12T00:00:00Z' }),
    'pack.json, at asOf.recordedAt: is not when the last entry was recorded',
  ],
  ['a member nobody knows', (_, m) => void Object.assign(m, { more: 1 }), 'pack.json, at more: is not known'],
  [
    'a document filed under another position',
    (files) => {
      const path = pathOf(files, 'decision')
      files.set('documents/00000099-decision.json', files.get(path)!)
      files.delete(path)
    },
    'documents/00000099-decision.json, at position: is not the one it is filed under',
  ],
  [
    'a document with another entry',
    inDocument('decision', ({ entry }) => ({ entry: entry.replace('"events":0', '"events":1') })),
    'at entry: is not what the log has at this position',
  ],
  [
    'a document of another time',
    inDocument('decision', ({ recordedAt }) => ({ recordedAt: recordedAt - 1 })),
    'at recordedAt: is not when the log says it was recorded',
  ],
  [
    'a document about something else',
    inDocument('decision', () => ({ about: 'other' })),
    'at about: is not what the document speaks of',
  ],
  [
    'a document with another salt',
    inDocument('decision', () => ({ salt: '0'.repeat(64) })),
    'at body: is not the document whose hash is in the log',
  ],
  [
    'a document of pairs of people',
    filed('documents/00000006-links.json', () => ({ position: 6, kind: 'links' })),
    'at kind: is no kind of document that a pack has',
  ],
  [
    'a document where the log has none',
    filed('documents/00000006-decision.json', () => ({ position: 6 })),
    'at position: is no document in the log',
  ],
  [
    'a document of another kind',
    filed('documents/00000001-request.json', () => ({ position: 1, kind: 'request' })),
    'is not what the log has at this position',
  ],
  ['no commit', gone(/-release\.committed\.json$/), `pack.json, at releases, `],
  [
    'no decision',
    gone(/-decision\.json$/),
    'release.committed.json, at body.decision: names no decision before it',
  ],
  ['no approval', gone(/-approval\.json$/), 'at body.approval: names no approval before it'],
  [
    'no approver',
    gone(/-approver\.json$/),
    'approver.json: is not there, and a pack has every document of its kind',
  ],
  [
    'no key of the recipient',
    gone(/-recipient-key\.json$/),
    'at body.recipientKey: names no key of a recipient before it',
  ],
  [
    'no answer of the recipient to a challenge',
    gone(/-recipient-key-verified\.json$/),
    'at body.recipientKey: names a key that nobody was shown to hold before it',
  ],
  [
    'no seal',
    gone(/-release\.(sealed|opened)\.json$/),
    'release.delivered.json, at body: was delivered and never sealed',
  ],
  [
    'no manifest of the release',
    gone(/^releases\/.*\/manifest\.json$/),
    'manifest.json: is not there, and not named as left out',
  ],
  ['no people', gone(/people\.csv$/), 'people.csv: is not there, and not named as left out'],
  ['no summary', gone(/summary\.json$/), 'summary.json: is not there'],
  ['no notice as it was hashed', gone(/^policy\/notice\//), 'is of a notice that is not enclosed'],
  [
    'no notice at all',
    gone(/^policy\/notice\/|^notices\//),
    'at notice form@2017-01: is not enclosed, and not named as left out',
  ],
  [
    'a notice that nobody published',
    (files) => files.set('policy/notice/form@2099.json', Buffer.from('{}')),
    'policy/notice/form@2099.json: is no version that was published',
  ],
  [
    'a rule pack that nobody decided by',
    (files) => files.set('packs/other.json', Buffer.from('{}')),
    'packs/other.json: is no pack that was decided by',
  ],
  ['another header', inCsv('subject,', 'person,'), 'line 1: is not the header'],
  ['a line that is none', inCsv(/,allow\n/, ',maybe\n'), 'is not of the known form'],
  ['a line that is quoted', inCsv('form@2017-01', '"form@2017-01"'), 'is not of the known form'],
  ['a last line without an end', inCsv(/\n$/, ''), 'its last line: is not whole'],
  [
    'a notice without a date',
    inCsv('form@2017-01,2018-03-12,', 'form@2017-01,,'),
    'has a notice without its showing, or the other way round',
  ],
  ['a date that does not exist', inCsv('2018-03-12', '2018-02-31'), 'has a date that does not exist'],
  [
    'a recording date that does not exist',
    inCsv('2018-06-12,A', '2018-02-30,A'),
    'has a date that does not exist',
  ],
  ['a day that does not exist', inCsv('2018-03-12', '2018-13-12'), 'has a date that does not exist'],
  [
    'another outcome of those who stayed',
    inCsv(',deny\n', ',review\n'),
    'outcome deny: is there 0 times, and 1 were decided',
  ],
  [
    'a summary that does not add up',
    (files) =>
      changeText(files, `releases/${made.release}/summary.json`, (text) =>
        text.replace('"deny":1', '"deny":2'),
      ),
    'outcomes.deny: is not what releases/',
  ],
])('is refused: %s', async (_what, change, found) => {
  expect(await finding(resigned(made.pack, made.signer, change), made.signer)).toContain(found)
})

const appended = (
  story: Story,
  document: Partial<PackDocument> & { kind: string; body: string; about: string },
) => {
  const last = story.entries.at(-1)!
  const entry = {
    ...last,
    kind: document.kind,
    position: last.position + 1,
    recordedAt: last.recordedAt + 1,
    body: '',
  }
  story.entries.push(entry)
  const like = story.documents[0]!
  story.documents.push({ ...like, ...document, position: entry.position })
}
const amended = (story: Story, body: Partial<AmendedBody>) => {
  const whole = { release: made.release, round: 1, removed: 0, members: 11, ...body }
  appended(story, { kind: 'release.amended', about: made.release, body: canonicalJson(whole) })
}
const answered = (story: Story, change: Partial<DeterminationStatement>, signer = dana) => {
  const statement: DeterminationStatement = {
    format: 'fairshare/determination@v1',
    register: story.manifest.register.id,
    determination: 'd1',
    code: 'F903',
    recipient: 'acorn',
    purpose: 'offers',
    answer: 'allow',
    because: 'We asked.',
    request: 'letter',
    requestSha256: 'a'.repeat(64),
    requestedBy: 'Sam Idris',
    checkedBy: 'club',
    decision: 12,
    held: 1,
    approver: 'dana-whitlock',
    determinedAt: story.entries.at(-1)!.recordedAt,
    ...change,
  }
  const note = signNote(statementText(statement), { name: statement.approver, ...signer })
  appended(story, { kind: 'determination', about: 'd1', body: canonicalJson({ statement, note }) })
}
const opened = (story: Story, change: Partial<ReleaseReceipt>, signer = made.club.keys.signer) =>
  changeBody<OpenedBody>(story, 'release.opened', (body) => {
    Object.assign(body.receipt, change)
    body.note = signNote(statementText(body.receipt), signer)
  })
const committed = (story: Story, change: Partial<CommittedBody>) =>
  changeBody<CommittedBody>(story, 'release.committed', (body) => void Object.assign(body, change))
const sealed = (story: Story, change: Partial<SealedBody>) =>
  changeBody<SealedBody>(story, 'release.sealed', (body) => void Object.assign(body, change))

test.each<[string, (story: Story) => void, string]>([
  [
    'an entry of another register',
    ({ entries }) => void Object.assign(entries[5]!, { register: '00000000-0000-4000-8000-000000000000' }),
    'entry 5: is of another register',
  ],
  [
    'an entry of a form to come',
    ({ entries }) => void Object.assign(entries[5]!, { format: 2 }),
    'entry 5: is not an entry of a log as this version knows it',
  ],
  [
    'an entry with fewer than no people',
    ({ entries }) => void Object.assign(entries[5]!, { enrolled: -1 }),
    'entry 5: is not an entry of a log as this version knows it',
  ],
  [
    'a commit of more than were approved',
    (story) => void committed(story, { members: 20 }),
    'body.members: are more than were approved',
  ],
  [
    'a commit that considered others',
    (story) => void committed(story, { considered: 99 }),
    'body.considered: is not as many as the decision considered',
  ],
  [
    'a commit for somebody else',
    (story) =>
      void changeBody<CommittedBody>(
        story,
        'release.committed',
        ({ request }) => void Object.assign(request, { recipient: 'other' }),
      ),
    'body.request: is not the request that was decided',
  ],
  [
    'a commit under another rule',
    (story) => void committed(story, { approvalRule: 'sole-person' }),
    'body.approvalRule: is not the rule of the approval',
  ],
  [
    'a commit under another policy',
    (story) => void committed(story, { policyHash: '0'.repeat(64) }),
    'body.policyHash: is not that of the decision',
  ],
  [
    'a decision that does not add up',
    (story) => {
      const { body } = changeBody<DecisionBody>(
        story,
        'decision',
        ({ outcomes }) => void Object.assign(outcomes, { deny: outcomes.deny + 1 }),
      )
      committed(story, { decisionSha256: sha256Hex(body) })
    },
    'body.outcomes: do not add up to what was considered',
  ],
  [
    'a release of which nobody asked',
    (story) =>
      appended(story, {
        kind: 'release.abandoned',
        about: 'other@1',
        body: canonicalJson({ because: 'x', release: 'other@1' }),
      }),
    'body.release: is of no release that the manifest names',
  ],
  [
    'a seal as of another set of people',
    (story) => void sealed(story, { asOf: 1 }),
    'body.asOf: is not the last word on who is in it',
  ],
  [
    'a seal that considered others',
    (story) => void sealed(story, { considered: 99 }),
    'body.considered: is not as many as were considered',
  ],
  [
    'a seal of other roots than the manifest has',
    (story) => void sealed(story, { released: '0'.repeat(64) }),
    'manifest.json, at roots: are not those that were sealed',
  ],
  [
    'a seal of more rows than the manifest has',
    (story) => void sealed(story, { members: 99 }),
    'manifest.json, at records.rows: are not as many as were sealed',
  ],
  [
    'an amendment that leaves others than there were',
    (story) => amended(story, { removed: 3 }),
    'body.members: is not what the amendment before it leaves',
  ],
  [
    'an amendment out of its turn',
    (story) => amended(story, { round: 2 }),
    'body.round: does not follow on the one before',
  ],
  [
    'an amendment after the seal',
    (story) => amended(story, { removed: 1, members: 10 }),
    'body.asOf: is not the last word on who is in it',
  ],
  [
    'a receipt of the recipient’s under another key',
    (story) => void opened(story, {}, { name: 'acorn', ...signerFromSeed(new Uint8Array(32).fill(14)) }),
    'is not signed by the key of the recipient’s card',
  ],
  [
    'a receipt of the recipient’s for other rows',
    (story) => void opened(story, { rows: 10 }),
    'body.note: is of other rows than were sealed',
  ],
  [
    'a receipt of the recipient’s for another release',
    (story) => void opened(story, { release: 'other@1' }),
    'body.note: is a receipt of another release',
  ],
  [
    'a dispute of nothing',
    (story) => {
      const document = story.documents.find(({ kind }) => kind === 'release.opened')!
      document.kind = 'release.disputed'
      story.entries[document.position - 1]!.kind = 'release.disputed'
    },
    'body.note: disputes nothing',
  ],
  [
    'an approver put on record only afterwards',
    (story) => {
      const approver = story.documents.find(({ kind }) => kind === 'approver')!
      // Dana's own, put there once more under the name of nobody.
      const id = 'nobody'
      approver.body = canonicalJson({ ...(JSON.parse(approver.body) as object), id })
      appended(story, { ...approver })
      approver.about = id
      story.documents.at(-1)!.body = canonicalJson({
        ...(JSON.parse(approver.body) as object),
        id: 'dana-whitlock',
      })
    },
    'body.statement.approver: was not on record as an approver before',
  ],
  [
    'an answer signed by another key',
    (story) => answered(story, {}, sam),
    'determination.json, at body.note: is not signed by the key on record for its approver',
  ],
  [
    'an answer by nobody on record',
    (story) => answered(story, { approver: 'kim-novak' }, sam),
    'body.statement.approver: was not on record as an approver before',
  ],
  [
    'an answer by who asked',
    (story) => answered(story, { requestedBy: 'DANA Whitlock' }),
    'body.statement.approver: is who asked for it',
  ],
  [
    'an answer for another register',
    (story) => answered(story, { register: 'x' }),
    'body.statement.register: is another register',
  ],
  [
    'an answer given twice',
    (story) => {
      answered(story, {})
      answered(story, { because: 'We asked again.' })
    },
    'body.statement.determination: was given before under one id',
  ],
])('is refused: %s', async (_what, change, found) => {
  expect(await finding(rewritten(made.pack, made.signer, change), made.signer)).toContain(found)
})

test('an answer that was signed holds', async () => {
  const pack = await rewrittenWithReceipts(made.pack, made.signer, (story) => answered(story, {}))
  expect(await finding(pack, made.signer)).toBe('')
})

test('that the recipient found other rows holds, and is the first thing that is said of what arrived', async () => {
  const pack = await rewrittenWithReceipts(made.pack, made.signer, (story) => {
    const document = opened(story, { rows: 10 })
    document.kind = 'release.disputed'
    story.entries[document.position - 1]!.kind = 'release.disputed'
  })
  const { says } = await verify(pack, made.signer)
  expect(says.join('\n')).toMatch(
    /the recipient signed that it found other rows than were sealed \(2018-06-13\)\.\n.*no receipt of the recipient is enclosed/,
  )
})

test('is refused: a receipt issued at another time than the pack', async () => {
  const [first] = receiptsIn(made.pack)
  const other = signReceipt({ ...first!.receipt, issued: { at: '2018-01-01T00:00:00Z' } }, made.signer)
  const pack = resigned(made.pack, made.signer, (files) =>
    files.set(first!.path, Buffer.from(canonicalJson(other))),
  )
  expect(await finding(pack, made.signer)).toContain('at issued.at: is not when the pack is as of')
})

test('is refused: a manifest that lists its files in another order, or itself', async () => {
  const with_ = (change: (manifest: PackManifest) => void) => {
    const manifest = structuredClone(manifestIn(made.pack))
    change(manifest)
    const text = canonicalJson(manifest)
    return finding(
      new Map(made.pack)
        .set('pack.json', Buffer.from(text))
        .set('pack.json.sig', Buffer.from(signNote(packSignedText(sha256Hex(text)), made.signer))),
      made.signer,
    )
  }
  expect(await with_(({ files }) => files.reverse())).toContain('files[1]: is not in the order of the names')
  expect(await with_(({ files }) => files.push({ ...files[0]!, path: 'pack.json' }))).toContain(
    'names the manifest itself',
  )
  expect(await with_(({ files }) => files.push(files.at(-1)!))).toContain('is there twice')
})

test('is refused: what is kept and is no checkpoint of this register', async () => {
  const kept = [{ name: 'note.txt', note: Buffer.from('hello\n') }]
  expect(await finding(made.pack, made.signer, { kept })).toContain(
    'note.txt: is no checkpoint that a key of this register signed',
  )
})
