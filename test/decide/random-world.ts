// Random registers, policies and requests, small enough to shrink and dense enough in ties, borders and absences to hurt.
import fc from 'fast-check'
import type { DatasetColumns } from '../../src/decide/gather.ts'
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import { type EventKind, eventKindNames, eventKinds, type RegisterEvent } from '../../src/model/event.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { NoticeVersion, Policy } from '../../src/model/policy.ts'
import { reasonCodes } from '../../src/model/reason.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { bases, type Channel, channels, type LegalBasis } from '../../src/model/vocabulary.ts'

export type Person = {
  subject: number
  events: RegisterEvent[]
  columns: DatasetColumns
  selected: boolean | undefined
}
export type World = { policy: Policy; request: SharingRequest; numbers: PolicyNumbers; people: Person[] }

const entityIds = ['brand-a', 'brand-b', 'broker', 'party']
const releases = [
  '2017-05-05T09:00:00Z',
  '2018-05-24T23:00:00Z',
  '2018-06-12T09:00:00Z',
  '2024-02-29T12:00:00Z',
  '2026-03-01T00:00:00Z',
  '1999-01-01T00:00:00Z',
]
const dates = [20130101, 20130101, 20130101, 20150601, 20170508, 20180116, 20180525, 20240101]

const notice = (index: number): fc.Arbitrary<NoticeVersion> =>
  fc.record(
    {
      notice: fc.constant(`n${index}`),
      version: fc.constant('1'),
      id: fc.constant(`n${index}@1`),
      effectiveOn: fc.constantFrom(...dates),
      routes: fc.constant(['online']),
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
      list: fc.constantFrom('open', 'closed'),
      purposes: fc.subarray([
        { purpose: 'dpv:DirectMarketing' as const, quote: '' },
        { purpose: 'dpv:Marketing' as const, quote: '' },
        { purpose: 'dpv:PoliticalCampaign' as const, quote: '' },
      ]),
      channels: fc.constant([]),
      categories: fc.constantFrom([], ['name'], ['name', 'postal-address', 'email']),
      rightToObject: fc.constant('you may object'),
      consentForm: fc.constantFrom('separate', 'bundled', 'none'),
      readBy: fc.constant('r'),
    },
    {
      noNullPrototype: true,
      requiredKeys: [
        'notice',
        'version',
        'id',
        'effectiveOn',
        'routes',
        'language',
        'materialChange',
        'wording',
        'recipients',
        'list',
        'purposes',
        'channels',
        'categories',
        'consentForm',
        'readBy',
      ],
    },
  )

const policyOf = (notices: NoticeVersion[]): fc.Arbitrary<Policy> =>
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
    ]),
    notices: fc.constant(notices),
    attributions: fc.constant([]),
    agreements: fc.array(
      fc.record({
        id: fc.constantFrom('agreement-1', 'agreement-2'),
        recipient: fc.constantFrom(...entityIds),
        form: fc.constantFrom('agreement' as const, 'mou' as const),
        signedOn: fc.constant(20170101),
        effectiveFrom: fc.constant(20170101),
        purposes: fc.subarray(['offers', 'campaign', 'insight'], { minLength: 1 }),
        channels: fc.constant(['post' as const, 'email' as const]),
        fields: fc.subarray(['name', 'address', 'child_born_on', 'health_note']),
        endClients: fc.subarray(entityIds),
        ownUse: fc.constant([]),
        consideration: fc.constant('none' as const),
      }),
      { maxLength: 2 },
    ),
    assessments: fc.constant([]),
    determinations: fc.array(
      fc.record(
        {
          id: fc.constant('d'),
          code: fc.constantFrom(...reasonCodes),
          notice: fc.constantFrom(...notices.map(({ id }) => id)),
          recipient: fc.constantFrom(...entityIds),
          purpose: fc.constantFrom('offers', 'campaign'),
          answer: fc.constantFrom('allow' as const, 'refuse' as const),
          on: fc.constantFrom(...dates),
          by: fc.constantFrom('lead', 'requester'),
          because: fc.constant('because'),
        },
        { requiredKeys: ['id', 'code', 'recipient', 'purpose', 'answer', 'on', 'by', 'because'] },
      ),
      { maxLength: 8 },
    ),
    datasets: fc.constant([
      {
        id: 'people',
        location: 'people.parquet',
        format: 'parquet' as const,
        key: { column: 'id', kind: 'member' },
        bornOn: 'born_on',
        contact: {},
        source: { tells: 'has a baby', categories: ['child-presence'] },
        childrenLikely: true,
        fields: [
          { name: 'name', type: 'text' as const, category: 'name', about: 'subject' as const },
          { name: 'address', type: 'text' as const, category: 'postal-address', about: 'household' as const },
          {
            name: 'child_born_on',
            type: 'dates' as const,
            category: 'child-birth-date',
            about: 'child' as const,
          },
          { name: 'health_note', type: 'text' as const, category: 'health', about: 'subject' as const },
          { name: 'near', type: 'boolean' as const, category: 'location', about: 'subject' as const },
        ],
      },
    ]),
  })

function entity(id: string, sectors: string[], brands: { name: string; from?: number; to?: number }[]) {
  return { id, names: [{ name: id }], brands, sectors }
}

const requestOf: fc.Arbitrary<SharingRequest> = fc.record(
  {
    id: fc.constant('r'),
    dataset: fc.constant('people'),
    recipient: fc.constantFrom('brand-a', 'brand-a', ...entityIds),
    role: fc.constantFrom('controller', 'controller', 'agent', 'processor'),
    onBehalfOf: fc.constantFrom([], [], [], ['party'], ['brand-b', 'party']),
    purpose: fc.constantFrom('offers', 'offers', 'offers', 'campaign', 'insight'),
    channels: fc.constantFrom<Channel[][]>(['post'], ['email'], ['email'], ['post', 'email'], ['call']),
    basis: fc.constantFrom(
      ...Array<LegalBasis>(10).fill('consent'),
      ...Array<LegalBasis>(6).fill('legitimate-interests'),
      ...(Object.keys(bases) as LegalBasis[]),
    ),
    fields: fc.subarray(['name', 'address', 'child_born_on', 'health_note'], { minLength: 1 }),
    select: fc.constantFrom('near = true', 'near is unknown or not near', 'not (near = false)'),
    consideration: fc.constantFrom('none', 'none', 'paid'),
    requestedBy: fc.constant('requester'),
    releaseAt: fc.constantFrom(...releases).map(instantFromIso),
    useWindowDays: fc.constantFrom(0, 40),
  },
  {
    requiredKeys: [
      'id',
      'dataset',
      'recipient',
      'role',
      'onBehalfOf',
      'purpose',
      'channels',
      'fields',
      'consideration',
      'requestedBy',
      'releaseAt',
      'useWindowDays',
    ],
  },
)

const noticeCount = 4

/** Most of what a register holds: showings and consents; the vetoes stay frequent enough to meet them. */
const often: EventKind[] = [
  ...Array<EventKind>(8).fill('presentation'),
  ...Array<EventKind>(10).fill('consent'),
  ...Array<EventKind>(4).fill('withdrawal'),
]
const day = 86_400_000_000

/** Instants close to what matters: the release, the house limit, each other. */
const instantNear = (releaseAt: number) =>
  fc
    .oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(-1, 0, 1, -day, day, -30 * day, -183 * day, -184 * day, -185 * day),
      },
      { weight: 1, arbitrary: fc.integer({ min: -1500, max: 30 }).map((days) => days * day) },
    )
    .map((offset) => releaseAt + offset)

function eventNear(releaseAt: number): fc.Arbitrary<Omit<RegisterEvent, 'subject' | 'position' | 'ord'>> {
  return fc
    .record({
      kind: fc.constantFrom<EventKind[]>(...often, ...eventKindNames),
      at: instantNear(releaseAt),
      width: fc.constantFrom(0, 0, 0, 1, day, 60 * day),
      grade: fc.constantFrom(1, 1, 2, 3),
      notice: fc.integer({ min: 0, max: noticeCount }),
      purpose: fc.constantFrom(0, 1, 1, 1, 1, 2, 3),
      recipient: fc.constantFrom(0, 1, 1, 1, 1, 2, 3, 4),
      channel: fc.constantFrom(0, channels.post, channels.email, channels.email, channels.call),
      qualifier: fc.constantFrom(1, 1, 1, 2),
    })
    .map(({ kind, at, width, grade, ...scope }) => {
      const columns: readonly string[] = eventKinds[kind as EventKind].columns
      const keep = (name: keyof typeof scope) => (columns.includes(name) ? scope[name] : 0)
      return {
        kind,
        earliest: at,
        latest: at + width,
        grade,
        source: 1,
        route: 0,
        basis: 0,
        notice: keep('notice'),
        purpose: keep('purpose'),
        recipient: keep('recipient'),
        channel: keep('channel'),
        qualifier: keep('qualifier'),
      }
    })
}

export function worlds(peopleMax: number): fc.Arbitrary<World> {
  return fc
    .tuple(...Array.from({ length: noticeCount }, (_, index) => notice(index + 1)))
    .chain((notices) => fc.tuple(policyOf(notices), requestOf))
    .chain(([policy, request]) =>
      fc
        .array(
          fc.record({
            events: fc.array(eventNear(request.releaseAt), { minLength: 1, maxLength: 7 }),
            bornOn: fc.constantFrom(
              undefined,
              19900101,
              19900101,
              19900101,
              19900101,
              19990505,
              19990506,
              20000612,
              20000613,
              20060229,
            ),
            expectingOn: fc.constantFrom(undefined, 20170505, 20170506, 20190101),
            duplicate: fc.constantFrom(false, false, false, false, false, true),
            selected: fc.constantFrom(true, true, false, undefined),
          }),
          { minLength: Math.ceil(peopleMax / 2), maxLength: peopleMax, size: 'max' },
        )
        .map((drawn) => ({ policy, request, numbers, people: drawn.map(person) })),
    )
}

const numbers: PolicyNumbers = {
  notices: new Map(Array.from({ length: noticeCount }, (_, index) => [`n${index + 1}@1`, index + 1])),
  recipients: new Map(entityIds.map((id, index) => [id, index + 1])),
  purposes: new Map([
    [1, { id: 'offers', dpv: 'dpv:DirectMarketing' }],
    [2, { id: 'campaign', dpv: 'dpv:PoliticalCampaign' }],
    [3, { id: 'insight', dpv: undefined }],
  ]),
}

function person(
  drawn: {
    events: Omit<RegisterEvent, 'subject' | 'position' | 'ord'>[]
    bornOn: number | undefined
    expectingOn: number | undefined
    duplicate: boolean
    selected: boolean | undefined
  },
  index: number,
): Person {
  const subject = index + 1
  return {
    subject,
    events: drawn.events.map((event, ord) => ({
      ...event,
      subject,
      position: 1 + (ord % 2),
      ord: subject * 10 + ord,
    })),
    columns: { born_on: drawn.bornOn, expecting_on: drawn.expectingOn, duplicate: drawn.duplicate },
    selected: drawn.selected,
  }
}
