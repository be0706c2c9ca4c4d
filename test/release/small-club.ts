// A club of some hundred people, one dataset, one recipient, one agreement, an approver and a recipient that proved its keys:
// as little as a release needs, made in under a second. Needs no test runner, so that a process to be killed can open it too.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAgeIdentity } from '../../src/adapters/age/age-identity.ts'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { ReleaseLeaves, refOf } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, parseVerifierKey } from '../../src/log/signed-note.ts'
import { type EventKind, eventColumns, eventKinds } from '../../src/model/event.ts'
import { type Instant, instantFromIso } from '../../src/model/instant.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { RecipientCard } from '../../src/model/release.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { channels } from '../../src/model/vocabulary.ts'
import { policyItems } from '../../src/policy/policy-items.ts'
import { answerChallenge } from '../../src/recipient/answer-challenge.ts'
import { makeCard } from '../../src/recipient/make-card.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { publishPolicy, readPublishedPolicy } from '../../src/register/publish-policy.ts'
import { refKey } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { readSecrets } from '../../src/register/secrets/read-secrets.ts'
import { termNumbers } from '../../src/register/term-numbers.ts'
import { addApprover } from '../../src/release/add-approver.ts'
import { addRecipientKey } from '../../src/release/add-recipient-key.ts'
import { approveRequest } from '../../src/release/approve-request.ts'
import { type CheckResult, checkRequest } from '../../src/release/check-request.ts'
import type { ReleaseContext } from '../../src/release/decision-context.ts'
import { verifyRecipientKey } from '../../src/release/verify-recipient-key.ts'
import { type App, type OpenAppOptions, openApp } from '../../src/service/open-app.ts'
import { readPolicyBook } from '../../src/service/policy-book.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'

export const minute = 60_000_000
export const hour = 60 * minute
export const day = 24 * hour

/** When the story begins; consents were given three months earlier, and hold for six. */
export const start = instantFromIso('2018-06-12T09:00:00Z')
const joinedAt = instantFromIso('2018-03-12T09:00:00Z')

export const recipient = 'acorn'
const notice = 'form@2017-01'
const dana = signerFromSeed(new Uint8Array(32).fill(11))
export const sam = signerFromSeed(new Uint8Array(32).fill(12))
const acornSigner = signerFromSeed(new Uint8Array(32).fill(13))

/** A clock that stands until it is set; what is recorded is a microsecond apart all the same. */
export type StandingClock = { at: Instant }

export type ClubOptions = {
  home: string
  databaseUrl?: string
  clock?: StandingClock
  people?: number
  policy?: Partial<Policy>
  /** When these people said yes, by number from 1; the others three months before the start. */
  consentAt?: (person: number) => Instant
  /** Leaves the recipient without any key, or with one it has not proved to hold. */
  recipientKey?: 'none' | 'unverified'
  /** Puts itself between the app and what can fail under it. */
  decorate?: OpenAppOptions['decorate']
}

export type Club = {
  app: App
  clock: StandingClock
  people: number
  /** Where the people's data lie: the only place they belong. */
  dataFile: string
  keys: RecipientKeys
  context(): Promise<ReleaseContext>
  close(): Promise<void>
}

/** Everything up to, and without, the first question. */
export async function foundClub(options: ClubOptions): Promise<Club> {
  const { people = 40, home } = options
  mkdirSync(join(home, 'data'), { recursive: true })
  writeFileSync(join(home, 'data', 'members.csv'), membersFile(people))
  const { identity, recipient: ageRecipient } = await makeAgeIdentity()
  writeFileSync(join(home, 'people.txt'), `${people}`)
  mkdirSync(join(home, 'acorn'))
  writeFileSync(join(home, 'acorn', 'identity.txt'), `${identity}\n${ageRecipient}\n`)
  const club = await openClub(options)
  const { register } = club.app
  await publishPolicy(register, policyItems({ ...policy, ...options.policy }), 'dpo')
  await enrol(register, people, options.consentAt ?? (() => joinedAt))
  await addApprover(register, { name: 'Dana Whitlock', publicKey: dana.publicKey, actor: 'dpo' })
  await addApprover(register, { name: 'Sam Idris', publicKey: sam.publicKey, actor: 'dpo' })
  if (options.recipientKey !== 'none') await addKey(club, options.recipientKey !== 'unverified')
  return club
}

/** The club as an earlier process left it. */
export async function openClub(options: ClubOptions): Promise<Club> {
  const { home, databaseUrl, clock = { at: start }, decorate } = options
  const configuration = {
    home,
    databaseUrl,
    memoryLimit: '200MB',
    actor: 'club',
    signedStateFile: join(home, 'keys', 'last-signed'),
    logOrigin: 'club.example/register',
    now: () => clock.at,
  }
  const app = await openApp(configuration, decorate && { decorate })
  const dataFile = join(home, 'data', 'members.csv')
  const [identity, ageRecipient] = readFileSync(join(home, 'acorn', 'identity.txt'), 'utf8').split('\n')
  return {
    app,
    clock,
    people: Number(readFileSync(join(home, 'people.txt'), 'utf8')),
    dataFile,
    keys: recipientKeysFor(app.register, identity!, ageRecipient!),
    context: () => app.decisionContext(() => dataFile),
    close: () => app.close(),
  }
}

function recipientKeysFor(register: Register, identity: string, ageRecipient: string): RecipientKeys {
  const origin = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
  return {
    card: makeCard(recipient, ageRecipient, acornSigner.publicKey),
    identities: [identity],
    signer: { name: recipient, ...acornSigner },
    trusted: [parseVerifierKey(origin)],
  }
}

/** The recipient's card on record, and the recipient's answer to the challenge. */
export async function addKey({ app, keys }: Club, verified = true): Promise<RecipientCard> {
  const { register, configuration } = app
  const { policy: published } = await readPolicyBook(register)
  const path = join(configuration.home, 'acorn', `challenge-${register.now()}.age`)
  rmSync(path, { force: true })
  const { card } = keys
  await addRecipientKey(register, ageSealer, published, { recipient, card, path, actor: 'dpo' })
  if (!verified) return card
  const { answer } = await answerChallenge(ageUnsealer, keys, path)
  await verifyRecipientKey(register, { recipient, answer, actor: 'dpo' })
  return card
}

// --- what is declared --------------------------------------------------------------------------------------------

export const policy: Policy = {
  controller: {
    ...{ id: 'club', name: 'Club Ltd', jurisdiction: 'uk', zone: 'Europe/London' },
    approval: { rule: 'second-person', validHours: 72 },
  },
  entities: [
    {
      id: recipient,
      names: [{ name: 'Little Acorn Foods Ltd' }],
      brands: [],
      sectors: ['food'],
      country: 'GB',
      dueDiligence: { on: 20180101, until: 20200101, by: 'Dana Whitlock' },
    },
    { id: 'other', names: [{ name: 'Other Ltd' }], brands: [], sectors: [], country: 'GB' },
  ],
  purposes: [{ id: 'offers', text: 'Offers by Little Acorn', dpv: 'dpv:DirectMarketing' }],
  notices: [
    {
      ...{ notice: 'form', version: '2017-01', id: notice, effectiveOn: 20170101, routes: ['online'] },
      ...{
        language: 'en-GB',
        materialChange: true,
        wording: 'We share your name, your e-mail address and that you are a member.',
      },
      recipients: [{ entity: recipient, quote: '' }],
      list: 'closed',
      purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
      channels: [{ channel: 'email', quote: '' }],
      categories: ['name', 'email', 'purchases'],
      rightToObject: 'You may object.',
      consentForm: 'separate',
      readBy: 'Dana Whitlock',
    },
  ],
  attributions: [],
  processing: [{ id: 'offers', purpose: 'offers', recipients: [recipient, 'other'], from: 20180101 }],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  agreements: [
    {
      ...{ id: 'acorn-2018', recipient, form: 'agreement', signedOn: 20180101, effectiveFrom: 20180101 },
      ...{ purposes: ['offers'], channels: ['email'], fields: ['full_name', 'email'], endClients: [] },
      ...{ ownUse: [], consideration: 'none', deleteWithinDays: 60, applyRemovalsWithinHours: 48 },
      power: 'The club may share its list; no contract or confidence stands against it.',
    },
  ],
  assessments: [],
  determinations: [],
  datasets: [
    {
      ...{ id: 'members', location: 'members.csv', format: 'csv', contact: {}, childrenLikely: false },
      key: { column: 'member_no', kind: 'member' },
      source: { tells: 'she is a member', categories: ['purchases'] },
      fields: [
        { name: 'member_no', type: 'text', category: 'identifier', about: 'subject' },
        { name: 'full_name', type: 'text', category: 'name', about: 'subject' },
        { name: 'email', type: 'text', category: 'email', about: 'subject' },
        { name: 'home_address', type: 'text', category: 'postal-address', about: 'household' },
      ],
    },
  ],
}

export function requestOf(
  id: string,
  releaseAt: Instant,
  more: Partial<SharingRequest> = {},
): SharingRequest {
  return {
    ...{ id, dataset: 'members', recipient, role: 'controller', onBehalfOf: [], purpose: 'offers' },
    ...{ channels: ['email'], basis: 'consent', fields: ['full_name', 'email'], consideration: 'none' },
    ...{ agreement: 'acorn-2018', necessity: 'An offer by e-mail needs a name and an address.' },
    ...{ requestedBy: 'Sam Idris', releaseAt, useWindowDays: 28 },
    ...more,
  }
}

/** Publishes the policy as it is with one change. */
export async function changePolicy({ app }: Club, change: (policy: Policy) => Policy): Promise<void> {
  const { policy: published } = await readPolicyBook(app.register)
  await publishPolicy(app.register, policyItems(change(published)), 'dpo')
}

// --- people ------------------------------------------------------------------------------------------------------

/** Values that stand nowhere else in the world: whoever finds one of them knows where it came from. */
export const canaries = ['Quetzalname', 'qzkmail', 'Xyzzylane', 'ZQM-']

export const memberNo = (person: number) => `ZQM-${String(person).padStart(5, '0')}`
const emailOf = (person: number) => `qzkmail${person}@club.example`

function membersFile(people: number): string {
  const rows = Array.from({ length: people }, (_, index) => {
    const person = index + 1
    return `${memberNo(person)},Quetzalname ${person},${emailOf(person)},"${person} Xyzzylane, Plughton"\r\n`
  })
  return `member_no,full_name,email,home_address\r\n${rows.join('')}`
}

/** People become subjects 1, 2, … in the order of the file. */
async function enrol(register: Register, people: number, consentAt: (person: number) => Instant) {
  const keys = Array.from({ length: people }, (_, index) =>
    refKey(register.keys, 'member', memberNo(index + 1)),
  )
  const told = keys.map((_, index) => ({ subject: -(index + 1), at: consentAt(index + 1) }))
  await appendBatch(register, {
    ...{ kind: 'import', actor: 'club', idempotencyKey: 'the people', contentHash: '' },
    enrol: new Uint8Array(Buffer.concat(keys)),
    events: await toldAndAsked(register, told, true),
  })
}

/** These people are asked again, and say yes. */
export async function askAgain(
  register: Register,
  subjects: readonly number[],
  at: Instant,
): Promise<number> {
  const { position } = await appendBatch(register, {
    ...{ kind: 'import', actor: 'club', idempotencyKey: `asked again at ${at}`, contentHash: '' },
    events: await toldAndAsked(
      register,
      subjects.map((subject) => ({ subject, at })),
      false,
    ),
  })
  return position
}

async function toldAndAsked(
  register: Register,
  people: readonly { subject: number; at: Instant }[],
  told: boolean,
) {
  const number = async (kind: 'source' | 'recipient' | 'purpose' | 'route', name: string) =>
    (await termNumbers(register, kind, [name])).get(name)!
  const [source, acorn, offers, online] = [
    await number('source', 'web form'),
    await number('recipient', recipient),
    await number('purpose', 'offers'),
    await number('route', 'online'),
  ]
  const shown = (await readPublishedPolicy(register)).find(({ kind }) => kind === 'notice')!.number
  const kinds: EventKind[] = told ? ['presentation', 'consent'] : ['consent']
  const events = eventColumns(people.length * kinds.length)
  people.forEach(({ subject, at }, index) => {
    kinds.forEach((kind, nth) => {
      const row = index * kinds.length + nth
      events.subject[row] = subject
      events.kind[row] = eventKinds[kind].number
      events.earliest[row] = at
      events.latest[row] = at
      events.grade[row] = 1
      events.source[row] = source
      events.notice[row] = shown
      if (kind === 'presentation') events.route[row] = online
      else {
        events.purpose[row] = offers
        events.recipient[row] = acorn
        events.channel[row] = channels.email
        events.qualifier[row] = eventKinds.consent.qualifiers.given
      }
    })
  })
  return events
}

/** What every statement of these tests has in common. */
export function statement(subject: number, at: Instant) {
  return {
    person: { subject },
    at: { earliest: at, latest: at },
    grade: 'A',
    source: 'letter',
    actor: 'club',
  } as const
}

// --- asked, approved, opened -------------------------------------------------------------------------------------

/** Asked now and approved by Dana; whoever may leave, may leave now. */
export async function askAndApprove(
  club: Club,
  id: string,
  more: Partial<SharingRequest> = {},
): Promise<CheckResult> {
  const context = await club.context()
  const result = await checkRequest(context, requestOf(id, club.clock.at, more))
  await approveRequest(club.app.register, context.policy, { request: id, signer: dana })
  return result
}

export type Opened = { refs: string[]; subjects: number[]; records: string; released: string }

/** As the recipient opens it, everything checked; the people by the addresses that arrived, in the order of the file. */
export async function open(club: Club, folder: string, out: string): Promise<Opened> {
  const desk = { ...recipientDesk, now: () => club.clock.at }
  const { recordsPath, receipt } = await openDelivery(desk, club.keys, { folder, out })
  const records = readFileSync(recordsPath, 'utf8')
  const rows = records.split('\r\n').slice(1, -1)
  return {
    records,
    refs: rows.map((row) => row.slice(0, 16)),
    subjects: rows.map((row) => Number(/qzkmail(\d+)@/.exec(row)?.[1])),
    released: receipt.released,
  }
}

/** The references of a removal, as the recipient reads them. */
export async function openRemoval({ keys }: Club, folder: string): Promise<string[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of ageUnsealer.open(keys.identities, join(folder, 'removals.csv.age')))
    chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1').split('\r\n').slice(1, -1)
}

/** What a person's line is called in a release, worked out from her secret as only the register can. */
export async function refsOfPeople(
  { app, people }: Club,
  release: string,
): Promise<{ refOf(subject: number): string; subjectOf(ref: string): number | undefined }> {
  const { store, keys, registerId } = app.register
  const secrets = await readSecrets(
    store,
    keys,
    Int32Array.from({ length: people }, (_, index) => index + 1),
  )
  const leaves = new ReleaseLeaves(registerId, release)
  const opening = Buffer.alloc(32)
  const key = Buffer.alloc(32)
  const refs = Array.from({ length: people }, (_, index) => {
    leaves.rowOpening(secrets.bytes, secrets.at.get(index + 1)!, 0, opening, 0)
    leaves.releasedKey(opening, 0, key, 0)
    return refOf(key)
  })
  const subjects = new Map(refs.map((ref, index) => [ref, index + 1]))
  return { refOf: (subject) => refs[subject - 1]!, subjectOf: (ref) => subjects.get(ref) }
}
