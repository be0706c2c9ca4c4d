// Publishing a policy folder: checked, compared with what is in force, appended, and held against who was shown what.
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { checkSuccession } from '../policy/check-succession.ts'
import { diffPolicy, type PolicyChange } from '../policy/diff-policy.ts'
import { policyItems } from '../policy/policy-items.ts'
import type { Register } from '../register/open-register.ts'
import { type Publication, publishPolicy, readPublishedPolicy } from '../register/publish-policy.ts'
import type { App } from './open-app.ts'
import { policyOf } from './policy-book.ts'
import { checkPolicyFolders } from './policy-folders.ts'
import { type NoticeImpact, publicationImpact } from './publication-impact.ts'

export type PublishedFolders = {
  publication: Publication
  /** What differs from the policy in force before, in words. */
  changes: PolicyChange[]
  /** For each notice version that tells something new: what, and how many people have been shown it. */
  impact: NoticeImpact[]
}

/** `folders`: the policy, then overlays laid over it. Any finding stops it: `policy.invalid`, with all of them. */
export async function publishPolicyFolders(
  app: App,
  folders: readonly string[],
  by: string,
): Promise<PublishedFolders> {
  const { policy, findings } = await checkPolicyFolders(folders)
  if (policy === undefined || findings.length > 0) {
    throw new Problem('policy.invalid', `${findings.length} found`, { findings })
  }
  const before = await policyInForce(app.register)
  const changed = before === undefined ? [] : checkSuccession(before, policy)
  if (changed.length > 0) throw new Problem('policy.invalid', changed.join('; '))
  const changes = diffPolicy(before, withEarlierNotices(policy, before))
  const publication = await publishPolicy(app.register, policyItems(policy), by)
  return { publication, changes, impact: await publicationImpact(app.register, publication, changes, policy) }
}

async function policyInForce(register: Register): Promise<Policy | undefined> {
  const current = (await readPublishedPolicy(register)).filter((version) => version.current)
  return current.some(({ kind }) => kind === 'controller') ? policyOf(current) : undefined
}

/** A published notice stays in force when its file goes: people were shown it. So it has not been removed. */
function withEarlierNotices(policy: Policy, before: Policy | undefined): Policy {
  const declared = new Set(policy.notices.map(({ id }) => id))
  const earlier = (before?.notices ?? []).filter(({ id }) => !declared.has(id))
  return { ...policy, notices: [...policy.notices, ...earlier] }
}
