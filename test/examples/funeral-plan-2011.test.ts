// The contractor's story, told once at a small size: every chapter comes out as the example says by hand.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runCase, startsAt } from '../../examples/funeral-plan-2011/case.ts'
import { fullSize, groups, peopleMin, quotasFor } from '../../examples/funeral-plan-2011/quotas.ts'
import {
  type App,
  configurationFrom,
  instantFromIso,
  openApp,
  publishPolicyFolders,
  type StoryReport,
  storyClock,
} from '../../src/index.ts'
import { createDatabase } from '../postgres-server.ts'

describe('the quotas', () => {
  it('add up at every size, and no group is empty', () => {
    expect(groups.reduce((sum, { people }) => sum + people, 0)).toBe(fullSize)
    for (const people of [peopleMin, 1_234, 20_000, fullSize]) {
      const quotas = quotasFor(people)
      expect(quotas.reduce((sum, quota) => sum + quota.people, 0)).toBe(people)
      expect(quotas.every((quota) => quota.people > 0)).toBe(true)
    }
    expect(quotasFor(fullSize).map(({ people }) => people)).toEqual([79_200, 1_900, 600, 240, 60])
  })
})

describe('the story', () => {
  const clock = storyClock(instantFromIso(startsAt))
  let home: string
  let app: App
  let report: StoryReport
  const tell = () => runCase(app, { people: peopleMin, dataFolder: join(home, 'data'), clock })

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'fairshare-contractor-'))
    const databaseUrl = await createDatabase(
      inject('postgresUrl'),
      `contractor_${process.pid}`,
      'register_template',
    )
    const environment = { DATABASE_URL: databaseUrl, FAIRSHARE_ACTOR: 'test', FAIRSHARE_MEMORY: '200MB' }
    app = await openApp({ ...configurationFrom(environment, { home }), now: clock.now })
    report = await tell()
  })

  afterAll(async () => {
    await app?.close()
    await rm(home, { recursive: true, force: true })
  })

  it('comes out as the sums by hand, chapter by chapter', () => {
    expect(report.chapters.map(({ day, asExpected }) => [day, asExpected])).toEqual([
      ['12 January 2011', true],
      ['12 January 2011', true],
      ['21 January 2011', true],
      ['4 February 2011', true],
      ['8 March 2011', true],
      ['21 March 2011', true],
      ['4 April 2011', true],
      ['13 April 2011', true],
      ['15 April 2011', true],
    ])
  })

  it('refuses the copy, then each copy that was taken, then whatever else is asked, and nothing afterwards', () => {
    expect(report.chapters.map(({ answers }) => answers.flatMap(({ codes }) => codes).join(' '))).toEqual([
      'A211',
      '',
      'A211',
      'A209',
      'A211 A209',
      'A209',
      '',
      '',
      '',
    ])
  })

  it('has a red item on the day a copy is reported, and none once everything is certified', () => {
    const lights = report.chapters.map(({ obligations }) => obligations.map(({ light }) => light).join(' '))
    expect(lights).toEqual(['', '', 'red', 'red', 'red red amber', '', '', 'amber amber', ''])
  })

  it('leaves a masked copy only: no name, no address and no birthday of anybody arrives', async () => {
    const [release] = (await app.register.store.query<{ body: string }>(
      "select body from register.record where kind = 'release.sealed'",
    ))!
    const { columns } = JSON.parse(release!.body) as { columns: { name: string; treatment: string }[] }
    expect(Object.fromEntries(columns.map(({ name, treatment }) => [name, treatment]))).toMatchObject({
      holder_name: 'pseudonymise',
      home_address: 'pseudonymise',
      born_on: 'coarsen',
      contribution_pence: 'keep',
    })
  })

  it('is not told in the folder of another register, and says that it is one', async () => {
    const databaseUrl = await createDatabase(
      inject('postgresUrl'),
      `another_${process.pid}`,
      'register_template',
    )
    const elsewhere = join(home, 'elsewhere')
    const other = await openApp(configurationFrom({ DATABASE_URL: databaseUrl }, { home: elsewhere }))
    try {
      const policy = join(import.meta.dirname, '../../examples/baby-club-2017/policy')
      await publishPolicyFolders(other, [policy], 'Dana Whitlock')
      const options = { people: peopleMin, dataFolder: join(elsewhere, 'data'), clock }
      await expect(runCase(other, options)).rejects.toMatchObject({
        code: 'out.exists',
        detail: expect.stringContaining('holds another register'),
      })
    } finally {
      await other.close()
    }
  })

  it('is told again as it was told, and not from the middle', async () => {
    expect(await tell()).toEqual(report)
    await rm(join(home, 'data', 'story.json'))
    await expect(tell()).rejects.toMatchObject({
      code: 'out.exists',
      detail: expect.stringContaining('cut short'),
    })
    await expect(readFile(join(home, 'parties', 'repair-bench-4', 'records.csv'))).rejects.toThrow()
  })
})
