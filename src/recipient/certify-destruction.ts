// A holder certifies that it destroyed a release or a copy: what was loaded where, and how it was sanitised there, signed with
// the key of its card. No register is needed, and nothing of the delivery but its manifest: the rest is gone.

import { NotHeld, UntrustedKey } from '../evidence/check.ts'
import { readSmallFile } from '../evidence/delivered-files.ts'
import { readDocument } from '../evidence/document-shape.ts'
import { releaseFiles, releaseManifestShape, releaseSignedText } from '../evidence/release-documents.ts'
import { readDestruction } from '../evidence/verify-destruction.ts'
import { refuseUnknownKey } from '../evidence/verify-release.ts'
import { LogError } from '../log/log-error.ts'
import { openNote, signNote } from '../log/signed-note.ts'
import { sha256Hex } from '../model/canonical.ts'
import type { DestructionStatement } from '../model/custody.ts'
import { type Instant, instantFromIso, instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { ReleaseManifest } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import type { RecipientDesk, RecipientKeys } from './recipient-desk.ts'

/** What the holder has to say; the rest follows from what it was given. */
type DestructionReport = Pick<
  DestructionStatement,
  'media' | 'backups' | 'subProcessors' | 'destroyedAt' | 'certifiedBy'
>

/** What was held: a release, by the folder it came in, or a copy, by the number the controller gave it. */
export type Destroyed =
  | { folder: string }
  | { copy: string; holder: string; register: string; recordsSha256?: string }

/** The certificate, a signed note. */
export async function certifyDestruction(
  desk: Pick<RecipientDesk, 'files' | 'now'>,
  keys: RecipientKeys,
  destroyed: Destroyed,
  report: DestructionReport,
): Promise<{ statement: DestructionStatement; certificate: string }> {
  const open = report.subProcessors.find(({ certified }) => !certified)
  if (open !== undefined)
    throw new Problem(
      'certificate.invalid',
      `${open.name} had it from you and has not certified: nothing is destroyed before it is there too`,
    )
  if (report.destroyedAt > desk.now())
    throw new Problem('certificate.invalid', 'destroyedAt is a time that has not come')
  const held = 'folder' in destroyed ? await ofFolder(desk, keys, destroyed.folder) : ofCopy(destroyed)
  if (held.since !== undefined && report.destroyedAt <= held.since)
    throw new Problem(
      'certificate.invalid',
      `destroyedAt lies before it was released, at ${instantToIso(held.since)}`,
    )
  const statement: DestructionStatement = {
    format: 'fairshare/destruction@v1',
    ...held.identity,
    ...report,
  }
  const text = statementText(statement)
  refuseMalformed(text)
  return { statement, certificate: signNote(text, keys.signer) }
}

type Held = {
  identity: Pick<DestructionStatement, 'register' | 'of' | 'holder' | 'recordsSha256'>
  /** When it was released; of a copy only the controller knows. */
  since?: Instant
}

function ofCopy({ copy, holder, register, recordsSha256 }: Exclude<Destroyed, { folder: string }>): Held {
  return {
    identity: { register, holder, of: { copy }, ...(recordsSha256 !== undefined && { recordsSha256 }) },
  }
}

/** The manifest says what it was, if a register that is trusted here signed it. */
async function ofFolder(
  { files }: Pick<RecipientDesk, 'files'>,
  { card, trusted }: RecipientKeys,
  folder: string,
): Promise<Held> {
  const { recipient, register, release, records, decidedAt } = await readSigned(files, trusted, folder)
  if (recipient.ageRecipient !== card.ageRecipient)
    throw new Problem('delivery.not_for_you', `${release} was sealed for a key of ${recipient.id}`)
  return {
    identity: { register: register.id, of: { release }, holder: recipient.id, recordsSha256: records.sha256 },
    since: instantFromIso(decidedAt),
  }
}

async function readSigned(
  files: RecipientDesk['files'],
  trusted: RecipientKeys['trusted'],
  folder: string,
): Promise<ReleaseManifest> {
  // A path mistyped is nothing that the sender did.
  const manifest = files.within(folder, releaseFiles.manifest)
  if ((await files.read(manifest, 1)) === undefined) throw new Problem('file.missing', manifest)
  try {
    const bytes = await readSmallFile(files, folder, releaseFiles.manifest)
    const note = await readSmallFile(files, folder, releaseFiles.signature)
    const { value, fault } = readDocument(bytes, releaseManifestShape)
    if (fault !== undefined) throw new NotHeld(releaseFiles.manifest, fault.at, fault.found)
    const claimed = value.register.verifierKey
    refuseUnknownKey({ file: releaseFiles.manifest, claimed, note, trusted })
    if (openNote(note, trusted).text !== releaseSignedText(value.release, sha256Hex(bytes)))
      throw new NotHeld(releaseFiles.manifest, undefined, 'is not the manifest that was signed')
    return value
  } catch (error) {
    throw problemOf(error)
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof LogError) return tampered('is not signed by a key you trust')
  if (error instanceof UntrustedKey)
    return new Problem('register.untrusted', `it is signed by ${error.verifierKey}`)
  return error instanceof NotHeld ? tampered(`${error.place.at ?? ''} ${error.message}`.trim()) : error
}

function tampered(how: string): Problem {
  return new Problem('delivery.tampered', `${releaseFiles.manifest}: ${how}`)
}

/** What the controller would refuse is not signed in the first place. */
function refuseMalformed(text: string): void {
  try {
    readDestruction(text, 'the report')
  } catch (error) {
    if (error instanceof NotHeld)
      throw new Problem(
        'certificate.invalid',
        `${(error.place.at ?? '').replace(/^line 2, /, '')} ${error.message}`,
      )
    throw error
  }
}
