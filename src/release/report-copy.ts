// A copy that no release of ours made is reported by whoever learns of it: it stands on record, is to be destroyed, and until
// it is, nothing further goes to its holder or that holder's group (A209). Without a live grant it is A211.
import { canonicalJson } from '../model/canonical.ts'
import type { CopyReportedBody, WorkOrder } from '../model/custody.ts'
import { dateOf, type Instant } from '../model/instant.ts'
import type { CopyGrant, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { sameName } from '../model/same-person.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { type PolicyTerms, policyTermsByPosition } from '../register/policy-terms.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { positionAt } from '../register/read-batches.ts'
import { documentDraft } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import type { DecisionContext } from './decision-context.ts'
import { type CopyState, readClosedOrders, readCopies } from './read-copies.ts'

export type CopyReport = Pick<
  CopyReportedBody,
  'holder' | 'dataset' | 'workOrder' | 'madeAt' | 'place' | 'records' | 'fields' | 'source' | 'by'
>

export type ReportedCopy = {
  body: CopyReportedBody
  position: number
  recordedAt: Instant
  /** The same copy had been reported in the same words, and is not shown to be destroyed: nothing was recorded. */
  repeated: boolean
  /** In words, why no grant covers it. */
  because?: string
  /** Others that this holder has and has not shown to be destroyed. */
  held: string[]
}

/** Under the lock: two reports at once are two copies, each with an id of its own. */
export async function reportCopy(
  { register, readBook, actor }: Pick<DecisionContext, 'register' | 'readBook' | 'actor'>,
  report: CopyReport,
): Promise<ReportedCopy> {
  let told: Omit<ReportedCopy, 'position' | 'recordedAt' | 'repeated'> | undefined
  let before: CopyState | undefined
  const recorded = await appendUnderLock(register, async (session) => {
    const { policy } = await readBook(session)
    checkReport(report, policy, register.now())
    const copies = await readCopies(session)
    before = copies.find((state) => isReported(report, state))
    if (before !== undefined) return undefined
    const closed = await readClosedOrders(session)
    const then = await termsAt(session, report.madeAt)
    const found = grantFor(report, { policy, then, closed: new Set(closed.keys()) })
    const today = dateOf(register.now(), policy.controller.zone)
    const body = bodyOf(report, { copy: `c${copies.length + 1}`, policy, today, grant: found.grant })
    const { because } = found
    told = { body, held: heldBy(report.holder, copies), ...(because !== undefined && { because }) }
    return documentDraft({ kind: 'copy.reported', about: body.copy, body: canonicalJson(body), actor })
  })
  if (before !== undefined) return reportedBefore(before)
  if (told === undefined || recorded === undefined) throw new Error('a report that was taken is on record')
  return { ...told, position: recorded.position, recordedAt: recorded.recordedAt, repeated: false }
}

/** Whoever reports it, and however it became known. What is reported after it was destroyed is another copy, or never was. */
function isReported(report: CopyReport, { reported: { body }, destroyed }: CopyState): boolean {
  const same = (['holder', 'dataset', 'workOrder', 'madeAt', 'place', 'records'] as const).every(
    (key) => report[key] === body[key],
  )
  return same && destroyed === undefined && canonicalJson(report.fields) === canonicalJson(body.fields)
}

function reportedBefore({ reported: { body, position, recordedAt } }: CopyState): ReportedCopy {
  return { body, position, recordedAt, held: [], repeated: true }
}

/** Names nobody knows would be held against nobody. */
function checkReport(report: CopyReport, policy: Policy, now: Instant): void {
  const { holder, dataset, workOrder, madeAt, fields } = report
  const has = (list: readonly { id: string }[], id: string) => list.some((one) => one.id === id)
  if (!has(policy.entities, holder)) throw unpublished('entity', holder)
  if (!has(policy.datasets, dataset)) throw unpublished('dataset', dataset)
  if (workOrder !== undefined && !has(policy.workOrders, workOrder))
    throw unpublished('work order', workOrder)
  const columns = policy.datasets.find(({ id }) => id === dataset)?.fields.map(({ name }) => name) ?? []
  const unknown = fields.filter((field) => !columns.includes(field))
  if (unknown.length > 0)
    throw new Problem(
      'value.invalid',
      `${unknown.join(', ')}: ${dataset} has the columns ${columns.join(', ')}`,
    )
  if (madeAt > now)
    throw new Problem('time.invalid', 'a copy cannot have been made at a time that has not come')
}

function unpublished(what: string, id: string): Problem {
  return new Problem('policy.not_found', `there is no ${what} ${id}`)
}

function bodyOf(
  { holder, dataset, workOrder, madeAt, place, records, fields, source, by }: CopyReport,
  {
    copy,
    policy,
    today,
    grant,
  }: { copy: string; policy: Policy; today: number; grant: CopyGrant | undefined },
): CopyReportedBody {
  const purpose = policy.workOrders.find(({ id }) => id === workOrder)?.purpose
  return {
    ...{ copy, holder, dataset, madeAt, place, fields, source, by },
    ...(workOrder !== undefined && { workOrder }),
    ...(purpose !== undefined && { purpose }),
    ...(records !== undefined && { records }),
    ...(grant !== undefined && { grant: grant.id }),
    codes: grant === undefined ? ['A211'] : [],
    deleteBy: grant?.deleteBy ?? today,
  }
}

function heldBy(holder: string, copies: readonly CopyState[]): string[] {
  return copies
    .filter(({ reported, destroyed }) => reported.body.holder === holder && destroyed === undefined)
    .map(({ copy }) => copy)
}

// --- the grant ---------------------------------------------------------------------------------------------------

type Found = { grant?: CopyGrant; because?: string }
type Terms = Pick<Policy, 'controller' | 'workOrders' | 'copyGrants'>
type OnRecord = { policy: Terms; then: Terms | undefined; closed: ReadonlySet<string> }

/** What was published when the copy was made: undefined if nothing was. */
async function termsAt(
  session: Pick<StoreSession, 'query'>,
  madeAt: Instant,
): Promise<PolicyTerms | undefined> {
  const termsBefore = policyTermsByPosition(await readPublishedPolicy({ store: session }))
  return termsBefore((await positionAt(session, madeAt)) + 1)
}

/** As the policy is and as it was: a grant that was withdrawn covers nothing, nor does one that was written for the copy afterwards. */
function grantFor(report: CopyReport, { policy, then, closed }: OnRecord): Found {
  const found = grantsFor(report, policy, closed)
  if (found.grants === undefined) return found
  const before = (then && grantsFor(report, then, closed).grants) ?? []
  const grant = found.grants.find(({ id }) => before.some((earlier) => earlier.id === id))
  if (grant !== undefined) return { grant }
  const ids = found.grants.map(({ id }) => id).join(', ')
  return { because: `what would cover it, ${ids}, was not published yet when it was made` }
}

/** Whatever is not known of a copy is not granted. */
function grantsFor(
  report: CopyReport,
  { controller, workOrders, copyGrants }: Terms,
  closed: ReadonlySet<string>,
): { grants?: CopyGrant[]; because?: string } {
  const madeOn = dateOf(report.madeAt, controller.zone)
  const order = workOrders.find(({ id }) => id === report.workOrder)
  if (order === undefined) return { because: 'it was made under no work order' }
  const outside = outsideOrder(report, order, madeOn)
  if (outside !== undefined) return { because: outside }
  if (closed.has(order.id)) return { because: `work order ${order.id} is closed` }
  const ofDay = copyGrants.filter(
    ({ workOrder, from, until }) => workOrder === order.id && from <= madeOn && madeOn < until,
  )
  if (ofDay.length === 0) return { because: `no copy was granted under work order ${order.id} on that day` }
  const grants = ofDay.filter(({ place }) => sameName(place, report.place))
  if (grants.length > 0) return { grants }
  const places = ofDay.map(({ place }) => place).join('; ')
  return { because: `the copy that was granted may lie elsewhere only: ${places}` }
}

function outsideOrder(
  { holder, dataset, fields }: CopyReport,
  order: WorkOrder,
  on: number,
): string | undefined {
  if (order.recipient !== holder || order.dataset !== dataset)
    return `work order ${order.id} is ${order.recipient}'s, for ${order.dataset}`
  if (on < order.from || on >= order.until) return `work order ${order.id} did not hold on that day`
  if (fields.length === 0) return 'nobody said which columns are in it'
  const beyond = fields.filter((field) => !order.fields.includes(field))
  return beyond.length === 0
    ? undefined
    : `work order ${order.id} has these columns masked: ${beyond.join(', ')}`
}
