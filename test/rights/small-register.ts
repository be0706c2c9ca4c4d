// A register with a policy, seven people with events in small and large batches, and releases made by hand: members, trees,
// documents, as the release room leaves them.
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, verdictBytes } from '../../src/log/release-leaves.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import { eventColumns } from '../../src/model/event.ts'
import type { LegalEntity, SharingAgreement } from '../../src/model/policy.ts'
import type { ReasonCode } from '../../src/model/reason.ts'
import type { CommittedBody, SealedColumn } from '../../src/model/release.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import { type PolicyItem, publishPolicy } from '../../src/register/publish-policy.ts'
import { documentDraft, recordDocument } from '../../src/register/record-document.ts'
import { recordEvent } from '../../src/register/record-event.ts'
import { refKey } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { writeMembers } from '../../src/register/release-members.ts'
import { readSecrets } from '../../src/register/secrets/read-secrets.ts'
import type { ReleaseFiles, Verdict } from '../../src/rights/release-files.ts'

export const people = 7
export const maskCodes: ReasonCode[] = ['S301', 'S310', 'N402']

/** 4 May 2018, noon in UTC. */
export const releaseAt = 1_525_435_200_000_000
/** Little Acorn Foods was Acorn Ltd until this day. */
const renamedOn = 20180601

export async function fillRegister(register: Register): Promise<void> {
  await publishPolicy(register, policy(), 'dpo')
  await enrolPeople(register)
  await recordEvent(register, 'consent', {
    person: { subject: 3 },
    at: { earliest: 1_493_942_400_000_000, latest: 1_494_028_800_000_000 },
    grade: 'A',
    source: 'web form',
    actor: 'intake',
    jurisdiction: 'uk',
    statedText: 'am fünften Mai 2017',
    purpose: 'offers',
    recipient: 'little-acorn',
    channel: 'email',
    qualifier: 'given',
  })
  await recordEvent(register, 'protection', {
    person: { subject: 3 },
    at: { earliest: -86_400_000_000, latest: -1 },
    grade: 'C',
    source: 'letter',
    actor: 'intake',
    qualifier: 'safety',
  })
}

function policy(): PolicyItem[] {
  const entity = (id: string, names: LegalEntity['names']): PolicyItem => ({
    kind: 'entity',
    name: id,
    body: canonicalJson({ id, names, brands: [], sectors: [] }),
  })
  const agreement: SharingAgreement = {
    id: 'acorn-2018',
    recipient: 'little-acorn',
    form: 'agreement',
    signedOn: 20180101,
    effectiveFrom: 20180101,
    purposes: ['offers'],
    channels: ['post'],
    fields: ['name', 'born_on'],
    endClients: [],
    ownUse: [],
    consideration: 'none',
    deleteWithinDays: 30,
    transforms: [{ field: 'born_on', as: 'coarsen', to: 'year' }],
  }
  return [
    {
      kind: 'controller',
      name: 'club',
      body: canonicalJson({ id: 'club', name: 'Baby Club Ltd', jurisdiction: 'uk', zone: 'Europe/London' }),
    },
    entity('little-acorn', [
      { name: 'Acorn Ltd', to: renamedOn },
      { name: 'Little Acorn Foods Ltd', from: renamedOn },
    ]),
    entity('broker', [{ name: 'Meridian Data Services Ltd' }]),
    { kind: 'purpose', name: 'offers', body: canonicalJson({ id: 'offers', text: 'offers for babies' }) },
    { kind: 'agreement', name: 'acorn-2018', body: canonicalJson(agreement) },
  ]
}

/** All in one batch, in which each has the events number − 1: odd places and a tree that is no power of two. */
async function enrolPeople(register: Register): Promise<void> {
  const keys = Array.from({ length: people }, (_, k) => refKey(register.keys, 'member', `M-${k + 1}`))
  const subjects = keys.flatMap((_, k) => Array.from({ length: k }, () => -(k + 1)))
  const events = eventColumns(subjects.length)
  for (const [row, subject] of subjects.entries()) {
    events.subject[row] = subject
    events.kind[row] = 4
    events.earliest[row] = 1_400_000_000_000_000 + row
    events.latest[row] = 1_400_000_000_000_000 + row
    events.grade[row] = 2
    events.source[row] = 1
    events.qualifier[row] = 1
  }
  await appendBatch(register, {
    kind: 'import',
    actor: 'intake',
    idempotencyKey: 'the people',
    contentHash: '',
    enrol: new Uint8Array(Buffer.concat(keys)),
    events,
  })
}

// --- releases ----------------------------------------------------------------------------------------------------

/** A row of the dataset: whose, and what was decided. */
export type DecidedRow = { subject: number; verdict: Verdict }

export function request(more: Partial<SharingRequest> = {}): SharingRequest {
  return {
    id: 'post',
    dataset: 'members',
    recipient: 'little-acorn',
    role: 'controller',
    onBehalfOf: [],
    purpose: 'offers',
    channels: ['post'],
    basis: 'legitimate-interests',
    fields: ['name', 'born_on'],
    consideration: 'none',
    agreement: 'acorn-2018',
    requestedBy: 'Someone',
    releaseAt,
    useWindowDays: 30,
    ...more,
  }
}

/** Members and document; resolves with the position that commits it. */
export async function commit(
  register: Register,
  release: string,
  members: readonly number[],
  more: Partial<CommittedBody> = {},
): Promise<number> {
  return (await appendBatch(register, commitDraft(release, members, more))).position
}

export function commitDraft(
  release: string,
  members: readonly number[],
  more: Partial<CommittedBody> = {},
): BatchDraft {
  const body: CommittedBody = {
    release,
    request: request(),
    decision: 1,
    decisionSha256: '',
    approval: 1,
    approvalRule: 'second-person',
    recipientKey: 1,
    ageRecipient: 'age1…',
    format: 'csv',
    releaseAt,
    artefact: { file: `${release}.parquet`, sha256: '' },
    datasetSha256: '',
    policyHash: '',
    packs: [],
    maskCodes,
    considered: people,
    members: members.length,
    membershipSha256: '',
    removedSinceDecision: 0,
    ...more,
  }
  return {
    ...documentDraft({ kind: 'release.committed', about: release, body: canonicalJson(body), actor: 'lead' }),
    extra: (session, at) => writeMembers(session, at, members),
  }
}

export function deliveredDraft(release: string): BatchDraft {
  const body = canonicalJson({ release, folder: 'somewhere' })
  return documentDraft({ kind: 'release.delivered', about: release, body, actor: 'lead' })
}

export async function record(
  register: Register,
  kind: string,
  release: string,
  body: object,
): Promise<number> {
  const text = canonicalJson(JSON.parse(JSON.stringify({ release, ...body })))
  return (await recordDocument(register, { kind, about: release, body: text, actor: 'lead' })).position
}

export async function takeOut(
  register: Register,
  release: number,
  subject: number,
  position: number,
  stage: 'amended' | 'recalled',
  verdict: Verdict = { outcome: 0, fields: 0, masks: [1] },
): Promise<void> {
  await register.store.query(
    'insert into register.release_removal (release, subject, position, stage, verdict) values ($1, $2, $3, $4, $5)',
    [release, subject, position, stage, canonicalJson({ ...verdict, masks: [...verdict.masks] })],
  )
}

export const sealedFields: SealedColumn[] = [
  { name: 'name', treatment: 'keep', partly: true },
  { name: 'born_on', treatment: 'coarsen', note: 'year only', partly: false },
]

/** The trees over these rows, and the `sealed` document with their roots. */
export async function seal(
  register: Register,
  release: string,
  rows: readonly DecidedRow[],
  members: readonly number[],
): Promise<ReleaseFiles> {
  const { decided, released } = await treesOf(register, release, rows, members)
  const hash = '0'.repeat(64)
  await record(register, 'release.sealed', release, {
    asOf: 1,
    members: members.length,
    considered: rows.length,
    released: Buffer.from(released.root).toString('hex'),
    decided: Buffer.from(decided.root).toString('hex'),
    manifestSha256: hash,
    recordsSha256: hash,
    proofSha256: hash,
    columns: sealedFields,
    outbox: '00000000-0000-4000-8000-000000000000',
    readmeSha256: '0'.repeat(64),
    ageRecipient: 'age1…',
  })
  const bytes = { decided: Buffer.concat(decided.toBytes()), released: Buffer.concat(released.toBytes()) }
  return {
    openTree: async (of, tree) =>
      of !== release
        ? undefined
        : {
            sizeBytes: bytes[tree].length,
            readAt: async (offset, length) => bytes[tree].subarray(offset, offset + length),
            close: async () => {},
          },
    readVerdicts: async ({ file }, subject) =>
      file === `${release}.parquet`
        ? rows.filter((row) => row.subject === subject).map(({ verdict }) => verdict)
        : undefined,
  }
}

async function treesOf(
  register: Register,
  release: string,
  rows: readonly DecidedRow[],
  members: readonly number[],
) {
  const all = Int32Array.from({ length: people }, (_, k) => k + 1)
  const { bytes, at } = await register.store.transaction((session) =>
    readSecrets(session, register.keys, all),
  )
  const leaves = new ReleaseLeaves(register.registerId, release)
  const decided = Buffer.alloc(64 * rows.length)
  const released = Buffer.alloc(64 * rows.length)
  const opening = Buffer.alloc(32)
  const seen = new Map<number, number>()
  let count = 0
  for (const [row, { subject, verdict }] of rows.entries()) {
    const ordinal = seen.get(subject) ?? 0
    seen.set(subject, ordinal + 1)
    const secretAt = at.get(subject)!
    const { outcome, fields, masks } = verdict
    leaves.decidedKey(bytes, secretAt, ordinal, decided, 64 * row)
    const left = members.includes(subject)
    const verdictOf = verdictBytes(outcome, left ? fields : 0, masks)
    leaves.decidedCommitment(bytes, secretAt, ordinal, verdictOf, decided, 64 * row + 32)
    if (!left) continue
    leaves.rowOpening(bytes, secretAt, ordinal, opening, 0)
    leaves.releasedKey(opening, 0, released, 64 * count)
    released.fill(row + 1, 64 * count + 32, 64 * count + 64)
    count++
  }
  return { decided: buildPrefixTree(decided, rows.length), released: buildPrefixTree(released, count) }
}
