// A person approves an answer: the newest decision on a request, as it stands, until it runs out. What is signed names the
// decision by its hash, so that no other answer can pass under it.
import { signNote } from '../log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { instantToIso, microsecondsPerHour } from '../model/instant.ts'
import type { ApprovalPolicy, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { ApprovalBody, ApprovalStatement, ApproverBody, DecisionBody } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import type { Signer } from '../register/key-ring.ts'
import { type RegisterDocument, readDocuments, recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { approvalRuleOf, clockToleranceUs, isRequester } from './check-approval.ts'
import { findApprover } from './find-approver.ts'

export type Approval = {
  position: number
  statement: ApprovalStatement
  approver: ApproverBody
  decision: DecisionBody
}

/** `as` = the id of the approver; absent = whoever this key is on record for. */
export async function approveRequest(
  register: Register,
  policy: Policy,
  { request, signer, as }: { request: string; signer: Signer; as?: string },
): Promise<Approval> {
  const decision = (await readDocuments(register.store, { kind: 'decision', about: request })).at(-1)
  if (decision === undefined) throw new Problem('request.not_found', request)
  const approver = await findApprover(register.store, signer, as, 'approval.invalid')
  const rule = approvalRuleOf(policy)
  const body = JSON.parse(decision.body) as DecisionBody
  refuse(rule, approver, body, decision, register.now())
  const statement = stateApproval(register, rule, approver, body, decision)
  const note = signNote(statementText(statement), { name: approver.id, ...signer })
  const approval: ApprovalBody = { statement, note }
  const { position } = await recordDocument(register, {
    kind: 'approval',
    about: request,
    body: canonicalJson(approval),
    actor: approver.name,
  })
  return { position, statement, approver, decision: body }
}

/** None of these can become true later: the decision has to be made again, or somebody else has to approve. */
function refuse(
  rule: ApprovalPolicy,
  approver: ApproverBody,
  { request, outcomes }: DecisionBody,
  decision: RegisterDocument,
  now: number,
): void {
  if (rule.rule === 'second-person' && request.requestedBy === '')
    throw new Problem(
      'approval.invalid',
      `nobody is on record as having asked for ${request.id}: check it again with --requested-by "<name>"`,
    )
  if (now < decision.recordedAt - clockToleranceUs)
    throw new Problem('clock.back', `the decision was recorded ${instantToIso(decision.recordedAt)}`)
  if (
    rule.rule === 'second-person' &&
    isRequester(approver, { requestedBy: request.requestedBy, checkedBy: decision.actor })
  )
    throw new Problem('approval.invalid', `${approver.name} has asked for it; somebody else approves it`)
  if (outcomes.allow + outcomes.transform === 0 && outcomes.review > 0)
    throw new Problem('release.refused', `${request.id}: what is open has to be reviewed first`)
}

function stateApproval(
  register: Register,
  rule: ApprovalPolicy,
  approver: ApproverBody,
  { request, outcomes, considered }: DecisionBody,
  decision: RegisterDocument,
): ApprovalStatement {
  const approvedAt = register.now()
  return {
    format: 'fairshare/approval@v1',
    register: register.registerId,
    request: request.id,
    decision: decision.position,
    decisionSha256: sha256Hex(decision.body),
    mayLeave: outcomes.allow + outcomes.transform,
    considered,
    recipient: request.recipient,
    approver: approver.id,
    requestedBy: request.requestedBy,
    rule: rule.rule,
    ...(rule.rule === 'sole-person' && { because: rule.because }),
    approvedAt,
    expiresAt: approvedAt + rule.validHours * microsecondsPerHour,
  }
}
