import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coversRequest, isOutgrown, noticeFactsOf } from '../../src/decide/notice-facts.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Dataset, NoticeVersion, Policy } from '../../src/model/policy.ts'
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

const dataset: Dataset = {
  ...{ id: 'd', location: 'd.csv', format: 'csv', contact: {}, childrenLikely: false },
  key: { column: 'id', kind: 'member' },
  source: { tells: 'has a child', categories: ['child-presence'] },
  fields: [
    { name: 'name', type: 'text', category: 'name', about: 'subject' },
    { name: 'area', type: 'integer', category: 'area', about: 'household' },
  ],
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
  processing: [],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  agreements: [],
  assessments: [],
  determinations: [],
  datasets: [dataset],
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

describe('what else a notice tells', () => {
  const told = (change: Partial<NoticeVersion>, asked: Partial<SharingRequest> = {}) => {
    const notice = { ...mentioning({ entity: 'foods', quote: '' }), ...change }
    return noticeFactsOf(notice, { ...request, ...asked }, policyWith([notice]))
  }

  it('has to include whatever selection and source give away, as for a field', () => {
    expect(told({ categories: ['name'] }).listDisclosureTold).toBe(false)
    expect(told({ categories: ['name', 'child-presence'] }).listDisclosureTold).toBe(true)
    expect(told({ categories: ['child-presence'] }, { select: 'area = 4' }).listDisclosureTold).toBe(false)
    expect(told({ categories: ['child-presence', 'area'] }, { select: 'area = 4' }).listDisclosureTold).toBe(
      true,
    )
    expect(told({ categories: [] }).listDisclosureTold).toBe(true)
  })

  it('is matching, defects, and how contact details were come by', () => {
    expect(told({})).toMatchObject({ matchingTold: false, defective: false, softOptInOffered: false })
    const softOptIn = { obtained: 'support', quote: 'You give', refusal: 'Tick to refuse' } as const
    expect(told({ matching: 'We match.', softOptIn })).toMatchObject({
      matchingTold: true,
      softOptInOffered: true,
      charitySoftOptIn: true,
    })
    expect(told({ softOptIn: { ...softOptIn, obtained: 'sale' } }).charitySoftOptIn).toBe(false)
    const defects: NoticeVersion['defects'] = [{ kind: 'child-clarity', note: 'too hard', by: 'x' }]
    expect(told({ defects }).defective).toBe(true)
  })
})

describe('a consent', () => {
  const outgrown = (old: NoticeVersion, later: NoticeVersion) =>
    isOutgrown(old, { entity: 'foods', as: 'third-party' }, request, policyWith([old, later]))
  const naming = { ...mentioning({ brand: 'Acorn', quote: '' }), version: '2018', id: 'form@2018' }

  it('is outgrown where only a later version, in use by the release, names the recipient', () => {
    const vague = mentioning({ sector: 'baby-food', quote: '' })
    expect(outgrown(vague, { ...naming, effectiveOn: 20180101 })).toBe(true)
    expect(outgrown(vague, { ...naming, effectiveOn: 20180701 })).toBe(false)
    expect(outgrown(vague, { ...vague, id: 'form@2018', effectiveOn: 20180101 })).toBe(false)
    expect(outgrown(mentioning({ entity: 'foods', quote: '' }), { ...naming, effectiveOn: 20180101 })).toBe(
      false,
    )
  })
})

describe('removing something from a notice', () => {
  /** Of each fact, which values let more leave: higher numbers, and true unless listed here. */
  const holdsBack = new Set(['listOmits', 'laterVersionCovers', 'defective', 'charitySoftOptIn'])
  const mention = fc.constantFrom<NoticeVersion['recipients'][number]>(
    { entity: 'foods', quote: '' },
    { entity: 'broker', quote: '' },
    { brand: 'Acorn', quote: '' },
    { sector: 'baby-food', quote: '' },
    { generic: true, quote: '' },
  )
  const purpose = fc.constantFrom<NoticeVersion['purposes'][number]>(
    { purpose: 'dpv:DirectMarketing', quote: '' },
    { purpose: 'dpv:Marketing', quote: '' },
    { purpose: 'dpv:PoliticalCampaign', quote: '' },
  )
  const drawn: fc.Arbitrary<NoticeVersion> = fc
    .record({
      recipients: fc.array(mention, { maxLength: 4 }),
      purposes: fc.array(purpose, { maxLength: 3 }),
      // The last one stays: a notice that lists nothing sets no limit, and says so in `categories` being absent.
      categories: fc.uniqueArray(fc.constantFrom('name', 'area', 'child-presence'), { minLength: 1 }),
      list: fc.constantFrom('open' as const, 'closed' as const),
      effectiveOn: fc.constantFrom(20150601, 20160601, 20170601),
    })
    .map((said) => ({
      ...base,
      ...said,
      ...{ rightToObject: 'yes', matching: 'yes', processors: 'yes' },
      softOptIn: { obtained: 'sale', quote: '', refusal: '' },
    }))
  const asked = fc.record({
    recipient: fc.constantFrom('foods', 'broker'),
    onBehalfOf: fc.subarray(['foods', 'broker']),
    purpose: fc.constantFrom('offers', 'campaign'),
    select: fc.constantFrom('area = 1', 'area > 2'),
    role: fc.constantFrom('controller' as const, 'processor' as const),
  })

  it('never lets more leave', () => {
    let changed = 0
    fc.assert(
      fc.property(drawn, drawn, asked, (first, second, change) => {
        const notices = [
          { ...first, version: '1', id: 'form@1' },
          { ...second, version: '2', id: 'form@2' },
        ]
        const wanted = { ...request, ...change }
        const before = saidOf(notices, wanted)
        for (const less of removals(notices[1]!)) {
          const after = saidOf([notices[0]!, less], wanted)
          if (JSON.stringify(after) !== JSON.stringify(before)) changed++
          for (const [fact, value] of Object.entries(before.own)) {
            if (holdsBack.has(fact)) continue
            expect(Number(after.own[fact]), `${fact} after removing`).toBeLessThanOrEqual(Number(value))
          }
          expect(Number(after.own.listOmits)).toBeGreaterThanOrEqual(Number(before.own.listOmits))
          // Of the version before, only the note that a later one would cover it can go; N402 stays beside it.
          expect({ ...after.earlier, laterVersionCovers: 0 }).toEqual({
            ...before.earlier,
            laterVersionCovers: 0,
          })
        }
      }),
      { numRuns: 400 },
    )
    expect(changed).toBeGreaterThan(100)
  })

  const saidOf = ([first, second]: NoticeVersion[], wanted: SharingRequest) => {
    const agreements: Policy['agreements'] = [
      {
        ...{ id: 'p', recipient: 'broker', kind: 'processing', form: 'agreement', instructions: 'as told' },
        ...{ signedOn: 20180101, effectiveFrom: 20180101, purposes: [], channels: [], fields: [] },
        ...{ endClients: [], ownUse: [], consideration: 'none' },
      },
    ]
    const policy = { ...policyWith([first!, second!]), agreements }
    const own: Record<string, unknown> = {
      ...noticeFactsOf(second!, wanted, policy),
      covers: coversRequest(second!, wanted, policy),
    }
    return { own, earlier: noticeFactsOf(first!, wanted, policy) }
  }

  function removals(notice: NoticeVersion): NoticeVersion[] {
    const without = <T>(items: readonly T[]) => items.map((_, gone) => items.filter((__, at) => at !== gone))
    const { rightToObject: _, ...unobjected } = notice
    const { matching: __, ...unmatched } = notice
    const { processors: ___, ...unprocessed } = notice
    const { softOptIn: ____, ...hard } = notice
    return [
      ...without(notice.recipients).map((recipients) => ({ ...notice, recipients })),
      ...without(notice.purposes).map((purposes) => ({ ...notice, purposes })),
      ...(notice.categories.length > 1
        ? without(notice.categories).map((categories) => ({ ...notice, categories }))
        : []),
      ...[unobjected, unmatched, unprocessed, hard],
    ]
  }
})
