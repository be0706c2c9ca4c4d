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
export { evidencePage } from './cli/report/evidence-page.ts'
export { whoHasLines } from './cli/report/who-has-report.ts'
export type { Calendar, ClockLaw, ClockResult, ClockRule, ClockStep } from './clocks/clock.ts'
export type { ClockInputs, Duty } from './clocks/clock-inputs.ts'
export { computeClock, recomputeClock } from './clocks/compute-clock.ts'
export type { Due } from './clocks/due.ts'
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
export { disputeAccuracy } from './register/dispute-accuracy.ts'
export { doubtIdentity } from './register/doubt-identity.ts'
export { linkPeople } from './register/link-people.ts'
export { listNumber } from './register/list-number.ts'
export { objectToProcessing } from './register/object-to-processing.ts'
export type { Register } from './register/open-register.ts'
export { presentNotice } from './register/present-notice.ts'
export { protectSubject } from './register/protect-subject.ts'
export { readHistory } from './register/read-history.ts'
export { recordConsent } from './register/record-consent.ts'
export { reportAbsence } from './register/report-absence.ts'
export { requestErasure } from './register/request-erasure.ts'
export { restrictProcessing } from './register/restrict-processing.ts'
export { seedRecord } from './register/seed-record.ts'
export { stateCompleteness } from './register/state-completeness.ts'
export { withdrawConsent } from './register/withdraw-consent.ts'
export { catchUpProjection } from './release/catch-up-projection.ts'
export { type CheckResult, checkRequest } from './release/check-request.ts'
export { type CoverageRow, coverage } from './release/coverage.ts'
export { type Determined, decideQuestion } from './release/decide-question.ts'
export type { DecisionContext, OnStep, ReleaseContext } from './release/decision-context.ts'
export { type Explanation, explainPeople, explainPerson } from './release/explain-person.ts'
export { type FollowUpResult, followUp } from './release/follow-up.ts'
export { listQuestions, type QuestionList } from './release/list-questions.ts'
export { type ReleaseState, readReleases } from './release/read-release.ts'
export { receiveReceipt } from './release/receive-receipt.ts'
export { recordDestruction } from './release/record-destruction.ts'
export { type ReleaseResult, releaseRequest } from './release/release-request.ts'
export { findDecision, type Replay, replayDecision } from './release/replay-decision.ts'
export { revokeDetermination } from './release/revoke-determination.ts'
export { whoHas } from './rights/who-has.ts'
export { addApproverWithKey, approveWithKey } from './service/approver-keys.ts'
export { writeCertificate } from './service/certificate.ts'
export { configurationFrom } from './service/configuration.ts'
export { destroyDue, holdPerson, readErasureList } from './service/erasures.ts'
export { writeEvidencePack } from './service/evidence-pack.ts'
export { importFile } from './service/import-file.ts'
export { type App, openApp } from './service/open-app.ts'
export { personReference } from './service/person-reference.ts'
export { claimsOf, provableOf, receiptOf, subjectOf } from './service/person-rights.ts'
export { publishPolicyFolders } from './service/publish-policy-folders.ts'
export { locateBeside, readRequestFile } from './service/read-request-file.ts'
export { addRecipientCard, verifyRecipientAnswer } from './service/recipient-cards.ts'
export { recipientDesk, recipientKeysIn } from './service/recipient-desk.ts'
export { answerChallengeFile, makeRecipientKeys } from './service/recipient-keys.ts'
export { replayRequest } from './service/replay-request.ts'
export { shippedClockLaw } from './service/shipped-calendars.ts'
export { type StoryClock, storyClock } from './service/story-clock.ts'
export { verifyPath } from './service/verify-path.ts'
