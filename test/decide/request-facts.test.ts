import { describe, expect, it } from 'vitest'
import { whatIsAsked } from '../../src/decide/facts/asked.ts'
import { fieldFactsOf } from '../../src/decide/facts/field-facts.ts'
import type { RequestFacts } from '../../src/decide/plain-facts.ts'
import { requestFactsOf } from '../../src/decide/request-facts.ts'
import type { EarlierRelease, HeldCopy } from '../../src/decide/standing.ts'
import type { WorkOrder } from '../../src/model/custody.ts'
import { instantFromIso, microsecondsPerDay, microsecondsPerHour } from '../../src/model/instant.ts'
import type { Assessment, Policy } from '../../src/model/policy.ts'
import {
  agreement,
  dataset,
  entity,
  factsOf,
  notice,
  numbers,
  policyWith,
  releaseAt,
  requestWith,
} from './declared.ts'
import { shippedBook } from './shipped-packs.ts'

type Asked = Parameters<typeof factsOf>
const earlier = (change: Partial<EarlierRelease> = {}): EarlierRelease => ({
  ...{ recipient: 'brand', agreement: 'brand-2024', records: 400, at: releaseAt - 90 * microsecondsPerDay },
  ...{ deleteBy: 20240601, destroyed: false, onBehalfOf: [], subProcessors: [] },
  ...change,
})
const entities = (change: Partial<Policy['entities'][number]>) => ({
  entities: [entity('brand', change), entity('party'), entity('printer')],
})

describe('a club that has everything in order', () => {
  it('gives no fact that a rule would refuse by', () => {
    expect(factsOf()).toMatchObject({
      ...{ packKnown: true, purposeDefined: true, agreementExists: true, agreementFormSufficient: true },
      ...{
        agreementInForce: true,
        purposeInAgreement: true,
        channelsInAgreement: true,
        listInAgreement: true,
      },
      ...{ chainInAgreement: true, powerRecorded: true, inRopa: true, dueDiligenceInForce: true },
      ...{ transferCovered: true, basisKnown: true, feedsFresh: true, sealed: true, copyLeaves: true },
      ...{ dpiaNeeded: false, prohibited: false, recipientSuspended: false, entityChanged: false },
      ...{ deletionOverdue: false, agreementUsed: false, agreementReviewOverdue: false, hosted: false },
      ...{ ownSending: false, commercial: true, paid: false, exempt: false, memberStateRuleNeeded: false },
    })
  })
})

describe('an agreement', () => {
  const of = (change: Parameters<typeof agreement>[0], asked: Asked[0] = {}) =>
    factsOf(asked, { agreements: [agreement(change)] })

  it('is the newest that has begun, or the one named; none of another kind', () => {
    const renewed = agreement({ id: 'new', effectiveFrom: 20240601, power: '' })
    const later = agreement({ id: 'later', effectiveFrom: 20240701 })
    const declared = { agreements: [renewed, agreement(), later] }
    expect(factsOf({}, declared).powerRecorded).toBe(false)
    expect(factsOf({ agreement: 'brand-2024' }, declared).powerRecorded).toBe(true)
    expect(of({ kind: 'processing', instructions: 'x' }).agreementExists).toBe(false)
    expect(of({}, { role: 'processor' }).agreementExists).toBe(false)
  })

  it('is not looked for where we send it ourselves or an exemption is claimed, unless it is named', () => {
    const exemption = {
      paragraph: 'DPA 2018 Sch. 2 para. 2',
      instrument: 'request of 3 June',
      by: 'the police',
    }
    for (const asked of [{ delivery: 'hosted' as const }, { exemption }]) {
      expect(factsOf(asked)).toMatchObject({ agreementExists: false, listInAgreement: true })
      expect(factsOf({ ...asked, agreement: 'brand-2024' }).agreementExists).toBe(true)
    }
    const enquiry = { purposes: [{ id: 'enquiry', text: '', dpv: 'dpv:EnforceSecurity' as const }] }
    expect(factsOf({ exemption, purpose: 'enquiry' }, enquiry).exempt).toBe(true)
    expect(factsOf({ exemption: { ...exemption, by: ' ' }, purpose: 'enquiry' }, enquiry).exempt).toBe(false)
    expect(factsOf({ exemption }).exempt, 'for marketing').toBe(false)
    expect(factsOf({ exemption, purpose: 'insight' }).exempt, 'for an open purpose').toBe(false)
  })

  it('is reviewed by its day, says by what power, and a processor’s has instructions', () => {
    expect(of({ reviewBy: 20240611 }).agreementReviewOverdue).toBe(true)
    expect(of({ reviewBy: 20240612 }).agreementReviewOverdue).toBe(false)
    expect(of({ power: ' ' }).powerRecorded).toBe(false)
    const asked = { role: 'processor' as const }
    expect(of({ kind: 'processing', instructions: 'x' }, asked).agreementFormSufficient).toBe(true)
    expect(of({ kind: 'processing' }, asked).agreementFormSufficient).toBe(false)
  })

  it('limits uses and records over everything that was released under it', () => {
    const limited = { agreements: [agreement({ uses: 'one-off', recordsMax: 1000, resupplyAfterDays: 30 })] }
    const releases = [earlier(), earlier({ agreement: 'another' })]
    expect(factsOf({}, limited)).toMatchObject({ agreementUsed: false, recordsLeftUnderAgreement: 1000 })
    expect(factsOf({}, limited, { releases })).toMatchObject({
      ...{ agreementUsed: true, recordsLimited: true, recordsLeftUnderAgreement: 600, resupplyLimited: true },
      resupplyAfter: releaseAt - 30 * microsecondsPerDay,
    })
    expect(factsOf({}, {}, { releases })).toMatchObject({
      ...{ agreementUsed: false, recordsLimited: false, recordsLeftUnderAgreement: undefined },
    })
  })

  it('lists every column the list is selected by', () => {
    expect(factsOf({ select: 'area = 4' }).listInAgreement).toBe(true)
    expect(factsOf({ select: 'area = 4 and diabetic' }).listInAgreement).toBe(false)
  })

  it('authorises sub-processors by name', () => {
    const asked = { subProcessors: ['printer'] }
    expect(factsOf(asked).subProcessorsAuthorised).toBe(false)
    expect(of({ subProcessors: ['printer'] }, asked).subProcessorsAuthorised).toBe(true)
  })

  it('of joint control is in force with its essence where people can read it', () => {
    const joint = { kind: 'joint', essence: 'https://club.example/joint' } as const
    const asked = { role: 'joint-controller' as const }
    expect(of(joint, asked).jointArrangementInForce).toBe(true)
    expect(of({ ...joint, essence: '' }, asked).jointArrangementInForce).toBe(false)
    expect(of({ ...joint, effectiveTo: 20240710 }, asked).jointArrangementInForce).toBe(false)
    expect(of({}, asked).jointArrangementInForce).toBe(false)
  })
})

describe('whoever is in the chain', () => {
  it('is still who was agreed with: a change after the signature and by the release counts', () => {
    const changed = (on: number) => factsOf({}, entities({ changes: [{ on, how: 'merged' }] })).entityChanged
    expect([20231231, 20240101, 20240612, 20240613].map(changed)).toEqual([false, true, true, false])
    const behind = {
      entities: [entity('brand'), entity('party', { changes: [{ on: 20240301, how: 'absorbed' }] })],
    }
    expect(factsOf({}, behind).entityChanged).toBe(false)
    expect(factsOf({ onBehalfOf: ['party'] }, behind).entityChanged).toBe(true)
  })

  it('is not suspended at the release', () => {
    const suspended = (from: number, to?: number) =>
      factsOf({}, entities({ suspensions: [{ from, ...(to && { to }), because: 'breach' }] }))
        .recipientSuspended
    expect([suspended(20240612), suspended(20240101, 20240612), suspended(20240613)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('owes no deletion, nor does one of its group', () => {
    const owes = (release: EarlierRelease, declared: Asked[1] = {}) =>
      factsOf({}, declared, { releases: [release] }).deletionOverdue
    expect(owes(earlier())).toBe(true)
    expect(owes(earlier({ destroyed: true }))).toBe(false)
    expect(owes(earlier({ deleteBy: 20240612 }))).toBe(false)
    expect(owes(earlier({ deleteBy: undefined }))).toBe(false)
    expect(owes(earlier({ recipient: 'party' }))).toBe(false)
    const group = { entities: [entity('brand', { group: 'g' }), entity('party', { group: 'g' })] }
    expect(owes(earlier({ recipient: 'party' }), group)).toBe(true)
  })

  it('owes none whichever part it has: behind the recipient or working for it, now or then', () => {
    const owes = (asked: Asked[0], release: Partial<EarlierRelease>, declared: Asked[1] = {}) =>
      factsOf(asked, declared, { releases: [earlier({ recipient: 'other', ...release })] }).deletionOverdue
    for (const part of ['onBehalfOf', 'subProcessors'] as const) {
      expect(owes({ [part]: ['party'] }, {}), part).toBe(false)
      expect(owes({ [part]: ['party'] }, { recipient: 'party' }), part).toBe(true)
      expect(owes({ [part]: ['party'] }, { recipient: 'party', destroyed: true }), part).toBe(false)
      expect(owes({}, { [part]: ['brand'] }), part).toBe(true)
      expect(owes({}, { [part]: ['party'] }), part).toBe(false)
      expect(owes({ subProcessors: ['printer'] }, { [part]: ['printer'] }), part).toBe(true)
    }
    const group = {
      entities: [entity('brand'), ...['party', 'printer'].map((id) => entity(id, { group: 'g' }))],
    }
    expect(owes({ subProcessors: ['printer'] }, { recipient: 'party' }, group)).toBe(true)
    expect(owes({ delivery: 'hosted', onBehalfOf: ['party'] }, { recipient: 'party' })).toBe(false)
  })

  it('holds no copy past its day, though it only works for whoever gets the data', () => {
    const copy: HeldCopy = { holder: 'printer', deleteBy: 20240613, granted: false, destroyed: false }
    const owes = (asked: Asked[0], change: Partial<HeldCopy> = {}) =>
      factsOf(asked, {}, { copies: [{ ...copy, ...change }] }).deletionOverdue
    expect(owes({})).toBe(false)
    expect(owes({ subProcessors: ['printer'] })).toBe(true)
    expect(owes({ subProcessors: ['printer'] }, { granted: true })).toBe(false)
  })

  it('is in an adequate country, or a mechanism with its assessment is on record', () => {
    const transfer = { mechanism: 'safeguards', reference: 'IDTA of 3 May' } as const
    const abroad = (country: string | undefined, more: Asked[1] = {}) => {
      const { country: _, ...nowhere } = entity('brand')
      return factsOf({}, { entities: [country === undefined ? nowhere : { ...nowhere, country }], ...more })
        .transferCovered
    }
    const assessed = (outcome: Assessment['outcome']) => [{ ...assessment('transfer'), outcome }]
    expect([abroad('FR'), abroad('XK'), abroad(undefined)]).toEqual([true, false, false])
    const agreements = [agreement({ transfer })]
    expect(abroad('XK', { agreements })).toBe(false)
    expect(abroad('XK', { agreements, assessments: assessed('failed') })).toBe(false)
    expect(abroad('XK', { agreements, assessments: assessed('passed') })).toBe(true)
    expect(abroad('XK', { assessments: assessed('passed') })).toBe(false)
  })

  it('is in the record of processing activities, every link', () => {
    expect(factsOf({}, { processing: [] }).inRopa).toBe(false)
    expect(factsOf({ onBehalfOf: ['party'] }).inRopa).toBe(false)
    const entry = { id: 'p', purpose: 'offers', recipients: ['party'], from: 20200101 }
    const processing = [...policyWith().processing, entry]
    expect(factsOf({ onBehalfOf: ['party'] }, { processing }).inRopa).toBe(true)
    const ended = processing.map((item) => ({ ...item, to: 20240612 }))
    expect(factsOf({ onBehalfOf: ['party'] }, { processing: ended }).inRopa).toBe(false)
  })

  it('is not forbidden by a regulator, at the release or while it is used', () => {
    const ban = (change: Partial<Policy['prohibitions'][number]>, asked: Asked[0] = {}) =>
      factsOf(asked, {
        prohibitions: [{ ...{ id: 'b', authority: 'ICO', instrument: 'EN 1', from: 20240101 }, ...change }],
      }).prohibited
    expect([ban({}), ban({ recipient: 'brand' }), ban({ recipient: 'party' })]).toEqual([true, true, false])
    expect([ban({ to: 20240612 }), ban({ from: 20240710 }), ban({ from: 20240711 })]).toEqual([
      false,
      true,
      false,
    ])
    expect([ban({ purpose: 'campaign' }), ban({ purpose: 'offers' })]).toEqual([false, true])
    expect(ban({ recipient: 'brand' }, { delivery: 'hosted' })).toBe(true)
  })

  it('proved its key', () => {
    const keys = (['verified', 'unverified', undefined] as const).map(
      (recipientKey) => factsOf({}, {}, { recipientKey }).recipientKeyVerified,
    )
    expect(keys).toEqual([true, false, undefined])
  })
})

const assessment = (kind: Assessment['kind']): Assessment => ({
  ...{ id: kind, kind, purpose: 'offers', recipient: 'brand', outcome: 'passed', on: 20240101 },
  ...{ reviewBy: 20250101, by: 'Ines Carver' },
})

describe('an assessment', () => {
  it('is the newest, and of two of one day the one that failed', () => {
    const passed = assessment('dpia')
    const failed = { ...passed, id: 'again', outcome: 'failed' as const }
    for (const assessments of [
      [passed, failed],
      [failed, passed],
    ])
      expect(factsOf({}, { assessments }).dpiaPassed).toBe(false)
    const newer = { ...passed, id: 'newer', on: 20240201 }
    expect(factsOf({}, { assessments: [newer, failed] }).dpiaPassed).toBe(true)
    expect(factsOf({}, { assessments: [{ ...newer, reviewBy: 20240611 }] }).dpiaStale).toBe(true)
  })

  it('is needed for children, special categories, matching and data from elsewhere, by whichever way', () => {
    const needed = (asked: Asked[0], declared: Asked[1] = {}) => factsOf(asked, declared).dpiaNeeded
    expect(needed({})).toBe(false)
    expect(needed({ fields: ['diabetic'] })).toBe(true)
    expect(needed({ select: 'diabetic' })).toBe(true)
    expect(needed({ select: 'school = 3' })).toBe(true)
    expect(needed({ matching: true })).toBe(true)
    const source = { tells: 'is ill', categories: ['health'] }
    for (const change of [{ source }, { childrenLikely: true }, { obtained: { from: 'x', on: 20230101 } }])
      expect(needed({}, { datasets: [dataset(change)] })).toBe(true)
  })

  it('of interests may find that people would be surprised', () => {
    const lia = (change: Partial<Assessment>) =>
      factsOf({}, { assessments: [{ ...assessment('lia'), ...change }] })
    expect(lia({ expected: false })).toMatchObject({ liaPassed: true, liaSurprising: true })
    expect(lia({})).toMatchObject({ liaPassed: true, liaSurprising: false })
  })

  it.each([
    ['compatibility', 'compatibilityPassed'],
    ['anonymisation', 'anonymousTested'],
  ] as const)('of %s counts while it is in date', (kind, fact) => {
    const tested = (change: Partial<Assessment>) =>
      factsOf({ anonymous: true, fields: ['area'] }, { assessments: [{ ...assessment(kind), ...change }] })[
        fact
      ]
    expect([tested({}), tested({ outcome: 'failed' }), tested({ reviewBy: 20240611 })]).toEqual([
      true,
      false,
      false,
    ])
    expect(factsOf()[fact]).toBe(false)
  })

  it('of anonymisation says nothing of data that are not claimed to be anonymous, nor of names and addresses', () => {
    const tested = (asked: Asked[0]) =>
      factsOf(asked, { assessments: [assessment('anonymisation')] }).anonymousTested
    expect(tested({ fields: ['area'] })).toBe(false)
    expect(tested({ anonymous: true, fields: ['area', 'diabetic'] })).toBe(true)
    expect(tested({ anonymous: true, fields: ['area', 'name'] })).toBe(false)
    expect(tested({ anonymous: true, fields: ['no-such-column'] })).toBe(false)
  })
})

describe('the list itself', () => {
  const reveals = (asked: Asked[0], categories: string[] = []) =>
    factsOf(asked, { datasets: [dataset({ source: { tells: 'x', categories } })] })

  it('tells by its selection and its source what a field would tell', () => {
    const plain = { listRevealsSpecial: false, listRevealsChildren: false, disclosesSpecial: false }
    expect(reveals({})).toMatchObject({ ...plain, listRevealsMaternity: false })
    expect(reveals({ select: 'diabetic' })).toMatchObject({
      listRevealsSpecial: true,
      disclosesSpecial: true,
    })
    expect(reveals({}, ['health'])).toMatchObject({ listRevealsSpecial: true, disclosesSpecial: true })
    expect(reveals({ select: 'school = 3' })).toMatchObject({ listRevealsChildren: true })
    expect(reveals({}, ['child-presence'])).toMatchObject({ ...plain, listRevealsMaternity: true })
    expect(reveals({}, ['pregnancy'])).toMatchObject({
      listRevealsSpecial: false,
      listRevealsMaternity: true,
    })
    expect(reveals({ fields: ['diabetic'] })).toMatchObject({
      listRevealsSpecial: false,
      disclosesSpecial: true,
    })
  })

  it('says where its people come from, and whoever supplied them had been checked by then', () => {
    const check = { on: 20230101, until: 20230601, by: 'x' }
    const from = (on: number, dueDiligence?: typeof check) =>
      factsOf(
        {},
        { datasets: [dataset({ obtained: { from: 'x', on, ...(dueDiligence && { dueDiligence }) } })] },
      )
    expect(from(20230301, check)).toMatchObject({ obtainedElsewhere: true, sourceDueDiligence: true })
    expect(from(20230301).sourceDueDiligence).toBe(false)
    expect(from(20230601, check).sourceDueDiligence).toBe(false)
    expect(factsOf()).toMatchObject({ obtainedElsewhere: false, sourceDueDiligence: true })
  })
})

describe('a field', () => {
  const asked = whatIsAsked(requestWith(), shippedBook({ policy: policyWith(), numbers }))
  const said = (name: string, categories?: string[]) =>
    fieldFactsOf(name, categories && notice({ categories }), asked)
  it('is known by its category and whom it is about; an undeclared one is unknown', () => {
    expect(said('name')).toMatchObject({ fieldNecessary: true, fieldInAgreement: true, fieldSpecial: false })
    expect(said('area')).toMatchObject({ fieldNecessary: false, fieldInAgreement: true })
    expect(said('school')).toMatchObject({ fieldAboutChild: true, fieldInAgreement: false })
    expect(said('diabetic')).toMatchObject({ fieldSpecial: true, fieldCriminal: false })
    expect(said('convicted').fieldCriminal).toBe(true)
    expect(said('note')).toMatchObject({ fieldFreeText: true, fieldScreened: false })
    expect(said('nowhere')).toMatchObject({ fieldAboutChild: undefined, fieldNecessary: undefined })
  })
  it('is told where the notice sets no limit, and stated only where it is listed', () => {
    expect(said('name', [])).toMatchObject({ fieldTold: true, fieldStated: false })
    expect(said('name', ['name'])).toMatchObject({ fieldTold: true, fieldStated: true })
    expect(said('name', ['area'])).toMatchObject({ fieldTold: false, fieldStated: false })
  })
})

describe('time', () => {
  const hour = microsecondsPerHour
  it('of the file is hours rounded up, unknown where nobody says or the file is of later', () => {
    const age = (takenAt?: number) =>
      factsOf({}, { datasets: [dataset(takenAt === undefined ? {} : { takenAt })] }).snapshotAgeHours
    expect(age(releaseAt - 24 * hour)).toBe(24)
    expect(age(releaseAt - 24 * hour - 1)).toBe(25)
    expect([age(), age(releaseAt + 1)]).toEqual([undefined, undefined])
  })

  it('of a feed is what the policy asks of it, and never longer than the pack allows', () => {
    const feeds = [{ source: 'crm', everyHours: 168, channels: ['post' as const] }]
    const fresh = (completeTo: number | undefined, asked: Asked[0] = {}, declared = feeds) =>
      factsOf(
        asked,
        { feeds: declared },
        {
          feeds: new Map(completeTo === undefined ? [] : [['crm', completeTo]]),
        },
      ).feedsFresh
    expect([fresh(releaseAt - 24 * hour), fresh(releaseAt - 24 * hour - 1), fresh(undefined)]).toEqual([
      true,
      false,
      false,
    ])
    expect(fresh(undefined, { channels: ['email'] })).toBe(true)
    const hourly = feeds.map((feed) => ({ ...feed, everyHours: 1 }))
    expect(fresh(releaseAt - 2 * hour, {}, hourly)).toBe(false)
    expect(fresh(undefined, {}, [])).toBe(true)
  })

  it('of the TPS screen is 28 days, or what the policy asks where that is less', () => {
    const screened = (days: number, feeds: Policy['feeds'] = []) =>
      factsOf({}, { feeds }, { feeds: new Map([['tps', releaseAt - days * microsecondsPerDay]]) })
    expect([screened(28).tpsScreenFresh, screened(28.01).tpsScreenFresh]).toEqual([true, false])
    expect(screened(2, [{ source: 'tps', everyHours: 24 }])).toMatchObject({
      tpsScreenFresh: false,
      feedsFresh: true,
    })
    expect(factsOf().tpsScreenFresh).toBe(false)
  })

  it('of a consent is longer for our own message than for somebody else’s first contact', () => {
    expect(factsOf().consentAtMin).toBe(instantFromIso('2023-12-12T10:00:00Z'))
    expect(factsOf({ delivery: 'hosted' }).consentAtMin).toBe(instantFromIso('2022-06-12T09:00:00Z'))
  })

  it('of a person is counted to the day of the release', () => {
    expect(factsOf()).toMatchObject({
      bornOnAdultMax: 20060612,
      bornOnPoliticalMax: 20070612,
      releaseOn: 20240612,
    })
  })
})

describe('who approves', () => {
  const approved = (approvedBy: string | undefined, controller = policyWith().controller) =>
    factsOf({}, { controller }, { approvedBy }).approverIsRequester
  it('is somebody else, however the requester writes the name, unless the policy has one person alone', () => {
    expect([approved(undefined), approved('Dana Whitlock'), approved('sam  IDRIS')]).toEqual([
      undefined,
      false,
      true,
    ])
    const approval = { rule: 'sole-person', validHours: 72, because: 'there is one' } as const
    expect(approved('Sam Idris', { ...policyWith().controller, approval })).toBe(false)
  })
})

describe('the ground claimed', () => {
  it('is one the law at the release knows', () => {
    const known = (at: string) =>
      factsOf({ basis: 'recognised-legitimate-interests', releaseAt: instantFromIso(at) }).basisKnown
    expect([known('2026-02-04T12:00:00Z'), known('2026-02-05T12:00:00Z')]).toEqual([false, true])
    const { basis: _, ...without } = requestWith()
    const book = shippedBook({ policy: policyWith(), numbers })
    const facts = requestFactsOf(whatIsAsked(without, book))
    expect(facts).toMatchObject({ basis: undefined, basisKnown: undefined })
  })

  it('is written down: condition, instrument, the soft opt-in’s facts', () => {
    const instrument = { reference: 'Order 4', by: 'the court', on: 20240612 }
    expect(factsOf({ instrument }).instrumentCited).toBe(true)
    expect(factsOf({ instrument: { ...instrument, on: 20240613 } }).instrumentCited).toBe(false)
    expect(factsOf({ condition: { kind: 'law', reference: ' ' } }).conditionClaimed).toBe(false)
    const softOptIn = { similar: 'nappies, as bought', stopInEveryMessage: 'a link' }
    expect(factsOf({ softOptIn }).softOptInMessage).toBe(true)
    expect(factsOf({ softOptIn: { ...softOptIn, stopInEveryMessage: '' } }).softOptInMessage).toBe(false)
  })

  it('is paid for by money or in kind, of the request or its agreement', () => {
    expect(factsOf({ purpose: 'repair', consideration: 'in-kind' })).toMatchObject({
      paid: true,
      commercial: true,
    })
    const agreements = [agreement({ consideration: 'paid', purposes: ['repair'] })]
    expect(factsOf({ purpose: 'repair' }, { agreements }).commercial).toBe(true)
    expect(factsOf({ purpose: 'repair' })).toMatchObject({ commercial: false, maintenance: true })
    expect(factsOf({ purpose: 'insight' })).toMatchObject({ purposeDefined: false, marketing: true })
  })
})

describe('a copy', () => {
  const order: WorkOrder = {
    ...{
      id: 'w',
      recipient: 'brand',
      dataset: 'customers',
      purpose: 'offers',
      task: 'repair',
      people: ['Noor'],
    },
    ...{ place: 'here', from: 20240601, until: 20240711, fields: [], by: 'Dana Whitlock' },
  }
  const grant = {
    ...{ id: 'g', recipient: 'brand', dataset: 'customers', workOrder: 'w', place: 'here', from: 20240601 },
    ...{ until: 20240711, deleteBy: 20240731, by: 'Dana Whitlock' },
  }
  const asked = { workOrder: 'w' }
  const declared = { workOrders: [order], copyGrants: [grant] }
  it('goes by a work order that is this contractor’s, for this, through the whole use, and open', () => {
    const live = (change: Partial<WorkOrder>, ask: Asked[0] = asked) =>
      factsOf(ask, { workOrders: [{ ...order, ...change }] }).workOrderLive
    const off = [
      ...[
        { until: 20240710 },
        { from: 20240613 },
        { dataset: 'x' },
        { recipient: 'party' },
        { purpose: 'repair' },
      ],
      { id: 'other' },
    ]
    expect([live({}), ...off.map((change) => live(change))]).toEqual([true, ...off.map(() => false)])
    expect(live({}, {})).toBe(false)
    const closed = { closedOrders: new Set(['w']) }
    expect(factsOf(asked, declared, closed)).toMatchObject({ workOrderLive: false, copyGranted: false })
  })
  it('is granted under that order, to this contractor for this dataset, through the whole use', () => {
    const granted = (change: Partial<typeof grant>) =>
      factsOf(asked, { ...declared, copyGrants: [{ ...grant, ...change }] }).copyGranted
    const off = [
      ...[
        { until: 20240710 },
        { from: 20240613 },
        { dataset: 'x' },
        { recipient: 'party' },
        { workOrder: 'v' },
      ],
    ]
    expect([granted({}), ...off.map(granted)]).toEqual([true, ...off.map(() => false)])
    expect(factsOf({}, declared).copyGranted).toBe(false)
  })
  it('that nobody granted is overdue at once, one that was granted from the day after its day', () => {
    const overdue = (copy: Partial<HeldCopy>) =>
      factsOf(
        {},
        {},
        {
          copies: [{ holder: 'brand', deleteBy: 20240612, granted: true, destroyed: false, ...copy }],
        },
      ).deletionOverdue
    expect(overdue({ granted: false })).toBe(true)
    expect(overdue({})).toBe(false)
    expect(overdue({ deleteBy: 20240611 })).toBe(true)
    expect(overdue({ granted: false, destroyed: true })).toBe(false)
    expect(overdue({ granted: false, holder: 'party' })).toBe(false)
  })
  it('leaves unless we send it or they work on it here', () => {
    const leaves = (delivery: 'sealed' | 'plain' | 'hosted' | 'in-place') => factsOf({ delivery })
    expect(leaves('in-place')).toMatchObject({ copyLeaves: false, sealed: true })
    expect(leaves('hosted')).toMatchObject({ copyLeaves: false, hosted: true, sealed: true })
    expect(leaves('plain')).toMatchObject({ copyLeaves: true, sealed: false })
    expect(leaves('sealed')).toMatchObject({ copyLeaves: true, sealed: true })
  })
})

describe('several laws', () => {
  const both = (releaseOn: string, asked: Asked[0] = {}): RequestFacts =>
    factsOf(
      { ...asked, releaseAt: instantFromIso(releaseOn) },
      { datasets: [dataset({ jurisdictions: ['eu'] })] },
    )
  it('judge together: without a pack of each nobody knows the whole law', () => {
    expect(both('2018-05-24T12:00:00Z').packKnown).toBe(false)
    expect(both('2024-06-12T12:00:00Z').packKnown).toBe(true)
    expect(factsOf({ releaseAt: instantFromIso('2018-05-24T12:00:00Z') }).packKnown).toBe(true)
  })

  it('leave to member states what no pack has', () => {
    const needed = (asked: Asked[0]) => both('2024-06-12T12:00:00Z', asked).memberStateRuleNeeded
    expect(needed({})).toBe(false)
    for (const channel of ['email', 'sms', 'call', 'automated-call'] as const)
      expect(needed({ channels: [channel] })).toBe(true)
    expect(needed({ purpose: 'campaign' })).toBe(true)
    expect(needed({ purpose: 'campaign', channels: ['online-audience'] })).toBe(false)
    expect(factsOf({ channels: ['email'] }).memberStateRuleNeeded).toBe(false)
    const children = { datasets: [dataset({ jurisdictions: ['eu'], childrenLikely: true })] }
    expect(factsOf({ basis: 'consent' }, children).memberStateRuleNeeded).toBe(true)
    expect(factsOf({}, children).memberStateRuleNeeded).toBe(false)
  })
})
