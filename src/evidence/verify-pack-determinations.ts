// Determinations and their revocations in an evidence pack: each signed by a key that was on record for its approver before it.
import { sha256Hex } from '../model/canonical.ts'
import { documentPath, type PackDocument } from '../model/evidence-pack.ts'
import { samePerson } from '../model/same-person.ts'
import { NotHeld } from './check.ts'
import { approverBefore } from './verify-approval.ts'
import { type ReadSigned, readDetermination, readRevocation } from './verify-determination.ts'
import type { PackDocuments } from './verify-pack-documents.ts'

export function checkDeterminations(documents: PackDocuments, registerId: string): void {
  for (const document of documents.of('determination')) {
    const statement = signed(documents, registerId, document, readDetermination(document.body))
    const { approver } = approverBefore(documents, statement.approver, document)
    if ([statement.requestedBy, statement.checkedBy].some((asker) => samePerson(approver.name, asker)))
      throw new NotHeld(documentPath(document), 'body.statement.approver', 'is who asked for it')
    const [first] = documents.of('determination', statement.determination)
    if (first !== document)
      throw new NotHeld(
        documentPath(document),
        'body.statement.determination',
        'was given before under one id',
      )
  }
  for (const document of documents.of('determination-revoked')) {
    const statement = signed(documents, registerId, document, readRevocation(document.body))
    const revoked = documents.of('determination', statement.determination)[0]
    if (revoked !== undefined && sha256Hex(revoked.body) !== statement.determinationSha256)
      throw new NotHeld(
        documentPath(document),
        'body.statement.determinationSha256',
        'is not that of what it revokes',
      )
  }
}

function signed<S extends { approver: string; register: string }>(
  documents: PackDocuments,
  registerId: string,
  document: PackDocument,
  { statement, fault, holds }: ReadSigned<S>,
): S {
  const file = documentPath(document)
  if (statement === undefined) throw new NotHeld(file, 'body', fault ?? 'cannot be read')
  if (statement.register !== registerId)
    throw new NotHeld(file, 'body.statement.register', 'is another register')
  const wrong = holds(approverBefore(documents, statement.approver, document).approver.verifierKey)
  if (wrong !== undefined)
    throw new NotHeld(file, 'body.note', 'is not signed by the key on record for its approver')
  return statement
}
