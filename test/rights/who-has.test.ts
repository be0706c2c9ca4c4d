// Who has one person's record: the actual recipients under the names they had, and what became of the record there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whoHasLines } from '../../src/cli/report/who-has-report.ts'
import type { SealedColumn } from '../../src/model/release.ts'
import { appendInOneTransaction } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import type { Register } from '../../src/register/register.ts'
import { whoHas } from '../../src/rights/who-has.ts'
import { openTestRegister, storeKinds, type TestRegister } from '../register/test-registers.ts'
import {
  commit,
  commitDraft,
  deliveredDraft,
  fillRegister,
  record,
  releaseAt,
  request,
  sealedFields,
  takeOut,
} from './small-register.ts'

const dayLong = 86_400_000_000

describe.each(storeKinds)('who has a person’s record, on %s', (kind) => {
  let opened: TestRegister
  let register: Register

  beforeAll(async () => {
    opened = await openTestRegister(kind)
    register = opened.register
    await fillRegister(register)
  })
  afterAll(() => opened.dispose())

  const ofPerson = async (subject: number) => (await whoHas(register, subject)).disclosures
  const text = async (subject: number) => whoHasLines(await ofPerson(subject), 'Europe/London').join('\n')

  test('nobody, as long as no release holds it', async () => {
    await commit(register, '1-other@1', [2])
    expect(await ofPerson(1)).toEqual([])
    expect(await text(1)).toMatch(/^Nobody: /)
  })

  test('a recipient under its name of that day, with what it got, for what, by what and for whom', async () => {
    const position = await commit(register, '2-named@2', [3])
    expect(await ofPerson(3)).toEqual([
      {
        release: '2-named@2',
        state: 'preparing',
        recipient: { id: 'little-acorn', name: 'Acorn Ltd' },
        role: 'controller',
        onBehalfOf: [],
        purpose: 'offers for babies',
        channels: ['post'],
        basis: 'legitimate-interests',
        fields: [
          { name: 'name', treatment: 'keep', partly: false },
          { name: 'born_on', treatment: 'coarsen', partly: false },
        ],
        isSealed: false,
        committedAt: expect.any(Number),
      },
    ])
    expect(position).toBeGreaterThan(0)
    await commit(register, '3-later@3', [3], {
      releaseAt: releaseAt + 60 * dayLong,
      request: request({
        role: 'agent',
        recipient: 'broker',
        onBehalfOf: ['little-acorn', 'nobody-published'],
      }),
    })
    const [, later] = await ofPerson(3)
    expect(later).toMatchObject({
      recipient: { name: 'Meridian Data Services Ltd' },
      onBehalfOf: [
        { id: 'little-acorn', name: 'Little Acorn Foods Ltd' },
        { id: 'nobody-published', name: 'nobody-published' },
      ],
    })
    const said = await text(3)
    expect(said).toContain('2 organisations were given')
    expect(said).toContain('as an agent on behalf of Little Acorn Foods Ltd, on behalf of nobody-published')
    expect(said).toContain('what     at most name and born on (coarsened)')
    expect(said).toContain('not delivered yet')
  })

  test('delivered, opened, asked to remove, removed: each with its day, and the day to delete by', async () => {
    const release = '4-life@4'
    const committed = await commit(register, release, [4, 5, 6])
    expect(await ofPerson(4)).toMatchObject([{ state: 'preparing' }])
    await record(register, 'release.delivered', release, { folder: 'somewhere' })
    const [delivered] = await ofPerson(4)
    expect(delivered!.state).toBe('delivered')
    // As the manifest told: from the day of the release on, whenever it was delivered.
    expect(delivered!.deleteBy).toBe(20180603)
    expect(await text(4)).toContain('no receipt from the recipient yet')

    await record(register, 'release.opened', release, opening)
    expect(await ofPerson(4)).toMatchObject([{ state: 'opened', openedAt: opening.receipt.openedAt }])
    expect(await text(4)).toContain('it was opened on 7 May 2018')

    // 5 goes with the first list, 4 with the second, 6 stays.
    await recall(release, committed, 5, 1)
    await record(register, 'removal.delivered', release, { removal: 1, folder: 'somewhere' })
    await recall(release, committed, 4, 2)
    const [unasked] = await ofPerson(4)
    expect(unasked!.removal).toEqual({ foundAt: expect.any(Number), dueAt: releaseAt + 9 * dayLong })
    expect(await text(4)).toContain('to be asked for since')
    await record(register, 'removal.delivered', release, { removal: 2, folder: 'somewhere' })
    await record(register, 'removal.applied', release, {
      removal: 2,
      receipt: { asked: 1, removed: 1, absent: 0, appliedAt: '2018-05-20T10:00:00Z' },
    })
    expect((await ofPerson(4))[0]!.removal).toMatchObject({
      askedAt: expect.any(Number),
      appliedAt: '2018-05-20T10:00:00Z',
    })
    expect((await ofPerson(5))[0]!.removal?.appliedAt).toBeUndefined()
    expect((await ofPerson(5))[0]!.removal?.askedAt).toBeDefined()
    expect((await ofPerson(6))[0]!.removal).toBeUndefined()
    expect(await text(5)).toContain('to be done by 13 May 2018')
    expect(await text(4)).toContain('it was applied on 20 May 2018')
  })

  test('what left is what was sealed at last, not what was asked for', async () => {
    const release = '6-fewer@6'
    await commit(register, release, [7])
    const sealed = (columns: SealedColumn[]) => record(register, 'release.sealed', release, { columns })
    await sealed(sealedFields)
    await record(register, 'release.amended', release, { round: 1, removed: 1, members: 1 })
    expect((await ofPerson(7)).at(-1)).toMatchObject({ isSealed: false })
    const partly: SealedColumn = { name: 'born_on', treatment: 'coarsen', note: 'year only', partly: true }
    await sealed([partly])
    await record(register, 'release.delivered', release, { folder: 'somewhere' })
    expect((await ofPerson(7)).at(-1)).toMatchObject({ isSealed: true, fields: [partly] })
    expect(await text(7)).toContain('what     born on (year only; in some rows empty)\n')
  })

  test('a release that was given up is with nobody', async () => {
    const before = await ofPerson(7)
    await commit(register, '7-given-up@7', [7])
    await record(register, 'release.abandoned', '7-given-up@7', { because: 'the policy changed' })
    expect(await ofPerson(7)).toEqual(before)
  })

  test('a list that was applied to nothing was not applied', async () => {
    const release = '8-nothing@8'
    const committed = await commit(register, release, [6])
    await record(register, 'release.delivered', release, { folder: 'somewhere' })
    await recall(release, committed, 6, 1)
    await record(register, 'removal.delivered', release, { removal: 1, folder: 'somewhere' })
    const applied = (removed: number, absent: number, day: number) =>
      record(register, 'removal.applied', release, {
        removal: 1,
        receipt: { asked: removed + absent, removed, absent, appliedAt: `2018-05-${day}T10:00:00Z` },
      })
    const last = async () => (await ofPerson(6)).at(-1)!.removal!
    await applied(0, 3, 20)
    expect(await last()).toMatchObject({ notFound: { absent: 3, asked: 3 } })
    expect(await text(6)).toMatch(/the recipient said on 20 May 2018 that it found no such line$/m)
    expect(await text(6)).not.toContain('applied')
    await applied(1, 2, 21)
    expect(await text(6)).toContain('on 21 May 2018 that it found no such line for 2 of the 3 it was asked')
    await applied(2, 1, 22)
    expect(await last()).toMatchObject({ appliedAt: '2018-05-22T10:00:00Z' })
    // Applied once more to the same copy: nothing is left to be found.
    await applied(0, 3, 23)
    expect((await last()).notFound).toBeUndefined()
    expect(await text(6)).toContain('it was applied on 22 May 2018')
  })

  test('who was taken out before anything left is with nobody', async () => {
    const before = await ofPerson(7)
    const committed = await commit(register, '5-amended@5', [7])
    expect(await ofPerson(7)).toHaveLength(before.length + 1)
    const amended = await record(register, 'release.amended', '5-amended@5', {
      round: 1,
      removed: 1,
      members: 0,
    })
    await takeOut(register, committed, 7, amended, 'amended')
    expect(await ofPerson(7)).toEqual(before)
  })

  test('a name from outside cannot steer the terminal it is shown on', async () => {
    const [one] = await ofPerson(6)
    const hostile = {
      ...one!,
      recipient: { id: 'x', name: 'Evil\u001b[2J\u202eLtd' },
      openedAt: '\u001b]0;owned',
    }
    const shown = whoHasLines([hostile], 'UTC').join('\n')
    for (const steering of ['\u001b', '\u202e']) expect(shown).not.toContain(steering)
  })

  test('a thousand releases come each once, in order, with the right state', async () => {
    const before = await ofPerson(1)
    const made: string[] = []
    const drafts: BatchDraft[] = []
    for (let n = 0; n < 1000; n++) {
      const release = `many-${n}@${n + 1}`
      drafts.push(commitDraft(release, n % 3 === 0 ? [1, 2] : [2]))
      if (n % 3 === 0) made.push(release)
      if (n % 6 === 0) drafts.push(deliveredDraft(release))
    }
    await appendInOneTransaction(register, drafts)
    const disclosures = await ofPerson(1)
    expect(disclosures.map(({ release }) => release)).toEqual([...before.map((one) => one.release), ...made])
    for (const [index, { state }] of disclosures.slice(before.length).entries())
      expect(state).toBe(index % 2 === 0 ? 'delivered' : 'preparing')
  })

  const opening = { receipt: { openedAt: '2018-05-07T08:00:00.000Z' }, note: '' }

  async function recall(release: string, committed: number, subject: number, removal: number): Promise<void> {
    const sealed = await record(register, 'removal.sealed', release, {
      removal,
      count: 1,
      upTo: 1,
      dueAt: releaseAt + 9 * dayLong,
    })
    await takeOut(register, committed, subject, sealed, 'recalled')
  }
})
