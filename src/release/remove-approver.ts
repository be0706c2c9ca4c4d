// Somebody approves no more: the name goes off the list, and with it whatever of their approvals and answers is not used yet.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { ApproverBody, ApproverRemovedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { approverIdOf } from './approver-id.ts'
import { readApprovers } from './read-approvers.ts'

/** `name`, or the id. `approver.not_found` when nobody of that name may approve. */
export async function removeApprover(
  register: Register,
  { name, because, actor }: { name: string; because: string; actor: string },
): Promise<{ approver: ApproverBody; position: number }> {
  let approver: ApproverBody | undefined
  const appended = await appendUnderLock(register, async (session) => {
    const id = approverIdOf(name)
    approver = (await readApprovers(session)).get(id)
    if (approver === undefined) throw new Problem('approver.not_found', name)
    const body: ApproverRemovedBody = { id, because }
    return documentDraft({ kind: 'approver-removed', about: id, body: canonicalJson(body), actor })
  })
  return { approver: approver!, position: appended!.position }
}
