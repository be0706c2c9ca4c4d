// Clusters of enrolments: the components of what was said last, whatever the order of pairs, and apart again when it is taken back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Link } from '../../src/model/release.ts'
import { clustersOf } from '../../src/release/project-links.ts'

const same = (a: number, b: number, confidence = 100): Link => ({ a, b, says: 'same', confidence })
const apart = (a: number, b: number): Link => ({ a, b, says: 'not-same' })

const link = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom(undefined, 40, 95, 100),
  )
  .filter(([a, b]) => a < b)
  .map(([a, b, confidence]) => (confidence === undefined ? apart(a, b) : same(a, b, confidence)))

test('are the components of pairs that were last said to be one person, surely enough', () => {
  fc.assert(
    fc.property(fc.array(link, { maxLength: 15 }), (links) => {
      const { people, doubtful } = clustersOf(links, 95)
      const last = new Map(links.map((item) => [`${item.a} ${item.b}`, item]))
      const sure = [...last.values()].filter((item) => item.says === 'same' && item.confidence >= 95)
      // Spreading from each by hand, as often as anything can spread.
      const reach = (from: number) => {
        const reached = new Set([from])
        for (let round = 0; round < 8; round++)
          for (const { a, b } of sure) if (reached.has(a) || reached.has(b)) reached.add(a).add(b)
        return [...reached].sort((x, y) => x - y)
      }
      const expected = Array.from({ length: 8 }, (_, index) => reach(index + 1)).filter(
        (members, index) => members.length > 1 && members[0] === index + 1,
      )
      expect(people).toEqual(expected)
      const unsure = [...last.values()].filter(({ a, b, says }) => (says === 'same') !== reach(a).includes(b))
      expect(doubtful).toEqual(new Set(unsure.flatMap(({ a, b }) => [a, b])))
    }),
    { numRuns: 1_000 },
  )
})

test('with a later word are taken apart, and joined again', () => {
  expect(clustersOf([same(1, 2), same(2, 3)], 95).people).toEqual([[1, 2, 3]])
  expect(clustersOf([same(1, 2), same(2, 3), apart(2, 3)], 95).people).toEqual([[1, 2]])
  expect(clustersOf([same(1, 2), apart(1, 2), same(1, 2)], 95).people).toEqual([[1, 2]])
})

test('chained through others against a word that says two are doubted, all the same', () => {
  const { people, doubtful } = clustersOf([same(1, 2), same(2, 3), apart(1, 3)], 95)
  expect(people).toEqual([[1, 2, 3]])
  expect(doubtful).toEqual(new Set([1, 3]))
})

test('larger than any person are doubted, not merged', () => {
  const chain = Array.from({ length: 60 }, (_, index) => same(index + 1, index + 2))
  const { people, doubtful } = clustersOf(chain, 95)
  expect(people).toEqual([])
  expect(doubtful.size).toBe(61)
})
