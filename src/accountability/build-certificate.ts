// The recipient's due-diligence certificate: of each row it got, under which notice the person was told, when, and by what
// evidence. The figures anybody may read; the rows are sealed to the recipient, who alone knows whose they are.

import { toHex } from '../log/bytes.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { ReleaseLeaves, refOf } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { parseProof } from '../log/tlog-proof.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import {
  type Certificate,
  type CertifiedNotice,
  certificateFiles,
  certificateFormat,
  certificateSignedText,
  certifiedRowsHeader,
} from '../model/certificate.ts'
import { instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { SealedBody } from '../model/release.ts'
import { type EvidenceGrade, grades, nameOf } from '../model/vocabulary.ts'
import { type BatchProof, proveBatch } from '../register/prove-batch.ts'
import { logVerifier } from '../register/publish-log.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type ManySecrets, readManySecrets } from '../register/secrets/read-secrets.ts'
import { partyOf, registerIdentity, signAsRegister } from '../release/build-manifest.ts'
import type { OnStep, ReleaseContext } from '../release/decision-context.ts'
import { readRecipientKey } from '../release/read-recipient-key.ts'
import type { Stated } from '../release/read-release.ts'
import { ascendingSubjects } from '../release/verdict-table.ts'
import { holdPeople } from './pack-people.ts'
import { type NoticeVersions, noticesOf } from './pack-policy.ts'
import { findPackReleases, type PackRelease } from './pack-releases.ts'
import { namedHow } from './pack-story.ts'
import { dayWriter } from './people-csv.ts'
import { dropShowings, loadShowings, type PeopleTable } from './people-table.ts'
import { hasLeft } from './release-figures.ts'

export type BuiltCertificate = { certificate: Certificate; text: string; signature: string }

/** `folder` is there and empty: the sealed rows are written into it, the rest is the caller's to write. */
export async function buildCertificate(
  context: ReleaseContext,
  release: string,
  { folder, onStep }: { folder: string; onStep: OnStep },
): Promise<BuiltCertificate> {
  return context.engine.inTurn(async () => {
    try {
      return await build(context, release, { folder, onStep })
    } finally {
      await dropShowings(context)
    }
  })
}

async function build(
  context: ReleaseContext,
  id: string,
  { folder, onStep }: { folder: string; onStep: OnStep },
): Promise<BuiltCertificate> {
  const { register } = context
  const [release] = await findPackReleases(context, { release: id }, Number.MAX_SAFE_INTEGER)
  const sealed = release!.state.delivered === undefined ? undefined : release!.state.sealed
  if (sealed === undefined) throw new Problem('release.not_found', `${id} was not delivered`)
  onStep({ step: 'reading what people were shown', done: 0 })
  await loadShowings(context, release!.decision.body.position)
  const table = await peopleOf(context, release!, sealed)
  const notices = noticesOf(await readPublishedPolicy(register))
  const secrets = await readManySecrets(register.store, register.keys, ascendingSubjects(table))
  const counted = countRows(table, secrets, notices)
  onStep({ step: 'sealing the rows', done: 0 })
  const key = await readRecipientKey(register.store, release!.request.recipient)
  const { sha256, sizeBytes } = await context.sealer.seal(
    key.card.ageRecipient,
    rowChunks(new ReleaseLeaves(register.registerId, id), { table, secrets, notices }),
    `${folder}/${certificateFiles.rows}`,
  )
  const certificate: Certificate = {
    format: certificateFormat,
    ...partiesOf(context, release!, key.card.ageRecipient),
    manifestSha256: sealed.body.manifestSha256,
    roots: { released: sealed.body.released, decided: sealed.body.decided },
    notices: counted.notices.map((notice) => named(notice, release!, notices)),
    rows: counted.rows,
    erased: counted.erased,
    file: { file: certificateFiles.rows, sha256, sizeBytes },
    ...(await provenSealed(context, sealed)),
  }
  const text = canonicalJson(certificate)
  const signature = signAsRegister(register, certificateSignedText(id, sha256Hex(text)))
  return { certificate, text, signature }
}

async function peopleOf(
  context: ReleaseContext,
  release: PackRelease,
  sealed: Stated<SealedBody>,
): Promise<PeopleTable> {
  const people = await holdPeople(context, context.packs, {
    requestedAt: () => release.decision.recordedAt,
    asOf: sealed.position,
  }).of(release)
  if ('missing' in people) throw new Problem('decision.changed', people.missing)
  return people
}

function partiesOf(
  { register }: ReleaseContext,
  { release, request, policy }: PackRelease,
  ageRecipient: string,
): Pick<Certificate, 'release' | 'register' | 'controller' | 'recipient'> {
  return {
    release,
    register: registerIdentity(register),
    controller: { id: policy.controller.id, name: policy.controller.name },
    recipient: { ...partyOf(policy, request.recipient, request.releaseAt), ageRecipient },
  }
}

async function provenSealed(
  context: ReleaseContext,
  { position, document }: Stated<SealedBody>,
): Promise<Pick<Certificate, 'sealed' | 'asOf'>> {
  const { register, log } = context
  const { entry, proof } = await proveBatch(register, log, position)
  return {
    sealed: {
      position,
      body: document.body,
      salt: toHex(document.salt),
      entry: new TextDecoder().decode(entry),
      proof,
    },
    asOf: await treeOf(context, proof),
  }
}

async function treeOf(
  { register }: ReleaseContext,
  proof: BatchProof['proof'],
): Promise<Certificate['asOf']> {
  const { checkpoint } = parseProof(proof)
  const { size, root } = openCheckpoint(checkpoint, logVerifier(register))
  const [last] = await register.store.query<{ recorded_at: number }>(
    'select recorded_at from register.batch where position = $1',
    [size],
  )
  return { size, root: toHex(root), recordedAt: instantToIso(last!.recorded_at) }
}

// --- rows --------------------------------------------------------------------------------------------------------

type Rows = { table: PeopleTable; secrets: ManySecrets; notices: NoticeVersions }

type CountedNotice = Omit<CertifiedNotice, 'names'> & { number: number }

function countRows(
  table: PeopleTable,
  secrets: ManySecrets,
  notices: NoticeVersions,
): { notices: CountedNotice[]; rows: number; erased: number } {
  const counted = new Map<number, CountedNotice>()
  const day = dayWriter()
  let rows = 0
  let erased = 0
  for (let line = 0; line < table.count; line++) {
    if (!hasLeft(table.outcomes[line]!)) continue
    if (secrets.at(table.subjects[line]!) === undefined) {
      erased++
      continue
    }
    rows++
    const number = table.notices[line]!
    if (number === 0) continue
    const shown = day(table.shown[line]!)
    const known = counted.get(number) ?? { ...noneYet(number, notices), shownFrom: shown, shownTo: shown }
    counted.set(number, known)
    known.rows++
    known.grades[nameOf(grades, table.grades[line]!)]++
    if (shown < known.shownFrom) known.shownFrom = shown
    if (shown > known.shownTo) known.shownTo = shown
  }
  return { notices: [...counted.values()].sort((one, other) => one.number - other.number), rows, erased }
}

function noneYet(number: number, notices: NoticeVersions) {
  const { id, sha256 } = notices.get(number)!
  const none: Record<EvidenceGrade, number> = { A: 0, B: 0, C: 0 }
  return { number, notice: id, sha256, rows: 0, grades: none }
}

function named(
  { number, ...notice }: CountedNotice,
  { request, policy }: PackRelease,
  notices: NoticeVersions,
): CertifiedNotice {
  return { ...notice, names: namedHow(notices.get(number)!.version, request, policy) }
}

const CHUNK_LINES = 4096

/** References are made from the secrets again, as nothing that leads from one to a person is kept. */
function* rowChunks(leaves: ReleaseLeaves, { table, secrets, notices }: Rows): Generator<Uint8Array> {
  const day = dayWriter()
  const ofSubject = new Uint32Array(table.subjects.reduce((most, subject) => Math.max(most, subject), 0) + 1)
  const key = Buffer.alloc(HASH_BYTES)
  let text = `${certifiedRowsHeader}\r\n`
  for (let line = 0; line < table.count; line++) {
    const subject = table.subjects[line]!
    // A row's number counts every considered row of its person, as in the trees.
    const ordinal = ofSubject[subject]!++
    const at = secrets.at(subject)
    if (at !== undefined && hasLeft(table.outcomes[line]!)) {
      leaves.rowOpening(secrets.bytes, at, ordinal, key, 0)
      leaves.releasedKey(key, 0, key, 0)
      text += rowText(refOf(key), { table, line, day, notices })
    }
    if (line % CHUNK_LINES !== 0) continue
    yield Buffer.from(text, 'latin1')
    text = ''
  }
  yield Buffer.from(text, 'latin1')
}

function rowText(
  ref: string,
  {
    table,
    line,
    day,
    notices,
  }: { table: PeopleTable; line: number; day: (day: number) => string; notices: NoticeVersions },
): string {
  const notice = table.notices[line]!
  if (notice === 0) return `${ref},,,\r\n`
  return `${ref},${notices.get(notice)!.id},${day(table.shown[line]!)},${nameOf(grades, table.grades[line]!)}\r\n`
}
