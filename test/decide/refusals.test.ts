// What must not pass, one small world each: found by trying to get records out that should stay.
import { describe, expect, it } from 'vitest'
import { fileReasons } from '../../src/decide/decide-set.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { type DatasetColumns, nothingInFile, recordOf } from '../../src/decide/person-record.ts'
import { planDecision } from '../../src/decide/plan.ts'
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import type { EventKind, RegisterEvent } from '../../src/model/event.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { NoticeVersion, Policy } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { channels } from '../../src/model/vocabulary.ts'
import { shippedBook } from './shipped-packs.ts'

const releaseAt = instantFromIso('2018-06-12T09:00:00Z')
const day = 86_400_000_000

const notice = (id: string, change: Partial<NoticeVersion> = {}): NoticeVersion => ({
  notice: id,
  version: '1',
  id: `${id}@1`,
  effectiveOn: 20150601,
  routes: ['online'],
  language: 'en',
  materialChange: true,
  wording: '',
  recipients: [{ entity: 'brand', quote: '' }],
  list: 'open',
  purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
  channels: [],
  categories: [],
  rightToObject: 'you may object',
  consentForm: 'separate',
  readBy: 'a',
  ...change,
})

const policy = (change: Partial<Policy> = {}): Policy => ({
  controller: { id: 'club', name: 'Club', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: [
    {
      id: 'brand',
      names: [{ name: 'Brand Ltd' }],
      brands: [],
      sectors: [],
      country: 'GB',
      dueDiligence: { on: 20180101, until: 20190101, by: 'x' },
    },
    { id: 'client', names: [{ name: 'Client Ltd' }], brands: [], sectors: [], country: 'GB' },
  ],
  purposes: [
    { id: 'offers', text: '', dpv: 'dpv:DirectMarketing' },
    { id: 'club-mail', text: '', dpv: 'dpv:DirectMarketing' },
  ],
  notices: [
    notice('good'),
    notice('bundled', { consentForm: 'bundled' }),
    notice('silent', { recipients: [] }),
  ],
  attributions: [],
  processing: [{ id: 'offers', purpose: 'offers', recipients: ['brand', 'client'], from: 20180101 }],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  agreements: [
    {
      id: 'agreement',
      recipient: 'brand',
      form: 'agreement',
      signedOn: 20180101,
      effectiveFrom: 20180101,
      effectiveTo: 20190101,
      purposes: ['offers'],
      channels: ['post', 'email', 'call'],
      fields: ['name', 'address', 'email'],
      endClients: [],
      ownUse: [],
      consideration: 'none',
      power: 'The articles of the club allow it; no contract or confidence stands against it.',
    },
  ],
  assessments: (['lia', 'dpia'] as const).map((kind) => ({
    id: kind,
    kind,
    purpose: 'offers',
    recipient: 'brand',
    outcome: 'passed',
    on: 20180510,
    reviewBy: 20190510,
    by: 'x',
  })),
  determinations: [],
  datasets: [
    {
      id: 'people',
      location: 'x',
      format: 'csv',
      key: { column: 'id', kind: 'member' },
      expectingOn: 'due',
      contact: {},
      source: { tells: 'has a baby', categories: ['child-presence'] },
      childrenLikely: false,
      fields: [
        { name: 'name', type: 'text', category: 'name', about: 'subject' },
        { name: 'address', type: 'text', category: 'postal-address', about: 'household' },
        { name: 'email', type: 'text', category: 'email', about: 'subject' },
        { name: 'income', type: 'integer', category: 'financial', about: 'subject' },
      ],
    },
  ],
  ...change,
})

const request = (change: Partial<SharingRequest> = {}): SharingRequest => ({
  id: 'r',
  dataset: 'people',
  recipient: 'brand',
  role: 'controller',
  onBehalfOf: [],
  purpose: 'offers',
  channels: ['post'],
  basis: 'legitimate-interests',
  fields: ['name', 'address'],
  consideration: 'none',
  agreement: 'agreement',
  necessity: 'needed',
  requestedBy: 'Dana Whitlock',
  releaseAt,
  useWindowDays: 0,
  ...change,
})

const numbers: PolicyNumbers = {
  notices: new Map([
    ['good@1', 1],
    ['bundled@1', 2],
    ['silent@1', 3],
  ]),
  recipients: new Map([
    ['brand', 1],
    ['client', 2],
  ]),
  purposes: new Map([
    [1, { id: 'offers', dpv: 'dpv:DirectMarketing' }],
    [2, { id: 'club-mail', dpv: 'dpv:DirectMarketing' }],
  ]),
}

let ord = 0
const event = (kind: EventKind, daysAgo: number, change: Partial<RegisterEvent> = {}): RegisterEvent => ({
  position: 1,
  ord: ++ord,
  kind,
  subject: 1,
  earliest: releaseAt - daysAgo * day,
  latest: releaseAt - daysAgo * day,
  grade: 1,
  source: 1,
  route: 0,
  notice: 0,
  purpose: 0,
  recipient: 0,
  channel: 0,
  basis: 0,
  qualifier: 0,
  ...change,
})
const shown = event('presentation', 300, { notice: 1 })
const yes = (daysAgo: number, change: Partial<RegisterEvent> = {}) =>
  event('consent', daysAgo, {
    notice: 1,
    purpose: 1,
    recipient: 1,
    channel: channels.post,
    qualifier: 1,
    ...change,
  })

const adult: DatasetColumns = { ...nothingInFile, born_on: 19800101 }
const judge = (
  events: RegisterEvent[],
  asked: Partial<SharingRequest> = {},
  declared: Partial<Policy> = {},
  columns = adult,
) =>
  judgeRecord(
    planDecision(request(asked), shippedBook({ policy: policy(declared), numbers })),
    recordOf(1, events, columns),
  ).verdict
const file = (asked: Partial<SharingRequest> = {}, declared: Partial<Policy> = {}) =>
  fileReasons(planDecision(request(asked), shippedBook({ policy: policy(declared), numbers })), undefined)
    .filter(({ cleared }) => !cleared)
    .map(({ code }) => code)

describe('control', () => {
  it('lets the told, adult, silent person go by post, with nothing against the file', () => {
    expect(judge([shown]).outcome).toBe('allow')
    expect(file()).toEqual([])
  })
  it('lets a proper, later yes outlive an objection', () => {
    expect(judge([shown, event('objection', 30, { qualifier: 1 }), yes(10)]).outcome).toBe('allow')
  })
})

describe('an objection or withdrawal', () => {
  it.each([
    ['merely asserted', { grade: 3 }],
    ['bundled', { notice: 2 }],
    ['under a notice that names nobody', { notice: 3 }],
    ['for another channel', { channel: channels.email }],
    ['at the same instant', { earliest: releaseAt - 30 * day, latest: releaseAt - 30 * day }],
  ])('is not lifted by a yes that is %s', (_, change) => {
    const later = yes(10, change)
    expect(judge([shown, event('objection', 30, { qualifier: 1 }), later]).reasons).toContain('S301')
    expect(judge([shown, event('withdrawal', 30), later]).reasons).toContain('B502')
  })

  it('cannot be got round by another basis, nor can a plain no', () => {
    const no = yes(10, { qualifier: 2 })
    expect(judge([shown, no]).reasons).toContain('B502')
    expect(judge([shown, yes(20), event('withdrawal', 10, { channel: channels.post })]).reasons).toContain(
      'B502',
    )
  })
})

describe('a stop by one channel', () => {
  const stop = event('objection', 30, { qualifier: 1, channel: channels.email })
  it('is that channel’s, but every channel’s where the list is paid for', () => {
    expect(judge([shown, stop]).outcome).toBe('allow')
    expect(judge([shown, stop], { consideration: 'paid' }).reasons).toContain('S301')
    const paid = { ...policy().agreements[0]!, consideration: 'in-kind' as const }
    expect(judge([shown, stop], {}, { agreements: [paid] }).reasons).toContain('S301')
  })
})

describe('electronic mail', () => {
  it('needs consent as its basis, whatever else is on record', () => {
    const given = yes(10, { channel: channels.email })
    expect(judge([shown, given], { channels: ['email'] }).reasons).toContain('P601')
    expect(
      judge([shown, given], { channels: ['email'], basis: 'consent', fields: ['name', 'email'] }).outcome,
    ).toBe('allow')
  })

  it('is not covered by consent to another purpose of the same kind', () => {
    const given = yes(10, { channel: channels.email, purpose: 2 })
    const verdict = judge([shown, given], { channels: ['email'], basis: 'consent' })
    expect(verdict.reasons).toEqual(expect.arrayContaining(['B504', 'P601']))
  })
})

describe('a live call', () => {
  it('waits for a screen against the do-not-call register', () => {
    expect(file({ channels: ['call'] })).toContain('P604')
  })
})

describe('a role', () => {
  it('does not excuse a processor, or those behind it, from having been mentioned', () => {
    const unmentioned = event('presentation', 300, { notice: 3 })
    expect(judge([unmentioned], { role: 'processor' }).reasons).toContain('N402')
    expect(judge([shown], { role: 'processor', onBehalfOf: ['client'] }).reasons).toContain('N402')
  })

  it('of an agent needs someone to act for, and the request names whoever the agreement lets the data go on to', () => {
    expect(file({ role: 'agent' })).toContain('A207')
    const agreement = { ...policy().agreements[0]!, endClients: ['client'] }
    expect(file({}, { agreements: [agreement] })).toContain('A207')
    expect(file({ role: 'agent', onBehalfOf: ['client'] }, { agreements: [agreement] })).not.toContain('A207')
  })

  it('of joint control, a duty or a recognised interest refuses while its ground cannot be recorded', () => {
    expect(file({ role: 'joint-controller' })).toContain('A213')
    expect(file({ basis: 'legal-obligation' })).toContain('B518')
    expect(file({ basis: 'public-task' })).toEqual(expect.arrayContaining(['B503', 'B518']))
    expect(file({ basis: 'recognised-legitimate-interests' })).toEqual(
      expect.arrayContaining(['B503', 'B517']),
    )
  })
})

describe('a list of mothers', () => {
  it('keeps the expecting, the unreadably dated, and everyone if nothing says who is expecting', () => {
    expect(judge([shown], {}, {}, { ...adult, expecting_on: 20181101 }).reasons).toContain('C708')
    expect(judge([shown], {}, {}, { ...adult, expecting_on: 99991231 }).reasons).toContain('C708')
    expect(judge([shown], {}, {}, { ...adult, expecting_on: 20170101 }).outcome).toBe('allow')
    const { expectingOn: _, ...without } = policy().datasets[0]!
    expect(judge([shown], {}, { datasets: [without] }).reasons).toContain('C708')
  })
})

describe('an assessment', () => {
  it('that failed later outweighs one that passed before', () => {
    const assessments = policy().assessments
    const failed = { ...assessments[0]!, id: 'later', outcome: 'failed' as const, on: 20180601 }
    expect(file({}, { assessments: [...assessments, failed] })).toContain('B513')
  })
})

describe('a determination', () => {
  const sector = notice('good', { recipients: [{ sector: 'food', quote: '' }] })
  const entities = policy().entities.map((entity) =>
    entity.id === 'brand' ? { ...entity, sectors: ['food'] } : entity,
  )
  const by = (name: string) =>
    judge(
      [shown],
      {},
      {
        notices: [sector],
        entities,
        determinations: [
          {
            id: 'd',
            code: 'N405',
            notice: 'good@1',
            recipient: 'brand',
            purpose: 'offers',
            answer: 'allow',
            on: 20180601,
            by: name,
            because: 'x',
          },
        ],
      },
    ).outcome

  it('is somebody else’s, however the requester writes their name', () => {
    expect(by('Priya Nair')).toBe('allow')
    expect(by('dana  WHITLOCK')).toBe('review')
  })

  it('never clears a code without override', () => {
    const verdict = judge(
      [event('presentation', 300, { notice: 3 })],
      {},
      {
        determinations: [
          {
            id: 'd',
            code: 'N402',
            notice: 'silent@1',
            recipient: 'brand',
            purpose: 'offers',
            answer: 'allow',
            on: 20180601,
            by: 'Priya Nair',
            because: 'x',
          },
        ],
      },
    )
    expect(verdict.outcome).toBe('deny')
  })
})

describe('a record of which no field may travel', () => {
  it('stays', () => {
    expect(judge([shown], { fields: ['income'] })).toMatchObject({ outcome: 'deny' })
  })
})
