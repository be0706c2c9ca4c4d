// A legal hold: a claim or an enquiry needs the evidence, so nobody's keys go before a day. It never lifts the suppression.
// Its words stay deletable, as nothing keeps a name out of them: documents are for ever, and go to others in packs.
import { createHash, randomBytes } from 'node:crypto'
import { canonicalJson } from '../model/canonical.ts'
import { type DateNumber, dateToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { ErasureHeldBody } from '../model/release.ts'
import { appendBatch } from './append-batch.ts'
import { readErasures } from './read-erasures.ts'
import { documentDraft } from './record-document.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'

const SALT_BYTES = 32

/**
 * The furthest day counts: another claim with an earlier one takes nothing away, unless `shorten` says that it should. The document
 * says how many, the deletable table whom and why. `erasure.held` when a hold would end sooner.
 */
export async function holdErasure(
  register: Register,
  hold: { subjects: readonly number[]; until: DateNumber; because: string; actor: string; shorten?: boolean },
): Promise<Recorded> {
  const { subjects, until, because, actor, shorten = false } = hold
  const asked = await readErasures(register.store, subjects)
  if (asked.length < subjects.length || subjects.length === 0)
    throw new Problem('erasure.not_found', 'nobody asked for this person to be erased, or it is done already')
  const furthest = Math.max(0, ...asked.map((one) => one.hold?.until ?? 0))
  if (until < furthest && !shorten)
    throw new Problem('erasure.held', `until ${dateToIso(furthest)}, which is after ${dateToIso(until)}`)
  const salt = randomBytes(SALT_BYTES)
  const hashed = createHash('sha256').update(salt).update(because, 'utf8').digest('hex')
  const body: ErasureHeldBody = { people: subjects.length, until, because: hashed }
  const { position, recordedAt, repeated } = await appendBatch(register, {
    ...documentDraft({ kind: 'erasure.held', about: 'people', body: canonicalJson(body), actor }),
    extra: async (session, at) => {
      await session.query(
        `insert into erasable.hold (subject, until_on, because, salt, position)
         select subject, $2::int4, $3, $4, $5::int8 from unnest($1::int4[]) as held (subject)
         on conflict (subject) do update set until_on = excluded.until_on, because = excluded.because,
                                             salt = excluded.salt, position = excluded.position`,
        [[...subjects], until, because, salt, at],
      )
    },
  })
  return { position, recordedAt, repeated }
}
