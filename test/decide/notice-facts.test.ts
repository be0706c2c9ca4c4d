import { describe, expect, it } from 'vitest'
import { noticeFactsOf } from '../../src/decide/notice-facts.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { NoticeVersion, Policy } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'

const base: NoticeVersion = {
  notice: 'form',
  version: '2015',
  id: 'form@2015',
  effectiveOn: 20150601,
  routes: ['online'],
  language: 'en',
  materialChange: true,
  wording: '',
  recipients: [],
  list: 'open',
  purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
  channels: [],
  categories: [],
  consentForm: 'separate',
  readBy: 'a',
}

const policyWith = (
  notices: NoticeVersion[],
  brands: Policy['entities'][number]['brands'] = [{ name: 'Acorn' }],
): Policy => ({
  controller: { id: 'club', name: 'Club', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: [
    { id: 'foods', names: [{ name: 'Foods Ltd' }], brands, sectors: ['baby-food'] },
    { id: 'broker', names: [{ name: 'Broker Ltd' }], brands: [], sectors: [] },
  ],
  purposes: [
    { id: 'offers', text: '', dpv: 'dpv:DirectMarketing' },
    { id: 'campaign', text: '', dpv: 'dpv:PoliticalCampaign' },
  ],
  notices,
  attributions: [],
  agreements: [],
  assessments: [],
  determinations: [],
  datasets: [],
})

const request: SharingRequest = {
  id: 'r',
  dataset: 'd',
  recipient: 'foods',
  role: 'controller',
  onBehalfOf: [],
  purpose: 'offers',
  channels: ['post'],
  fields: ['name'],
  consideration: 'none',
  requestedBy: 'x',
  releaseAt: instantFromIso('2018-06-12T09:00:00Z'),
  useWindowDays: 0,
}

const mentioning = (...recipients: NoticeVersion['recipients']): NoticeVersion => ({ ...base, recipients })
const precision = (
  notice: NoticeVersion,
  brands?: Policy['entities'][number]['brands'],
  asked: Partial<SharingRequest> = {},
) => noticeFactsOf(notice, { ...request, ...asked }, policyWith([notice], brands)).precision

describe('what a notice says of a recipient', () => {
  it('is as precise as its best mention: entity, brand, sector, generic, none', () => {
    expect(precision(mentioning({ entity: 'foods', quote: '' }, { generic: true, quote: '' }))).toBe(4)
    expect(precision(mentioning({ brand: 'Acorn', quote: '' }))).toBe(3)
    expect(precision(mentioning({ sector: 'baby-food', quote: '' }))).toBe(2)
    expect(precision(mentioning({ generic: true, quote: '' }))).toBe(1)
    expect(precision(mentioning({ sector: 'toys', quote: '' }))).toBe(0)
  })

  it('is as weak as the weakest link of the chain', () => {
    const notice = mentioning({ entity: 'foods', quote: '' })
    expect(precision(notice, undefined, { recipient: 'broker', onBehalfOf: ['foods'] })).toBe(0)
  })

  it('names the entity that held the brand while this version was shown, and no later buyer', () => {
    const notice = mentioning({ brand: 'Acorn', quote: '' })
    expect(precision(notice, [{ name: 'Acorn', to: 20150601 }])).toBe(0)
    expect(precision(notice, [{ name: 'Acorn', from: 20150602 }])).toBe(0)
    expect(precision(notice, [{ name: 'Acorn', from: 20100101, to: 20190101 }])).toBe(3)
    // Sold while the version was still in use: nobody can say whom it named.
    expect(precision(notice, [{ name: 'Acorn', to: 20170101 }])).toBe(0)
  })

  it('still names the old holder when the brand was sold after a successor version took over', () => {
    const old = mentioning({ brand: 'Acorn', quote: '' })
    const successor = { ...base, version: '2016', id: 'form@2016', effectiveOn: 20160101 }
    const policy = policyWith([old, successor], [{ name: 'Acorn', to: 20170101 }])
    expect(noticeFactsOf(old, request, policy).precision).toBe(3)
  })

  it('hands a brand over cleanly on the day a new version starts', () => {
    const old = mentioning({ brand: 'Acorn', quote: '' })
    const next = { ...old, version: '2016', id: 'form@2016', effectiveOn: 20160101 }
    const sold = policyWith([old, next], [{ name: 'Acorn', to: 20160101 }])
    expect(noticeFactsOf(old, request, sold).precision).toBe(3)
    expect(noticeFactsOf(next, request, sold).precision).toBe(0)
    const bought = policyWith([old, next], [{ name: 'Acorn', from: 20160101 }])
    expect(noticeFactsOf(old, request, bought).precision).toBe(0)
    expect(noticeFactsOf(next, request, bought).precision).toBe(3)
  })

  it('covers a purpose only from above in the vocabulary', () => {
    const notice = mentioning({ entity: 'foods', quote: '' })
    expect(noticeFactsOf(notice, request, policyWith([notice])).purposeTold).toBe(true)
    expect(noticeFactsOf(notice, { ...request, purpose: 'campaign' }, policyWith([notice])).purposeTold).toBe(
      false,
    )
  })

  it('omits a recipient from a closed list, and only a version in force by the release covers it later', () => {
    const closed: NoticeVersion = { ...base, list: 'closed' }
    const later = {
      ...mentioning({ entity: 'foods', quote: '' }),
      version: '2018',
      id: 'form@2018',
      effectiveOn: 20180701,
    }
    const facts = (releaseAt: string) =>
      noticeFactsOf(closed, { ...request, releaseAt: instantFromIso(releaseAt) }, policyWith([closed, later]))
    expect(facts('2018-06-12T09:00:00Z')).toMatchObject({ listOmits: true, laterVersionCovers: false })
    expect(facts('2018-07-01T09:00:00Z')).toMatchObject({ listOmits: true, laterVersionCovers: true })
  })
})
