import { describe, expect, it } from 'vitest'
import { factsRead } from '../../src/decide/expression.ts'
import { packAt, packsUntil } from '../../src/decide/packs/choose-packs.ts'
import { fieldFacts, noticeFacts, requestFacts } from '../../src/decide/plain-facts.ts'
import { subjectFacts } from '../../src/decide/subject-facts.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import { reasonCodes } from '../../src/model/reason.ts'
import { shippedPacks as packs } from './shipped-packs.ts'

const at = (text: string) => packAt(packs, 'uk', instantFromIso(text))?.id
const everyRule = packs.flatMap((pack) => pack.rules.map((rule) => ({ pack, rule })))

describe('rule packs', () => {
  it('change over at midnight in London, to the microsecond', () => {
    expect(at('2018-05-24T22:59:59.999999Z')).toBe('uk-dpa1998')
    expect(at('2018-05-24T23:00:00Z')).toBe('uk-gdpr-2018')
    expect(at('2026-02-04T23:59:59.999999Z')).toBe('uk-gdpr-2018')
    expect(at('2026-02-05T00:00:00Z')).toBe('uk-gdpr-2026')
  })

  it('change over at midnight in Brussels for the Union', () => {
    const inUnion = (text: string) => packAt(packs, 'eu', instantFromIso(text))?.id
    expect(inUnion('2018-05-24T22:00:00Z')).toBe('eu-gdpr')
    expect(inUnion('2025-10-09T21:59:59.999999Z')).toBe('eu-gdpr')
    expect(inUnion('2025-10-09T22:00:00Z')).toBe('eu-gdpr-2025')
  })

  it('change nothing on 19 June 2026: what began then is a clock', () => {
    expect(at('2026-06-18T22:59:59.999999Z')).toBe('uk-gdpr-2026')
    expect(at('2026-06-18T23:00:00Z')).toBe('uk-gdpr-2026')
  })

  it('know nothing before the Act, and nothing before the Regulation in the Union', () => {
    expect(at('2000-02-28T12:00:00Z')).toBeUndefined()
    expect(packAt(packs, 'eu', instantFromIso('2018-05-24T21:59:59.999999Z'))).toBeUndefined()
  })

  it('judge collection by every pack that may have been in force by then', () => {
    expect(packsUntil(packs, 'uk', instantFromIso('2017-05-05T00:00:00Z')).map(({ id }) => id)).toEqual([
      'uk-dpa1998',
    ])
    expect(packsUntil(packs, 'uk', instantFromIso('2018-06-12T00:00:00Z')).map(({ id }) => id)).toEqual([
      'uk-dpa1998',
      'uk-gdpr-2018',
    ])
  })

  it('have at least two rules of every family', () => {
    for (const family of ['G', 'A', 'S', 'N', 'B', 'P', 'C', 'T', 'F']) {
      for (const pack of packs) {
        expect(pack.rules.filter(({ code }) => code.startsWith(family)).length).toBeGreaterThanOrEqual(2)
      }
    }
  })

  it('have a rule for every registered code in some pack, once per pack', () => {
    expect([...new Set(everyRule.map(({ rule }) => rule.code))].sort()).toEqual([...reasonCodes].sort())
    for (const pack of packs) expect(new Set(pack.rules.map(({ code }) => code)).size).toBe(pack.rules.length)
  })

  it('ask only for facts that are defined', () => {
    const defined = new Set([
      ...subjectFacts.map(({ name }) => name as string),
      ...Object.keys(noticeFacts),
      ...Object.keys(requestFacts),
      ...Object.keys(fieldFacts),
    ])
    for (const { rule } of everyRule) {
      for (const fact of factsRead(rule.when))
        expect([rule.code, fact, defined.has(fact)]).toEqual([rule.code, fact, true])
    }
  })

  it('cite a source, and the Act of 1998 never cites the GDPR', () => {
    for (const { pack, rule } of everyRule) {
      expect(rule.law.length).toBeGreaterThan(10)
      if (pack.id === 'uk-dpa1998') expect(rule.law).not.toMatch(/GDPR/)
    }
  })

  it('never call a house rule the law, and never make one impossible to override but for people at risk and the unknowable', () => {
    for (const { rule } of everyRule.filter(({ rule }) => rule.authority === 'house')) {
      expect(rule.law).toMatch(/^House rule/)
    }
  })

  it('explain to a marketer in at most 25 words and without a code', () => {
    for (const { rule } of everyRule) {
      for (const words of Object.values(rule.explain)) expect(words).not.toMatch(/\b[A-Z]\d{3}\b/)
      expect(rule.explain.marketer.split(/\s+/).length).toBeLessThanOrEqual(25)
      expect(rule.remedy).not.toMatch(/e-?mail them|write to them and ask/i)
    }
  })

  it('tell marketer and person of someone at risk or bereaved only that there is no contact', () => {
    for (const { rule } of everyRule.filter(({ rule }) => rule.code === 'S310' || rule.code === 'S312')) {
      expect(rule.explain.marketer).toBe('This person must not be contacted.')
      expect(rule.explain.person).not.toMatch(/bereave|loss|baby|safety|risk/i)
    }
  })
})
