// fsck: one byte changed in any file, or one value in the register, and the place is named.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../src/log/bytes.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { decodeEntry, encodeEntry } from '../../src/log/log-entry.ts'
import { LogError } from '../../src/log/log-error.ts'
import { eventColumns } from '../../src/model/event.ts'
import { appendInOneTransaction } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import { checkEntries } from '../../src/register/check-entries.ts'
import { checkLog, checkPublishedLog } from '../../src/register/check-log.ts'
import { logVerifierKey, publishLog } from '../../src/register/publish-log.ts'
import { refKey } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { type MemoryPlaces, memoryPlaces } from './log-places.ts'
import { asLogin, openTestRegister, storeKinds, type TestRegister } from './test-registers.ts'

describe.each(storeKinds)('fsck of a log on %s', (kind) => {
  let opened: TestRegister
  let register: Register
  const published = memoryPlaces()
  let places: MemoryPlaces

  beforeAll(async () => {
    opened = await openTestRegister(kind)
    register = opened.register
    await appendAll(register, 520)
    await publishLog(register, published)
  })
  afterAll(() => opened.dispose())
  beforeEach(() => {
    places = copyOf(published)
  })

  test('holds, with the register and from a copy of the files alone', async () => {
    const { size, root } = await publishLog(register, places)
    const holds = { holds: true, size, root }
    expect(await checkLog(register, places)).toEqual(holds)
    expect(await checkPublishedLog(places.store, logVerifierKey(register))).toEqual(holds)
  })

  test.each([
    'checkpoint',
    'tile/entries/001',
    'tile/entries/002.p/8',
    'tile/0/001',
    'tile/0/002.p/8',
    'tile/1/000.p/2',
  ])('tells that a byte of %s was changed, whichever it is, or that it is gone', async (path) => {
    const bytes = published.files.get(path)!
    const change = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.integer({ min: 0, max: 7 }) })
    await fc.assert(
      fc.asyncProperty(change, async ({ at, bit }) => {
        const changed = bytes.slice()
        changed[at]! ^= 1 << bit
        places.files.set(path, changed)
        const check = await checkPublishedLog(places.store, logVerifierKey(register))
        expect(check).toMatchObject({ holds: false, place: expect.stringContaining(path) })
      }),
      { numRuns: 60 },
    )
    places.files.delete(path)
    const gone = await checkPublishedLog(places.store, logVerifierKey(register))
    expect(gone).toEqual({ holds: false, place: path, found: 'not there' })
  })

  test('names the entry, and the hash in a tile', async () => {
    places.files.get('tile/0/001')![32 * 7]! ^= 1
    expect(await checkLog(register, places)).toMatchObject({
      place: 'entry 263: tile/entries/001 and tile/0/001 differ',
    })
    places = copyOf(published)
    places.files.get('tile/1/000.p/2')![32]! ^= 1
    expect(await checkLog(register, places)).toMatchObject({ place: 'tile/1/000.p/2: hash 1' })
  })

  test('refuses a checkpoint that its key signed over another root', async () => {
    const root = new Uint8Array(32).fill(1)
    const signer = { name: register.logOrigin, ...register.keys.signer }
    places.files.set('checkpoint', Buffer.from(signCheckpoint({ size: 520, root }, signer)))
    const check = await checkPublishedLog(places.store, logVerifierKey(register))
    expect(check).toMatchObject({ holds: false, place: 'checkpoint: its entries lead to another root' })
  })

  test('refuses a log of another key, and says what is no key', async () => {
    const other = logVerifierKey({ ...register, logOrigin: 'example.com/other' })
    expect(await checkPublishedLog(places.store, other)).toMatchObject({
      holds: false,
      place: expect.stringMatching(/^checkpoint: no known key/),
    })
    await expect(checkPublishedLog(places.store, 'key')).rejects.toMatchObject({ code: 'value.invalid' })
  })

  test('compares with the second place', async () => {
    const { signedTree } = places
    places.signedTree = undefined
    expect(await checkLog(register, places)).toMatchObject({ holds: false, place: 'second place' })
    places.signedTree = { ...signedTree!, size: signedTree!.size - 1 }
    expect(await checkLog(register, places)).toMatchObject({
      place: expect.stringMatching(/^second place: size/),
    })
    places.signedTree = { ...signedTree!, root: signedTree!.root.toReversed() }
    expect(await checkLog(register, places)).toMatchObject({
      place: expect.stringMatching(/^second place: root/),
    })
  })

  test('holds for a log that is behind its register, and for one whose checkpoint was not written any more', async () => {
    const before = copyOf(places)
    await appendAll(register, 1)
    expect(await checkLog(register, before)).toMatchObject({ holds: true })
    await publishLog(register, places)
    before.signedTree = places.signedTree
    expect(await checkLog(register, before)).toMatchObject({ holds: true })
  })

  test.each([
    ['batch 3: eventRoot', 'register.event', 'commitment', 'position = 3 and ord = 1'],
    ['batch 300: enrolledRoot', 'register.subject', 'commitment', 'position = 300'],
    ['batch 301: body', 'register.record', 'body', 'position = 301'],
    ['batch 302: kind', 'register.batch', 'kind', 'position = 302'],
    ['batch 303: recordedAt', 'register.batch', 'recorded_at', 'position = 303'],
    ['entry 303: the register holds another', 'register.batch', 'entry', 'position = 304'],
  ])('tells %s when a value of %s is changed', async (place, table, column, where) => {
    const changed: Record<string, string> = {
      commitment: 'set_byte(commitment, 0, 255 - get_byte(commitment, 0))',
      body: 'reverse(body)',
      kind: 'reverse(kind)',
      recorded_at: '-recorded_at',
      entry: 'set_byte(entry, 0, 255 - get_byte(entry, 0))',
    }
    // Each of these changes undoes itself when it is made again.
    const change = () =>
      asLogin(register.store).script(
        `alter table ${table} disable trigger all;
         update ${table} set ${column} = ${changed[column]} where ${where};
         alter table ${table} enable trigger all`,
      )
    await change()
    expect(await checkLog(register, places)).toMatchObject({ holds: false, place })
    await change()
    expect(await checkLog(register, places)).toMatchObject({ holds: true })
  })

  test('tells a batch that goes back in time, though its entry says so too', async () => {
    const [before, batch] = await register.store.query<{ recorded_at: number; entry: Uint8Array }>(
      'select recorded_at, entry from register.batch where position in (304, 305) order by position',
      [],
    )
    const write = (recordedAt: number, entry: Uint8Array) =>
      asLogin(register.store).script(
        `alter table register.batch disable trigger all;
         update register.batch set recorded_at = ${recordedAt}, entry = '\\x${toHex(entry)}' where position = 305;
         alter table register.batch enable trigger all`,
      )
    const backdated = before!.recorded_at
    await write(backdated, encodeEntry({ ...decodeEntry(batch!.entry)!, recordedAt: backdated }))
    const check = checkEntries(register, 520)
    await expect(check).rejects.toThrow(new LogError('entry.backdated', 'batch 305: recordedAt'))
    await write(batch!.recorded_at, batch!.entry)
    await checkEntries(register, 520)
  })
})

/** Every batch enrols somebody and says two things of her; every second one has a document. */
async function appendAll(register: Register, count: number): Promise<void> {
  const drafts = Array.from({ length: count }, (_, n): BatchDraft => {
    const events = eventColumns(2)
    for (const row of [0, 1]) {
      events.subject[row] = -1
      events.kind[row] = 1
      events.earliest[row] = events.latest[row] = 1_500_000_000_000_000 + n
      events.grade[row] = events.source[row] = 1
    }
    return {
      kind: 'test',
      actor: 'tester',
      idempotencyKey: randomUUID(),
      contentHash: `content ${n}`,
      enrol: refKey(register.keys, 'member', randomUUID()),
      events,
      ...(n % 2 === 0 && { record: { about: `request-${n}`, body: `{"n":${n}}` } }),
    }
  })
  await appendInOneTransaction(register, drafts)
}

function copyOf({ files, signedTree }: MemoryPlaces): MemoryPlaces {
  const copy = memoryPlaces()
  for (const [path, bytes] of files) copy.files.set(path, bytes.slice())
  copy.signedTree = signedTree
  return copy
}
