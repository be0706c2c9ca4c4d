// What is on record of the destruction of a release: a certificate that the recipient signed, which is held against what was
// sealed, or somebody's word, which is told as that.
import { parseVerifierKey } from '../log/signed-note.ts'
import { type Canonical, canonicalJson } from '../model/canonical.ts'
import type { DestructionStatement } from '../model/custody.ts'
import { documentPath, type PackDocument } from '../model/evidence-pack.ts'
import { NotHeld } from './check.ts'
import { bodyOf, destroyedShape } from './pack-shapes.ts'
import { verifyDestruction } from './verify-destruction.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { PackRelease } from './verify-pack-releases.ts'

export type Destroyed = { document: PackDocument; by: string; statement: DestructionStatement | undefined }

export async function checkDestroyed(
  documents: PackDocuments,
  registerId: string,
  release: PackRelease,
  verifierKey: string | undefined,
): Promise<Destroyed[]> {
  const found: Destroyed[] = []
  for (const document of documents.of('destroyed', release.release)) {
    const { delivered } = release
    if (delivered === undefined || document.position <= delivered.position)
      throw new NotHeld(documentPath(document), 'position', 'was destroyed before it was delivered')
    const { by, certificate } = bodyOf(document, destroyedShape)
    const statement = certificate && (await checkCertificate(document, certificate, verifierKey))
    if (statement !== undefined) compare(document, statement, registerId, release)
    found.push({ document, by, statement })
  }
  return found
}

async function checkCertificate(
  document: PackDocument,
  certificate: { statement: Canonical; note: string },
  verifierKey: string | undefined,
): Promise<DestructionStatement> {
  const file = documentPath(document)
  const { statement } =
    verifierKey === undefined
      ? { statement: undefined }
      : await verifyDestruction(certificate.note, parseVerifierKey(verifierKey), file)
  if (statement === undefined)
    throw new NotHeld(
      file,
      'body.certificate.note',
      'is no certificate signed by the key of the recipient’s card',
    )
  if (canonicalJson(statement as Canonical) !== canonicalJson(certificate.statement))
    throw new NotHeld(file, 'body.certificate.statement', 'is not what was signed')
  return statement
}

function compare(
  document: PackDocument,
  { register, of, holder, recordsSha256, destroyedAt }: DestructionStatement,
  registerId: string,
  { release, commit, sealed, delivered }: PackRelease,
): void {
  const otherwise = (found: string) => new NotHeld(documentPath(document), 'body.certificate.note', found)
  if (register !== registerId) throw otherwise('is a certificate for another register')
  if (!('release' in of) || of.release !== release) throw otherwise('is a certificate of another release')
  if (holder !== commit.body.request.recipient) throw otherwise('is a certificate of another holder')
  if (recordsSha256 !== sealed?.body.recordsSha256) throw otherwise('is of other records than were sealed')
  if (delivered !== undefined && destroyedAt <= delivered.recordedAt)
    throw otherwise('says that it was destroyed before it was delivered')
  if (destroyedAt > document.recordedAt) throw otherwise('says that it was destroyed after it was recorded')
}
