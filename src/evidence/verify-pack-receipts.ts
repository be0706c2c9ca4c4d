// The receipts in an evidence pack: each holds by itself, leads to the tree of the pack, is of someone the rule picks, and says
// of every release what that release's people.csv says of its person.
import { fromHex, toHex, utf8 } from '../log/bytes.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { Committer } from '../log/commitment.ts'
import { decodeEntry } from '../log/log-entry.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { parseProof } from '../log/tlog-proof.ts'
import { eventKinds } from '../model/event.ts'
import { packPaths, receiptPath } from '../model/evidence-pack.ts'
import type { OpenedEvent, OpenedRelease, OpenedRow, PersonReceipt } from '../model/person-receipt.ts'
import { outcomes } from '../model/verdict.ts'
import { type Check, NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { dayOf } from './evidence-lag.ts'
import { personReceiptShape } from './person-receipt-shape.ts'
import type { PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'
import { type PeopleOfRelease, type PersonLine, peoplePath } from './verify-pack-people.ts'
import { verifyPersonReceipt } from './verify-person-receipt.ts'

export type PackPerson = { path: string; receipt: PersonReceipt; commitment: string }

/** The first that does not hold ends it, with its own finding. */
export async function checkReceipts(
  pack: OpenedPack,
  log: PackLog,
  verifierKey: string,
): Promise<PackPerson[]> {
  const people: PackPerson[] = []
  for (let index = 0; pack.has(receiptPath(index)); index++) {
    const path = receiptPath(index)
    const bytes = await pack.read(path)
    refuseFailed(await verifyPersonReceipt(bytes, verifierKey, path))
    const receipt = readDocument(bytes, personReceiptShape).value
    if (receipt === undefined) throw new Error('a receipt that holds has no form')
    checkTree(pack, log, path, receipt)
    people.push({ path, receipt, commitment: commitmentOf(receipt) })
  }
  return people
}

/** Those of the rule and no others, in its order; or the one person the pack is of. */
export function checkWhose(
  { manifest, leaves }: OpenedPack,
  people: readonly PackPerson[],
  picked: readonly string[],
): void {
  const { scope, sample, releases } = manifest
  if ('subject' in scope) {
    if (people.length !== 1 || people[0]!.receipt.subject !== scope.subject)
      throw new NotHeld(packPaths.manifest, 'scope.subject', 'is not whose receipt is enclosed')
    checkAllReleases(releases, people[0]!)
    return
  }
  const expected = sample === undefined ? [] : picked.filter((commitment) => !leaves('erased', commitment))
  for (const [index, { path, commitment }] of people.entries())
    if (expected[index] !== commitment)
      throw new NotHeld(path, undefined, 'is not of the person whom the seed picks here')
  if (people.length < expected.length)
    throw new NotHeld(
      receiptPath(people.length),
      undefined,
      'is not there: the seed picks a person, and nothing says that the key was destroyed',
    )
}

/** A release that the receipt speaks of and the pack does not would be one that nobody is shown the approval of. */
function checkAllReleases(releases: readonly string[], { path, receipt }: PackPerson): void {
  const other = receipt.releases.find(({ release }) => !releases.includes(release))
  if (other !== undefined)
    throw new NotHeld(path, `releases, ${other.release}`, 'is not among the releases of the pack')
}

/** What receipts could not be compared with: lines, trees of a release, and of how many people either is so. */
export type Uncompared = { linked: number; treesGone: number; people: number }

/** `lines` of people.csv by release; `sealed` are those that have trees. */
type Compared = {
  lines: ReadonlyMap<string, PeopleOfRelease>
  sealed: ReadonlySet<string>
  hasLinks: boolean
}

export function checkPersons(people: readonly PackPerson[], compared: Compared): Uncompared {
  const uncompared = { linked: 0, treesGone: 0, people: 0 }
  const trees: Trees = { kept: new Map(), gone: new Map() }
  for (const person of people) {
    const { linked, treesGone } = checkPerson(person, compared, trees)
    uncompared.linked += linked
    uncompared.treesGone += treesGone
    if (linked + treesGone > 0) uncompared.people++
  }
  // Trees are kept of a release or they are not: without rows for some people only, they are held back.
  for (const [release, path] of trees.gone)
    if (trees.kept.has(release))
      throw new NotHeld(
        path,
        `releases, ${release}`,
        `has no rows, though the trees are kept: ${trees.kept.get(release)} has some`,
      )
  return uncompared
}

/** By release, the first receipt that has rows of it, and the first that has none. */
type Trees = { kept: Map<string, string>; gone: Map<string, string> }

function checkPerson(
  { path, receipt, commitment }: PackPerson,
  { lines: releases, sealed, hasLinks }: Compared,
  trees: Trees,
): Omit<Uncompared, 'people'> {
  const uncompared = { linked: 0, treesGone: 0 }
  for (const [release, people] of releases) {
    const lines = people.wanted.get(commitment) ?? []
    const opened = receipt.releases.find((one) => one.release === release)
    const at = { path, release, csv: peoplePath(release) }
    for (const line of lines)
      if (!isShown(receipt, line)) {
        if (!hasLinks) throw unlike(at, line, 'goes by a showing that the person’s receipt does not have')
        uncompared.linked++
      }
    if (!sealed.has(release)) continue
    const hasRows = compareRows(at, opened, lines)
    if (!hasRows) uncompared.treesGone++
    if (lines.length === 0) continue
    const of = hasRows ? trees.kept : trees.gone
    if (!of.has(release)) of.set(release, path)
  }
  return uncompared
}

// --- a receipt by itself -----------------------------------------------------------------------------------------

function refuseFailed(checks: readonly Check[]): void {
  const failed = checks.find((check) => !check.holds)
  if (failed?.holds === false) throw new NotHeld(failed.place.file, failed.place.at, failed.found)
}

/** A receipt against another tree would be of another history, or of another time. */
function checkTree({ manifest, key }: OpenedPack, log: PackLog, path: string, receipt: PersonReceipt): void {
  const head = openCheckpoint(parseProof(receipt.enrolment.proof).checkpoint, key)
  if (head.size !== log.size || toHex(head.root) !== toHex(log.root))
    throw new NotHeld(path, 'enrolment.proof', 'is against another tree than that of the pack')
  if (receipt.register.id !== manifest.register.id)
    throw new NotHeld(path, 'register.id', 'is another register')
  if (receipt.issued.at !== manifest.asOf.recordedAt)
    throw new NotHeld(path, 'issued.at', 'is not when the pack is as of')
}

function commitmentOf({ register, subject, secret }: PersonReceipt): string {
  const commitment = new Uint8Array(HASH_BYTES)
  new Committer(register.id).commitSubject(subject, fromHex(secret)!, 0, commitment, 0)
  return toHex(commitment)
}

// --- a receipt and a release -------------------------------------------------------------------------------------

type Where = { path: string; release: string; csv: string }

function unlike({ path, csv }: Where, { line }: PersonLine, found: string): NotHeld {
  return new NotHeld(csv, `line ${line}`, `${found} (${path})`)
}

function isShown({ events }: PersonReceipt, { notice, shown, recorded, grade }: PersonLine): boolean {
  if (notice === '') return true
  return events.some(
    (event) =>
      !('commitment' in event) &&
      event.fields.kind === eventKinds.presentation.number &&
      event.words.notice === notice &&
      event.words.grade === grade &&
      dayOf(event.fields.latest) === shown &&
      recordedOn(event) === recorded,
  )
}

function recordedOn({ entry }: OpenedEvent): string | undefined {
  const decoded = decodeEntry(utf8(entry))
  return decoded && dayOf(decoded.recordedAt)
}

/** False when nothing is there to compare with: the trees of the release are not kept. */
function compareRows(where: Where, opened: OpenedRelease | undefined, lines: readonly PersonLine[]): boolean {
  const { path, release } = where
  const rows = opened?.rows ?? []
  if (opened !== undefined && rows.length === 0) return false
  if (opened?.sealed === undefined && lines.length > 0)
    throw new NotHeld(path, 'releases', `has no proofs of ${release}, which considered this person`)
  if (rows.length !== lines.length)
    throw new NotHeld(
      path,
      'releases',
      `has ${rows.length} rows of ${release}, and its people.csv ${lines.length}`,
    )
  // A verdict that is masked cannot be told from another: what left is told by R.
  const left = (row: OpenedRow) => row.released.commitment !== undefined
  const leaves = ({ outcome }: PersonLine) => outcome === 'transform' || outcome === 'allow'
  for (const [index, row] of rows.entries()) {
    const line = lines[index]!
    if (left(row) !== leaves(line)) throw unlike(where, line, 'says otherwise whether the record left')
    if (row.verdict === undefined) continue
    const outcome = outcomes[row.verdict.outcome]
    const same =
      line.outcome === 'removed' ? outcome === 'deny' || outcome === 'review' : outcome === line.outcome
    if (!same) throw unlike(where, line, 'has another outcome than was committed to')
  }
  return true
}
