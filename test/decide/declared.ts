// A club that has everything in order, to be put out of order one thing at a time.

import { whatIsAsked } from '../../src/decide/facts/asked.ts'
import type { RequestFacts } from '../../src/decide/plain-facts.ts'
import { requestFactsOf } from '../../src/decide/request-facts.ts'
import { nothingOnRecord, type Standing } from '../../src/decide/standing.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Dataset, LegalEntity, NoticeVersion, Policy, SharingAgreement } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { shippedPacks } from './shipped-packs.ts'

export const releaseAt = instantFromIso('2024-06-12T09:00:00Z')

export const entity = (id: string, change: Partial<LegalEntity> = {}): LegalEntity => ({
  id,
  names: [{ name: `${id} Ltd` }],
  brands: [],
  sectors: [],
  country: 'GB',
  dueDiligence: { on: 20240101, until: 20250101, by: 'Ines Carver' },
  ...change,
})

export const agreement = (change: Partial<SharingAgreement> = {}): SharingAgreement => ({
  ...{ id: 'brand-2024', recipient: 'brand', form: 'agreement', signedOn: 20240101, effectiveFrom: 20240101 },
  ...{ purposes: ['offers'], channels: ['post', 'email', 'call'], fields: ['name', 'address', 'area'] },
  ...{ endClients: [], ownUse: [], consideration: 'none', power: 'The articles allow it.' },
  ...change,
})

export const notice = (change: Partial<NoticeVersion> = {}): NoticeVersion => ({
  ...{
    notice: 'form',
    version: '1',
    id: 'form@1',
    effectiveOn: 20200101,
    routes: ['online'],
    language: 'en',
  },
  ...{ materialChange: true, wording: '', list: 'open', channels: [], consentForm: 'separate', readBy: 'a' },
  recipients: [{ entity: 'brand', quote: '' }],
  purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
  categories: ['name', 'postal-address', 'area'],
  rightToObject: 'You may object.',
  ...change,
})

export const dataset = (change: Partial<Dataset> = {}): Dataset => ({
  ...{ id: 'customers', location: 'customers.csv', format: 'csv', contact: {}, childrenLikely: false },
  key: { column: 'id', kind: 'customer' },
  source: { tells: 'is a customer', categories: [] },
  fields: [
    { name: 'name', type: 'text', category: 'name', about: 'subject' },
    { name: 'address', type: 'text', category: 'postal-address', about: 'household' },
    { name: 'area', type: 'integer', category: 'area', about: 'household' },
    { name: 'school', type: 'integer', category: 'own-school', about: 'child' },
    { name: 'diabetic', type: 'boolean', category: 'health', about: 'subject' },
    { name: 'note', type: 'text', category: 'free-text', about: 'subject' },
    { name: 'convicted', type: 'boolean', category: 'criminal', about: 'subject' },
  ],
  ...change,
})

export const policyWith = (change: Partial<Policy> = {}): Policy => ({
  controller: { id: 'club', name: 'Club Ltd', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: [entity('brand'), entity('party'), entity('printer')],
  purposes: [
    { id: 'offers', text: 'Offers', dpv: 'dpv:DirectMarketing' },
    { id: 'campaign', text: 'Election mail', dpv: 'dpv:PoliticalCampaign' },
    { id: 'repair', text: 'Repair of the database', dpv: 'dpv:RepairImpairments' },
    { id: 'insight', text: 'Insight' },
  ],
  notices: [notice()],
  attributions: [],
  agreements: [agreement()],
  assessments: [],
  determinations: [],
  datasets: [dataset()],
  processing: [{ id: 'offers', purpose: 'offers', recipients: ['brand'], from: 20200101 }],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  ...change,
})

export const requestWith = (change: Partial<SharingRequest> = {}): SharingRequest => ({
  ...{ id: 'r', dataset: 'customers', recipient: 'brand', role: 'controller', onBehalfOf: [] },
  ...{ purpose: 'offers', channels: ['post'], basis: 'legitimate-interests', fields: ['name', 'address'] },
  ...{ consideration: 'none', necessity: 'A letter needs an address.', requestedBy: 'Sam Idris' },
  ...{ releaseAt, useWindowDays: 28 },
  ...change,
})

export function factsOf(
  asked: Partial<SharingRequest> = {},
  declared: Partial<Policy> = {},
  onRecord: Partial<Standing> = {},
): RequestFacts {
  const standing = { ...nothingOnRecord, ...onRecord }
  const book = { policy: policyWith(declared), numbers, packs: shippedPacks, standing }
  return requestFactsOf(whatIsAsked(requestWith(asked), book))
}

export const numbers = {
  notices: new Map([['form@1', 1]]),
  recipients: new Map([
    ['brand', 1],
    ['party', 2],
    ['printer', 3],
    ['club', 4],
  ]),
  purposes: new Map([[1, { id: 'offers', dpv: 'dpv:DirectMarketing' as const }]]),
}
