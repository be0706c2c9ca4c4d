// Who is in a release, as the register keeps it: on PGlite and on PostgreSQL.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  membersAmong,
  membershipSha256,
  readMembers,
  releasesOf,
  writeMembers,
} from '../../src/register/release-members.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { openTestStore, storeKinds, type TestStore } from './test-registers.ts'

/** Both ends of a byte and of a chunk, and a chunk that is left out. */
const subjects = [1, 7, 8, 15, 65_535, 65_536, 65_537, 200_000, 262_143, 1_065_220]

describe.each(storeKinds)('members of a release in %s', (kind) => {
  let opened: TestStore
  let store: RegisterStore

  beforeAll(async () => {
    opened = await openTestStore(kind)
    store = opened.store
    await store.transaction((session) => writeMembers(session, 10, subjects))
    await store.transaction((session) => writeMembers(session, 11, Int32Array.from([8, 65_536])))
    await removeMember(11, 8, 14, 'recalled')
    await removeMember(10, 200_000, 12, 'amended')
    // Somebody who was never in it: a removal makes nobody a member.
    await removeMember(11, 9, 14, 'recalled')
  })
  afterAll(() => opened.dispose())

  const removeMember = (release: number, subject: number, position: number, stage: string) =>
    store.query(
      `insert into register.release_removal (release, subject, position, stage, verdict) values ($1, $2, $3, $4, '{}')`,
      [release, subject, position, stage],
    )

  test('exactly those written are members, less those removed', async () => {
    const members = await readMembers(store, 10)
    const left = subjects.filter((subject) => subject !== 200_000)
    expect(members.count).toBe(left.length)
    expect([...members.subjects()]).toEqual(left)
    for (const subject of subjects)
      for (const near of [subject - 1, subject, subject + 1, subject + 8, subject + 65_536])
        expect(members.has(near)).toBe(left.includes(near))
  })

  test('a release nobody was written for has no members', async () => {
    expect((await readMembers(store, 12)).count).toBe(0)
    await writeMembers(store, 13, [])
    expect((await readMembers(store, 13)).count).toBe(0)
    expect(membershipSha256([])).toBe(createHash('sha256').digest('hex'))
    expect((await membersAmong(store, 12, subjects)).length).toBe(0)
  })

  test('of some people, the members are told in the order asked', async () => {
    expect([...(await membersAmong(store, 10, [65_536, 2, 1, 200_000, 16]))]).toEqual([65_536, 1])
    expect([...(await membersAmong(store, 11, [8, 9, 65_536]))]).toEqual([65_536])
    expect([...(await membersAmong(store, 11, []))]).toEqual([])
  })

  test("one person's releases come by position, with what was taken back", async () => {
    expect(await releasesOf(store, 1)).toEqual([{ release: 10 }])
    expect(await releasesOf(store, 8)).toEqual([
      { release: 10 },
      { release: 11, removed: { stage: 'recalled', position: 14 } },
    ])
    expect(await releasesOf(store, 200_000)).toEqual([
      { release: 10, removed: { stage: 'amended', position: 12 } },
    ])
    for (const nobody of [2, 9, 16, 65_538, 131_072, 1_065_221])
      expect(await releasesOf(store, nobody)).toEqual([])
  })

  test('the hash is over chunk numbers and their 8192 bytes, least significant bit first', async () => {
    const first = Buffer.alloc(4 + 8192)
    first[4] = 0b1000_0010
    const second = Buffer.alloc(4 + 8192)
    second.writeUInt32BE(2)
    second[4 + 8191] = 0b1000_0000
    const expected = createHash('sha256').update(first).update(second).digest('hex')
    expect(membershipSha256([1, 7, 196_607])).toBe(expected)
  })

  test.each([[[2, 1]], [[1, 1]], [[0]], [[-1]], [[1.5]]])('%j are no members', async (wrong) => {
    await expect(store.transaction((session) => writeMembers(session, 15, wrong))).rejects.toThrow(
      /ascending/,
    )
    expect((await readMembers(store, 15)).count).toBe(0)
  })
})
