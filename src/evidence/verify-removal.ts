// Verifies a removal without opening it: the register's signature, the form, the hash of the list.
import { encodeVerifierKey, type NoteVerifier, type OpenedNote, openNote } from '../log/signed-note.ts'
import { sha256Hex } from '../model/canonical.ts'
import type { RemovalManifest } from '../model/release.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { type DeliveredFiles, readSmallFile } from './delivered-files.ts'
import { readDocument } from './document-shape.ts'
import { removalFiles, removalManifestShape, removalSignedText } from './release-documents.ts'
import { compareFile, refuseUnknownKey } from './verify-release.ts'

export type VerifiedRemoval = { manifest: RemovalManifest; manifestSha256: string }

/** In this order; `removal` only when everything holds. */
export async function verifyRemoval(
  files: DeliveredFiles,
  folder: string,
  trusted: readonly NoteVerifier[],
): Promise<{ checks: Check[]; removal: VerifiedRemoval | undefined }> {
  const list = new Checklist()
  const read = (file: string) => readSmallFile(files, folder, file)
  const removal = await list.run(async () => {
    const bytes = await list.check('The removal is there', removalFiles.manifest, () =>
      read(removalFiles.manifest),
    )
    const manifestSha256 = sha256Hex(bytes)
    const note = await list.check('The register’s key signed a removal', removalFiles.signature, async () =>
      openSignature(await read(removalFiles.signature), bytes, trusted),
    )
    const manifest = await list.check('The removal is the one that was signed', removalFiles.manifest, () =>
      manifestOf(bytes, note.text, note.signatures[0]!),
    )
    for (const mark of [manifest.readme, { file: manifest.file, sha256: manifest.sha256 }])
      await list.check(`${mark.file} is the file the removal names`, mark.file, async () =>
        compareFile(mark, await files.hash(files.within(folder, mark.file))),
      )
    return { manifest, manifestSha256 }
  })
  return { checks: list.checks, removal }
}

function openSignature(note: Uint8Array, manifest: Uint8Array, trusted: readonly NoteVerifier[]): OpenedNote {
  const claimed = readDocument(manifest, removalManifestShape).value?.register.verifierKey
  refuseUnknownKey({ file: removalFiles.manifest, claimed, note, trusted })
  return openNote(note, trusted)
}

function manifestOf(bytes: Uint8Array, signed: string, key: NoteVerifier): RemovalManifest {
  const { value, fault } = readDocument(bytes, removalManifestShape)
  if (fault !== undefined) throw new NotHeld(removalFiles.manifest, fault.at, fault.found)
  if (signed !== removalSignedText(value.release, value.removal, sha256Hex(bytes)))
    throw new NotHeld(removalFiles.manifest, undefined, 'is not what was signed')
  if (value.register.origin !== key.name)
    throw new NotHeld(removalFiles.manifest, 'register.origin', 'is not the name of the key that signed')
  if (value.register.verifierKey !== encodeVerifierKey(key.name, key.publicKey))
    throw new NotHeld(removalFiles.manifest, 'register.verifierKey', 'is not the key that signed')
  return value
}
