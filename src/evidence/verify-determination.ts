// A determination or its revocation, offline: the form of the document, and that the text which was signed is the one on
// record. Whether the key was that person's, and still is, the register knows.
import { utf8 } from '../log/bytes.ts'
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { reasonCodes } from '../model/reason.ts'
import type {
  DeterminationBody,
  DeterminationStatement,
  RevocationBody,
  RevocationStatement,
} from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import { count, matching, members, oneOf, readDocument, type Shape, sha256, text } from './document-shape.ts'

type Signed<S> = { statement: S; note: string }

/** `fault`: in words, why it is not to be believed. The statement is there all the same if the document can be read. */
export type ReadSigned<S> = { statement?: S; fault?: string; holds(verifierKey: string): string | undefined }

const words = matching(/\S/, 'is empty')

const determinationShape: Shape<DeterminationStatement> = members<DeterminationStatement>(
  {
    format: oneOf('fairshare/determination@v1'),
    register: words,
    determination: words,
    code: oneOf(...reasonCodes),
    recipient: words,
    purpose: words,
    answer: oneOf('allow', 'refuse'),
    because: words,
    request: words,
    requestSha256: sha256,
    requestedBy: text,
    checkedBy: text,
    decision: count,
    held: count,
    approver: words,
    determinedAt: count,
  },
  { notice: words },
)

const revocationShape: Shape<RevocationStatement> = members<RevocationStatement>(
  {
    format: oneOf('fairshare/determination-revoked@v1'),
    register: words,
    determination: words,
    determinationSha256: sha256,
    because: words,
    approver: words,
    revokedAt: count,
  },
  {},
)

export function readDetermination(body: string): ReadSigned<DeterminationStatement> {
  return readSigned<DeterminationStatement>(
    body,
    members<DeterminationBody>({ statement: determinationShape, note: text }, {}),
  )
}

export function readRevocation(body: string): ReadSigned<RevocationStatement> {
  return readSigned<RevocationStatement>(
    body,
    members<RevocationBody>({ statement: revocationShape, note: text }, {}),
  )
}

function readSigned<S extends { format: string }>(body: string, shape: Shape<Signed<S>>): ReadSigned<S> {
  const { value, fault } = readDocument(utf8(body), shape)
  if (fault !== undefined) {
    const said = `it cannot be read: ${fault.at} ${fault.found}`
    return { fault: said, holds: () => said }
  }
  return { statement: value.statement, holds: (verifierKey) => signatureFault(value, verifierKey) }
}

/** Undefined when this key signed exactly this statement. */
function signatureFault<S extends { format: string }>(
  { statement, note }: Signed<S>,
  verifierKey: string,
): string | undefined {
  try {
    const signed = openNote(note, [parseVerifierKey(verifierKey)]).text
    return signed === statementText(statement) ? undefined : 'what was signed is not what is on record'
  } catch {
    return 'its signature does not hold'
  }
}
