// Opens a delivered release: everything is checked before a plain row lies under a name that anybody reads.
import { Checklist, type FailedCheck, firstFailure, placeText } from '../evidence/check.ts'
import { type VerifiedRelease, verifyRelease } from '../evidence/verify-release.ts'
import { instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { type RecordsFormat, type ReleaseReceipt, recordsFormats } from '../model/release.ts'
import { placeOfDamage, readDelivery } from './read-delivery.ts'
import type { RecipientDesk, RecipientKeys } from './recipient-desk.ts'
import { signReceipt } from './sign-receipt.ts'

export type OpenedDelivery = VerifiedRelease & {
  recordsPath: string
  receiptPath: string
  receipt: ReleaseReceipt
}

/** The folder inside `out` that plain rows lie in while they are checked. */
export const partFolder = '.part'

/** `delivery.tampered` names the file and the place; `delivery.not_for_you` when it was sealed for another key. */
export async function openDelivery(
  desk: RecipientDesk,
  keys: RecipientKeys,
  { folder, out }: { folder: string; out: string },
): Promise<OpenedDelivery> {
  const { files } = desk
  const verified = await verifyRelease(files, folder, keys.trusted)
  if (verified.release === undefined) throw await refused(desk, keys, folder, firstFailure(verified.checks)!)
  const { manifest } = verified.release
  if (manifest.recipient.ageRecipient !== keys.card.ageRecipient)
    throw new Problem(
      'delivery.not_for_you',
      `${manifest.release} was sealed for a key of ${manifest.recipient.id}`,
    )
  await refuseSecondCopy(desk, out)
  const part = files.within(out, partFolder)
  await files.emptyFolder(part)
  try {
    const list = new Checklist()
    const read = await list.run(() =>
      readDelivery(desk, list, manifest, { folder, identities: keys.identities, part }),
    )
    if (read === undefined) throw tampered(firstFailure(list.checks)!)
    const receipt = receiptOf(verified.release, read.released, desk)
    return {
      ...verified.release,
      ...(await keep(
        desk,
        keys,
        { out, part },
        { path: read.recordsPath, format: manifest.records.format },
        receipt,
      )),
      receipt,
    }
  } finally {
    await files.remove(part)
  }
}

export function tampered(failure: FailedCheck): Problem {
  return failure.untrusted === undefined
    ? new Problem('delivery.tampered', `${placeText(failure.place)}: ${failure.found}`)
    : new Problem('register.untrusted', `it is signed by ${failure.untrusted}`)
}

/** Opened again beside the first copy, a release would bring back the lines that were removed from it. */
async function refuseSecondCopy({ files }: RecipientDesk, out: string): Promise<void> {
  for (const format of recordsFormats) {
    const path = files.within(out, `records.${format}`)
    if (await files.exists(path))
      throw new Problem('delivery.opened', `${path} is there already, perhaps with lines removed`)
  }
}

async function refused(
  desk: RecipientDesk,
  { identities }: RecipientKeys,
  folder: string,
  failure: FailedCheck,
): Promise<Problem> {
  const { file, at } = failure.place
  if (at !== undefined || !file.endsWith('.age')) return tampered(failure)
  const damage = await placeOfDamage(desk, identities, folder, file)
  return tampered(damage === undefined ? failure : { ...failure, place: { file, at: damage } })
}

function receiptOf(release: VerifiedRelease, released: string, { now }: RecipientDesk): ReleaseReceipt {
  return {
    format: 'fairshare/release-receipt@v1',
    release: release.manifest.release,
    manifestSha256: release.manifestSha256,
    released,
    rows: release.manifest.records.rows,
    recordsSha256: release.manifest.records.sha256,
    openedAt: instantToIso(now()),
    checked: { signature: true, log: true, rows: true },
  }
}

/** The receipt first: a crash between the two leaves no records, and opening again makes both. */
async function keep(
  { files }: RecipientDesk,
  keys: RecipientKeys,
  { out, part }: { out: string; part: string },
  read: { path: string; format: RecordsFormat },
  receipt: ReleaseReceipt,
): Promise<{ recordsPath: string; receiptPath: string }> {
  const written = files.within(part, 'receipt.txt')
  await files.write(written, [Buffer.from(signReceipt(receipt, keys), 'utf8')])
  const receiptPath = files.within(out, 'receipt.txt')
  await files.rename(written, receiptPath)
  const recordsPath = files.within(out, `records.${read.format}`)
  await files.rename(read.path, recordsPath)
  return { recordsPath, receiptPath }
}
