// A person's receipt: everything the register holds of one person, opened, with the proofs that it is what the log says.
import { toHex } from '../log/bytes.ts'
import { encodePrefixProof } from '../log/prefix-proof.ts'
import { encodeVerifierKey, signNote } from '../log/signed-note.ts'
import { canonicalHash, canonicalJson } from '../model/canonical.ts'
import { eventKinds } from '../model/event.ts'
import {
  closedWord,
  type Issued,
  issuedAt,
  type OpenedRelease,
  type OpenedRow,
  type PersonReceipt,
  personReceiptFormat,
  personReceiptSignedText,
} from '../model/person-receipt.ts'
import type { BatchLeaves } from '../register/batch-leaves.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { publishLog } from '../register/publish-log.ts'
import { type Openings, readOpenings } from '../register/read-openings.ts'
import type { RegisterDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { readEventWords } from './event-words.ts'
import { findReleases, type Person, withSalt } from './find-releases.ts'
import type { FoundRow } from './open-rows.ts'
import { type Proven, proveTogether } from './prove-together.ts'
import type { ReleaseFiles } from './release-files.ts'

export type ReceiptOptions = {
  /** Also opened is why somebody must not be contacted. */
  grounds: boolean
  /** By default now, and nobody said how it was checked who asks. */
  issued?: Issued
  /** Kept between the receipts of several people. */
  leaves?: BatchLeaves
}

/** Canonical JSON of a `PersonReceipt`. Publishes the log first: what is not published cannot be proved. */
export async function issueReceipt(
  register: Register,
  places: LogPlaces,
  files: ReleaseFiles,
  subject: number,
  options: ReceiptOptions = { grounds: false },
): Promise<string> {
  await publishLog(register, places)
  const openings = await readOpenings(register, subject, options.leaves)
  const releases = await releasesOfPerson(register, files, { subject, secret: openings.secret })
  const prove = await proveTogether(register, places, positionsOf(openings, releases))
  const receipt: Omit<PersonReceipt, 'signature'> = {
    format: personReceiptFormat,
    register: {
      id: register.registerId,
      origin: register.logOrigin,
      verifierKey: encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey),
    },
    subject,
    secret: toHex(openings.secret),
    enrolment: {
      ...prove(openings.enrolment.position),
      index: openings.enrolment.index,
      path: openings.enrolment.path.map(toHex),
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
    issued: options.issued ?? issuedAt(register.now()),
  }
  const signer = { name: register.logOrigin, ...register.keys.signer }
  return canonicalJson({
    ...receipt,
    signature: signNote(personReceiptSignedText(canonicalHash(receipt)), signer),
  })
}

function positionsOf(openings: Openings, releases: readonly SealedRelease[]): number[] {
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
  const words = await readEventWords(register)
  return events.map(({ position, ord, fields, path }) => {
    const commitment = closed.get(`${position}/${ord}`)
    return {
      ...prove(position),
      ord,
      path: path.map(toHex),
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
  return new Map(rows.map(({ position, ord, commitment }) => [`${position}/${ord}`, toHex(commitment)]))
}

// --- releases ----------------------------------------------------------------------------------------------------

type SealedRelease = Omit<OpenedRelease, 'sealed'> & { sealed?: RegisterDocument }

/** Of every release: those whose D holds the person, and those it was a member of though the trees are not there. */
async function releasesOfPerson(
  register: Register,
  files: ReleaseFiles,
  person: Person,
): Promise<SealedRelease[]> {
  const releases: SealedRelease[] = []
  for (const { release, words, sealed, found, isMember } of await findReleases(register, files, person)) {
    const rows = (found?.rows ?? []).map(openedRow)
    if (rows.length === 0 && !isMember) continue
    releases.push({ release, words, rows, ...(sealed && { sealed: await withSalt(register, sealed) }) })
  }
  return releases
}

function openedRow({ decided, verdict, released }: FoundRow): OpenedRow {
  return {
    decided: { commitment: toHex(decided.commitment), proof: encodePrefixProof(decided.proof) },
    ...(verdict && { verdict }),
    released: {
      ...(released.commitment && { commitment: toHex(released.commitment) }),
      proof: encodePrefixProof(released.proof),
    },
  }
}

function opened({ body, salt }: RegisterDocument): { body: string; salt: string } {
  return { body, salt: toHex(salt) }
}
