// Applies a removal to the recipient's copy of a release: the lines it names go, all others stay byte for byte and in order.
import { type FailedCheck, firstFailure, NotHeld } from '../evidence/check.ts'
import { looksLikeReceipt, verifyReceipt } from '../evidence/verify-receipt.ts'
import { type VerifiedRemoval, verifyRemoval } from '../evidence/verify-removal.ts'
import { refColumn } from '../log/row-bytes.ts'
import { encodeVerifierKey, parseVerifierKey } from '../log/signed-note.ts'
import { instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { RemovalManifest, RemovalReceipt } from '../model/release.ts'
import { tampered } from './open-delivery.ts'
import type { RecipientDesk, RecipientKeys } from './recipient-desk.ts'
import { removeLines } from './remove-lines.ts'
import { signReceipt } from './sign-receipt.ts'

export type AppliedRemoval = VerifiedRemoval & {
  receipt: RemovalReceipt
  receiptPath: string
  recordsPath: string
}

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

/** `into`: the folder that `openDelivery` wrote. Applying again finds nothing to remove and says so. */
export async function applyRemoval(
  desk: RecipientDesk,
  keys: RecipientKeys,
  { folder, into }: { folder: string; into: string },
): Promise<AppliedRemoval> {
  const { manifest, manifestSha256, refs } = await openRemoval(desk, keys, folder)
  await refuseOtherRelease(desk, keys, into, manifest)
  const { recordsPath, found } = await removeLines(desk, into, refs)
  const receipt = receiptOf(desk, manifest, manifestSha256, found)
  const receiptPath = await keepReceipt(desk, keys, into, receipt)
  return { manifest, manifestSha256, receipt, receiptPath, recordsPath }
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

/** The references of another release are all absent here: a receipt for that would be worth nothing. */
async function refuseOtherRelease(
  { files }: RecipientDesk,
  keys: RecipientKeys,
  into: string,
  manifest: RemovalManifest,
): Promise<void> {
  const path = files.within(into, 'receipt.txt')
  const note = await files.read(path, 1 << 16)
  if (note === undefined) return
  const text = Buffer.from(note).toString('utf8')
  if (!looksLikeReceipt(text)) return
  const own = parseVerifierKey(encodeVerifierKey(keys.signer.name, keys.signer.publicKey))
  const { receipt } = await verifyReceipt(text, own, 'receipt.txt')
  if (receipt !== undefined && receipt.release !== manifest.release)
    throw new Problem(
      'value.invalid',
      `${into} holds release ${receipt.release}; the removal is for ${manifest.release}`,
    )
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

/** Written after the lines are gone. One of an earlier run stays beside it: it says what was removed then. */
async function keepReceipt(
  { files }: RecipientDesk,
  keys: RecipientKeys,
  into: string,
  receipt: RemovalReceipt,
): Promise<string> {
  const path = await freeName({ files }, into, `removal-${receipt.removal}-receipt`)
  await files.write(`${path}.part`, [Buffer.from(signReceipt(receipt, keys), 'utf8')])
  await files.rename(`${path}.part`, path)
  return path
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
