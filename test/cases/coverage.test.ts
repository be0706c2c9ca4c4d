// Together the cases ask every code: each fires somewhere, is silent for somebody who must not be refused, and is in a pack.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import { shippedPacks } from '../decide/shipped-packs.ts'
import { type Case, caseFolders, readCase } from './read-case.ts'

const cases = caseFolders().map((slug): Case => readCase(slug))
const fired = new Set(
  cases
    .flatMap(({ expect: { but, ...all } }) => [all, ...Object.values(but)])
    .flatMap(({ file = [], people }) => [
      ...file,
      ...Object.values(people).flatMap(({ reasons }) => reasons),
    ]),
)
/** Of every control, what is held against it; what a case expects is what fires, as the cases themselves test. */
const controls = cases.flatMap(({ people, expect: { people: expected } }) =>
  Object.keys(people).flatMap((name) => (people[name]!.control ? [new Set(expected[name]!.reasons)] : [])),
)
const lacking = (has: (code: ReasonCode) => boolean) => reasonCodes.filter((code) => !has(code)).join(' ')

describe('over all cases', () => {
  it('every code fires in at least one', () => {
    expect(
      lacking((code) => fired.has(code)),
      'codes that no case fires',
    ).toBe('')
  })

  it('every code is silent for at least one control', () => {
    expect(
      lacking((code) => controls.some((held) => !held.has(code))),
      'codes held against every control',
    ).toBe('')
  })

  it('every code is cited by at least one pack', () => {
    const cited = new Set(shippedPacks.flatMap(({ rules }) => rules.map(({ code }) => code)))
    expect(
      lacking((code) => cited.has(code)),
      'codes that no pack cites',
    ).toBe('')
  })
})

describe('the table of edge cases', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| (\d+) .*$/gm)].map(([row, number]) => ({
    row,
    number: Number(number),
  }))
  const named = (text: string) => [...text.matchAll(/`([\w/-]+(?:\.test\.ts)?)`/g)].map(([, name]) => name!)

  it('has a line for each of the 32, which names a case or a test', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
    expect(rows.filter(({ row }) => named(row).length === 0)).toEqual([])
  })

  it('names what there is', () => {
    const folders = new Set(caseFolders())
    const missing = rows
      .flatMap(({ row }) => named(row))
      .filter((name) => !folders.has(name) && !existsSync(join(import.meta.dirname, '..', name)))
    expect(missing).toEqual([])
  })
})
