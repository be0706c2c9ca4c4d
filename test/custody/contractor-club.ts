// The small club with a contractor that repairs its database: a processor under a work order, a sister company, and the few
// steps that a contractor's story is made of.
import type { DestructionStatement, WorkOrder } from '../../src/model/custody.ts'
import type { CopyGrant, Policy } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { certifyDestruction, type Destroyed } from '../../src/recipient/certify-destruction.ts'
import { type CheckResult, checkRequest } from '../../src/release/check-request.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { type CopyReport, type ReportedCopy, reportCopy } from '../../src/release/report-copy.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { askAndApprove, type Club, policy, recipient, requestOf, start } from '../release/small-club.ts'

export const order: WorkOrder = {
  ...{
    id: 'repair-2018',
    recipient,
    dataset: 'members',
    purpose: 'repair',
    task: 'Repair of the member file',
  },
  ...{ people: ['Noor Haddad'], place: 'The server room', from: 20180601, until: 20180901 },
  ...{ fields: ['full_name'], by: 'Dana Whitlock' },
}

export const grant: CopyGrant = {
  ...{ id: 'copy-2018', recipient, dataset: 'members', workOrder: order.id, place: 'An encrypted laptop' },
  ...{ from: 20180601, until: 20180801, deleteBy: 20180805, by: 'Dana Whitlock' },
}

/** A sister company of the contractor's, under an agreement of its own. */
export const sister = 'other'

export const contractorPolicy: Partial<Policy> = {
  entities: policy.entities.map((entity) => ({
    ...entity,
    group: 'oak',
    dueDiligence: { on: 20180101, until: 20200101, by: 'Dana Whitlock' },
  })),
  purposes: [
    ...policy.purposes,
    { id: 'repair', text: 'Repair of the database', dpv: 'dpv:RepairImpairments' },
  ],
  notices: policy.notices.map((notice) => ({
    ...notice,
    purposes: [...notice.purposes, { purpose: 'dpv:RepairImpairments', quote: '' }],
    processors: 'Others work on our systems for us.',
  })),
  processing: [
    ...policy.processing,
    { id: 'repair', purpose: 'repair', recipients: [recipient, sister], from: 20180101 },
  ],
  workOrders: [order, { ...order, id: 'sister-2018', recipient: sister }],
  agreements: [recipient, sister].map((entity) => ({
    ...{
      id: `repair-${entity}`,
      recipient: entity,
      form: 'agreement',
      kind: 'processing',
      signedOn: 20180101,
    },
    ...{ effectiveFrom: 20180101, purposes: ['repair'], channels: ['none'], fields: ['full_name', 'email'] },
    ...{ endClients: [], ownUse: [], consideration: 'none', deleteWithinDays: 60 },
    instructions: 'Repair what the work order names, and nothing else.',
    power: 'The club may have its systems repaired; nothing stands against it.',
  })),
  assessments: [recipient, sister].map((entity) => ({
    ...{ id: `lia-repair-${entity}`, kind: 'lia', purpose: 'repair', recipient: entity, outcome: 'passed' },
    ...{ on: 20180101, reviewBy: 20200101, by: 'Dana Whitlock', expected: true },
  })),
}

const repair: Partial<SharingRequest> = {
  ...{ role: 'processor', purpose: 'repair', channels: ['none'], basis: 'legitimate-interests' },
  ...{ agreement: `repair-${recipient}`, necessity: 'The fault shows only with the data in it.' },
  useWindowDays: 7,
}

/** The same without the order that names it. */
export const inPlaceUnordered: Partial<SharingRequest> = { ...repair, delivery: 'in-place' }

export const inPlace: Partial<SharingRequest> = { ...inPlaceUnordered, workOrder: order.id }
export const takenAway: Partial<SharingRequest> = { ...inPlace, delivery: 'sealed' }
export const bySister: Partial<SharingRequest> = {
  ...inPlace,
  recipient: sister,
  agreement: `repair-${sister}`,
  workOrder: 'sister-2018',
}

/** The reasons that hold the file as a whole back. */
export async function heldBackBy(club: Club, id: string, more: Partial<SharingRequest>): Promise<string[]> {
  const result = await checkRequest(await club.context(), requestOf(id, club.clock.at, more))
  return holding(result)
}

function holding({ file }: CheckResult): string[] {
  return file.filter(({ cleared }) => !cleared).map(({ code }) => code)
}

export async function release(club: Club, id: string, more: Partial<SharingRequest>): Promise<string> {
  await askAndApprove(club, id, more)
  return (await releaseRequest(await club.context(), id)).release
}

const copyReport: CopyReport = {
  ...{ holder: recipient, dataset: 'members', madeAt: start - 1_000_000, place: 'A laptop' },
  ...{ fields: ['full_name'], source: 'operator', by: 'Dana Whitlock' },
}

export async function report(club: Club, more: Partial<CopyReport> = {}): Promise<ReportedCopy> {
  return reportCopy(await club.context(), { ...copyReport, ...more })
}

export const wiped: Pick<DestructionStatement, 'media' | 'backups' | 'subProcessors' | 'certifiedBy'> = {
  media: [
    {
      ...{ medium: 'Laptop disk', make: 'Example', model: 'E-1', serial: '0001', place: 'The workshop' },
      ...{
        loaded: 'members.csv',
        records: 10,
        method: 'purge',
        tool: 'nvme-cli 2.8',
        destination: 'kept in use',
      },
      verification: 'A tenth was read back and held nothing',
    },
  ],
  backups: 'none',
  subProcessors: [],
  certifiedBy: { name: 'Noor Haddad', title: 'Head of operations' },
}

/** As the contractor writes and signs it, now. */
export async function certified(
  club: Club,
  destroyed: Destroyed,
  more: Partial<typeof wiped & { destroyedAt: number }> = {},
): Promise<{ statement: DestructionStatement; certificate: string }> {
  const desk = { files: recipientDesk.files, now: () => club.clock.at }
  return certifyDestruction(desk, club.keys, destroyed, { ...wiped, destroyedAt: club.clock.at, ...more })
}

export function copyOfClub(club: Club, copy: string): Destroyed {
  return { copy, holder: recipient, register: club.app.register.registerId }
}
