import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { reasonCodes } from '../../src/model/reason.ts'
import { describeReasons } from '../../src/packs/describe-reasons.ts'
import { readingEase } from '../../src/packs/readability.ts'
import { shippedPacks } from '../decide/shipped-packs.ts'

describe('docs/reasons.md', () => {
  it('is what `fairshare packs reasons` prints for the packs as they are', async () => {
    const page = await readFile(new URL('../../docs/reasons.md', import.meta.url), 'utf8')
    expect(page).toBe(describeReasons(shippedPacks))
  })

  it('describes every code, so none is unreachable in every pack', () => {
    const page = describeReasons(shippedPacks)
    expect(reasonCodes.filter((code) => !page.includes(`\n## ${code}\n`))).toEqual([])
  })

  it('measures how easy its words are to read, easier for a person than for a regulator', () => {
    expect(readingEase(['The cat sat on the mat.'])).toBeGreaterThan(100)
    expect(readingEase(['Organisational accountability necessitates documentation.'])).toBeLessThan(0)
    const of = (reader: 'person' | 'regulator') =>
      readingEase(shippedPacks.flatMap(({ rules }) => rules.map(({ explain }) => explain[reader])))
    expect(of('person')).toBeGreaterThan(of('regulator')!)
    expect(readingEase([''])).toBeUndefined()
  })
})
