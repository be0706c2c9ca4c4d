// An explanation as one JSON document: what the program knows by name, and the words of the other forms beside it.
import { dateToIso, instantToIso } from '../../model/instant.ts'
import { writeExpression } from '../../packs/write-expression.ts'
import type { Explanation } from '../../release/explain-person.ts'
import type { Evidence, ExplainedReason, Ground } from '../../release/explain-reason.ts'
import { changeWords, factValue } from './fact-words.ts'
import { whatWords } from './history-lines.ts'
import { tellExplanation } from './tell-explanation.ts'

export function explanationJson(explanation: Explanation) {
  const { request, file, reasons, notice, zone, evidence, ...rest } = explanation
  const { verdict, outlook } = tellExplanation(explanation)
  return {
    request: { ...request, releaseAt: instantToIso(request.releaseAt) },
    ...rest,
    zone,
    verdict,
    outlook,
    file: file.map((reason) => reasonJson(reason, zone)),
    reasons: reasons.map((reason) => reasonJson(reason, zone)),
    notice: notice && {
      ...notice,
      effectiveOn: dateToIso(notice.effectiveOn),
      shown: notice.shown.map(evidenceJson),
    },
    evidence,
  }
}

function reasonJson({ when, grounds, ...reason }: ExplainedReason, zone: string) {
  return {
    ...reason,
    condition: when && writeExpression(when),
    grounds: grounds.map((ground) => groundJson(ground, zone)),
  }
}

function groundJson({ facts, changes, ...ground }: Ground, zone: string) {
  return {
    ...ground,
    facts: facts.map(({ name, means, value, elsewhere, evidence, notice }) => ({
      name,
      means,
      value: value ?? null,
      says: factValue({ name, means, value, elsewhere, evidence, notice }, zone),
      elsewhere,
      evidence: evidence.map(evidenceJson),
    })),
    changes: changes.map((change) => ({ by: change.by, says: changeWords(change, facts, zone) })),
  }
}

function evidenceJson(event: Evidence) {
  const { earliest, latest, recordedAt, ...rest } = event
  return {
    ...rest,
    says: whatWords({ ...event, actor: '' }),
    earliest: instantToIso(earliest),
    latest: instantToIso(latest),
    recordedAt: instantToIso(recordedAt),
  }
}
