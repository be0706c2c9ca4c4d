// Slips in rules are made, noticed by the cases that show them, and called the same only where nothing could tell them apart.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readExclusions, whyTheSame } from '../../bench/mutants/exclusions.ts'
import { type Condition, mutantsOf } from '../../bench/mutants/mutate-condition.ts'
import { and, compare, type Expression, holds, not, or, unknown } from '../../src/decide/expression.ts'

const program = fileURLToPath(new URL('../../bench/mutants.ts', import.meta.url))
const run = (cases: string) => promisify(execFile)(process.execPath, [program, '--cases', cases, '--json'])

const condition = (when: Expression): Condition => ({ when, unknown: 'fires', moment: 'release' })
const slipsOf = (when: Expression) => mutantsOf(condition(when), new Map()).map(({ slip }) => slip)

describe('slips', () => {
  it('are made of every part of a condition', () => {
    expect(slipsOf(or(and(holds('marketing'), not(holds('exempt'))), unknown('bornOn')))).toEqual([
      'left out: or marketing and not exempt',
      'left out: or bornOn is unknown',
      'left out: and marketing',
      'left out: and not exempt',
      'turned round: marketing',
      'not left out: not exempt',
      'turned round: bornOn is unknown',
      'where it cannot be decided: silent',
    ])
    expect(slipsOf(compare('consentTo', '<', 'consentAtMin'))).toEqual([
      'turned round: consentTo < consentAtMin',
      'boundary: consentTo < consentAtMin',
      'a day sooner: consentTo < consentAtMin',
      'a day later: consentTo < consentAtMin',
      'where it cannot be decided: silent',
    ])
  })

  it('are noticed by cases, and nothing is said without a case', async () => {
    const { stdout } = await run('0')
    const { people, judged, refuted, disagreeing } = JSON.parse(stdout)
    expect(people).toBeGreaterThan(20)
    const states = new Set(judged.map(({ state }: { state: string }) => state))
    expect(states).toEqual(new Set(['killed', 'survived', 'equivalent']))
    expect(refuted).toEqual([])
    expect(disagreeing).toEqual([])
    await expect(run('no-such-case')).rejects.toThrow('nobody to ask')
  })
})

describe('a slip is shown to be no change', () => {
  const exclusions = readExclusions(
    'known: [{ because: a, facts: [hosted, copyLeaves, sealed] }]\nnever: [{ when: not copyLeaves and not sealed, because: b }]',
  )
  const rule = condition(and(holds('copyLeaves'), not(holds('sealed'))))

  it('only from what cannot be', () => {
    const leftOut = condition(not(holds('sealed')))
    expect(whyTheSame(rule, leftOut, exclusions)).toEqual(['a', 'b'])
    expect(whyTheSame(rule, leftOut, readExclusions('known: []\nnever: []'))).toBeUndefined()
  })

  it('never where some state tells them apart', () => {
    expect(whyTheSame(rule, condition(holds('copyLeaves')), exclusions)).toBeUndefined()
    const within = condition(compare('consentTo', '<', 'consentAtMin'))
    for (const mutant of mutantsOf(within, new Map()))
      expect(whyTheSame(within, mutant, exclusions), mutant.slip).toBeUndefined()
  })
})
