// A contractor's copies from the first report to the last certificate: two copies nobody granted, no further access for the
// contractor or its group, certificates that open the way again, and the same repair done right, to its close.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeWorkOrder, readWorkOrders } from '../../src/release/close-work-order.ts'
import { readCopies } from '../../src/release/read-copies.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { readStanding } from '../../src/release/read-standing.ts'
import { receiveDestruction } from '../../src/release/receive-destruction.ts'
import { recordCopyDestruction } from '../../src/release/record-destruction.ts'
import type { CopyReport } from '../../src/release/report-copy.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { type Club, changePolicy, day, foundClub, hour, requestOf, start } from '../release/small-club.ts'
import {
  bySister,
  certified,
  contractorPolicy,
  copyOfClub,
  grant,
  heldBackBy,
  inPlace,
  inPlaceUnordered,
  order,
  release,
  report,
  sister,
  takenAway,
} from './contractor-club.ts'

const folders = newFolder('copies')
let club: Club
beforeAll(async () => {
  club = await foundClub({
    databaseUrl: await newDatabase(),
    home: join(folders.path, 'club'),
    people: 10,
    policy: contractorPolicy,
  })
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

const receive = (note: string) => receiveDestruction(club.app.register, note, 'dpo')
const close = async () => closeWorkOrder(await club.context(), { workOrder: order.id, by: 'Dana Whitlock' })

describe('a contractor’s story', () => {
  test('work in place is allowed from the start, with masked columns; a copy is not', async () => {
    expect(await heldBackBy(club, 'first', inPlace)).toEqual([])
    expect(await heldBackBy(club, 'copy', takenAway)).toEqual(['A211'])
    expect(await heldBackBy(club, 'loose', inPlaceUnordered)).toEqual(['A202'])
  })

  test('a copy that was taken all the same is recorded, and is to be destroyed that day', async () => {
    const first = await report(club)
    expect(first).toMatchObject({
      body: { copy: 'c1', codes: ['A211'], deleteBy: 20180612 },
      because: 'it was made under no work order',
      held: [],
    })
    expect(first.body).not.toHaveProperty('grant')
  })

  test('from then on nothing goes to the contractor or its sister, in place or otherwise, on that very day', async () => {
    expect(await heldBackBy(club, 'again', inPlace)).toEqual(['A209'])
    expect(await heldBackBy(club, 'again-copy', takenAway)).toEqual(['A209', 'A211'])
    expect(await heldBackBy(club, 'sister', bySister)).toEqual(['A209'])
  })

  test('a second copy is a copy of its own, and says that the first is held still', async () => {
    club.clock.at += day
    expect(await report(club, { workOrder: order.id, madeAt: club.clock.at - hour })).toMatchObject({
      body: { copy: 'c2', codes: ['A211'], deleteBy: 20180613, purpose: 'repair', workOrder: order.id },
      because: `no copy was granted under work order ${order.id} on that day`,
      held: ['c1'],
    })
    expect((await readCopies(club.app.register.store)).map(({ copy }) => copy)).toEqual(['c1', 'c2'])
  })

  test('the work order stays open while a copy of it is held', async () => {
    await expect(close()).rejects.toMatchObject({ code: 'work_order.open', detail: `${order.id}: c1, c2` })
  })

  test('one certificate is not enough; with both, the way is free again', async () => {
    const one = await certified(club, copyOfClub(club, 'c1'))
    expect(await receive(one.certificate)).toMatchObject({ kind: 'copy.destroyed', of: 'c1', whole: true })
    expect(await receive(one.certificate)).toMatchObject({ repeated: true })
    expect(await heldBackBy(club, 'one-gone', inPlace)).toEqual(['A209'])
    const other = await certified(club, copyOfClub(club, 'c2'))
    await receive(other.certificate)
    expect(await heldBackBy(club, 'both-gone', inPlace)).toEqual([])
    expect(await heldBackBy(club, 'sister-after', bySister)).toEqual([])
    const [copy] = await readCopies(club.app.register.store)
    expect(copy!.destroyed!.body).toMatchObject({
      by: 'Noor Haddad, Head of operations',
      certificate: { note: one.certificate, statement: one.statement },
    })
  })

  test('a copy granted for a place and until a day leaves with its columns masked, and ends with a certificate', async () => {
    await changePolicy(club, (policy) => ({ ...policy, copyGrants: [grant] }))
    const made = await release(club, 'right', takenAway)
    const state = await readRelease(club.app.register.store, made)
    expect(state.sealed!.body.columns.map(({ name, treatment }) => [name, treatment])).toEqual([
      ['full_name', 'keep'],
      ['email', 'pseudonymise'],
    ])
    const request = requestOf('next', club.clock.at, inPlace)
    const standing = await readStanding(club.app.register.store, request)
    expect(standing.releases.at(-1)).toMatchObject({ deleteBy: grant.deleteBy, destroyed: false })
    await expect(close()).rejects.toMatchObject({ detail: `${order.id}: ${made}` })
    club.clock.at = Date.parse('2018-08-05T09:00:00Z') * 1000
    expect(await heldBackBy(club, 'last-day', inPlace)).toEqual([])
    club.clock.at += day
    expect(await heldBackBy(club, 'overdue', inPlace)).toEqual(['A209'])
    const { certificate } = await certified(club, { folder: state.delivered!.body.folder })
    expect(await receive(certificate)).toMatchObject({ kind: 'destroyed', of: made, whole: true })
    expect(await heldBackBy(club, 'after', inPlace)).toEqual([])
  })

  test('what is on record of it names nobody whose data it was', async () => {
    const documents = await club.app.register.store.query<{ body: string }>(
      `select body from register.record where kind like 'copy.%' or kind like 'work-order.%' or kind = 'destroyed'`,
    )
    expect(documents).toHaveLength(5)
    expect(JSON.stringify(documents)).not.toMatch(/Quetzal|qzkmail|ZQM-/)
  })

  test('closed, a work order lets nothing more out, whatever its days say', async () => {
    expect(await close()).toMatchObject({ closed: { closedOn: 20180806 }, repeated: false })
    expect(await close()).toMatchObject({ repeated: true })
    expect(await heldBackBy(club, 'closed', inPlace)).toEqual(['A202'])
    expect(await heldBackBy(club, 'closed-copy', takenAway)).toEqual(['A202', 'A211'])
  })
})

describe('a copy goes by a grant', () => {
  let other: Club
  beforeAll(async () => {
    const policy = { ...contractorPolicy, copyGrants: [grant] }
    other = await foundClub({
      databaseUrl: await newDatabase(),
      home: join(folders.path, 'granted'),
      people: 10,
      policy,
    })
    other.clock.at += 2 * hour
  })
  afterAll(() => other.close())
  const granted = { workOrder: order.id, place: 'An  encrypted laptop', madeAt: start + hour }
  const isGone = (copy: string) =>
    recordCopyDestruction(other.app.register, { copy, evidence: 'seen', by: 'Dana', actor: 'dpo' })

  test('of its work order, for that place and those columns; then nothing is held back until its day has passed', async () => {
    expect(await report(other, granted)).toMatchObject({
      body: { copy: 'c1', grant: grant.id, codes: [], deleteBy: grant.deleteBy },
    })
    expect(await heldBackBy(other, 'in-time', inPlace)).toEqual([])
  })

  test.each([
    ['elsewhere', { ...granted, place: 'A phone' }, /may lie elsewhere only: An encrypted laptop/],
    ['with a masked column', { ...granted, fields: ['full_name', 'email'] }, /columns masked: email/],
    ['with columns nobody named', { ...granted, fields: [] }, /nobody said which columns/],
    ['of somebody else’s order', { ...granted, workOrder: 'sister-2018' }, /is other's, for members/],
    [
      'made before the order began',
      { ...granted, madeAt: Date.parse('2018-05-31T12:00:00Z') * 1000 },
      /did not hold/,
    ],
    ['under no order', { place: grant.place }, /under no work order/],
  ])('and not %s', async (_, more, because) => {
    const { body, because: said } = await report(other, more)
    expect(body).toMatchObject({ codes: ['A211'] })
    expect(body).not.toHaveProperty('grant')
    expect(said).toMatch(because)
    await isGone(body.copy)
  })

  test('that was published before it was made: written for the copy afterwards, it covers none', async () => {
    const late = { ...grant, id: 'late-2018', place: 'A workbench' }
    const madeAt = other.clock.at
    other.clock.at += hour
    await changePolicy(other, (policy) => ({ ...policy, copyGrants: [grant, late] }))
    other.clock.at += hour
    const before = await report(other, { ...granted, place: late.place, madeAt })
    expect(before.body).toMatchObject({ codes: ['A211'] })
    expect(before.because).toBe('what would cover it, late-2018, was not published yet when it was made')
    const after = await report(other, { ...granted, place: late.place, madeAt: other.clock.at })
    expect(after.body).toMatchObject({ grant: 'late-2018', codes: [] })
    const first = await report(other, { ...granted, madeAt: start - hour })
    expect(first.because).toMatch(/copy-2018, was not published yet/)
    for (const { body } of [before, after, first]) await isGone(body.copy)
  })

  test('that nobody has withdrawn: then it covers nothing more, whenever the copy was made', async () => {
    await changePolicy(other, (policy) => ({ ...policy, copyGrants: [grant] }))
    const { body } = await report(other, {
      ...granted,
      place: 'A workbench',
      madeAt: other.clock.at - hour / 2,
    })
    expect(body).toMatchObject({ codes: ['A211'] })
    await isGone(body.copy)
  })

  test('a report of names nobody knows, or from the future, is refused and records nothing', async () => {
    const before = (await readCopies(other.app.register.store)).length
    for (const more of [{ holder: 'nobody' }, { dataset: 'none' }, { workOrder: 'none' }])
      await expect(report(other, more)).rejects.toMatchObject({ code: 'policy.not_found' })
    await expect(report(other, { madeAt: other.clock.at + hour })).rejects.toMatchObject({
      code: 'time.invalid',
    })
    expect(await readCopies(other.app.register.store)).toHaveLength(before)
  })

  test('is held under its holder’s orders for it: under all, where its number is none of these', async () => {
    const { policy: declared } = await other.context()
    const ofOther = declared.workOrders.find(({ recipient }) => recipient === sister)!
    const named = ['second', 'visits', 'retired'].map((id) => ({ ...order, id }))
    named[1]!.dataset = 'visits'
    const workOrders = [...declared.workOrders, ...named]
    await changePolicy(other, (policy) => ({ ...policy, workOrders }))
    const reports: Partial<CopyReport>[] = [
      ...[order.id, ofOther.id, 'visits', 'retired'].map((workOrder) => ({ workOrder })),
      {},
      { holder: sister, workOrder: order.id },
    ]
    const made: string[] = []
    for (const more of reports) made.push((await report(other, more)).body.copy)
    const orders = workOrders.filter(({ id }) => id !== 'retired')
    const states = await readWorkOrders(other.app.register.store, orders)
    const held = states.map((state) => [state.order.id, made.map((copy) => state.open.includes(copy))])
    expect(Object.fromEntries(held)).toEqual({
      [order.id]: [true, true, true, true, true, false],
      second: [false, true, true, true, true, false],
      visits: [false, false, false, false, false, false],
      [ofOther.id]: [false, false, false, false, false, true],
    })
    await changePolicy(other, (policy) => ({ ...policy, workOrders: declared.workOrders }))
    for (const copy of made) await isGone(copy)
  })

  test('two reports at once are two copies', async () => {
    const both = await Promise.all([report(other), report(other, { place: 'A phone' })])
    expect(new Set(both.map(({ body }) => body.copy)).size).toBe(2)
  })
})
