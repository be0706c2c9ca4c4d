// What each combinator means, told on one person: the differential test compares two readings of it, not the meaning.
import { describe, expect, it } from 'vitest'
import { gather } from '../../src/decide/gather.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { nothingInFile, type PersonRecord, recordOf } from '../../src/decide/person-record.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { type EventKind, eventKinds, type RegisterEvent } from '../../src/model/event.ts'
import { instantFromIso, monthsBefore, undatedInterval } from '../../src/model/instant.ts'
import { channels } from '../../src/model/vocabulary.ts'
import { goldenNumbers, goldenPolicy, goldenRequests } from './golden-policy.ts'
import { shippedBook } from './shipped-packs.ts'

const request = goldenRequests['brand-by-email-consent']!
const plan = planDecision(request, shippedBook({ policy: goldenPolicy, numbers: goldenNumbers }))
const { releaseAt } = request
const day = 86_400_000_000
/** The golden policy's notices, recipients and purposes by their numbers. */
const [names, sectors, brandOwner, broker, offers, campaign] = [1, 2, 11, 12, 21, 22] as const

let ord = 0
const event = (kind: EventKind, daysAgo: number, change: Partial<RegisterEvent> = {}): RegisterEvent => ({
  ...{ kind, subject: 1, position: 1, ord: ++ord, grade: 1, source: 1 },
  ...{ earliest: releaseAt - daysAgo * day, latest: releaseAt - daysAgo * day },
  ...{ route: 0, notice: 0, purpose: 0, recipient: 0, channel: 0, basis: 0, qualifier: 0 },
  ...change,
})
const yes = (daysAgo: number, change: Partial<RegisterEvent> = {}) =>
  event('consent', daysAgo, {
    ...{ notice: names, purpose: offers, recipient: brandOwner, channel: channels.email, qualifier: 1 },
    ...change,
  })
const facts = (events: RegisterEvent[], more: Partial<PersonRecord> = {}) =>
  gather({ ...recordOf(1, events), ...more }, plan)

describe('an event without a date', () => {
  it('shows nothing and grants nothing, is not called ambiguous, and says no all the same', () => {
    const found = facts([
      event('presentation', 0, { notice: names, ...undatedInterval }),
      yes(0, undatedInterval),
      event('withdrawal', 0, undatedInterval),
    ])
    expect(found).toMatchObject({ notice: 0, showingUndated: true, showingUnclear: false })
    expect(found).toMatchObject({ consentGiven: false, consentUndated: true, consentUnclear: false })
    expect(found.withdrawnAt).toBe(undatedInterval.latest)
  })
})

describe('several showings', () => {
  const first = event('presentation', 100, { notice: sectors })
  const later = event('presentation', 10, { notice: names })
  it('contest each other only where the order is not sure and the versions differ', () => {
    const sometime = { earliest: releaseAt - 20 * day, latest: releaseAt - 5 * day }
    expect(facts([first, later]).showingContested).toBe(false)
    expect(facts([first, event('presentation', 0, { notice: names, ...sometime }), later])).toMatchObject({
      showingContested: false,
    })
    expect(facts([event('presentation', 0, { notice: sectors, ...sometime }), later])).toMatchObject({
      notice: sectors,
      showingContested: true,
    })
  })

  it('say of the first one what its version says, and of two that may be the first what both say', () => {
    const covers = (number: number) => plan.notices.get(number)!.covers
    expect(facts([first, later])).toMatchObject({
      firstShownTo: first.latest,
      firstVersionCovers: covers(sectors),
    })
    expect(facts([later]).firstVersionCovers).toBe(covers(names))
    expect(facts([]).firstVersionCovers).toBeUndefined()
    const silent = [...plan.notices.values()].map((notice) => ({
      ...notice,
      covers: notice.number === names,
    }))
    const unlike = { ...plan, notices: new Map(silent.map((notice) => [notice.number, notice])) }
    const perhaps = event('presentation', 0, { notice: sectors, earliest: later.latest, latest: releaseAt })
    expect(gather(recordOf(1, [later, perhaps]), unlike).firstVersionCovers).toBe(false)
    expect(gather(recordOf(1, [first, later]), unlike).firstVersionCovers).toBe(false)
    expect(gather(recordOf(1, [later]), unlike).firstVersionCovers).toBe(true)
  })
})

describe('a consent', () => {
  it('to something else is found as such, and one to nothing in particular is not', () => {
    expect(facts([yes(10, { purpose: campaign })])).toMatchObject({
      consentGiven: false,
      consentOtherPurpose: true,
    })
    expect(facts([yes(10)]).consentOtherPurpose).toBe(false)
    expect(facts([yes(10, { purpose: 0 })]).consentOtherPurpose).toBe(false)
  })

  it('may be given by a parent', () => {
    const qualifier = eventKinds.consent.qualifiers['given-by-parent']
    expect(facts([yes(10, { qualifier })])).toMatchObject({ consentGiven: true, consentByParent: true })
    expect(facts([yes(10)]).consentByParent).toBe(false)
    expect(facts([yes(10, { qualifier: eventKinds.consent.qualifiers.refused })]).consentGiven).toBe(false)
  })
})

describe('a birthday', () => {
  const on = (born_on: number) => facts([], { columns: { ...nothingInFile, born_on } }).reachesConsentAgeAt
  it('has come once it has come in the westernmost zone', () => {
    expect(on(20000612)).toBe(instantFromIso('2013-06-12T12:00:00Z'))
  })
  it('on 29 February is on 1 March in common years', () => {
    expect(on(20000229)).toBe(instantFromIso('2013-03-01T12:00:00Z'))
    expect(on(20020228)).toBe(instantFromIso('2015-02-28T12:00:00Z'))
  })
  it('of a date that there is not, is not known', () => {
    expect(on(20001301)).toBeUndefined()
    expect(on(20000100)).toBeUndefined()
  })
})

describe('earlier disclosures', () => {
  it('count for a year, those to this recipient apart; what leaves at this instant is this release', () => {
    const yearBefore = monthsBefore(releaseAt, 12, 'Europe/London')
    const disclosures = [
      { recipient: brandOwner, at: releaseAt },
      { recipient: brandOwner, at: releaseAt - 30 * day },
      { recipient: broker, at: releaseAt - day },
      { recipient: broker, at: yearBefore + 1 },
      { recipient: brandOwner, at: yearBefore },
    ]
    expect(facts([], { disclosures })).toMatchObject({
      disclosuresInYear: 3,
      suppliedToRecipientAt: releaseAt - 30 * day,
    })
    expect(facts([])).toMatchObject({ disclosuresInYear: 0, suppliedToRecipientAt: undefined })
  })
})

describe('whoever shares a contact point', () => {
  it('speaks for it when she says no to this, and not for anything else', () => {
    const no = event('objection', 5, { qualifier: eventKinds.objection.qualifiers.marketing })
    expect(facts([], { sharers: [no] }).contactSuppressed).toBe(true)
    expect(facts([no]).contactSuppressed).toBe(false)
    expect(facts([], { sharers: [event('erasure', 5, { qualifier: 1 })] }).contactSuppressed).toBe(false)
  })
})

describe('a second enrolment', () => {
  it('counts with its own no, and the record’s facts stay the record’s', () => {
    const shown = event('presentation', 100, { notice: names })
    const mate = {
      subject: 2,
      events: [event('erasure', 5, { qualifier: 1 })],
      disclosures: [],
      linkDoubtful: false,
    }
    const { facts: own, verdict } = judgeRecord(plan, { ...recordOf(1, [shown]), mates: [mate] })
    expect(own).toMatchObject({ erasure: false, notice: names })
    expect(verdict.reasons).toEqual(expect.arrayContaining(['S304', 'N401']))
    expect(verdict.outcome).toBe('deny')
  })
})
