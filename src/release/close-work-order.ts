// A work order ends for good when nothing of it is held any more: afterwards nothing goes out under it, whatever its days say.
import { canonicalJson } from '../model/canonical.ts'
import type { WorkOrder, WorkOrderClosedBody } from '../model/custody.ts'
import { dateOf, type Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import type { DecisionContext } from './decision-context.ts'
import { type CopyState, readClosedOrders, readCopies } from './read-copies.ts'
import { type ReleaseState, readReleases, type Stated } from './read-release.ts'

type Session = Pick<StoreSession, 'query'>
type Context = Pick<DecisionContext, 'register' | 'readBook' | 'actor'>

export type WorkOrderState = {
  order: WorkOrder
  /** Releases and copies under it that nobody has shown to be destroyed, and releases that are under way. */
  open: string[]
  closed?: Stated<WorkOrderClosedBody>
}

/** `work_order.open` while anything of it is held. */
export async function closeWorkOrder(
  { register, readBook, actor }: Context,
  { workOrder, by }: { workOrder: string; by: string },
): Promise<{ closed: WorkOrderClosedBody; position: number; recordedAt: Instant; repeated: boolean }> {
  let before: Stated<WorkOrderClosedBody> | undefined
  let closed: WorkOrderClosedBody | undefined
  const recorded = await appendUnderLock(register, async (session) => {
    const { policy } = await readBook(session)
    const state = (await readWorkOrders(session, policy.workOrders)).find(
      ({ order }) => order.id === workOrder,
    )
    if (state === undefined) throw new Problem('policy.not_found', `there is no work order ${workOrder}`)
    before = state.closed
    if (before !== undefined) return undefined
    if (state.open.length > 0) throw new Problem('work_order.open', `${workOrder}: ${state.open.join(', ')}`)
    closed = { workOrder, by, closedOn: dateOf(register.now(), policy.controller.zone) }
    return documentDraft({ kind: 'work-order.closed', about: workOrder, body: canonicalJson(closed), actor })
  })
  if (before !== undefined) return { closed: before.body, ...before, repeated: true }
  if (recorded === undefined || closed === undefined) throw new Error('an order that was closed is on record')
  return { closed, position: recorded.position, recordedAt: recorded.recordedAt, repeated: false }
}

export async function readWorkOrders(
  session: Session,
  orders: readonly WorkOrder[],
): Promise<WorkOrderState[]> {
  const [releases, copies] = [await readReleases(session), await readCopies(session)]
  const closed = await readClosedOrders(session)
  const isUnplaced = (state: CopyState) => !orders.some((order) => isUnder(state, order))
  return orders.map((order) => {
    const end = closed.get(order.id)
    return {
      order,
      open: [
        ...releases.filter((state) => isOpen(state, order)).map(({ release }) => release),
        ...copies.filter((state) => isHeld(state, order, isUnplaced(state))).map(({ copy }) => copy),
      ],
      ...(end !== undefined && { closed: end }),
    }
  })
}

function isOpen({ committed, abandoned, destroyed }: ReleaseState, { id }: WorkOrder): boolean {
  return committed?.body.request.workOrder === id && abandoned === undefined && destroyed === undefined
}

/**
 * A copy of this dataset that this contractor holds under no order is under every one of them, until it is gone; so is one
 * with a number that is none of its orders for this dataset: a slip in a report must not set a copy free.
 */
function isHeld(state: CopyState, order: WorkOrder, isUnplaced: boolean): boolean {
  return state.destroyed === undefined && isTheirs(state, order) && (isUnplaced || isUnder(state, order))
}

function isUnder(state: CopyState, order: WorkOrder): boolean {
  return isTheirs(state, order) && state.reported.body.workOrder === order.id
}

function isTheirs({ reported: { body } }: CopyState, { recipient, dataset }: WorkOrder): boolean {
  return body.holder === recipient && body.dataset === dataset
}
