// An approval, offline: that the key on record for its approver signed it before anything was committed, for this decision
// and no other, and that it was a second person's.

import { LogError } from '../log/log-error.ts'
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { sha256Hex } from '../model/canonical.ts'
import { documentPath, type PackDocument } from '../model/evidence-pack.ts'
import { microsecondsPerMinute } from '../model/instant.ts'
import type { ApprovalStatement, ApproverBody } from '../model/release.ts'
import { samePerson } from '../model/same-person.ts'
import { statementText } from '../model/statement.ts'
import { NotHeld } from './check.ts'
import { approvalShape, approverShape, bodyOf, type ReadCommit, type ReadDecision } from './pack-shapes.ts'
import type { PackDocuments } from './verify-pack-documents.ts'

/** `onRecord`: the document that put the key on record. */
export type ApprovalHeld = {
  statement: ApprovalStatement
  approver: ApproverBody
  onRecord: PackDocument
}

/** Clocks of two machines of one office may differ by so much. */
const TOLERANCE_US = 5 * microsecondsPerMinute

/** `decision` is undefined where it is not enclosed: the commit names it by position and hash all the same. */
export function checkApprovalOf(
  documents: PackDocuments,
  registerId: string,
  committed: { document: PackDocument; body: Committed },
  decision: { document: PackDocument; body: ReadDecision } | undefined,
): ApprovalHeld {
  const document = documents.at(committed.body.approval)
  if (document?.kind !== 'approval' || document.position >= committed.document.position)
    throw new NotHeld(documentPath(committed.document), 'body.approval', 'names no approval before it')
  const file = documentPath(document)
  const { statement, note } = bodyOf(document, approvalShape)
  const { approver, onRecord } = approverBefore(documents, statement.approver, document)
  if (!signs(approver, note, statement))
    throw new NotHeld(file, 'body.note', 'is not signed by the key on record for its approver')
  const differs = differing(statement, expectedOf(registerId, committed.body, decision))
  if (differs !== undefined)
    throw new NotHeld(file, `body.statement.${differs}`, 'is not that of the decision')
  checkRule(file, statement, approver, decision?.document.actor)
  checkTimes(file, statement, document, committed.document)
  return { statement, approver, onRecord }
}

/** Of the keys on record for a name, the newest before this document: a later one vouches for nothing earlier. */
export function approverBefore(
  documents: PackDocuments,
  id: string,
  document: PackDocument,
): Pick<ApprovalHeld, 'approver' | 'onRecord'> {
  const before = documents.of('approver', id).filter(({ position }) => position < document.position)
  const last = before.at(-1)
  const removed = documents
    .of('approver-removed', id)
    .some(({ position }) => position < document.position && position > (last?.position ?? 0))
  if (last === undefined || removed)
    throw new NotHeld(
      documentPath(document),
      'body.statement.approver',
      'was not on record as an approver before',
    )
  return { approver: bodyOf(last, approverShape), onRecord: last }
}

/** Whether the key of this approver signed exactly this statement. */
export function signs<S extends { format: string }>(
  { verifierKey }: ApproverBody,
  note: string,
  statement: S,
): boolean {
  try {
    return openNote(note, [parseVerifierKey(verifierKey)]).text === statementText(statement)
  } catch (error) {
    if (error instanceof LogError) return false
    throw error
  }
}

type Committed = Pick<ReadCommit, 'approval' | 'request' | 'decision' | 'considered'> & {
  decisionSha256?: string
}

/** What the statement has to say, as far as it is known. */
function expectedOf(
  registerId: string,
  { request, decision: position, considered, decisionSha256 }: Committed,
  decision: { document: PackDocument; body: ReadDecision } | undefined,
): [keyof ApprovalStatement, string | number | undefined][] {
  const outcomes = decision?.body.outcomes
  return [
    ['register', registerId],
    ['request', request.id],
    ['recipient', request.recipient],
    ['requestedBy', request.requestedBy],
    ['decision', position],
    ['decisionSha256', decision === undefined ? decisionSha256 : sha256Hex(decision.document.body)],
    ['considered', considered],
    ['mayLeave', outcomes && outcomes.allow + outcomes.transform],
  ]
}

function differing(
  statement: ApprovalStatement,
  expected: readonly [keyof ApprovalStatement, string | number | undefined][],
): keyof ApprovalStatement | undefined {
  return expected.find(([member, value]) => value !== undefined && statement[member] !== value)?.[0]
}

function checkRule(
  file: string,
  { rule, because, requestedBy }: ApprovalStatement,
  { name }: ApproverBody,
  checkedBy: string | undefined,
): void {
  if (rule === 'sole-person' && (because === undefined || because.trim() === ''))
    throw new NotHeld(file, 'body.statement.because', 'does not say why one person alone may do this')
  if (rule === 'second-person' && requestedBy.trim() === '')
    throw new NotHeld(file, 'body.statement.requestedBy', 'names nobody, so that nobody is a second person')
  if (rule === 'second-person' && [requestedBy, checkedBy ?? ''].some((asker) => samePerson(name, asker)))
    throw new NotHeld(file, 'body.statement.approver', 'is who asked for it')
}

function checkTimes(
  file: string,
  statement: ApprovalStatement,
  approval: PackDocument,
  committed: PackDocument,
): void {
  if (statement.decision >= approval.position)
    throw new NotHeld(file, 'position', 'is before the decision it approves')
  if (Math.abs(statement.approvedAt - approval.recordedAt) > TOLERANCE_US)
    throw new NotHeld(file, 'body.statement.approvedAt', 'is not when it was recorded')
  if (committed.recordedAt > statement.expiresAt + TOLERANCE_US)
    throw new NotHeld(file, 'body.statement.expiresAt', 'had passed when the release was committed')
}
