// Whether a decision is approved: by someone on record, for this very decision, under the rule in force, and still. What
// counts is the text that was signed; what the register says beside it is compared and otherwise not believed.
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { type Instant, instantToIso, microsecondsPerHour, microsecondsPerMinute } from '../model/instant.ts'
import type { ApprovalPolicy, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { ApprovalBody, ApprovalStatement, ApproverBody, DecisionBody } from '../model/release.ts'
import { samePerson } from '../model/same-person.ts'
import { readStatement } from '../model/statement.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import type { StoreSession } from '../register/store.ts'
import { approverIdOf } from './approver-id.ts'
import { readApprovers } from './read-approvers.ts'

/** For organisations that say nothing: a second person, and three days, so that what is approved on a Friday can leave on Monday. */
const houseRule: ApprovalPolicy = { rule: 'second-person', validHours: 72 }
/** Clocks of two machines of one office may differ by so much. */
export const clockToleranceUs = 5 * microsecondsPerMinute

export function approvalRuleOf(policy: Policy): ApprovalPolicy {
  return policy.controller.approval ?? houseRule
}

/**
 * The newest approval of this decision. `approval.missing`, `approval.expired`, `approval.invalid`, each in words that
 * say why; `clock.back` when the clock stands before the approval, as a clock put back would revive one that has run out.
 */
export async function checkApproval(
  register: Register,
  session: Pick<StoreSession, 'query'>,
  decision: RegisterDocument,
  policy: Policy,
  now: Instant,
): Promise<{ position: number; statement: ApprovalStatement }> {
  const approval = await newestApproval(session, decision)
  if (now < approval.recordedAt - clockToleranceUs)
    throw new Problem('clock.back', `the approval was recorded ${instantToIso(approval.recordedAt)}`)
  const { statement, approver } = await openApproval(session, approval)
  checkSubject(register, decision, statement)
  checkRule(approvalRuleOf(policy), statement, approver, decision.actor)
  checkTime(approvalRuleOf(policy), statement, decision, now)
  return { position: approval.position, statement }
}

/** Under `second-person`, who asked, or put the question, does not approve, whichever way the name is spelled or hyphenated. */
export function isRequester(
  approver: Pick<ApproverBody, 'id' | 'name'>,
  { requestedBy, checkedBy }: { requestedBy: string; checkedBy: string },
): boolean {
  return [requestedBy, checkedBy].some(
    (name) => samePerson(approver.name, name) || approver.id === approverIdOf(name),
  )
}

async function newestApproval(
  session: Pick<StoreSession, 'query'>,
  decision: RegisterDocument,
): Promise<RegisterDocument> {
  const approvals = await readDocuments(session, { kind: 'approval', about: decision.about })
  const decisions = approvals.map(({ body }) => (JSON.parse(body) as ApprovalBody).statement.decision)
  const index = decisions.lastIndexOf(decision.position)
  if (index >= 0) return approvals[index]!
  const other = decisions.at(-1)
  throw new Problem(
    'approval.missing',
    other === undefined
      ? `${decision.about}, decided at position ${decision.position}`
      : `${decision.about}: the decision at position ${other} was approved, this is the one at ${decision.position}`,
  )
}

/** The statement as signed, and who signed it: an approver already on record when the approval was recorded. */
async function openApproval(
  session: Pick<StoreSession, 'query'>,
  approval: RegisterDocument,
): Promise<{ statement: ApprovalStatement; approver: ApproverBody }> {
  const { statement, note } = JSON.parse(approval.body) as ApprovalBody
  const approver = (await readApprovers(session, approval.position)).get(statement.approver)
  if (approver === undefined) throw invalid('its approver was not on record when it was made')
  // A key is replaced because it was lost, or because somebody else may have it: what it signed counts no longer.
  if ((await readApprovers(session)).get(statement.approver)?.verifierKey !== approver.verifierKey)
    throw invalid('the key that signed it was replaced since')
  const signed = readStatement(signedText(note, approver), 'fairshare/approval@v1')
  if (signed === undefined || canonicalJson({ ...statement }) !== canonicalJson(signed as typeof statement))
    throw invalid('what was signed is not what is on record')
  return { statement, approver }
}

function signedText(note: string, approver: ApproverBody): string {
  try {
    return openNote(note, [parseVerifierKey(approver.verifierKey)]).text
  } catch (cause) {
    throw new Problem('approval.invalid', `the key of ${approver.id} did not sign it`, { cause })
  }
}

function checkSubject(register: Register, decision: RegisterDocument, statement: ApprovalStatement): void {
  const { request, considered, outcomes } = JSON.parse(decision.body) as DecisionBody
  if (statement.register !== register.registerId) throw invalid('it was given for another register')
  if (statement.request !== decision.about || statement.decisionSha256 !== sha256Hex(decision.body))
    throw invalid('it was given for another answer')
  const same =
    statement.recipient === request.recipient &&
    statement.requestedBy === request.requestedBy &&
    statement.considered === considered &&
    statement.mayLeave === outcomes.allow + outcomes.transform
  if (!same) throw invalid('it says something else than the decision')
}

function checkRule(
  rule: ApprovalPolicy,
  statement: ApprovalStatement,
  approver: ApproverBody,
  checkedBy: string,
): void {
  const because = rule.rule === 'sole-person' ? rule.because : undefined
  if (statement.rule !== rule.rule || statement.because !== because)
    throw invalid(`it was given under another rule than the policy's, which is ${rule.rule}`)
  if (
    rule.rule === 'second-person' &&
    isRequester(approver, { requestedBy: statement.requestedBy, checkedBy })
  )
    throw invalid('who asked has approved it')
}

/** The policy's hours count from the approval, so that hours cut since then cut it too. */
function checkTime(
  rule: ApprovalPolicy,
  { approvedAt, expiresAt }: ApprovalStatement,
  decision: RegisterDocument,
  now: Instant,
): void {
  if (approvedAt > now + clockToleranceUs) throw invalid('it was given in the future')
  if (approvedAt < decision.recordedAt - clockToleranceUs) throw invalid('it is older than the decision')
  const endsAt = Math.min(expiresAt, approvedAt + rule.validHours * microsecondsPerHour)
  if (!(now < endsAt)) throw new Problem('approval.expired', `it held until ${instantToIso(endsAt)}`)
}

function invalid(why: string): Problem {
  return new Problem('approval.invalid', why)
}
