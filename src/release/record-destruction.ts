// A recipient has shown that it destroyed what it got: until then it gets nothing further once the day has passed (A209).
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { DestroyedBody } from '../model/release.ts'
import { recordDocument } from '../register/record-document.ts'
import type { Recorded } from '../register/record-event.ts'
import type { Register } from '../register/register.ts'
import { readRelease } from './read-release.ts'

export async function recordDestruction(
  register: Register,
  { actor, ...body }: DestroyedBody & { actor: string },
): Promise<Recorded> {
  const state = await readRelease(register.store, body.release)
  if (state.committed === undefined) throw new Problem('release.not_found', body.release)
  if (state.delivered === undefined)
    throw new Problem('release.refused', `${body.release} was not delivered: there is nothing to destroy`)
  return recordDocument(register, {
    kind: 'destroyed',
    about: body.release,
    body: canonicalJson({ ...body }),
    actor,
  })
}
