// The facts of a request as a whole, worked out once from the request, what is declared and what is on record.

import { agreementFacts } from './facts/agreement-facts.ts'
import type { Asked } from './facts/asked.ts'
import { assessmentFacts } from './facts/assessment-facts.ts'
import { basisFacts } from './facts/basis-facts.ts'
import { listFacts } from './facts/list-facts.ts'
import { purposeFacts } from './facts/purpose-facts.ts'
import { recipientFacts } from './facts/recipient-facts.ts'
import { timeFacts } from './facts/time-facts.ts'
import type { RequestFacts } from './plain-facts.ts'

export function requestFactsOf(asked: Asked): RequestFacts {
  const basis = basisFacts(asked)
  const purpose = purposeFacts(asked)
  return {
    packKnown: asked.packs.known,
    ...purpose,
    ...assessmentFacts(asked),
    ...agreementFacts(asked),
    ...recipientFacts(asked),
    ...basis,
    commercial: purpose.marketing || basis.paid,
    ...listFacts(asked),
    ...timeFacts(asked),
  }
}
