// Copies, work orders and certificates of destruction in words.
import { type DestructionStatement, isWhole } from '../../model/custody.ts'
import { type DateNumber, dateOf, dateToIso, type Instant, instantToIso } from '../../model/instant.ts'
import { reasons } from '../../model/reason.ts'
import type { WorkOrderState } from '../../release/close-work-order.ts'
import type { CopyState } from '../../release/read-copies.ts'
import type { ReceivedDestruction } from '../../release/receive-destruction.ts'
import type { ReportedCopy } from '../../release/report-copy.ts'
import type { ListedCopies, ListedOrders } from '../../service/copies.ts'
import { count, table } from '../terminal.ts'

/** No register can see what nobody tells it. */
const unseen =
  'A copy that nobody reported is not here, and no register can see it: audit the contractor’s machines, and plant seed records.'

export function copyReportLines({ body, position, because, held, repeated }: ReportedCopy): string[] {
  const { copy, holder, dataset, deleteBy, grant } = body
  if (repeated)
    return [
      `On record before as ${copy} (position ${position}), and not shown to be destroyed: nothing was recorded.`,
      `It is to be destroyed and certified by ${dateToIso(deleteBy)}.`,
    ]
  const lines = [`Recorded as ${copy}: ${holder} holds a copy of ${dataset} (position ${position}).`]
  if (grant !== undefined)
    return [...lines, `It goes by grant ${grant}, and is destroyed and certified by ${dateToIso(deleteBy)}.`]
  return [
    ...lines,
    `A211 ${reasons.A211.slug}: nobody had granted it${because === undefined ? '' : `; ${because}`}.`,
    `It is to be destroyed today, ${dateToIso(deleteBy)}, and certified: ask ${holder} for \`fairshare certify --copy ${copy}\`.`,
    `Until then nothing further goes to ${holder} or its group, and nobody of theirs works on the data here (A209).`,
    ...(held.length === 0 ? [] : [`It holds ${held.join(', ')} as well, not shown to be destroyed either.`]),
  ]
}

export function copyListLines({ copies, zone }: ListedCopies): string[] {
  if (copies.length === 0) return ['No copy was reported.', unseen]
  return [...table(copies.map((state) => copyRow(state, zone))), '', unseen]
}

function copyRow(state: CopyState, zone: string): string[] {
  const { holder, dataset, madeAt, place, grant, codes } = state.reported.body
  return [
    state.copy,
    holder,
    dataset,
    `made ${dateToIso(dateOf(madeAt, zone))}`,
    place,
    grant === undefined ? codes.map((code) => `${code} ${reasons[code].slug}`).join(', ') : `grant ${grant}`,
    destructionWords(state),
  ]
}

function destructionWords({ destroyed, partly, reported }: CopyState): string {
  if (destroyed !== undefined)
    return destroyed.body.certificate === undefined
      ? `destroyed, on the word of ${destroyed.body.by}, unsigned`
      : 'destroyed, by a certificate its holder signed'
  if (partly !== undefined)
    return `destroyed but for backups${untilWords(partly.body.certificate?.statement)}`
  return `NOT DESTROYED, due ${dateToIso(reported.body.deleteBy)}`
}

function untilWords(statement: DestructionStatement | undefined): string {
  const backups = statement?.backups
  return backups === undefined || backups === 'none'
    ? ''
    : `, which hold it until ${dateToIso(backups.goneBy)}`
}

export function copiesJson({ copies }: ListedCopies) {
  return {
    copies: copies.map(({ copy, reported, destroyed, partly }) => ({
      ...reported.body,
      copy,
      madeAt: instantToIso(reported.body.madeAt),
      deleteBy: dateToIso(reported.body.deleteBy),
      reportedAt: instantToIso(reported.recordedAt),
      destroyed:
        destroyed === undefined
          ? null
          : {
              by: destroyed.body.by,
              evidence: destroyed.body.evidence,
              signed: destroyed.body.certificate !== undefined,
              recordedAt: instantToIso(destroyed.recordedAt),
            },
      partly: partly !== undefined,
    })),
    unseen,
  }
}

export function workOrderLines({ orders, zone }: ListedOrders, now: Instant): string[] {
  if (orders.length === 0) return ['No work order is published: they stand in work-orders/ of the policy.']
  const today = dateOf(now, zone)
  return table(
    orders.map(({ order, open, closed }) => [
      order.id,
      order.recipient,
      order.dataset,
      `${dateToIso(order.from)} to ${dateToIso(order.until)}`,
      stateWords({ order, ...(closed !== undefined && { closed }) }, today),
      open.length === 0 ? 'nothing held' : `held: ${open.join(', ')}`,
    ]),
  )
}

function stateWords({ order, closed }: Pick<WorkOrderState, 'order' | 'closed'>, today: DateNumber): string {
  if (closed !== undefined) return `closed ${dateToIso(closed.body.closedOn)}`
  if (today < order.from) return 'not begun'
  return today < order.until ? 'holds' : 'ended, NOT CLOSED'
}

export function certifiedLines(statement: DestructionStatement, out: string): string[] {
  const { of, media } = statement
  const what = 'release' in of ? `release ${of.release}` : `copy ${of.copy}`
  return [
    `Certified for ${what}: ${count(media.length)} ${media.length === 1 ? 'medium' : 'media'}, signed with the key of your card.`,
    ...(isWhole(statement)
      ? []
      : [
          'It says that backups still hold it: the duty stays open until you certify again that they do not.',
        ]),
    `Send ${out} to whoever gave you the data.`,
  ]
}

export function receivedDestructionLine({ of, statement, whole }: ReceivedDestruction): string {
  const { holder, media } = statement
  const where = `${count(media.length)} ${media.length === 1 ? 'medium' : 'media'}`
  if (whole) return `${holder} certified that it destroyed ${of} on ${where}`
  return `${holder} certified that it destroyed ${of} on ${where} but for backups${untilWords(statement)}: it stays open`
}

/** What a certificate cannot show and its figures do: that somebody should ask. */
export function fewerLines({ fewer }: Pick<ReceivedDestruction, 'fewer'>): string[] {
  if (fewer === undefined) return []
  const { loaded, given } = fewer
  return [
    `It counts ${count(loaded)} records on the medium with most, and ${count(given)} were given: ask where the others were loaded.`,
  ]
}

export function destructionJson(statement: DestructionStatement) {
  const { backups, destroyedAt } = statement
  return {
    ...statement,
    backups: backups === 'none' ? backups : { goneBy: dateToIso(backups.goneBy) },
    destroyedAt: instantToIso(destroyedAt),
  }
}
