// The checker against histories made by hand: a good one, and one for each thing that may go wrong.
import { describe, expect, test } from 'vitest'
import { checkHistory, violationKinds } from './check-history.ts'
import type { History, LeftRelease, Timeline } from './history.ts'

const always: Timeline = [{ from: 10, standing: 'may' }]
const stopsAt = (position: number): Timeline => [...always, { from: position, standing: 'vetoed' }]

/** Four people: 2 stops before the point, 3 after it, 4 is refused from the start; 1 says nothing. */
const left = {
  release: 'r@10',
  request: 'r',
  decidedAt: 10,
  pointAt: 20,
  marks: [{ at: 50, position: 20 }],
  documents: [
    'release.committed',
    'release.amended',
    'release.sealed',
    'release.delivered',
    'removal.sealed',
  ],
  folders: 1,
  rows: [1, 3],
  removals: [[3]],
  recalledBefore: [],
  followedUpTo: 30,
  atDecision: new Map([
    [1, 'may'],
    [2, 'may'],
    [3, 'may'],
    [4, 'refused'],
  ]),
  leaving: new Map([
    [1, always],
    [2, stopsAt(15)],
    [3, stopsAt(25)],
    [4, [{ from: 10, standing: 'refused' }]],
  ]),
  staying: new Map([
    [1, always],
    [2, stopsAt(15)],
    [3, stopsAt(25)],
    [4, [{ from: 10, standing: 'refused' }]],
  ]),
} satisfies LeftRelease

const good: History = {
  operations: [
    {
      ...{ client: 'a', says: 'withdraws everything', kind: 'withdrawal', people: [2], invoked: 1 },
      acknowledged: { at: 5, position: 15 },
    },
    {
      ...{ client: 'b', says: 'objects', kind: 'objection', people: [3], invoked: 60 },
      acknowledged: { at: 64, position: 25 },
    },
    { client: 'b', says: 'objects', kind: 'objection', people: [1], invoked: 70 },
  ],
  register: [
    { position: 15, recordedAt: 1_000, kind: 'withdrawal', people: [2] },
    { position: 25, recordedAt: 1_001, kind: 'objection', people: [3] },
  ],
  left: [left],
}

const withLeft = (change: Partial<LeftRelease>): History => ({ ...good, left: [{ ...left, ...change }] })
const kindsOf = (history: History) => [...new Set(checkHistory(history).map(({ kind }) => kind))]

const bad: Record<string, { history: History; kinds: readonly (typeof violationKinds)[number][] }> = {
  'a stop that was acknowledged before the point leaked': {
    history: withLeft({ rows: [1, 2, 3] }),
    kinds: ['leaked', 'removal missing'],
  },
  'a row of somebody nobody knows': { history: withLeft({ rows: [1, 0, 3] }), kinds: ['leaked'] },
  'somebody who was refused when it was decided came in': {
    history: withLeft({
      rows: [1, 3, 4],
      leaving: new Map([
        ...left.leaving,
        [
          4,
          [
            { from: 10, standing: 'refused' },
            { from: 12, standing: 'may' },
          ],
        ],
      ]),
    }),
    kinds: ['added'],
  },
  'somebody is missing and nothing says why': {
    history: withLeft({ rows: [3] }),
    kinds: ['dropped without reason'],
  },
  'a stop after the point was forgotten': { history: withLeft({ removals: [] }), kinds: ['removal missing'] },
  'one is removed twice': { history: withLeft({ removals: [[3], [3]] }), kinds: ['removed twice'] },
  'one is removed who said nothing': {
    history: withLeft({ removals: [[1, 3]] }),
    kinds: ['removal without reason'],
  },
  'one is removed who was never in it': {
    history: withLeft({ removals: [[2, 3]] }),
    kinds: ['removal without reason'],
  },
  'a row comes twice': { history: withLeft({ rows: [1, 1, 3] }), kinds: ['released twice'] },
  'two folders are visible': { history: withLeft({ folders: 2 }), kinds: ['released twice'] },
  'it was delivered twice': {
    history: withLeft({ documents: [...left.documents, 'release.sealed', 'release.delivered'] }),
    kinds: ['released twice'],
  },
  'one request was released twice': {
    history: { ...good, left: [left, { ...left, release: 'r@11' }] },
    kinds: ['released twice'],
  },
  'it left before it was sealed': {
    history: withLeft({ documents: ['release.committed', 'release.delivered', 'release.sealed'] }),
    kinds: ['not recorded as it left'],
  },
  'a fact was acknowledged and is gone': {
    history: { ...good, register: good.register.slice(1) },
    kinds: ['not in the register'],
  },
  'another fact stands in its place': {
    history: { ...good, register: [{ ...good.register[0]!, people: [1] }, good.register[1]!] },
    kinds: ['not in the register'],
  },
  'one position was acknowledged twice': {
    history: { ...good, operations: [...good.operations, { ...good.operations[1]!, client: 'c' }] },
    kinds: ['order not explained'],
  },
  'whoever spoke later stands earlier': {
    history: {
      ...good,
      operations: [
        { ...good.operations[0]!, invoked: 80, acknowledged: { at: 90, position: 15 } },
        good.operations[1]!,
      ],
    },
    kinds: ['order not explained'],
  },
  'it had its answer before the gate was asked, and stands after it': {
    history: withLeft({ marks: [{ at: 50, position: 14 }] }),
    kinds: ['order not explained'],
  },
  'time runs backwards': {
    history: { ...good, register: [good.register[0]!, { ...good.register[1]!, recordedAt: 1_000 }] },
    kinds: ['order not explained'],
  },
}

describe('the checker of histories', () => {
  test('has nothing to say of a good one', () => {
    expect(checkHistory(good)).toEqual([])
  })

  test.each(Object.entries(bad))('finds that %s', (_, { history, kinds }) => {
    expect(kindsOf(history)).toEqual(kinds)
  })

  test('allows that a doubt came and went while it was made, whichever way that ended', () => {
    const passing: Timeline = [...always, { from: 12, standing: 'vetoed' }, { from: 14, standing: 'may' }]
    const leaving = new Map([...left.leaving, [1, passing] as const])
    expect(checkHistory(withLeft({ leaving }))).toEqual([])
    expect(checkHistory(withLeft({ leaving, rows: [3] }))).toEqual([])
  })

  test('is asked about everything that it can say', () => {
    const found = new Set(Object.values(bad).flatMap(({ kinds }) => kinds))
    expect([...found].sort()).toEqual([...violationKinds].sort())
  })
})
