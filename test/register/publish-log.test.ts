// Publishing the register's log: what is signed, what refuses to be, and that dying at any write does no harm.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCheckpoint, signCheckpoint } from '../../src/log/checkpoint.ts'
import { verifyConsistency } from '../../src/log/consistency.ts'
import { fsckLog } from '../../src/log/fsck.ts'
import { decodeEntry } from '../../src/log/log-entry.ts'
import { tileReader, tileTree } from '../../src/log/tile-tree.ts'
import { verifyProof } from '../../src/log/tlog-proof.ts'
import { appendInOneTransaction } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import { proveBatch } from '../../src/register/prove-batch.ts'
import { logVerifier, publishLog } from '../../src/register/publish-log.ts'
import { readLeaves } from '../../src/register/read-leaves.ts'
import type { Register } from '../../src/register/register.ts'
import type { Row } from '../../src/register/store.ts'
import { Died, type MemoryPlaces, memoryPlaces } from './log-places.ts'
import { asLogin, openTestRegister, storeKinds, type TestRegister } from './test-registers.ts'

describe.each(storeKinds)('the log of a register on %s', (kind) => {
  let opened: TestRegister
  let register: Register
  let places: MemoryPlaces

  beforeAll(async () => {
    opened = await openTestRegister(kind)
    register = opened.register
  })
  afterAll(() => opened.dispose())
  beforeEach(() => {
    places = memoryPlaces()
  })

  test('of nothing is published as the empty tree', async () => {
    const published = await publishLog(register, places)
    expect(published).toMatchObject({ size: 0, root: expect.stringMatching(/^e3b0c44298fc1c14/) })
    expect(places.written).toEqual(['signed', 'checkpoint'])
    await appendBatches(register, 1)
    expect((await publishLog(register, places)).size).toBe(1)
  })

  test('is entries and tiles under a checkpoint that its key signed, the second place written before it', async () => {
    await appendBatches(register, 300)
    const { size, root, checkpoint } = await publishLog(register, places)
    expect(text(places, 'checkpoint')).toBe(checkpoint)
    expect(checkpoint.startsWith(`${register.logOrigin}\n${size}\n`)).toBe(true)
    const head = openCheckpoint(checkpoint, logVerifier(register))
    expect({ size: head.size, root: Buffer.from(head.root).toString('hex') }).toEqual({ size, root })
    expect(places.written.slice(-2)).toEqual(['signed', 'checkpoint'])
    expect(await entriesOf(places, register)).toHaveLength(size)
  })

  test('goes on from what is there, consistently, and writes nothing when there is nothing new', async () => {
    const before = await publishLog(register, places)
    await appendBatches(register, 2)
    places.written = []
    const after = await publishLog(register, places)
    expect(after.size).toBe(before.size + 2)
    expect(places.written.every((path) => path.includes('.p/') || !path.startsWith('tile'))).toBe(true)
    const proof = await tileTree(after.size, readerOf(places)).consistencyProof(before.size)
    const [older, newer] = [before, after].map((one) => openCheckpoint(one.checkpoint, logVerifier(register)))
    expect(verifyConsistency(older!, newer!, proof)).toBe(true)
    places.written = []
    expect(await publishLog(register, places)).toEqual(after)
    expect(places.written).toEqual([])
  })

  test('published by many at once is published once, for all, by one connection at a time', async () => {
    await appendBatches(register, 3)
    let open = 0
    let openMax = 0
    const counted: Register = {
      ...register,
      store: {
        ...register.store,
        transaction: async (work) => {
          openMax = Math.max(openMax, ++open)
          return register.store.transaction(work).finally(() => open--)
        },
      },
    }
    const all = await Promise.all(Array.from({ length: 8 }, () => publishLog(counted, places)))
    expect(new Set(all.map(({ checkpoint }) => checkpoint)).size).toBe(1)
    expect(places.written.filter((path) => path === 'checkpoint')).toHaveLength(1)
    expect(openMax).toBe(1)
  })

  test('published by two processes at once is published by one after the other', async () => {
    await appendBatches(register, 3)
    // A store of its own is to us what another process is: its publisher waits for nothing but the database.
    const processes = [register, { ...register, store: { ...register.store } }]
    const all = await Promise.all(processes.map((one) => publishLog(one, places)))
    expect(all[0]).toEqual(all[1])
    expect(places.written.filter((path) => path === 'checkpoint')).toHaveLength(1)
  })

  test.each(['second place', 'checkpoint'])(
    'is not written over a larger tree that stands in its %s by then',
    async (place) => {
      const { size } = await publishLog(register, places)
      await appendBatches(register, 1)
      const larger = { size: size + 9, root: new Uint8Array(32) }
      const note = signCheckpoint(larger, { name: register.logOrigin, ...register.keys.signer })
      const at = (passed: string) => {
        if (passed !== 'files-written') return
        if (place === 'checkpoint') places.files.set('checkpoint', Buffer.from(note))
        else places.signedTree = larger
      }
      await expect(publishLog(register, places, { at })).rejects.toMatchObject({
        code: 'register.unavailable',
      })
      if (place === 'checkpoint') expect(text(places, 'checkpoint')).toBe(note)
      else expect(places.signedTree).toEqual(larger)
    },
  )

  test('is refused when two computations of a leaf hash differ in a single bit', async () => {
    const [position] = (await appendBatches(register, 1)) as [number]
    const flipping = async <R extends Row>(sql: string, parameters?: readonly unknown[]) => {
      const rows = await register.store.query<R & { position?: number; hash?: Uint8Array }>(sql, parameters)
      for (const row of rows) if (row.position === position && row.hash) row.hash = flipBit(row.hash)
      return rows
    }
    const read = async () => {
      for await (const _ of readLeaves({ query: flipping }, 0, position));
    }
    await expect(read()).rejects.toMatchObject({
      code: 'register.corrupt',
      detail: `two computations of the hash of batch ${position} differ`,
    })
  })

  test('killed before any of its writes is healed by the next publication, though the register grew', async () => {
    await publishLog(register, places)
    const snapshot = { files: new Map(places.files), signedTree: places.signedTree! }
    await appendBatches(register, 520)
    places.written = []
    await publishLog(register, places)
    const writes = places.written.length
    expect(writes).toBeGreaterThan(8)
    for (let survived = 0; survived < writes; survived++) {
      places = Object.assign(memoryPlaces(), { signedTree: snapshot.signedTree })
      for (const [path, bytes] of snapshot.files) places.files.set(path, bytes)
      places.diesAfter = survived
      await expect(publishLog(register, places)).rejects.toThrow(Died)
      // Whatever is published at this moment is whole.
      await entriesOf(places, register)
      places.diesAfter = undefined
      if (survived === writes - 1) await appendBatches(register, 1)
      const { size } = await publishLog(register, places)
      expect(await entriesOf(places, register)).toHaveLength(size)
    }
  })

  test.each([
    ['every file', () => true],
    ['the checkpoint', (path: string) => path === 'checkpoint'],
    ['the rightmost tiles', (path: string) => path.startsWith('tile/1/')],
  ])('that lost %s is made again from the register', async (_, lost) => {
    const before = await publishLog(register, places)
    for (const path of [...places.files.keys()]) if (lost(path)) places.files.delete(path)
    await appendBatches(register, 1)
    const { size } = await publishLog(register, places)
    expect(size).toBe(before.size + 1)
    expect(await entriesOf(places, register)).toHaveLength(size)
  })

  test('whose tiles were changed is made again from the register, if something is to be published', async () => {
    await publishLog(register, places)
    const [path] = [...places.files.keys()].filter((one) => one.startsWith('tile/1/'))
    places.files.set(path!, places.files.get(path!)!.toReversed())
    await appendBatches(register, 1)
    const { size } = await publishLog(register, places)
    expect(await entriesOf(places, register)).toHaveLength(size)
  })

  test('lost in the second place is compared with its own checkpoint, and remembered again', async () => {
    await publishLog(register, places)
    const before = places.signedTree
    expect((await publishLog(register, places)).startedAnew).toBeUndefined()
    places.signedTree = undefined
    expect((await publishLog(register, places)).startedAnew).toBe(true)
    expect(places.signedTree).toEqual(before)
    expect(await publishLog(register, places)).not.toHaveProperty('startedAnew')
  })

  test('proves any batch, publishing first when it has to, and mending tiles that are lost', async () => {
    await publishLog(register, places)
    const [last] = (await appendBatches(register, 1)) as [number]
    for (const position of [1, 257, last]) {
      const { entry, proof } = await proveBatch(register, places, position)
      expect(verifyProof(proof, entry, logVerifier(register)).index).toBe(position - 1)
      expect(decodeEntry(entry)).toMatchObject({ position, register: register.registerId })
      expect(() => verifyProof(proof, entry.slice(1), logVerifier(register))).toThrow('proof.invalid')
    }
    places.files.delete('tile/0/000')
    await proveBatch(register, places, 1)
    expect(places.files.has('tile/0/000')).toBe(true)
    await expect(proveBatch(register, places, last + 1)).rejects.toMatchObject({ code: 'value.invalid' })
  })

  describe('is not signed', () => {
    let other: TestRegister

    beforeAll(async () => {
      other = await openTestRegister(kind)
    })
    afterAll(() => other.dispose())

    const changesNothing = async (code: string, restored: Register) => {
      const before = { files: new Map(places.files), signedTree: places.signedTree }
      await expect(publishLog(restored, places)).rejects.toMatchObject({ code })
      await expect(publishLog(restored, places, { rebuild: true })).rejects.toMatchObject({ code })
      expect(places.files).toEqual(before.files)
      expect(places.signedTree).toEqual(before.signedTree)
    }

    test('for a register that went back in time, by the second place or by the checkpoint alone', async () => {
      await publishLog(register, places)
      const { signedTree } = places
      places.signedTree = undefined
      await changesNothing('log.forked', sameLog(other.register))
      places.files.clear()
      places.signedTree = signedTree
      await changesNothing('log.forked', sameLog(other.register))
    })

    test('for a register that went back in time and on from there', async () => {
      await publishLog(register, places)
      const { size } = await publishLog(register, places)
      await appendBatches(other.register, size + 5)
      await changesNothing('log.forked', sameLog(other.register))
    })

    test('over a batch that was changed or is gone', async () => {
      const [position] = (await appendBatches(other.register, 1)) as [number]
      const tamper = (statement: string) =>
        asLogin(other.register.store).script(
          `alter table register.batch disable trigger all; ${statement} where position = ${position};
           alter table register.batch enable trigger all`,
        )
      await tamper("update register.batch set entry = entry || 'x'::bytea")
      await changesNothing('register.corrupt', other.register)
      await tamper('delete from register.batch')
      await changesNothing('register.corrupt', other.register)
    })

    /** The other register as if it were an old copy of this one: same origin, same keys. */
    function sameLog(restored: Register): Register {
      return { ...restored, logOrigin: register.logOrigin }
    }
  })
})

test.each(['files-written', 'second-place-written'])(
  'the log of a register on PostgreSQL is not set back by a process whose session the server ended at %s, after another published more',
  async (point) => {
    const { register, dispose } = await openTestRegister('postgres')
    const places = memoryPlaces()
    await publishLog(register, places)
    await appendBatches(register, 3)
    const other = { ...register, store: { ...register.store } }
    const now = () => ({ files: new Map(places.files), signedTree: places.signedTree })
    let after: ReturnType<typeof now> | undefined
    const at = async (passed: string) => {
      if (passed !== point) return
      // As after a minute of standing still inside its transaction: with the session its lock is gone.
      await asLogin(other.store).query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and state = 'idle in transaction'`,
      )
      await appendBatches(other, 5)
      await publishLog(other, places)
      after = now()
    }
    await expect(publishLog(register, places, { at })).rejects.toMatchObject({
      code: 'register.unavailable',
    })
    expect(after).toBeDefined()
    expect(now()).toEqual(after)
    await dispose()
  },
)

async function appendBatches(register: Register, count: number): Promise<number[]> {
  const drafts = Array.from({ length: count }, (_, n): BatchDraft => {
    const idempotencyKey = randomUUID()
    return { kind: 'test', actor: 'tester', idempotencyKey, contentHash: `content ${n}` }
  })
  const outcomes = await appendInOneTransaction(register, drafts)
  return outcomes.map((outcome) => ('position' in outcome ? outcome.position : Number.NaN))
}

/** Every entry of the published log, after deriving all of it anew. */
async function entriesOf(places: MemoryPlaces, register: Register): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = []
  await fsckLog(places.store.read, logVerifier(register), async (_, bundle) => {
    entries.push(...bundle)
  })
  return entries
}

function flipBit(hash: Uint8Array): Uint8Array {
  const flipped = hash.slice()
  flipped[31]! ^= 1
  return flipped
}

function readerOf({ store }: MemoryPlaces) {
  return tileReader((path) => store.read(path))
}

function text({ files }: MemoryPlaces, path: string): string {
  return Buffer.from(files.get(path)!).toString()
}
