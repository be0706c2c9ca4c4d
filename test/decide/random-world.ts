// Random policies, requests and registers, small enough to shrink and dense enough in ties, borders and absences to hurt.
import fc from 'fast-check'
import type { DecisionBook } from '../../src/decide/decision-book.ts'
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import type { Standing } from '../../src/decide/standing.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type {
  Dataset,
  Determination,
  NoticeVersion,
  Policy,
  SharingAgreement,
} from '../../src/model/policy.ts'
import { type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { bases, type Channel, channels, type LegalBasis } from '../../src/model/vocabulary.ts'
import { type People, randomPeople, type Shape, type Wanted } from './random-people.ts'
import { shippedPacks } from './shipped-packs.ts'

export type World = { book: DecisionBook; request: SharingRequest; shape: Shape; people: People }

const entityIds = ['brand-a', 'brand-b', 'broker', 'party', 'club']
const purposeIds = ['offers', 'campaign', 'insight', 'statistics']
const releases = [
  '2017-05-05T09:00:00Z',
  '2018-05-24T23:00:00Z',
  '2018-06-12T09:00:00Z',
  '2018-06-12T09:00:00Z',
  '2024-02-29T12:00:00Z',
  '2026-03-01T00:00:00Z',
  '2026-07-01T00:00:00Z',
  '1999-01-01T00:00:00Z',
]
const dates = [20040101, 20130101, 20130101, 20150601, 20170508, 20180116, 20180525, 20240101]
const noticeCount = 4

/** Rare alternatives beside the usual value. */
const seldom = <T, U>(usual: T, ...rare: U[]): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...rare) })

const stated = <T>(value: T): fc.Arbitrary<T | undefined> => fc.constantFrom(value, value, undefined)

/** Without the keys that have no value: a policy says nothing rather than "undefined". */
function compact<T>(drawn: { [K in keyof T]: T[K] | undefined }): T {
  // What T requires is drawn as constants and is never dropped.
  return Object.fromEntries(Object.entries(drawn).filter(([, item]) => item !== undefined)) as T
}

const noticeOf = (index: number): fc.Arbitrary<NoticeVersion> =>
  fc
    .record({
      notice: fc.constant(`n${index}`),
      version: fc.constant('1'),
      id: fc.constant(`n${index}@1`),
      effectiveOn: fc.constantFrom(...dates),
      routes: fc.constant<string[]>(['online']),
      language: fc.constant('en'),
      materialChange: fc.constant(true),
      wording: fc.constant(''),
      recipients: fc.array(
        fc.oneof(
          fc.constantFrom(...entityIds).map((entity) => ({ entity, quote: '' })),
          fc.constantFrom('Brand A', 'Brand B').map((brand) => ({ brand, quote: '' })),
          fc.constantFrom('food', 'data', 'politics').map((sector) => ({ sector, quote: '' })),
          fc.constant({ generic: true as const, quote: '' }),
        ),
        { maxLength: 4 },
      ),
      list: fc.constantFrom('open' as const, 'closed' as const),
      purposes: fc.subarray(
        (['DirectMarketing', 'Marketing', 'PoliticalCampaign', 'ProvideOfficialStatistics'] as const).map(
          (term) => ({ purpose: `dpv:${term}` as const, quote: '' }),
        ),
      ),
      channels: fc.constant<NoticeVersion['channels']>([]),
      categories: fc.constantFrom<string[][]>(
        [],
        [],
        ['name'],
        ['postal-address'],
        ['name', 'postal-address', 'email', 'child-presence', 'area', 'health'],
      ),
      rightToObject: stated('you may object'),
      matching: stated('we match'),
      processors: stated('firms work for us'),
      defects: seldom<undefined, NoticeVersion['defects']>(undefined, [
        { kind: 'prominence', note: '', by: 'r' },
      ]),
      softOptIn: fc.constantFrom(
        undefined,
        { obtained: 'sale' as const, quote: '', refusal: '' },
        { obtained: 'support' as const, quote: '', refusal: '' },
      ),
      consentForm: fc.constantFrom(
        'separate' as const,
        'separate' as const,
        'explicit' as const,
        'bundled' as const,
        'none' as const,
      ),
      readBy: fc.constant('r'),
    })
    .map(compact<NoticeVersion>)

const agreementOf: fc.Arbitrary<SharingAgreement> = fc
  .record({
    id: fc.constantFrom('agreement-1', 'agreement-2'),
    recipient: fc.constantFrom(...entityIds),
    form: fc.constantFrom('agreement' as const, 'mou' as const),
    signedOn: fc.constant(20170101),
    effectiveFrom: fc.constant(20170101),
    purposes: fc.subarray(purposeIds, { minLength: 1 }),
    channels: fc.constant<Channel[]>(['post', 'email']),
    fields: fc.subarray(['name', 'address', 'child_born_on', 'health_note', 'notes', 'near']),
    endClients: fc.subarray(entityIds),
    ownUse: fc.constant<string[]>([]),
    consideration: fc.constantFrom('none' as const, 'none' as const, 'paid' as const),
    kind: fc.constantFrom('sharing' as const, 'processing' as const),
    instructions: stated('as we say'),
    power: stated('our articles'),
    actsFor: fc.constantFrom(undefined, 'end-clients' as const),
    resupplyAfterDays: fc.constantFrom(undefined, 10, 400),
  })
  .map(compact<SharingAgreement>)

const assessmentsOf = (request: SharingRequest) =>
  fc.array(
    fc.record({
      id: fc.constant('a'),
      kind: fc.constantFrom('lia' as const, 'lia' as const, 'dpia' as const, 'compatibility' as const),
      purpose: seldom(request.purpose, ...purposeIds),
      recipient: seldom(request.recipient, ...entityIds),
      outcome: fc.constantFrom('passed' as const, 'passed' as const, 'failed' as const),
      on: fc.constantFrom(...dates),
      reviewBy: fc.constant(20991231),
      by: fc.constant('r'),
      expected: fc.boolean(),
    }),
    { maxLength: 6 },
  )

/** Answers of all kinds; and now and then a "yes" to everything about one notice, so that it is the answers that decide. */
const determinationsOf = (
  notices: readonly NoticeVersion[],
  request: SharingRequest,
  codes: readonly ReasonCode[],
): fc.Arbitrary<Determination[]> =>
  fc
    .tuple(
      fc.array(determinationOf(notices, request, codes), { maxLength: 12 }),
      fc.option(fc.constantFrom(...notices.map(({ id }) => id)), { freq: 1 }),
    )
    .map(([some, notice]) => [
      ...some,
      ...(notice === null ? [] : codes.map((code) => allowed(code, notice, request))),
    ])

const determinationOf = (
  notices: readonly NoticeVersion[],
  request: SharingRequest,
  codes: readonly ReasonCode[],
): fc.Arbitrary<Determination> =>
  fc.record(
    {
      id: fc.constant('d'),
      code: fc.constantFrom(...codes),
      notice: fc.constantFrom(...notices.map(({ id }) => id)),
      recipient: seldom(request.recipient, ...entityIds),
      purpose: seldom(request.purpose, ...purposeIds),
      answer: seldom('allow' as const, 'refuse' as const),
      on: fc.constantFrom(...dates),
      by: seldom('lead', 'requester'),
      because: fc.constant('because'),
    },
    { requiredKeys: ['id', 'code', 'recipient', 'purpose', 'answer', 'on', 'by', 'because'] },
  )

function allowed(code: ReasonCode, notice: string, request: SharingRequest): Determination {
  const { recipient, purpose } = request
  const about = { code, notice, recipient, purpose }
  return { id: 'd', ...about, answer: 'allow', on: 20040101, by: 'lead', because: 'because' }
}

const datasetOf: fc.Arbitrary<Dataset> = fc
  .record({
    id: fc.constant('people'),
    location: fc.constant('people.parquet'),
    format: fc.constant('parquet' as const),
    key: fc.constant({ column: 'id', kind: 'member' }),
    bornOn: fc.constant('born_on'),
    expectingOn: stated('expecting_on'),
    retainUntil: stated('retain_until'),
    collectedOn: stated('collected_on'),
    takenAt: fc.constantFrom(undefined, ...releases.map((text) => instantFromIso(text) - 3_600_000_000 * 12)),
    jurisdictions: seldom<undefined, Dataset['jurisdictions']>(undefined, ['eu']),
    obtained: seldom(undefined, { from: 'broker', on: 20160101 }),
    contact: fc.constant({}),
    source: fc.constantFrom<Dataset['source'][]>(
      { tells: 'has a baby', categories: ['child-presence'] },
      { tells: 'is a member', categories: [] },
      { tells: 'is ill', categories: ['health'] },
    ),
    childrenLikely: fc.boolean(),
    fields: fc.constant<Dataset['fields']>([
      { name: 'name', type: 'text', category: 'name', about: 'subject' },
      { name: 'address', type: 'text', category: 'postal-address', about: 'household' },
      { name: 'child_born_on', type: 'dates', category: 'child-birth-date', about: 'child' },
      { name: 'health_note', type: 'text', category: 'health', about: 'subject' },
      { name: 'record', type: 'text', category: 'criminal', about: 'subject' },
      { name: 'notes', type: 'text', category: 'free-text', about: 'subject' },
      { name: 'near', type: 'boolean', category: 'location', about: 'subject' },
      { name: 'child_near', type: 'boolean', category: 'location', about: 'child' },
    ]),
  })
  .map(compact<Dataset>)

/** Codes a determination may be about: all, unless a test asks what clearing some would do. */
const policyOf = (
  notices: NoticeVersion[],
  request: SharingRequest,
  codes: readonly ReasonCode[],
): fc.Arbitrary<Policy> =>
  fc.record({
    controller: fc.constant({
      id: 'club',
      name: 'Club Ltd',
      jurisdiction: 'uk' as const,
      zone: 'Europe/London',
    }),
    entities: fc.constant([
      entity('brand-a', ['food'], [{ name: 'Brand A', from: 20100101, to: 20180116 }]),
      entity('brand-b', ['food'], [{ name: 'Brand B' }, { name: 'Brand A', from: 20180116 }]),
      entity('broker', ['data'], []),
      entity('party', ['politics'], []),
    ]),
    purposes: fc.constant([
      { id: 'offers', text: 'offers', dpv: 'dpv:DirectMarketing' as const },
      { id: 'campaign', text: 'campaign', dpv: 'dpv:PoliticalCampaign' as const },
      { id: 'insight', text: 'insight' },
      { id: 'statistics', text: 'statistics', dpv: 'dpv:ProvideOfficialStatistics' as const },
    ]),
    notices: fc.constant(notices),
    attributions: fc.constant([]),
    agreements: fc.array(agreementOf, { maxLength: 2 }),
    assessments: assessmentsOf(request),
    determinations: determinationsOf(notices, request, codes),
    datasets: datasetOf.map((dataset) => [dataset]),
    processing: fc.constant([]),
    prohibitions: fc.constant([]),
    workOrders: fc.constant([]),
    copyGrants: fc.constant([]),
    feeds: fc.constantFrom([], [], [{ source: 'calls', everyHours: 24 }]),
  })

function entity(id: string, sectors: string[], brands: { name: string; from?: number; to?: number }[]) {
  return { id, names: [{ name: id }], brands, sectors }
}

const requestOf: fc.Arbitrary<SharingRequest> = fc
  .record({
    id: fc.constant('r'),
    dataset: fc.constant('people'),
    recipient: fc.constantFrom('brand-a', 'brand-a', 'brand-a', 'brand-b', 'broker', 'party'),
    role: fc.constantFrom(
      'controller' as const,
      'controller' as const,
      'agent' as const,
      'processor' as const,
    ),
    onBehalfOf: fc.constantFrom<string[][]>([], [], [], ['party'], ['brand-b', 'party']),
    purpose: fc.constantFrom('offers', 'offers', 'offers', 'campaign', 'campaign', 'insight', 'statistics'),
    channels: fc.constantFrom<Channel[][]>(
      ['post'],
      ['email'],
      ['email'],
      ['post', 'email'],
      ['call'],
      ['call'],
      ['online-audience'],
      ['online-audience'],
    ),
    basis: fc.constantFrom<(LegalBasis | undefined)[]>(
      ...Array<LegalBasis>(10).fill('consent'),
      ...Array<LegalBasis>(6).fill('legitimate-interests'),
      'soft-opt-in',
      ...(Object.keys(bases) as LegalBasis[]),
      undefined,
    ),
    fields: fc.subarray(['name', 'address', 'child_born_on', 'health_note', 'record', 'notes'], {
      minLength: 1,
    }),
    select: fc.constantFrom(
      'near = true',
      'near = true',
      'near is unknown or not near',
      'not (near = false)',
      'near or child_near',
    ),
    consideration: fc.constantFrom('none' as const, 'none' as const, 'paid' as const),
    requestedBy: fc.constant('requester'),
    releaseAt: fc.constantFrom(...releases).map(instantFromIso),
    useWindowDays: fc.constantFrom(0, 40),
    delivery: seldom(undefined, 'hosted' as const, 'in-place' as const),
    matching: fc.constantFrom(undefined, true),
    exemption: seldom(undefined, undefined, { paragraph: 'p', instrument: 'i', by: 'b' }),
    condition: fc.constantFrom(
      undefined,
      { kind: 'explicit-consent' as const, reference: 'art 9(2)(a)' },
      { kind: 'law' as const, reference: 'sch 1' },
    ),
    softOptIn: fc.constantFrom(undefined, { similar: 's', stopInEveryMessage: 's' }),
  })
  .map(compact<SharingRequest>)

const numbers: PolicyNumbers = {
  notices: new Map(Array.from({ length: noticeCount }, (_, index) => [`n${index + 1}@1`, index + 1])),
  recipients: new Map(entityIds.map((id, index) => [id, index + 1])),
  purposes: new Map([
    [1, { id: 'offers', dpv: 'dpv:DirectMarketing' }],
    [2, { id: 'campaign', dpv: 'dpv:PoliticalCampaign' }],
    [3, { id: 'insight', dpv: undefined }],
    [4, { id: 'statistics', dpv: 'dpv:ProvideOfficialStatistics' }],
  ]),
}

const standingOf = (releaseAt: number): fc.Arbitrary<Standing> =>
  fc.record({
    releases: fc.constant([]),
    copies: fc.constant([]),
    closedOrders: fc.constant(new Set<string>()),
    feeds: fc.constantFrom(
      new Map(),
      new Map([
        ['calls', releaseAt],
        ['tps', releaseAt],
      ]),
    ),
    recipientKey: fc.constant('verified' as const),
    approvedBy: fc.constant(undefined),
  })

/** Mostly `most` people; where it fails, fewer and fewer of the same. */
const shapeOf = (most: number): fc.Arbitrary<Shape> =>
  fc.record({
    seed: fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    people: fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: most }) },
      { weight: 9, arbitrary: fc.integer({ min: Math.ceil(most * 0.95), max: most }) },
    ),
    events: fc.constantFrom(2, 4, 8),
    odd: fc.constantFrom(5, 20, 20, 35),
    clusters: fc.boolean(),
  })

export function worlds(
  most: number,
  { determined = reasonCodes }: { determined?: readonly ReasonCode[] } = {},
): fc.Arbitrary<World> {
  const notices = fc.tuple(...Array.from({ length: noticeCount }, (_, index) => noticeOf(index + 1)))
  return fc
    .tuple(notices, requestOf)
    .chain(([drawn, request]) =>
      fc.record({
        request: fc.constant(request),
        policy: policyOf(drawn, request, determined),
        standing: standingOf(request.releaseAt),
        shape: shapeOf(most),
      }),
    )
    .map(({ request, policy, standing, shape }) => ({
      book: { policy, numbers, packs: shippedPacks, standing },
      request,
      shape,
      people: randomPeople(shape, request.releaseAt, wantedBy(request)),
      // What failed, without its thousands of people: they follow from the shape.
      [fc.toStringMethod]: () => JSON.stringify({ shape, request, policy, standing }),
    }))
}

/** Whom a consent to everything asked for would be for, in numbers; the club itself where it sends. */
function wantedBy({ recipient, onBehalfOf, channels: asked, purpose }: SharingRequest): Wanted {
  const numberOf = (id: string) => numbers.recipients.get(id)!
  return {
    recipients: [[recipient, ...onBehalfOf].map(numberOf), onBehalfOf.map(numberOf), [numberOf('club')]],
    channels: asked.map((channel) => channels[channel]),
    purpose: purposeIds.indexOf(purpose) + 1,
  }
}
