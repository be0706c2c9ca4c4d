// The public surface of the library: what an application, and every example, may import.
export type {
  CaseBeat,
  CaseGroup,
  CasePerson,
  CaseRecall,
  CaseRelease,
  CaseReport,
  CaseTrust,
} from './cli/report/case-report.ts'
export { whoHasLines } from './cli/report/who-has-report.ts'
export type { ReasonGroup } from './decide/decide-set.ts'
export type { Check } from './evidence/check.ts'
export {
  bornOnMaxForAge,
  dateFromIso,
  type Interval,
  instantFromIso,
  instantToIso,
  wholeDay,
} from './model/instant.ts'
export type { Dataset, Policy } from './model/policy.ts'
export { isProblem, Problem, type ProblemCode, problems } from './model/problem.ts'
export { isSystematic, type ReasonCode, reasons } from './model/reason.ts'
export type { SharingRequest } from './model/request.ts'
export type { Outcome, OutcomeCounts, RecordVerdict } from './model/verdict.ts'
export { applyRemoval } from './recipient/apply-removal.ts'
export { openDelivery } from './recipient/open-delivery.ts'
export { doubtIdentity } from './register/doubt-identity.ts'
export { objectToProcessing } from './register/object-to-processing.ts'
export type { Register } from './register/open-register.ts'
export { presentNotice } from './register/present-notice.ts'
export { protectSubject } from './register/protect-subject.ts'
export { readHistory } from './register/read-history.ts'
export { recordConsent } from './register/record-consent.ts'
export { requestErasure } from './register/request-erasure.ts'
export { restrictProcessing } from './register/restrict-processing.ts'
export { withdrawConsent } from './register/withdraw-consent.ts'
export { catchUpProjection } from './release/catch-up-projection.ts'
export { type CheckResult, checkRequest } from './release/check-request.ts'
export { type CoverageRow, coverage } from './release/coverage.ts'
export type { DecisionContext, OnStep, ReleaseContext } from './release/decision-context.ts'
export { type Explanation, explainPeople, explainPerson } from './release/explain-person.ts'
export { type FollowUpResult, followUp } from './release/follow-up.ts'
export { type ReleaseState, readReleases } from './release/read-release.ts'
export { receiveReceipt } from './release/receive-receipt.ts'
export { type ReleaseResult, releaseRequest } from './release/release-request.ts'
export { whoHas } from './rights/who-has.ts'
export { addApproverWithKey, approveWithKey } from './service/approver-keys.ts'
export { configurationFrom } from './service/configuration.ts'
export { importFile } from './service/import-file.ts'
export { type App, openApp } from './service/open-app.ts'
export { receiptOf, subjectOf } from './service/person-rights.ts'
export { publishPolicyFolders } from './service/publish-policy-folders.ts'
export { locateBeside, readRequestFile } from './service/read-request-file.ts'
export { addRecipientCard, verifyRecipientAnswer } from './service/recipient-cards.ts'
export { recipientDesk, recipientKeysIn } from './service/recipient-desk.ts'
export { answerChallengeFile, makeRecipientKeys } from './service/recipient-keys.ts'
export { type StoryClock, storyClock } from './service/story-clock.ts'
export { verifyPath } from './service/verify-path.ts'
