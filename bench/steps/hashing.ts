// SHA-256 by the million: the RFC 6962 tree over one leaf per person of the case, beside the same tree with other codes; and both
// trees of a release. In processor time, of which one thread has as much as the clock shows when it has a core to itself.
import { createHash } from 'node:crypto'
import { sha256 as noble } from '@noble/hashes/sha2.js'
import { threadTreeBuilder } from '../../src/adapters/threads/thread-tree-builder.ts'
import { growDecided } from '../../src/log/grow-decided.ts'
import { leafHash, MerkleRoot, merkleRoot } from '../../src/log/merkle.ts'
import { HASH_BYTES } from '../../src/log/sha256.ts'
import { caseSize, type Figure, secondsOf, spread, timed } from '../figure.ts'
import { growReleased, makeUpRelease } from '../made-up-release.ts'
import type { StepContext } from '../step-context.ts'

const aimOfLog = 0.9
const aimOfRelease = 4

type Candidate = {
  did: string
  work: () => Promise<unknown> | unknown
  measure: typeof secondsOf
  aim?: number
}

export async function measureHashing({ people, rounds }: StepContext): Promise<Figure[]> {
  const trees = await figuresOf(releaseTrees(people), people, 'rows', rounds)
  const logs = await figuresOf(logTrees(people), people, 'leaves', rounds)
  for (const other of logs.slice(1)) {
    const ratio = other.seconds!.median / logs[0]!.seconds!.median
    other.against = { ratio, what: 'four at a time' }
  }
  return [...logs, ...trees]
}

function logTrees(count: number): Candidate[] {
  const leaves = createHash('shake256', { outputLength: HASH_BYTES * count })
    .update('leaves')
    .digest()
  const root = Buffer.from(merkleRoot(leaves))
  const tree = (did: string, rootOf: () => Uint8Array, aim?: number): Candidate => ({
    did: `RFC 6962 over 32-byte leaves, processor time, ${did}`,
    work() {
      if (!root.equals(rootOf())) throw new Error(`another root: ${did}`)
    },
    measure: processorSecondsOf,
    ...(aim !== undefined && { aim }),
  })
  const openssl = (message: Uint8Array) => createHash('sha256').update(message).digest()
  return [
    tree('four at a time', () => merkleRoot(leaves), aimOfLog),
    tree('crypto.hash, one after another', () => oneAfterAnother(leaves)),
    tree('createHash', () => plainRoot(leaves, openssl)),
    tree('@noble/hashes', () => plainRoot(leaves, noble)),
  ]
}

function releaseTrees(rows: number): Candidate[] {
  const release = makeUpRelease(rows)
  const growInThread = threadTreeBuilder({ recordsForThread: 0 })
  const releasedParts = growReleased(release)
  const growR = () => {
    for (const { work } of releasedParts) work()
  }
  return [
    {
      did: 'R and D of a release, processor time of one thread',
      work() {
        growR()
        growDecided(release.decidedRows)
      },
      measure: processorSecondsOf,
      aim: aimOfRelease,
    },
    {
      did: 'R and D of a release, time with D in a second thread',
      async work() {
        const growing = growInThread(release.decidedRows)
        growR()
        await growing
      },
      measure: secondsOf,
    },
  ]
}

/** The candidates in turn, round by round, so that another program on the machine slows all of them. */
async function figuresOf(
  candidates: readonly Candidate[],
  count: number,
  of: string,
  rounds: number,
): Promise<Figure[]> {
  const seconds = candidates.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, { measure, work }] of candidates.entries()) seconds[i]!.push(await measure(work))
  return candidates.map(({ did, aim }, i) => {
    const figure = timed(did, count, of, seconds[i]!)
    if (aim === undefined || count !== caseSize) return figure
    return { ...figure, aim: { says: `at most ${aim} s`, met: spread(seconds[i]!).median <= aim } }
  })
}

/** Of all threads, collection of garbage and compiling with it. */
async function processorSecondsOf(work: () => Promise<unknown> | unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function oneAfterAnother(leaves: Uint8Array): Uint8Array {
  const tree = new MerkleRoot()
  for (let at = 0; at < leaves.length; at += HASH_BYTES)
    tree.addLeafHash(leafHash(leaves.subarray(at, at + HASH_BYTES)))
  return tree.root()
}

/** As one would write it with any hash: level by level, an odd node going up as it is, which gives the same root. */
function plainRoot(leaves: Uint8Array, hash: (message: Uint8Array) => Uint8Array): Uint8Array {
  const leaf = new Uint8Array(1 + HASH_BYTES)
  const node = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1)
  const level = new Uint8Array(leaves.length)
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    leaf.set(leaves.subarray(at, at + HASH_BYTES), 1)
    level.set(hash(leaf), at)
  }
  for (let length = level.length; length > HASH_BYTES; ) {
    let above = 0
    for (let at = 0; at < length; at += 2 * HASH_BYTES) {
      node.set(level.subarray(at, at + 2 * HASH_BYTES), 1)
      if (at + HASH_BYTES < length) level.set(hash(node), above)
      else level.copyWithin(above, at, length)
      above += HASH_BYTES
    }
    length = above
  }
  return level.subarray(0, HASH_BYTES)
}
