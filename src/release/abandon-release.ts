// A release given up before anything left: the answer it was made on no longer holds, or somebody says so. What was sealed is
// swept away; the request can be checked, approved and released anew.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { AbandonedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft } from '../register/record-document.ts'
import type { ReleaseContext } from './decision-context.ts'
import { type ReleaseState, readRelease, readReleases } from './read-release.ts'

/**
 * Under the lock, which a delivery holds from its rename to its record: what may have left, from here or from another process's
 * outbox, cannot be given up.
 */
export async function abandonRelease(
  context: Pick<ReleaseContext, 'register' | 'outbox' | 'actor'>,
  release: string,
  because: string,
): Promise<void> {
  const { register, actor } = context
  await appendUnderLock(register, async (session) => {
    const state = await readRelease(session, release)
    if (state.committed === undefined) throw new Problem('release.not_found', release)
    if (state.delivered !== undefined || state.empty !== undefined)
      throw new Problem('release.refused', `${release} is finished`)
    if (state.abandoned !== undefined) return undefined
    await refuseWhatMayHaveLeft(context, state, state.committed.body.request.recipient)
    const body: AbandonedBody = { release, because }
    return documentDraft({
      kind: 'release.abandoned',
      about: release,
      body: canonicalJson(body),
      actor,
      idempotencyKey: `release.abandoned:${release}`,
    })
  })
}

/** A folder that was renamed already may have been taken: it has left, and its release goes on. Only its own outbox shows it. */
async function refuseWhatMayHaveLeft(
  { outbox }: Pick<ReleaseContext, 'outbox'>,
  { release, sealed }: ReleaseState,
  recipient: string,
): Promise<void> {
  if (sealed !== undefined && sealed.body.outbox !== (await outbox.id()))
    throw new Problem('outbox.elsewhere', `${release}, outbox ${sealed.body.outbox}`)
  if (await outbox.hash(outbox.pathOf(release, recipient), 'manifest.json'))
    throw new Problem(
      'release.refused',
      `${release} lies in the outbox; run \`fairshare release\` to finish it`,
    )
}

/** Everything begun for this request and not delivered. */
export async function abandonRequest(
  context: Pick<ReleaseContext, 'register' | 'outbox' | 'actor'>,
  request: string,
  because: string,
): Promise<string[]> {
  const states = await readReleases(context.register.store)
  const begun = states.filter(
    ({ committed, delivered, abandoned }) =>
      committed?.body.request.id === request && delivered === undefined && abandoned === undefined,
  )
  for (const { release } of begun) await abandonRelease(context, release, because)
  return begun.map(({ release }) => release)
}
