// A decision enters the register as asked and as answered, before anybody acts on it.
import { randomUUID } from 'node:crypto'
import { canonicalHash } from '../model/canonical.ts'
import { appendBatch } from './append-batch.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'

export type DecisionRecord = {
  /** The request as canonical JSON. */
  request: string
  /** The decision as canonical JSON: position decided at, packs, hashes, counts. No personal value. */
  body: string
  actor: string
  idempotencyKey?: string
}

export async function recordDecision(register: Register, decision: DecisionRecord): Promise<Recorded> {
  const { request, body, actor } = decision
  const { position, recordedAt, repeated } = await appendBatch(register, {
    kind: 'decision',
    actor,
    idempotencyKey: decision.idempotencyKey ?? randomUUID(),
    contentHash: canonicalHash({ request, body }),
    extra: async (session, at) => {
      await session.query('insert into register.decision (position, request, body) values ($1, $2, $3)', [
        at,
        request,
        body,
      ])
    },
  })
  return { position, recordedAt, repeated }
}
