// What is owed for a contractor's work order: that it is closed when it ends, which it cannot be while something of it is held.
import type { WorkOrder, WorkOrderClosedBody } from '../model/custody.ts'
import { dateOf } from '../model/instant.ts'
import type { PolicyTerms } from '../register/policy-terms.ts'
import type { PolicyVersion } from '../register/publish-policy.ts'
import type { Stated } from '../release/read-release.ts'
import { holderOf } from './holder.ts'
import { doneOn, pendingOn } from './light.ts'
import type { AsOf, Obligation } from './obligation.ts'

/** The newest text of every order there has been: taken out of the policy it is still to be closed. */
export function ordersPublished(
  versions: readonly PolicyVersion[],
  upTo: number,
): { order: WorkOrder; position: number }[] {
  const newest = new Map<string, { order: WorkOrder; position: number }>()
  for (const { kind, name, body, position } of versions)
    if (kind === 'work-order' && body !== undefined && position <= upTo)
      newest.set(name, { order: JSON.parse(body) as WorkOrder, position })
  return [...newest.values()]
}

export function workOrderObligation(
  { id, recipient, task, from, until }: WorkOrder,
  closed: Stated<WorkOrderClosedBody> | undefined,
  terms: PolicyTerms,
  { today, zone }: AsOf,
): Obligation {
  const base = {
    ...{ id: `close-work-order/${id}`, kind: 'close-work-order' as const, of: { workOrder: id } },
    who: holderOf(terms, recipient, from),
    words: `Close the work order: ${task}`,
    ...{ source: `work order ${id}`, dueOn: until },
  }
  if (closed !== undefined) return { ...base, ...doneOn('met', dateOf(closed.recordedAt, zone), until) }
  const pending = pendingOn(until, today)
  if (pending.state === 'open') return { ...base, ...pending }
  const todo = `See that nothing of it is held any more, then \`fairshare work-order close ${id} --by <name>\`.`
  return { ...base, ...pending, todo }
}
