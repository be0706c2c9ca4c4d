// What is lost beside a process that dies while it releases or recalls: the staged files, once or again and again. Death alone, at
// every numbered point and on both stores, is what `npm run faults` begins with.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLog } from '../../src/register/check-log.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { type FollowUpResult, followUp } from '../../src/release/follow-up.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { type ClubPlace, copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  open,
  openClub,
  openRemoval,
  recipient,
  refsOfPeople,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('release-crash')
afterAll(() => folders.remove())

const prepare = (name: string, more: (club: Club) => Promise<unknown>) =>
  prepareClub(join(folders.path, name), async (club) => {
    await askAndApprove(club, 'letter')
    await objectToProcessing(club.app.register, { ...statement(5, start), qualifier: 'marketing' })
    await more(club)
  })

/** What it printed; undefined when it was killed. */
async function runChild(
  { home, databaseUrl }: ClubPlace,
  task: string,
  point = '',
): Promise<string | undefined> {
  const script = fileURLToPath(new URL('release-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [script, home, databaseUrl, task, point], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8')
  })
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)))
  return signal === 'SIGKILL' ? undefined : printed
}

const visibleIn = ({ home }: ClubPlace) => filesIn(join(home, 'outbox', recipient))
const stagedIn = ({ home }: ClubPlace) => filesIn(join(home, 'outbox', '.staging'))
const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])

async function logHolds({ app }: Club): Promise<void> {
  await publishLog(app.register, app.log)
  expect(await checkLog(app.register, app.log)).toMatchObject({ holds: true })
}

describe('a release whose process was killed', () => {
  let prepared: PreparedClub
  let undisturbed: ReleaseResult

  beforeAll(async () => {
    prepared = await prepare('release', async () => {})
    const club = await openClub({ ...(await copyOf(prepared)), clock: { at: start } })
    undisturbed = await releaseRequest(await club.context(), 'letter')
    await club.close()
  })

  test('nobody was disturbed in the run the others are held against', () => {
    expect(undisturbed.released).toBe(39)
  })

  test.each(['sealed', 'checkpoint-signed'] as const)(
    'at “%s”, and whose staged files were lost, is sealed again',
    async (point) => {
      const place = await copyOf(prepared)
      expect(await runChild(place, 'release', point)).toBeUndefined()
      rmSync(join(place.home, 'outbox', '.staging'), { recursive: true })
      const club = await openClub({ ...place, clock: { at: start } })
      const result = await releaseRequest(await club.context(), 'letter')
      expect(result.roots).toEqual(undisturbed.roots)
      expect((await open(club, result.folder!, join(place.home, 'opened'))).subjects).toHaveLength(39)
      await logHolds(club)
      await club.close()
    },
  )
})

describe('a follow-up whose process was killed', () => {
  let prepared: PreparedClub

  beforeAll(async () => {
    prepared = await prepare('follow-up', async (club) => {
      await releaseRequest(await club.context(), 'letter')
      await objectToProcessing(club.app.register, { ...statement(7, start), qualifier: 'marketing' })
    })
  })

  const removalsIn = (place: ClubPlace) => visibleIn(place).filter((name) => name.includes('.removal-'))

  async function expectRecalled(club: Club, made: readonly FollowUpResult[]): Promise<void> {
    expect(made).toMatchObject([{ removal: 1, count: 1 }])
    const { subjectOf } = await refsOfPeople(club, made[0]!.release)
    expect((await openRemoval(club, made[0]!.folder)).map(subjectOf)).toEqual([7])
    expect(await followUp(await club.context())).toEqual([])
  }

  test.each(['before-rename', 'after-rename'])('%s delivers the same removal next time', async (point) => {
    const place = await copyOf(prepared)
    expect(await runChild(place, 'follow-up', point)).toBeUndefined()
    expect(removalsIn(place)).toHaveLength(point === 'before-rename' ? 0 : 1)
    const club = await openClub({ ...place, clock: { at: start } })
    await expectRecalled(club, await followUp(await club.context()))
    expect(removalsIn(place)).toHaveLength(1)
    expect(stagedIn(place)).toEqual([])
    await logHolds(club)
    await club.close()
  })

  test('as often as its staged files are lost, makes them again', async () => {
    const place = await copyOf(prepared)
    for (let times = 0; times < 3; times++) {
      expect(await runChild(place, 'follow-up', 'before-rename')).toBeUndefined()
      rmSync(join(place.home, 'outbox', '.staging'), { recursive: true, force: true })
    }
    const club = await openClub({ ...place, clock: { at: start } })
    await expectRecalled(club, await followUp(await club.context()))
    expect(removalsIn(place)).toHaveLength(1)
    await club.close()
  })
})
