// A person's receipt: everything the register holds of one person, opened, with the proofs that it is what the log says.
import { encodeVerifierKey, signNote } from '../log/signed-note.ts'
import { parseProof } from '../log/tlog-proof.ts'
import { canonicalHash, canonicalJson } from '../model/canonical.ts'
import { eventKinds } from '../model/event.ts'
import { instantToIso } from '../model/instant.ts'
import {
  type CommittedFields,
  closedWord,
  codedWords,
  type EventWords,
  type OpenedRelease,
  type PersonReceipt,
  personReceiptFormat,
  personReceiptSignedText,
  type ReleaseWords,
} from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import type { CommittedBody, SealedBody } from '../model/release.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { type BatchProof, proveBatch } from '../register/prove-batch.ts'
import { publishLog } from '../register/publish-log.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type Openings, readOpenings } from '../register/read-openings.ts'
import { type ReleaseDocument, readReleaseDocuments } from '../register/read-release-documents.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { type Membership, releasesOf } from '../register/release-members.ts'
import { readTerms } from '../register/term-numbers.ts'
import { openRows } from './open-rows.ts'
import { type PolicyThen, policyByPosition } from './policy-then.ts'
import type { ReleaseFiles, Verdict } from './release-files.ts'
import { sealedAtLast } from './sealed-at-last.ts'

/** `grounds`: also opened is why somebody must not be contacted. */
export type ReceiptOptions = { grounds: boolean }

/** Canonical JSON of a `PersonReceipt`. Publishes the log first: what is not published cannot be proved. */
export async function issueReceipt(
  register: Register,
  places: LogPlaces,
  files: ReleaseFiles,
  subject: number,
  options: ReceiptOptions = { grounds: false },
): Promise<string> {
  await publishLog(register, places)
  const openings = await readOpenings(register, subject)
  const releases = await releasesOfPerson(register, files, {
    registerId: register.registerId,
    subject,
    secret: openings.secret,
  })
  const prove = await provenTogether(register, places, positionsOf(openings, releases))
  const receipt: Omit<PersonReceipt, 'signature'> = {
    format: personReceiptFormat,
    register: {
      id: register.registerId,
      origin: register.logOrigin,
      verifierKey: encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey),
    },
    subject,
    secret: hex(openings.secret),
    enrolment: {
      ...prove(openings.enrolment.position),
      index: openings.enrolment.index,
      path: openings.enrolment.path.map(hex),
    },
    events: await eventsOf(
      register,
      openings,
      prove,
      options.grounds ? new Map() : await closedOf(register, subject),
    ),
    releases: releases.map(({ sealed, ...release }) =>
      sealed === undefined
        ? release
        : { ...release, sealed: { ...prove(sealed.position), ...opened(sealed) } },
    ),
  }
  const signer = { name: register.logOrigin, ...register.keys.signer }
  return canonicalJson({
    ...receipt,
    signature: signNote(personReceiptSignedText(canonicalHash(receipt)), signer),
  })
}

// --- proofs ------------------------------------------------------------------------------------------------------

type Proven = { position: number; entry: string; proof: string }

/** Another process may publish between two proofs; a receipt is against one checkpoint. */
const ATTEMPTS = 5

async function provenTogether(
  register: Register,
  places: LogPlaces,
  positions: readonly number[],
): Promise<(position: number) => Proven> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const proofs = new Map<number, BatchProof>()
    for (const position of new Set(positions))
      proofs.set(position, await proveBatch(register, places, position))
    const checkpoints = new Set([...proofs.values()].map(({ proof }) => parseProof(proof).checkpoint))
    if (checkpoints.size > 1) continue
    return (position) => {
      const { entry, proof } = proofs.get(position)!
      return { position, entry: Buffer.from(entry).toString('utf8'), proof }
    }
  }
  throw new Problem('register.unavailable', 'the log is being published again and again; try once more')
}

function positionsOf(openings: Openings, releases: readonly FoundRelease[]): number[] {
  return [
    openings.enrolment.position,
    ...openings.events.map(({ position }) => position),
    ...releases.flatMap(({ sealed }) => (sealed === undefined ? [] : [sealed.position])),
  ]
}

// --- events ------------------------------------------------------------------------------------------------------

async function eventsOf(
  register: Register,
  { events }: Openings,
  prove: (position: number) => Proven,
  closed: ReadonlyMap<string, string>,
): Promise<PersonReceipt['events']> {
  const words = await eventWords(register)
  return events.map(({ position, ord, fields, path }) => {
    const commitment = closed.get(`${position}/${ord}`)
    return {
      ...prove(position),
      ord,
      path: path.map(hex),
      ...(commitment === undefined ? { fields, words: words(fields) } : { commitment, word: closedWord }),
    }
  })
}

/** The person's protections, by position and ord: their commitments. */
async function closedOf({ store }: Register, subject: number): Promise<Map<string, string>> {
  const rows = await store.query<{ position: number; ord: number; commitment: Uint8Array }>(
    'select position, ord, commitment from register.event where subject = $1 and kind = $2',
    [subject, eventKinds.protection.number],
  )
  return new Map(rows.map(({ position, ord, commitment }) => [`${position}/${ord}`, hex(commitment)]))
}

async function eventWords(register: Register): Promise<(fields: CommittedFields) => EventWords> {
  const terms = new Map((await readTerms(register)).map(({ number, name }) => [number, name]))
  const notices = new Map(
    (await readPublishedPolicy(register)).map(({ number, name, version }) => [number, `${name}@${version}`]),
  )
  return (fields) => ({
    ...codedWords(fields),
    source: named(terms, fields.source) ?? '',
    ...present('route', named(terms, fields.route)),
    ...present('notice', named(notices, fields.notice)),
    ...present('purpose', named(terms, fields.purpose)),
    ...present('recipient', named(terms, fields.recipient)),
  })
}

function named(names: ReadonlyMap<number, string>, number: number): string | undefined {
  return number === 0 ? undefined : names.get(number)
}

function present<K extends string>(key: K, name: string | undefined): { [key in K]?: string } {
  return name === undefined ? {} : ({ [key]: name } as { [key in K]: string })
}

// --- releases ----------------------------------------------------------------------------------------------------

type FoundRelease = Omit<OpenedRelease, 'sealed'> & { sealed?: RegisterDocument }

type Person = { registerId: string; subject: number; secret: Uint8Array }

/** Of every release: those whose D holds the person, and those it was a member of though the trees are not there. */
async function releasesOfPerson(
  register: Register,
  files: ReleaseFiles,
  person: Person,
): Promise<FoundRelease[]> {
  const committed = await register.store.query<{ position: number }>(
    `select position from register.record where kind = 'release.committed' order by position`,
  )
  const documents = await readReleaseDocuments(
    register.store,
    committed.map(({ position }) => position),
    ['release.committed', 'release.amended', 'release.abandoned', 'release.sealed', 'release.delivered'],
  )
  const memberships = new Map(
    (await releasesOf(register.store, person.subject)).map((membership) => [membership.release, membership]),
  )
  const policyThen = policyByPosition(await readPublishedPolicy(register))
  const found: FoundRelease[] = []
  for (const papers of documents.values()) {
    const membership = memberships.get(papers[0]!.position)
    const body = JSON.parse(papers[0]!.body) as CommittedBody
    const sealed = sealedAtLast(papers)
    const rows = sealed === undefined ? [] : await openSealed(register, files, person, papers[0]!, sealed)
    if (rows.length === 0 && membership === undefined) continue
    const words = releaseWords(papers, body, policyThen(papers[0]!.position, body.releaseAt), membership)
    found.push({ release: body.release, words, rows, ...(sealed && (await withSalt(register, sealed))) })
  }
  return found
}

function openSealed(
  register: Register,
  files: ReleaseFiles,
  person: Person,
  commit: ReleaseDocument,
  sealed: ReleaseDocument,
): Promise<OpenedRelease['rows']> {
  const { artefact, maskCodes } = JSON.parse(commit.body) as CommittedBody
  return openRows(person, JSON.parse(sealed.body) as SealedBody, files, async () => ({
    candidates: await verdictsOf(register, files, person.subject, commit.position, artefact),
    maskCodes,
  }))
}

async function withSalt(
  { store }: Register,
  { position, kind }: ReleaseDocument,
): Promise<{ sealed?: RegisterDocument }> {
  const [sealed] = await readDocuments(store, { kind, position })
  return sealed === undefined ? {} : { sealed }
}

/** Those of the artefact, and the one that took the person out of the release. */
async function verdictsOf(
  register: Register,
  files: ReleaseFiles,
  subject: number,
  release: number,
  artefact: CommittedBody['artefact'],
): Promise<Verdict[]> {
  const removals = await register.store.query<{ verdict: string }>(
    'select verdict from register.release_removal where release = $1 and subject = $2',
    [release, subject],
  )
  const decided = (await files.readVerdicts(artefact, subject)) ?? []
  return [...removals.map(({ verdict }) => JSON.parse(verdict) as Verdict), ...decided]
}

function releaseWords(
  papers: readonly ReleaseDocument[],
  { request, releaseAt }: CommittedBody,
  policy: PolicyThen,
  membership: Membership | undefined,
): ReleaseWords {
  const delivered = papers.findLast(({ kind }) => kind === 'release.delivered')
  const abandoned = papers.findLast(({ kind }) => kind === 'release.abandoned')
  return {
    recipient: policy.party(request.recipient).name,
    purpose: policy.purpose(request.purpose),
    releasedAt: instantToIso(releaseAt),
    ...(delivered && { deliveredAt: instantToIso(delivered.recordedAt) }),
    ...(abandoned && { abandonedAt: instantToIso(abandoned.recordedAt) }),
    ...(membership?.removed && { removed: membership.removed.stage }),
  }
}

function opened({ body, salt }: RegisterDocument): { body: string; salt: string } {
  return { body, salt: hex(salt) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
