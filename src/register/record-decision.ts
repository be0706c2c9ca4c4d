// A decision enters the register as asked and as answered, before anybody acts on it.
import { canonicalJson } from '../model/canonical.ts'
import type { DecisionBody } from '../model/release.ts'
import { recordDocument } from './record-document.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'

export async function recordDecision(
  register: Register,
  decision: { body: DecisionBody; actor: string; idempotencyKey?: string },
): Promise<Recorded> {
  const { body, ...rest } = decision
  return recordDocument(register, {
    kind: 'decision',
    about: body.request.id,
    body: canonicalJson(body),
    ...rest,
  })
}
