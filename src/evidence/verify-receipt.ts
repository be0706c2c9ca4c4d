// A recipient's receipt: a signed note whose text is a line that names the form, and the statement as canonical JSON.
import { utf8 } from '../log/bytes.ts'
import { type NoteVerifier, openNote } from '../log/signed-note.ts'
import type { ReleaseReceipt, RemovalReceipt } from '../model/release.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { releaseReceiptShape, removalReceiptShape } from './release-documents.ts'

export type RecipientReceipt = ReleaseReceipt | RemovalReceipt

const shapes = {
  'fairshare/release-receipt@v1': releaseReceiptShape,
  'fairshare/removal-receipt@v1': removalReceiptShape,
} as const

/** Whether this text begins as a recipient's receipt does. */
export function looksLikeReceipt(text: string): boolean {
  return Object.keys(shapes).some((format) => text.startsWith(`${format}\n`))
}

/** `file` names it in the checks; `receipt` only when everything holds. */
export async function verifyReceipt(
  note: string,
  recipient: NoteVerifier,
  file: string,
): Promise<{ checks: Check[]; receipt: RecipientReceipt | undefined }> {
  const list = new Checklist()
  const receipt = await list.run(async () => {
    const { text } = await list.check('The recipient’s key signed the receipt', file, () =>
      openNote(note, [recipient]),
    )
    const statement = await list.check('The receipt is of a known form', file, () => readReceipt(text, file))
    await list.check('The recipient had checked what the receipt says', file, () =>
      allChecked(statement, file),
    )
    return statement
  })
  return { checks: list.checks, receipt }
}

/** What a note signs, whether or not anybody did. */
export function noteText(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

/** The text of a receipt, signed or not yet known to be; `NotHeld` unless it is exactly of a known form. */
export function readReceipt(text: string, file: string): RecipientReceipt {
  const [format = '', json = '', end, ...rest] = text.split('\n')
  const shape = Object.entries(shapes).find(([known]) => known === format)?.[1]
  if (shape === undefined) throw new NotHeld(file, 'line 1', 'is not a known form of receipt')
  if (end !== '' || rest.length > 0) throw new NotHeld(file, 'line 3', 'has more than one statement')
  const { value, fault } = readDocument<RecipientReceipt>(utf8(json), shape)
  if (fault !== undefined) throw new NotHeld(file, `line 2, ${fault.at}`, fault.found)
  if (value.format !== format) throw new NotHeld(file, 'line 2, format', 'is not the form line 1 names')
  return value
}

/** A receipt that owns up to an unmade check proves nothing of the rows. */
function allChecked(statement: RecipientReceipt, file: string): void {
  if (statement.format === 'fairshare/removal-receipt@v1') {
    if (statement.removed + statement.absent === statement.asked) return
    throw new NotHeld(file, 'line 2, removed', 'does not add up with absent to asked')
  }
  const unmade = Object.entries(statement.checked).find(([, done]) => !done)
  if (unmade !== undefined) throw new NotHeld(file, `line 2, checked.${unmade[0]}`, 'was not checked')
}
