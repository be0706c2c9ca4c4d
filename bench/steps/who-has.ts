// "Who has my data?" over a thousand releases: the releases one person is in, and the whole answer with names and states.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { CommittedBody } from '../../src/model/release.ts'
import { appendBatch, appendInOneTransaction } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import { documentDraft } from '../../src/register/record-document.ts'
import { REF_KEY_BYTES } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { releasesOf, writeMembers } from '../../src/register/release-members.ts'
import { whoHas } from '../../src/rights/who-has.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { type Figure, percentile, secondsOf } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const releases = 1_000
const peopleEnrolled = 60_000
const peopleAsked = 100
/** One in so many is left out of each release, the others are members. */
const leftOut = 3
const aimMilliseconds = 50

export async function askWhoHas(context: StepContext): Promise<Figure[]> {
  const name = context.postgresUrl === undefined ? 'PGlite' : 'PostgreSQL'
  const app = await openApp({ ...configuration(context), home: join(context.folder, `who-has-${name}`) })
  try {
    await fill(app.register)
    return [
      await asked(`the releases of one person, ${name}`, (subject) =>
        releasesOf(app.register.store, subject).then(({ length }) => length),
      ),
      await asked(`who has one person’s record, ${name}`, (subject) =>
        whoHas(app.register, subject).then(({ disclosures }) => disclosures.length),
      ),
    ]
  } finally {
    await app.close()
  }
}

async function fill(register: Register): Promise<void> {
  await appendBatch(register, {
    kind: 'import',
    actor: 'bench',
    idempotencyKey: 'people',
    contentHash: 'people',
    enrol: randomBytes(peopleEnrolled * REF_KEY_BYTES),
  })
  const subjects = Array.from({ length: peopleEnrolled }, (_, n) => n + 1)
  const drafts = Array.from({ length: releases }, (_, n) => [
    committed(
      `request-${n}@${n + 1}`,
      subjects.filter((subject) => (subject + n) % leftOut !== 0),
    ),
    document('release.delivered', `request-${n}@${n + 1}`, { folder: '' }),
  ])
  await appendInOneTransaction(register, drafts.flat())
}

function committed(release: string, members: readonly number[]): BatchDraft {
  const body: Omit<CommittedBody, 'release'> = {
    request: {
      id: release,
      dataset: 'members',
      recipient: 'recipient',
      role: 'controller',
      onBehalfOf: [],
      purpose: 'offers',
      channels: ['post'],
      fields: ['name', 'address', 'postcode'],
      consideration: 'none',
      requestedBy: 'bench',
      releaseAt: 0,
      useWindowDays: 30,
    },
    decision: 1,
    decisionSha256: '0'.repeat(64),
    approval: 1,
    approvalRule: 'second-person',
    recipientKey: 1,
    ageRecipient: '',
    format: 'csv',
    releaseAt: 1_525_435_200_000_000,
    artefact: { file: '', sha256: '0'.repeat(64) },
    datasetSha256: '0'.repeat(64),
    policyHash: '0'.repeat(64),
    packs: [],
    maskCodes: [],
    considered: peopleEnrolled,
    members: members.length,
    membershipSha256: '0'.repeat(64),
    removedSinceDecision: 0,
  }
  return {
    ...document('release.committed', release, body),
    extra: (session, position) => writeMembers(session, position, members),
  }
}

function document(
  kind: string,
  release: string,
  body: Omit<CommittedBody, 'release'> | { folder: string },
): BatchDraft {
  return documentDraft({ kind, about: release, body: canonicalJson({ release, ...body }), actor: 'bench' })
}

async function asked(did: string, ask: (subject: number) => Promise<number>): Promise<Figure> {
  await ask(1)
  const seconds: number[] = []
  let found = 0
  for (let n = 0; n < peopleAsked; n++)
    seconds.push(
      await secondsOf(async () => {
        found += await ask(1 + ((n * 599) % peopleEnrolled))
      }),
    )
  const sorted = seconds.toSorted((a, b) => a - b)
  const milliseconds = { p50: 1000 * percentile(sorted, 50), p99: 1000 * percentile(sorted, 99) }
  return {
    did: `${did} (${releases.toLocaleString('en-GB')} releases)`,
    size: { count: peopleAsked, of: 'people' },
    milliseconds,
    perSecond: peopleAsked / seconds.reduce((total, each) => total + each, 0),
    aim: { says: `≤ ${aimMilliseconds} ms`, met: milliseconds.p50 <= aimMilliseconds },
    counts: { found },
  }
}
