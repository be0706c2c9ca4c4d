// Copies and work orders with a register open: what the published policy says is read under the lock of the report.
import type { WorkOrderClosedBody } from '../model/custody.ts'
import { closeWorkOrder, readWorkOrders, type WorkOrderState } from '../release/close-work-order.ts'
import { type CopyState, readCopies } from '../release/read-copies.ts'
import { type CopyReport, type ReportedCopy, reportCopy } from '../release/report-copy.ts'
import type { App } from './open-app.ts'
import { readPolicyBook } from './policy-book.ts'

export type ListedCopies = { zone: string; copies: CopyState[] }
export type ListedOrders = { zone: string; orders: WorkOrderState[] }

export async function reportCopyTo(app: App, report: CopyReport): Promise<ReportedCopy & { zone: string }> {
  const { policy } = await readPolicyBook(app.register)
  return { ...(await reportCopy(contextOf(app), report)), zone: policy.controller.zone }
}

export async function listCopies({ register }: App): Promise<ListedCopies> {
  const { policy } = await readPolicyBook(register)
  return { zone: policy.controller.zone, copies: await readCopies(register.store) }
}

export async function listWorkOrders({ register }: App): Promise<ListedOrders> {
  const { policy } = await readPolicyBook(register)
  return {
    zone: policy.controller.zone,
    orders: await readWorkOrders(register.store, policy.workOrders),
  }
}

export async function closeWorkOrderOf(
  app: App,
  order: { workOrder: string; by: string },
): Promise<{ closed: WorkOrderClosedBody; position: number; recordedAt: number; repeated: boolean }> {
  return closeWorkOrder(contextOf(app), order)
}

function contextOf({ register, configuration }: App) {
  return {
    register,
    actor: configuration.actor,
    readBook: (session: Parameters<typeof readPolicyBook>[0]['store'] = register.store) =>
      readPolicyBook({ store: session }),
  }
}
