// What can be proved of one person: every event of hers that can be opened, and what the trees of each release say of her.
import { toBase64 } from '../log/base64.ts'
import { concatBytes } from '../log/bytes.ts'
import type { PrefixProof } from '../log/prefix-proof.ts'
import type {
  ClaimedEvent,
  ClaimedRelease,
  ClaimPath,
  ClaimRow,
  EventClaim,
  LeafShown,
  Logged,
  ReleaseClaim,
} from '../model/claim.ts'
import { eventKinds } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import type { CommittedFields, EventWords, ReleaseWords } from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { readBatches } from '../register/read-batches.ts'
import { type Openings, readOpenings } from '../register/read-openings.ts'
import type { Register } from '../register/register.ts'
import { readEventWords } from './event-words.ts'
import type { FoundLeaf } from './find-leaf.ts'
import { type FoundRelease, findReleases, withSalt } from './find-releases.ts'
import type { FoundRows } from './open-rows.ts'
import type { ReleaseFiles } from './release-files.ts'

export type ProvableEvent = {
  claim: EventClaim['claim']
  position: number
  ord: number
  fields: CommittedFields
  words: EventWords
  recordedAt: Instant
}

export type ProvableRelease = {
  claim: ReleaseClaim['claim']
  release: string
  words: ReleaseWords
}

export type Provable = ProvableEvent | ProvableRelease

export type ProvableOptions = {
  /** Also why somebody must not be contacted. */
  grounds: boolean
  /** One release, or no release at all; by default everything. */
  only?: { release: string } | 'events'
}

type Claimed =
  | Pick<EventClaim, 'claim' | 'event'>
  | Pick<ReleaseClaim, 'claim' | 'secret' | 'enrolment' | 'release'>

export type Evidence = {
  provable: Provable
  /** Of the batches that have to be proved to be in the log. */
  positions: number[]
  claimed(logged: (position: number) => Logged): Promise<Claimed>
}

/** Events in the order recorded, then releases in the order committed. */
export async function findProvable(
  register: Register,
  files: ReleaseFiles,
  subject: number,
  { grounds, only }: ProvableOptions,
): Promise<Evidence[]> {
  const openings = await readOpenings(register, subject)
  if (only === 'events') return eventsOf(register, openings, grounds)
  const releases = await releasesOf(register, files, { subject, openings }, only?.release)
  return only === undefined ? [...(await eventsOf(register, openings, grounds)), ...releases] : releases
}

async function eventsOf(register: Register, openings: Openings, grounds: boolean): Promise<Evidence[]> {
  const { enrolment, secret } = openings
  const open = openings.events.filter(({ fields }) => grounds || fields.kind !== eventKinds.protection.number)
  const batches = await readBatches(register, [
    enrolment.position,
    ...new Set(open.map(({ position }) => position)),
  ])
  const words = await readEventWords(register)
  const notices = new Map((await readPublishedPolicy(register)).map(({ number, sha256 }) => [number, sha256]))
  return open.map(({ position, ord, fields, path }) => {
    const claim = fields.kind === eventKinds.presentation.number ? 'shown' : 'answered'
    const { recordedAt } = batches.get(position)!
    const sha256 = fields.notice === 0 ? undefined : notices.get(fields.notice)
    const event: Omit<ClaimedEvent, 'logged'> = {
      ord,
      path: hashList(path),
      key: toBase64(register.committer.eventKey({ position, ord }, secret)),
      fields,
      words: words(fields),
      enrolledAt: batches.get(enrolment.position)!.recordedAt,
      ...(sha256 !== undefined && { notice: { sha256 } }),
    }
    return {
      provable: { claim, position, ord, fields, words: event.words, recordedAt },
      positions: [position],
      claimed: async (logged) => ({ claim, event: { ...event, logged: logged(position) } }),
    }
  })
}

type Opened = { subject: number; openings: Openings }

async function releasesOf(
  register: Register,
  files: ReleaseFiles,
  person: Opened,
  only: string | undefined,
): Promise<Evidence[]> {
  const { subject, openings } = person
  const releases = await findReleases(register, files, { subject, secret: openings.secret }, only)
  const why = only === undefined ? undefined : notProvable(only, releases[0])
  if (why !== undefined) throw why
  return releases.flatMap((release) => {
    const { found } = release
    return found === undefined
      ? []
      : claimsOf(found).map((claim) => evidenceOf(register, person, release, found, claim))
  })
}

/** Why nothing can be proved about one release. */
function notProvable(id: string, release: FoundRelease | undefined): Problem | undefined {
  if (release === undefined) return new Problem('release.not_found', id)
  if (release.sealed === undefined)
    return new Problem('claim.not_provable', `release ${id} has not been sealed`)
  if (release.found === undefined)
    return new Problem('claim.not_provable', `the trees of release ${id} are not kept in this data folder`)
  return undefined
}

/** The strongest first. Where R holds one row, nothing can show that the person is not in it. */
function claimsOf({ rows, beyond }: FoundRows): ReleaseClaim['claim'][] {
  if ([...rows, beyond].some(({ released }) => released.commitment !== undefined)) return ['released']
  return rows.length > 0 ? ['withheld', 'not-released'] : ['not-released']
}

function evidenceOf(
  register: Register,
  { openings }: Opened,
  { release, words, sealed }: FoundRelease,
  found: FoundRows,
  claim: ReleaseClaim['claim'],
): Evidence {
  const { enrolment, secret } = openings
  const { position } = sealed!
  return {
    provable: { claim, release, words },
    positions: [enrolment.position, position],
    async claimed(logged) {
      const { body, salt } = await withSalt(register, sealed!)
      const { index, path } = enrolment
      const claimed: ClaimedRelease = {
        release,
        words,
        sealed: { logged: logged(position), body, salt: toBase64(salt) },
        rows: claimRows(claim, found),
      }
      return {
        claim,
        secret: toBase64(secret),
        enrolment: { logged: logged(enrolment.position), index, path: hashList(path) },
        release: claimed,
      }
    },
  }
}

// --- rows, and how bytes are written -----------------------------------------------------------------------------

/** To prove absence takes one row more than were considered: that there is no such row. */
export function claimRows(claim: ReleaseClaim['claim'], { rows, beyond }: FoundRows): ClaimRow[] {
  if (claim === 'released') {
    // A row that left without having been considered is no less released.
    const all = beyond.released.commitment === undefined ? rows : [...rows, beyond]
    return all.map(({ released }) => ({ released: leafShown(released) }))
  }
  const stayed = rows.map(({ decided, released, verdict }) => ({
    decided: leafShown(decided),
    released: leafShown(released),
    ...(claim === 'withheld' && verdict !== undefined && { verdict }),
  }))
  return [...stayed, { decided: leafShown(beyond.decided), released: leafShown(beyond.released) }]
}

function leafShown({ commitment, proof }: FoundLeaf): LeafShown {
  return { ...(commitment && { commitment: toBase64(commitment) }), path: claimPath(proof) }
}

function claimPath({ result, depth, copath, leaf }: PrefixProof): ClaimPath {
  return {
    result,
    depth,
    copath: hashList(copath),
    ...(leaf && { leaf: toBase64(concatBytes([leaf.key, leaf.commitment])) }),
  }
}

/** End to end: between hashes of one length nothing need stand. */
export function hashList(hashes: readonly Uint8Array[]): string {
  return toBase64(concatBytes(hashes))
}
