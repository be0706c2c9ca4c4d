// Applies a removal to the recipient's copy of a release: the lines it names go, all others stay byte for byte and in order.
import { type FailedCheck, firstFailure, NotHeld } from '../evidence/check.ts'
import {
  looksLikeReceipt,
  noteText,
  type RecipientReceipt,
  readReceipt,
  verifyReceipt,
} from '../evidence/verify-receipt.ts'
import { type VerifiedRemoval, verifyRemoval } from '../evidence/verify-removal.ts'
import { refColumn } from '../log/row-bytes.ts'
import { parseVerifierKey } from '../log/signed-note.ts'
import { instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { RemovalManifest, RemovalReceipt } from '../model/release.ts'
import { tampered } from './open-delivery.ts'
import type { RecipientDesk, RecipientKeys } from './recipient-desk.ts'
import { type Copy, removeLines } from './remove-lines.ts'
import { signReceipt } from './sign-receipt.ts'

export type AppliedRemoval = VerifiedRemoval & {
  receipt: RemovalReceipt
  receiptPath: string
  recordsPath: string
  /** No line went this time; the receipt is of the time they did. */
  again: boolean
}

const RECEIPT_BYTES_MAX = 1 << 16

/** The refs a removal names, after everything about it held. */
export async function openRemoval(
  desk: RecipientDesk,
  keys: RecipientKeys,
  folder: string,
): Promise<VerifiedRemoval & { refs: ReadonlySet<string> }> {
  const { checks, removal } = await verifyRemoval(desk.files, folder, keys.trusted)
  if (removal === undefined) throw tampered(firstFailure(checks)!)
  const { manifest } = removal
  if (manifest.recipient.ageRecipient !== keys.card.ageRecipient)
    throw new Problem('delivery.not_for_you', `the removal was sealed for a key of ${manifest.recipient.id}`)
  return { ...removal, refs: await readRefs(desk, keys, folder, manifest) }
}

/**
 * `copy`: the folder that `openDelivery` wrote, or a file with its lines. Applied again it finds nothing to remove, and
 * gives the receipt of the time they went.
 */
export async function applyRemoval(
  desk: RecipientDesk,
  keys: RecipientKeys,
  { folder, ...copy }: { folder: string } & Copy,
): Promise<AppliedRemoval> {
  const { manifest, manifestSha256, refs } = await openRemoval(desk, keys, folder)
  const known = await holdsRelease(desk, copy.into, manifest)
  const part = partOf(desk, copy.into, manifest)
  const receiptFor = (found: number) => receiptOf(desk, manifest, manifestSha256, found)
  // Before the lines go: whoever is interrupted after that could not say any more how many there were.
  const { recordsPath, found, referenced } = await removeLines(desk, copy, refs, (count) =>
    writeAnew(desk, part, signReceipt(receiptFor(count), keys)),
  )
  const applied = { manifest, manifestSha256, recordsPath }
  const earlier =
    found === 0 ? await earlierReceipt(desk, keys, copy.into, { manifest, manifestSha256 }) : undefined
  if (earlier !== undefined) return { ...applied, ...earlier, again: true }
  if (found === 0 && !known && referenced === 0)
    throw new Problem('value.invalid', `${recordsPath} has no line of any release: it is not the copy`)
  const receipt = receiptFor(found)
  if (found === 0) await writeAnew(desk, part, signReceipt(receipt, keys))
  return { ...applied, receipt, receiptPath: await keepReceipt(desk, copy.into, part, receipt), again: false }
}

// --- the list ----------------------------------------------------------------------------------------------------

const LIST_BYTES_PER_REF = 18

async function readRefs(
  { unsealer, files }: RecipientDesk,
  { identities }: RecipientKeys,
  folder: string,
  { file, count }: RemovalManifest,
): Promise<ReadonlySet<string>> {
  const bytesMax = LIST_BYTES_PER_REF * count + 64
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of unsealer.open(identities, files.within(folder, file))) {
    length += chunk.length
    if (length > bytesMax) throw tampered(failed(file, `byte ${bytesMax}`, 'goes on where it should end'))
    parts.push(chunk)
  }
  return refsOf(Buffer.concat(parts).toString('latin1'), file, count)
}

/** Strictly ascending, so that each is named once and one list has one text. */
function refsOf(text: string, file: string, count: number): ReadonlySet<string> {
  const [header, ...lines] = text.split('\r\n')
  if (header !== refColumn || lines.pop() !== '')
    throw tampered(failed(file, 'line 1', 'is not a list of references'))
  for (const [index, line] of lines.entries()) {
    if (!/^[0-9A-HJKMNP-TV-Z]{16}$/.test(line) || (index > 0 && lines[index - 1]! >= line))
      throw tampered(failed(file, `line ${index + 2}`, 'is not the next reference'))
  }
  if (lines.length !== count)
    throw tampered(failed(file, 'its end', `names ${lines.length} lines, not ${count}`))
  return new Set(lines)
}

function failed(file: string, at: string, found: string): FailedCheck {
  const { place, message } = new NotHeld(file, at, found)
  return { what: 'The list of references', holds: false, place, found: message }
}

// --- the copy ----------------------------------------------------------------------------------------------------

/**
 * Whether the receipt beside the copy says that it is this release. The references of another are all absent here: a
 * receipt for that would be worth nothing.
 */
async function holdsRelease(
  { files }: RecipientDesk,
  into: string,
  { release }: RemovalManifest,
): Promise<boolean> {
  const receipt = statementIn(await files.read(files.within(into, 'receipt.txt'), RECEIPT_BYTES_MAX))
  if (receipt !== undefined && receipt.release !== release)
    throw new Problem(
      'value.invalid',
      `${into} holds release ${receipt.release}; the removal is for ${release}`,
    )
  return receipt !== undefined
}

/** Whoever signed it: it says what lies beside it, and proves nothing to anybody here. */
function statementIn(note: Uint8Array | undefined): RecipientReceipt | undefined {
  const text = note === undefined ? '' : Buffer.from(note).toString('utf8')
  try {
    return looksLikeReceipt(text) ? readReceipt(noteText(text), 'receipt.txt') : undefined
  } catch (error) {
    if (error instanceof NotHeld) return undefined
    throw error
  }
}

function receiptOf(
  { now }: RecipientDesk,
  { release, removal, count }: RemovalManifest,
  manifestSha256: string,
  removed: number,
): RemovalReceipt {
  return {
    format: 'fairshare/removal-receipt@v1',
    release,
    removal,
    manifestSha256,
    asked: count,
    removed,
    absent: count - removed,
    appliedAt: instantToIso(now()),
  }
}

/** Where a receipt waits while its lines go. */
function partOf({ files }: RecipientDesk, into: string, { removal }: RemovalManifest): string {
  return files.within(into, `.removal-${removal}-receipt.part`)
}

async function writeAnew({ files }: RecipientDesk, path: string, text: string): Promise<void> {
  await files.remove(path)
  await files.write(path, [Buffer.from(text, 'utf8')])
}

/** Under its name once the lines are gone. One of an earlier run stays beside it: it says what was removed then. */
async function keepReceipt(
  desk: RecipientDesk,
  into: string,
  part: string,
  { removal }: RemovalReceipt,
): Promise<string> {
  const path = await freeName(desk, into, `removal-${removal}-receipt`)
  await desk.files.rename(part, path)
  return path
}

/** Of this very removal: as kept, or as a run left it that was interrupted when the lines had gone. */
async function earlierReceipt(
  desk: RecipientDesk,
  keys: RecipientKeys,
  into: string,
  { manifest, manifestSha256 }: VerifiedRemoval,
): Promise<{ receipt: RemovalReceipt; receiptPath: string } | undefined> {
  const part = partOf(desk, into, manifest)
  const kept = desk.files.within(into, `removal-${manifest.removal}-receipt.txt`)
  for (const path of [part, kept]) {
    const receipt = await ownReceipt(desk, keys, path)
    if (receipt?.manifestSha256 !== manifestSha256 || receipt.removed === 0) continue
    return { receipt, receiptPath: path === part ? await keepReceipt(desk, into, part, receipt) : kept }
  }
  return undefined
}

async function ownReceipt(
  { files }: RecipientDesk,
  { card }: RecipientKeys,
  path: string,
): Promise<RemovalReceipt | undefined> {
  const note = await files.read(path, RECEIPT_BYTES_MAX)
  if (note === undefined) return undefined
  const signer = parseVerifierKey(card.verifierKey)
  const { receipt } = await verifyReceipt(Buffer.from(note).toString('utf8'), signer, path)
  return receipt?.format === 'fairshare/removal-receipt@v1' ? receipt : undefined
}

async function freeName(
  { files }: Pick<RecipientDesk, 'files'>,
  into: string,
  name: string,
): Promise<string> {
  for (let again = 1; ; again++) {
    const path = files.within(into, again === 1 ? `${name}.txt` : `${name}-${again}.txt`)
    if (!(await files.exists(path))) return path
  }
}
