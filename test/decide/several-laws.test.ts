import { describe, expect, it } from 'vitest'
import { packsInForce } from '../../src/decide/packs/choose-packs.ts'
import type { Pack, PackParameters } from '../../src/decide/rule.ts'
import { rulesInPlay } from '../../src/decide/rules-in-play.ts'
import { strictestParameters } from '../../src/decide/strictest-parameters.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import { shippedPacks } from './shipped-packs.ts'

const at = instantFromIso('2024-06-12T09:00:00Z')
const [uk, eu] = packsInForce(shippedPacks, ['uk', 'eu'], at).release as [Pack, Pack]

/** A pack that asks something else of everything. */
const other = (values: { [K in keyof PackParameters]?: PackParameters[K]['value'] }): Pack => ({
  ...uk,
  parameters: Object.fromEntries(
    Object.entries(uk.parameters).map(([name, given]) => [
      name,
      name in values ? { ...given, value: values[name as keyof typeof values], source: 'the other' } : given,
    ]),
  ) as PackParameters,
})

describe('the strictest of several laws', () => {
  const names = Object.keys(uk.parameters) as (keyof PackParameters)[]
  const numeric = names.filter((name) => typeof uk.parameters[name].value === 'number')
  const higherIsStricter = new Set([
    ...['adultAgeYears', 'consentAgeYears', 'politicalAgeYears', 'objectionWindowDays', 'smallFileMin'],
    ...['linkConfidenceMin', 'evidenceHoldMonths'],
  ])

  it.each(numeric)('wins: %s', (name) => {
    const value = uk.parameters[name].value as number
    for (const [given, wins] of [
      [value + 1, higherIsStricter.has(name)],
      [value - 1, !higherIsStricter.has(name)],
    ] as const) {
      const packs = [uk, other({ [name]: given })]
      for (const order of [packs, packs.toReversed()]) {
        const found = strictestParameters(order)![name]
        expect(found).toMatchObject(wins ? { value: given, source: 'the other' } : uk.parameters[name])
      }
    }
  })

  it('is what is common to both, of lists; and “no” of an exception', () => {
    const found = strictestParameters([
      uk,
      other({
        lawfulBases: ['consent', 'soft-opt-in'],
        adequateCountries: ['FR', 'ZZ'],
        channelNeeds: { post: ['name'] },
      }),
    ])!
    expect(found.lawfulBases.value.toSorted()).toEqual(['consent', 'soft-opt-in'])
    expect(found.adequateCountries.value).toEqual(['FR'])
    expect(found.channelNeeds.value).toMatchObject({ post: ['name'], email: [] })
    const [yes, no] = [true, false].map((charitySoftOptIn) => other({ charitySoftOptIn })) as [Pack, Pack]
    const knows = (...packs: Pack[]) => strictestParameters(packs)?.charitySoftOptIn.value
    expect([knows(yes), knows(yes, no), knows(no, yes)]).toEqual([true, false, false])
  })

  it('is unknown without any law', () => {
    expect(strictestParameters([])).toBeUndefined()
  })

  it('of the shipped packs has the higher age of a child’s own consent', () => {
    expect([uk, eu].map(({ parameters }) => parameters.consentAgeYears.value)).toEqual([13, 16])
    expect(strictestParameters([uk, eu])?.consentAgeYears.value).toBe(16)
  })
})

describe('rules of several laws', () => {
  it('all apply, and each code once, with what every law says of it', () => {
    const together = rulesInPlay(packsInForce(shippedPacks, ['uk', 'eu'], at), shippedPacks)
    const codes = (packs: Parameters<typeof rulesInPlay>[0]) =>
      rulesInPlay(packs, shippedPacks).map(({ code }) => code)
    const each = new Set([
      ...codes(packsInForce(shippedPacks, ['uk'], at)),
      ...codes(packsInForce(shippedPacks, ['eu'], at)),
    ])
    expect(together.map(({ code }) => code).toSorted()).toEqual([...each].toSorted())
    const n402 = together.find(({ code }) => code === 'N402')!
    expect(new Set(n402.sources.map(({ pack }) => pack.jurisdiction))).toEqual(new Set(['uk', 'eu']))
  })

  it('fire where any of them does', () => {
    const changed: Pack = {
      ...eu,
      rules: eu.rules.map((rule) =>
        rule.code === 'G102' ? { ...rule, when: { op: 'constant', value: true } } : rule,
      ),
    }
    const [g102] = rulesInPlay({ release: [uk, changed], known: true, collection: [] }, shippedPacks).filter(
      ({ code }) => code === 'G102',
    )
    expect(g102?.when).toEqual({
      op: 'or',
      of: [uk.rules.find(({ code }) => code === 'G102')?.when, { op: 'constant', value: true }],
    })
  })

  it('without any pack say one thing', () => {
    const none = rulesInPlay({ release: [], known: false, collection: [] }, shippedPacks)
    expect(none).toMatchObject([{ code: 'T805', when: { op: 'constant', value: true } }])
  })
})
