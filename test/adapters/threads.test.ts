// A tree grown in a thread is the tree grown here; a thread that cannot grow one says so.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { threadTreeBuilder } from '../../src/adapters/threads/thread-tree-builder.ts'
import { type DecidedRows, growDecided } from '../../src/log/grow-decided.ts'
import { openPrefixTree } from '../../src/log/prefix-tree.ts'
import { verdictBytes } from '../../src/log/release-leaves.ts'

const inThread = threadTreeBuilder({ recordsForThread: 0 })
const here = threadTreeBuilder({ recordsForThread: Number.POSITIVE_INFINITY })

function rowsOf(count: number): DecidedRows {
  const secrets = createHash('shake256', { outputLength: 32 * Math.max(1, count) })
    .update('secrets')
    .digest()
  return {
    registerId: '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f',
    release: 'post@1',
    count,
    secrets,
    secretsAt: Uint32Array.from({ length: count }, (_, i) => 32 * i),
    ordinals: new Uint32Array(count),
    verdicts: [verdictBytes(3, 1, [0]), verdictBytes(0, 0, [9])],
    kinds: Uint32Array.from({ length: count }, (_, i) => i % 2),
  }
}

test.each([0, 1, 5_000])('of %i records, root and file are those of a tree grown here', async (count) => {
  const rows = rowsOf(count)
  const tree = growDecided(rows)
  for (const grow of [inThread, here]) {
    const grown = await grow(rows)
    expect(grown.root).toEqual(tree.root)
    const file = Buffer.concat(grown.bytes)
    expect(file.equals(Buffer.concat(tree.toBytes()))).toBe(true)
    const opened = await openPrefixTree(file.length, async (at, length) => file.subarray(at, at + length))
    expect(opened.root).toEqual(tree.root)
  }
  // What was handed over is still here.
  expect(growDecided(rows).root).toEqual(tree.root)
})

test('two trees at once do not disturb each other', async () => {
  const [large, small] = [rowsOf(4_000), rowsOf(700)]
  const grown = await Promise.all([large, small, large].map(inThread))
  expect(grown.map(({ root }) => root)).toEqual([large, small, large].map((rows) => growDecided(rows).root))
})

test('a thread that fails is an error, as it is here', async () => {
  const twice = { ...rowsOf(300), secretsAt: new Uint32Array(300) }
  const short = { ...rowsOf(300), secrets: new Uint8Array(32) }
  for (const grow of [inThread, here]) {
    await expect(grow(twice)).rejects.toThrow('two leaves of a prefix tree have one key')
    await expect(grow(short)).rejects.toThrow('missing')
  }
})

test('a thread that ends without a tree, or cannot begin, is an error and not a wait', async () => {
  for (const ending of ['process.exit(0)', 'process.exit(3)', '0']) {
    const file = new URL(`data:text/javascript,${ending}`)
    const grow = threadTreeBuilder({ recordsForThread: 0, file })
    await expect(grow(rowsOf(1))).rejects.toThrow('ended without one')
  }
  const file = new URL('data:text/javascript,throw new Error("broken")')
  await expect(threadTreeBuilder({ recordsForThread: 0, file })(rowsOf(1))).rejects.toThrow('broken')
  // Its memory ends long before so many leaves have room.
  await expect(inThread({ ...rowsOf(10), count: 2 ** 40 })).rejects.toThrow()
  const unsent = Object.assign(rowsOf(1), { verdicts: Object.assign([], { of: () => {} }) })
  await expect(inThread(unsent)).rejects.toThrow('cloned')
})
