// Everything that is owed to us for what others hold of ours, by the documents of each release, copy and work order and by the
// policy as it was published then. Nothing of it is stored: what a list said yesterday is derived again, not remembered.
import { type DateNumber, dateOf, daysAfter, startOfDay } from '../model/instant.ts'
import type { DisputedBody } from '../model/release.ts'
import { type PolicyTerms, policyTermsByPosition } from '../register/policy-terms.ts'
import { type PolicyVersion, readPublishedPolicy } from '../register/publish-policy.ts'
import { readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import type { StoreSession } from '../register/store.ts'
import { readClosedOrders, readCopies } from '../release/read-copies.ts'
import { readReleases } from '../release/read-release.ts'
import { copyObligation } from './copy-obligation.ts'
import { byUrgency } from './light.ts'
import type { AsOf, Obligation } from './obligation.ts'
import { releaseObligations } from './release-obligations.ts'
import { ordersPublished, workOrderObligation } from './work-order-obligation.ts'

type Looking = {
  session: Pick<StoreSession, 'query'>
  versions: readonly PolicyVersion[]
  termsAt: ReturnType<typeof policyTermsByPosition>
  asOf: AsOf
  upTo: number
}

/**
 * Red first. `on`: at the end of that day, in the controller's zone; a day that is over as the register stood then, a day to
 * come as if nothing more were recorded until then. None before a policy was published.
 */
export async function readObligations(
  { register }: { register: Pick<Register, 'store' | 'now'> },
  on?: DateNumber,
): Promise<Obligation[]> {
  const versions = await readPublishedPolicy(register)
  const termsAt = policyTermsByPosition(versions)
  const controller = termsAt(Number.MAX_SAFE_INTEGER)?.controller
  if (controller === undefined) return []
  const asOf = asOfDay(register.now(), controller.zone, on)
  const upTo = asOf.now < register.now() ? await lastPosition(register.store, asOf) : Number.MAX_SAFE_INTEGER
  const looking = { session: register.store, versions, termsAt, asOf, upTo }
  const obligations = [
    ...(await ofReleases(looking)),
    ...(await ofCopies(looking)),
    ...(await ofWorkOrders(looking)),
  ]
  return obligations.sort(byUrgency)
}

function asOfDay(now: number, zone: string, on: DateNumber | undefined): AsOf {
  const today = dateOf(now, zone)
  if (on === undefined || on === today) return { today, now, zone }
  return { today: on, now: startOfDay(daysAfter(on, 1), zone) - 1, zone }
}

/** Of a day that is over; what is recorded now may bear an instant a little ahead of the clock. */
async function lastPosition(session: Pick<StoreSession, 'query'>, { now }: AsOf): Promise<number> {
  const [row] = await session.query<{ position: number }>(
    'select coalesce(max(position), 0)::int8 as position from register.batch where recorded_at <= $1::int8',
    [now],
  )
  return row!.position
}

async function ofReleases({ session, termsAt, asOf, upTo }: Looking): Promise<Obligation[]> {
  const disputes = (await readDocuments(session, { kind: 'release.disputed' })).filter(
    ({ position }) => position <= upTo,
  )
  return (await readReleases(session, upTo)).flatMap((state) => {
    const { committed, delivered, abandoned, release } = state
    // Nobody owes anything for what never left.
    if (committed === undefined || delivered === undefined || abandoned !== undefined) return []
    const dispute = disputes.findLast(({ about }) => about === release)
    return releaseObligations({
      state: { ...state, committed, delivered },
      terms: required(termsAt(committed.position)),
      asOf,
      ...(dispute && {
        disputed: { at: dispute.position, found: (JSON.parse(dispute.body) as DisputedBody).found },
      }),
    })
  })
}

async function ofCopies({ session, termsAt, asOf, upTo }: Looking): Promise<Obligation[]> {
  const copies = await readCopies(session, upTo)
  return copies.map((copy) => copyObligation(copy, required(termsAt(copy.reported.position)), asOf))
}

async function ofWorkOrders({ session, versions, termsAt, asOf, upTo }: Looking): Promise<Obligation[]> {
  const closed = await readClosedOrders(session, upTo)
  return ordersPublished(versions, upTo).map(({ order, position }) =>
    workOrderObligation(order, closed.get(order.id), required(termsAt(position + 1)), asOf),
  )
}

/** Nothing is released, reported or ordered before a controller is published. */
function required(terms: PolicyTerms | undefined): PolicyTerms {
  if (terms === undefined) throw new Error('something is held that no policy was published for')
  return terms
}
