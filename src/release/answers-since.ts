// Whether answers to questions were given or taken back after something was decided: they are no one person's, so whoever
// was touched since does not tell.
import type { Instant } from '../model/instant.ts'
import type { Determination, Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import type { StoreSession } from '../register/store.ts'

/**
 * By position, or by time: an answer recorded before the decision, but after the instant it decides for, is not in it either.
 * A key that was replaced, or whose holder was removed, takes with it what it signed.
 */
export async function answersChangedSince(
  session: Pick<StoreSession, 'query'>,
  { position, releaseAt }: { position: number; releaseAt: Instant },
): Promise<boolean> {
  const rows = await session.query(
    `select 1 from register.record r join register.batch b on b.position = r.position
      where (r.kind in ('determination', 'determination-revoked') and (r.position > $1 or b.recorded_at > $2))
         or (r.kind in ('approver', 'approver-removed') and r.position > $1
             and exists (select 1 from register.record d where d.kind = 'determination'))
      limit 1`,
    [position, releaseAt],
  )
  return rows.length > 0
}

/** Whether an answer that let records of this request go counts no longer, or another that holds them back does now. */
export function answersLost(
  before: Policy,
  after: Policy,
  { recipient, purpose }: Pick<SharingRequest, 'recipient' | 'purpose'>,
): boolean {
  const standing = ({ determinations }: Policy, wanted: Determination['answer']) =>
    determinations
      .filter(({ at, revokedAt, answer }) => at !== undefined && revokedAt === undefined && answer === wanted)
      .filter((item) => item.recipient === recipient && item.purpose === purpose)
      .map(({ id }) => id)
  const allowed = new Set(standing(after, 'allow'))
  const refused = new Set(standing(before, 'refuse'))
  return (
    standing(before, 'allow').some((id) => !allowed.has(id)) ||
    standing(after, 'refuse').some((id) => !refused.has(id))
  )
}
