import { describe, expect, it } from 'vitest'
import { linksOf } from '../../src/decide/links.ts'
import { noticeFactsOf } from '../../src/decide/notice-facts.ts'
import { planDecision } from '../../src/decide/plan.ts'
import type { Policy, SharingAgreement } from '../../src/model/policy.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { channels } from '../../src/model/vocabulary.ts'
import { agreement, entity, factsOf, notice, numbers, policyWith, requestWith } from './declared.ts'
import { shippedBook } from './shipped-packs.ts'

const processing = (change: Partial<SharingAgreement> = {}) =>
  agreement({ id: 'printer', recipient: 'printer', kind: 'processing', instructions: 'Print.', ...change })
const byPrinter: Partial<SharingRequest> = { recipient: 'printer', role: 'processor' }
const roles = (asked: Partial<SharingRequest>, agreements: SharingAgreement[]) =>
  linksOf(requestWith(asked), policyWith({ agreements })).map((link) => `${link.entity} ${link.as}`)

describe('a recipient', () => {
  it('is a third party by default, and so is everyone behind it, each once', () => {
    expect(roles({ onBehalfOf: ['party', 'brand', 'party'] }, [])).toEqual([
      'brand third-party',
      'party third-party',
    ])
  })

  it('is our processor under Article 28 terms alone', () => {
    expect(roles(byPrinter, [processing()])).toEqual(['printer processor'])
    expect(roles({ ...byPrinter, onBehalfOf: ['party'] }, [processing()])).toEqual([
      'printer processor',
      'party third-party',
    ])
  })

  it.each<[string, Partial<SharingRequest>, SharingAgreement[]]>([
    ['a role without an agreement', byPrinter, []],
    ['another kind of agreement', byPrinter, [agreement({ recipient: 'printer' })]],
    ['another role', { recipient: 'printer' }, [processing()]],
    ['no instructions', byPrinter, [processing({ instructions: ' ' })]],
    ['a use of its own', byPrinter, [processing({ ownUse: ['insight'] })]],
    ['no signature', byPrinter, [{ ...processing(), signedOn: 20240613 }]],
    ['an end within the use window', byPrinter, [processing({ effectiveTo: 20240710 })]],
    ['somebody else’s agreement', byPrinter, [processing({ recipient: 'party' })]],
    ['another agreement named', { ...byPrinter, agreement: 'brand-2024' }, [processing(), agreement()]],
  ])('is not excused by %s', (_, asked, agreements) => {
    expect(roles(asked, agreements)).toEqual(['printer third-party'])
  })

  it('holds through the last day of the use window', () => {
    expect(roles(byPrinter, [processing({ effectiveTo: 20240711 })])).toEqual(['printer processor'])
  })

  it('is a processor of its end clients where the agreement says so and it has no use of its own', () => {
    const agent: Partial<SharingRequest> = { role: 'agent', onBehalfOf: ['party'] }
    const pure = agreement({ actsFor: 'end-clients', endClients: ['party'] })
    expect(roles(agent, [pure])).toEqual(['brand processor', 'party third-party'])
    expect(roles(agent, [{ ...pure, ownUse: ['insight'] }])).toEqual([
      'brand third-party',
      'party third-party',
    ])
    expect(roles({ ...agent, onBehalfOf: [] }, [pure])).toEqual(['brand third-party'])
  })

  it('is nobody where we send it ourselves', () => {
    expect(roles({ delivery: 'hosted', onBehalfOf: ['party'] }, [agreement()])).toEqual([])
  })
})

describe('a processor', () => {
  const told = (change: Parameters<typeof notice>[0]) =>
    noticeFactsOf(notice(change), requestWith(byPrinter), policyWith({ agreements: [processing()] }))
  const sectored: Partial<Policy> = {
    agreements: [processing()],
    entities: [entity('printer', { sectors: ['print'] })],
  }

  it('is told of by the sentence about processors, or by name or kind; “partners” is not enough', () => {
    expect(told({ recipients: [], processors: 'We use printers.' }).precision).toBe(4)
    expect(told({ recipients: [{ entity: 'printer', quote: '' }] }).precision).toBe(4)
    expect(told({ recipients: [{ generic: true, quote: '' }] }).precision).toBe(0)
    expect(told({ recipients: [] }).precision).toBe(0)
    const bySector = notice({ recipients: [{ sector: 'print', quote: '' }] })
    expect(noticeFactsOf(bySector, requestWith(byPrinter), policyWith(sectored)).precision).toBe(4)
  })

  it('is not left out by a closed list, which speaks of third parties', () => {
    expect(told({ list: 'closed' })).toMatchObject({ listOmits: false, precision: 0 })
    const withParty = requestWith({ ...byPrinter, onBehalfOf: ['party'] })
    const policy = policyWith({ agreements: [processing()] })
    expect(noticeFactsOf(notice({ list: 'closed' }), withParty, policy).listOmits).toBe(true)
  })

  it('makes the message our own: consent is to us, a “no” may be to either', () => {
    const policy = policyWith({ agreements: [processing()] })
    const plan = planDecision(
      requestWith({ ...byPrinter, channels: ['email', 'post'] }),
      shippedBook({ policy, numbers }),
    )
    expect(plan.legs).toEqual([
      { recipient: 4, channel: channels.email },
      { recipient: 4, channel: channels.post },
    ])
    expect([...plan.scope.chain].sort()).toEqual([3, 4])
    expect(plan.notices.get(1)?.linkPrecision.get(4)).toBe(4)
    expect(plan.notices.get(0)?.linkPrecision.get(4)).toBe(0)
    expect(factsOf(byPrinter, { agreements: [processing()] }).ownSending).toBe(true)
  })
})

describe('a mailing we send for them', () => {
  const plan = planDecision(
    requestWith({ delivery: 'hosted', onBehalfOf: ['party'] }),
    shippedBook({ policy: policyWith({ notices: [notice({ recipients: [], list: 'closed' })] }), numbers }),
  )
  it('has nobody to be told of, and still honours a “no” to whoever it is for', () => {
    expect(plan.notices.get(1)?.facts).toMatchObject({ precision: 4, listOmits: false })
    expect([...plan.scope.chain].sort()).toEqual([1, 2, 4])
  })
})

describe('third parties behind a processor of their own', () => {
  it('are whose consent counts', () => {
    const pure = agreement({ actsFor: 'end-clients', endClients: ['party'] })
    const plan = planDecision(
      requestWith({ role: 'agent', onBehalfOf: ['party'] }),
      shippedBook({ policy: policyWith({ agreements: [pure] }), numbers }),
    )
    expect(plan.legs).toEqual([{ recipient: 2, channel: channels.post }])
    expect([...plan.scope.chain].sort()).toEqual([1, 2])
  })
})
