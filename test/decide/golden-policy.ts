// A policy small enough to hold in the head, and four requests over it: what the golden SQL is compiled from.
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { NoticeVersion, Policy } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'

const notice = (
  version: string,
  effectiveOn: number,
  said: Pick<NoticeVersion, 'recipients' | 'list' | 'consentForm'>,
): NoticeVersion => ({
  notice: 'form',
  version,
  id: `form@${version}`,
  effectiveOn,
  routes: ['online'],
  language: 'en-GB',
  materialChange: true,
  wording: '',
  purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
  channels: [],
  categories: ['name', 'postal-address', 'email', 'child-presence'],
  rightToObject: 'You may object.',
  readBy: 'Ines Carver',
  ...said,
})

export const goldenPolicy: Policy = {
  controller: { id: 'club', name: 'Club Ltd', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: [
    {
      id: 'brand-owner',
      names: [{ name: 'Brand Owner Ltd' }],
      brands: [{ name: 'Brand' }],
      sectors: ['food'],
      country: 'GB',
    },
    { id: 'broker', names: [{ name: 'Broker Ltd' }], brands: [], sectors: ['data'], country: 'GB' },
    { id: 'party', names: [{ name: 'The Party' }], brands: [], sectors: [], country: 'GB' },
  ],
  purposes: [
    { id: 'offers', text: 'Offers by brands', dpv: 'dpv:DirectMarketing' },
    { id: 'campaign', text: 'Election mail', dpv: 'dpv:PoliticalCampaign' },
  ],
  notices: [
    notice('names', 20130101, {
      recipients: [{ brand: 'Brand', quote: '' }],
      list: 'closed',
      consentForm: 'separate',
    }),
    notice('sectors', 20150101, {
      recipients: [{ sector: 'food', quote: '' }],
      list: 'open',
      consentForm: 'bundled',
    }),
  ],
  attributions: [],
  processing: [{ id: 'offers', purpose: 'offers', recipients: ['brand-owner', 'broker'], from: 20180101 }],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  agreements: [
    {
      id: 'brand-2018',
      recipient: 'brand-owner',
      form: 'agreement',
      signedOn: 20180501,
      effectiveFrom: 20180501,
      purposes: ['offers'],
      channels: ['post', 'email'],
      fields: ['name', 'address', 'email'],
      endClients: ['broker'],
      ownUse: [],
      consideration: 'paid',
      power: 'The club may sell its list; no contract or confidence stands against it.',
    },
  ],
  assessments: [],
  determinations: [
    {
      id: 'food-is-expected',
      code: 'N405',
      notice: 'form@sectors',
      recipient: 'brand-owner',
      purpose: 'offers',
      answer: 'allow',
      on: 20180601,
      by: 'Ines Carver',
      because: 'The notice names food brands, and this is one.',
    },
  ],
  datasets: [
    {
      id: 'members',
      location: 'members.csv',
      format: 'csv',
      key: { column: 'member_no', kind: 'member' },
      bornOn: 'born_on',
      expectingOn: 'expecting_on',
      contact: {},
      source: { tells: 'she has a small child', categories: ['child-presence'] },
      childrenLikely: true,
      fields: [
        { name: 'member_no', type: 'text', category: 'identifier', about: 'subject' },
        { name: 'name', type: 'text', category: 'name', about: 'subject' },
        { name: 'address', type: 'text', category: 'postal-address', about: 'household' },
        { name: 'email', type: 'text', category: 'email', about: 'subject' },
        { name: 'child_born_on', type: 'date', category: 'birth-date', about: 'child' },
        { name: 'area', type: 'code', category: 'area', about: 'household', values: ['north', 'south'] },
      ],
    },
  ],
}

/** As a register would have given them out. */
export const goldenNumbers: PolicyNumbers = {
  notices: new Map([
    ['form@names', 1],
    ['form@sectors', 2],
  ]),
  recipients: new Map([
    ['brand-owner', 11],
    ['broker', 12],
    ['party', 13],
  ]),
  purposes: new Map([
    [21, { id: 'offers', dpv: 'dpv:DirectMarketing' }],
    [22, { id: 'campaign', dpv: 'dpv:PoliticalCampaign' }],
  ]),
}

const brandByPost: SharingRequest = {
  id: 'brand-by-post',
  dataset: 'members',
  recipient: 'brand-owner',
  role: 'controller',
  onBehalfOf: [],
  purpose: 'offers',
  channels: ['post'],
  basis: 'legitimate-interests',
  fields: ['name', 'address'],
  consideration: 'paid',
  requestedBy: 'Sam Idris',
  releaseAt: instantFromIso('2018-06-12T08:00:00Z'),
  useWindowDays: 28,
}

/** By name of the golden file. */
export const goldenRequests: Readonly<Record<string, SharingRequest>> = {
  'party-by-post': {
    ...brandByPost,
    id: 'party-by-post',
    recipient: 'broker',
    role: 'agent',
    onBehalfOf: ['party'],
    purpose: 'campaign',
    fields: ['name', 'address', 'child_born_on'],
    select: "area in ('north') and child_born_on is unknown",
    releaseAt: instantFromIso('2017-05-05T09:00:00Z'),
  },
  'brand-by-post': brandByPost,
  'brand-by-email-consent': {
    ...brandByPost,
    id: 'brand-by-email-consent',
    channels: ['email'],
    basis: 'consent',
    fields: ['name', 'email'],
  },
  'two-channels-and-a-chain': {
    ...brandByPost,
    id: 'two-channels-and-a-chain',
    onBehalfOf: ['broker'],
    channels: ['post', 'email'],
    basis: 'consent',
    fields: ['name', 'address', 'email'],
  },
}
