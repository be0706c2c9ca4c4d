// Somebody says that the last copy of a destroyed epoch's key, or of what was wrapped under it, is gone. No program can know it.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { UnrecoverableBody } from '../model/release.ts'
import { readDestructions } from './destroy-keys.ts'
import { readDocuments, recordDocument } from './record-document.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'

/** Said again, the first word stands. */
export async function recordUnrecoverable(
  register: Register,
  { epoch, by, actor }: { epoch: number; by: string; actor: string },
): Promise<Recorded> {
  const known = await readDestructions(register.store)
  if (!known.some(({ body }) => body.epoch === epoch))
    throw new Problem('erasure.not_found', `epoch ${epoch} did not end with anybody's erasure`)
  if (register.keys.epochs().includes(epoch))
    throw new Problem(
      'erasure.not_due',
      `the key of epoch ${epoch} is still here: run \`erasures destroy --due\` first`,
    )
  const about = `epoch ${epoch}`
  const [said] = await readDocuments(register.store, { kind: 'erasure.unrecoverable', about })
  if (said !== undefined) return { position: said.position, recordedAt: said.recordedAt, repeated: true }
  const body: UnrecoverableBody = { epoch, at: register.now(), by }
  return recordDocument(register, {
    ...{ kind: 'erasure.unrecoverable', about, body: canonicalJson(body), actor },
  })
}
