// A source is complete up to an instant: every objection it knew by then is on record. Without a recent word of it, nothing
// that relies on the source is released (T807).
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { FeedBody } from '../model/release.ts'
import { recordDocument } from './record-document.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'

export async function stateCompleteness(
  register: Register,
  { actor, ...body }: FeedBody & { actor: string },
): Promise<Recorded> {
  if (body.completeTo > register.now())
    throw new Problem('time.invalid', 'a source cannot be complete to a time that has not come')
  return recordDocument(register, { kind: 'feed', about: body.source, body: canonicalJson(body), actor })
}
