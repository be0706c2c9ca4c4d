// The form of a claim, by what it claims: which members it has, and of a release which rows.
import { fromBase64 } from '../log/base64.ts'
import { DEPTH_MAX } from '../log/prefix-proof.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import type {
  Claim,
  ClaimedEvent,
  ClaimedRelease,
  ClaimPath,
  ClaimRow,
  EventClaim,
  LeafShown,
  Logged,
  ReleaseClaim,
} from '../model/claim.ts'
import { eventClaims, releaseClaims } from '../model/claim.ts'
import { type Fault, listOf, members, oneOf, type Shape, sha256, text } from './document-shape.ts'
import {
  eventFields,
  eventWords,
  instant,
  issued,
  ordinal,
  registerNamed,
  releaseWords,
  subjectNumber,
  verdict,
  within,
} from './person-receipt-shape.ts'
import { releaseId } from './release-documents.ts'

export const claimShape: Shape<Claim> = (value, at) => {
  const named = typeof value === 'object' && value !== null && 'claim' in value ? value.claim : undefined
  if (eventClaims.some((claim) => claim === named)) return eventClaim(value, at)
  // Its form has just been held over it.
  return anyClaim(named, 'claim') ?? releaseClaim(value, at) ?? rowsFault(value as ReleaseClaim)
}

const anyClaim = oneOf(...eventClaims, ...releaseClaims)

/** As many hashes as lead up from a leaf of 2^53. */
const PATH_MAX = 53

function bytes(least: number, most = least): Shape<string> {
  return (value, at) => {
    const read = typeof value === 'string' ? fromBase64(value) : undefined
    if (read === undefined) return { at, found: 'is not Base64' }
    return read.length >= least && read.length <= most && read.length % HASH_BYTES === 0
      ? undefined
      : { at, found: 'has another length' }
  }
}

const hash = bytes(HASH_BYTES)
const path = bytes(0, PATH_MAX * HASH_BYTES)
const logged = members<Logged>({ entry: text, path }, {})

const head = {
  format: oneOf('fairshare/claim@v1'),
  register: registerNamed,
  checkpoint: text,
  subject: subjectNumber,
  issued,
  signature: text,
}

const eventClaim = members<EventClaim>(
  {
    ...head,
    claim: oneOf(...eventClaims),
    event: members<ClaimedEvent>(
      { logged, ord: ordinal, path, key: hash, fields: eventFields, words: eventWords, enrolledAt: instant },
      { notice: members<{ sha256: string }>({ sha256 }, {}) },
    ),
  },
  {},
)

const treePath = members<ClaimPath>(
  {
    result: oneOf('inclusion', 'non-inclusion-leaf', 'non-inclusion-parent'),
    depth: within(0, DEPTH_MAX),
    copath: bytes(0, DEPTH_MAX * HASH_BYTES),
  },
  { leaf: bytes(2 * HASH_BYTES) },
)
const leafShown = members<LeafShown>({ path: treePath }, { commitment: hash })

const releaseClaim = members<ReleaseClaim>(
  {
    ...head,
    claim: oneOf(...releaseClaims),
    secret: hash,
    enrolment: members<ReleaseClaim['enrolment']>({ logged, index: ordinal, path }, {}),
    release: members<ClaimedRelease>(
      {
        release: releaseId,
        words: releaseWords,
        sealed: members<ClaimedRelease['sealed']>({ logged, body: text, salt: hash }, {}),
        rows: listOf(members<ClaimRow>({ released: leafShown }, { decided: leafShown, verdict })),
      },
      {},
    ),
  },
  {},
)

/** What the rows show has to be what is claimed: a proof of presence, or of absence up to a row that there is not. */
function rowsFault({ claim, release: { rows } }: ReleaseClaim): Fault | undefined {
  const at = 'release.rows'
  if (rows.length < (claim === 'withheld' ? 2 : 1)) return { at, found: 'has too few rows for this claim' }
  for (const [index, row] of rows.entries()) {
    const found = rowFault(claim, row, index === rows.length - 1)
    if (found !== undefined) return { at: `${at}[${index}]`, found }
  }
  return claim !== 'released' || rows.some(({ released }) => released.commitment !== undefined)
    ? undefined
    : { at, found: 'shows no row that was released' }
}

function rowFault(
  claim: ReleaseClaim['claim'],
  { decided, verdict: opened, released }: ClaimRow,
  isLast: boolean,
): string | undefined {
  if (opened !== undefined && (claim !== 'withheld' || isLast)) return 'has a verdict that is not claimed'
  if (claim === 'released') return decided === undefined ? undefined : 'has more than is claimed'
  if (released.commitment !== undefined) return 'shows the row among those released'
  if (decided === undefined) return 'does not show whether there is such a row'
  if (isLast !== (decided.commitment === undefined))
    return isLast
      ? 'is the last, and does not show that there is no other'
      : 'shows that there is no such row'
  return undefined
}
