// The whole way through once, with real parts: files, PostgreSQL, DuckDB; the answers held against the quotas' sums.
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runCase } from '../../examples/baby-club-2017/case.ts'
import { people as named } from '../../examples/baby-club-2017/people.ts'
import {
  type App,
  type CaseReport,
  checkRequest,
  configurationFrom,
  coverage,
  explainPeople,
  instantFromIso,
  locateBeside,
  objectToProcessing,
  openApp,
  readRequestFile,
  reasons,
  storyClock,
} from '../../src/index.ts'
import { requestForFile } from '../../src/release/file-request.ts'
import { createDatabase } from '../postgres-server.ts'

const size = 3_000
const requests = fileURLToPath(new URL('../../examples/baby-club-2017/requests/', import.meta.url))

const clock = storyClock(instantFromIso('2017-05-01T08:00:00Z'))
let home: string
let app: App
let report: CaseReport

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fairshare-case-'))
  const databaseUrl = await createDatabase(inject('postgresUrl'), `case_${process.pid}`, 'register_template')
  const environment = { DATABASE_URL: databaseUrl, FAIRSHARE_ACTOR: 'test', FAIRSHARE_MEMORY: '200MB' }
  app = await openApp({ ...configurationFrom(environment, { home }), now: clock.now })
  report = await runCase(app, { people: size, dataFolder: join(home, 'data'), clock })
})

afterAll(async () => {
  await app.close()
  await rm(home, { recursive: true, force: true })
})

const contextFor = () => app.decisionContext(locateBeside(requests, home))
const read = async (id: string) => readRequestFile(join(requests, `${id}.yaml`), (await contextFor()).policy)
const beat = (id: string) => report.beats.find((found) => found.id === id)!
const fileCodes = (id: string) =>
  beat(id)
    .result.file.filter(({ cleared }) => !cleared)
    .map(({ code }) => code)

describe('the 2017 case', () => {
  it('answers every beat as the quotas add up, group by group', () => {
    expect(report.beats.map(({ id, asExpected }) => [id, asExpected])).toEqual([
      ['1-party-2017', true],
      ['1b-party-control', true],
      ['2-party-2018', true],
      ['3-acorn-post', true],
      ['4-acorn-email', true],
      ['5-acorn-post-after', true],
    ])
    for (const { groups, result } of report.beats) {
      expect(groups.reduce((sum, { people }) => sum + people, 0)).toBe(result.considered)
    }
  })

  it('stops the party’s file as a whole for its chain, its open purpose and the missing sign-off', () => {
    expect(fileCodes('1-party-2017')).toEqual(
      expect.arrayContaining(['A207', 'A208', 'G101', 'G108', 'B513', 'G105']),
    )
    expect(beat('1-party-2017').released).toBe(0)
    expect(beat('1-party-2017').result.tells).toContain('she lives in one of 106 areas')
    expect(beat('1-party-2017').result.tells).toContain('she has a child under five')
  })

  it('does not refuse the control group for want of notice, and puts the file before a person', () => {
    const { result } = beat('1b-party-control')
    expect(fileCodes('1b-party-control')).toEqual(['G110'])
    const letter = result.groups.filter(({ notice }) => notice === 'members-letter@2017-04')
    expect(letter.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0)
    for (const { codes } of letter) expect(codes.filter((code) => code.startsWith('N'))).toEqual([])
  })

  it('does not let a new sentence travel back: whoever joined after it lacks N402 and N404, whoever before has both', () => {
    const { groups } = beat('2-party-2018').result
    for (const { notice, codes } of groups.filter(({ notice }) => notice?.endsWith('@2018-01'))) {
      expect([notice, codes.includes('N402'), codes.includes('N404')]).toEqual([notice, false, false])
    }
    const before = groups.filter(({ notice }) => notice === 'online-form@2015-06')
    expect(before.length).toBeGreaterThan(0)
    for (const { codes } of before) expect(codes).toEqual(expect.arrayContaining(['N402', 'N404']))
    expect(beat('2-party-2018').released).toBe(0)
  })

  it('gives the next list exactly those who said stop fewer', () => {
    const stopped = beat('5-acorn-post-after').groups.find(({ id }) => id === 'says-stop-now')!.people
    expect(stopped).toBeGreaterThan(0)
    expect(beat('3-acorn-post').released - beat('5-acorn-post-after').released).toBe(stopped)
  })

  it('answers a question about the past the same after everything that came since', async () => {
    const again = await checkRequest(await contextFor(), await read('1-party-2017'))
    expect({ outcomes: again.outcomes, considered: again.considered }).toEqual({
      outcomes: beat('1-party-2017').result.outcomes,
      considered: beat('1-party-2017').result.considered,
    })
    const { artefact } = await checkRequest(await contextFor(), await read('3-acorn-post'))
    expect(artefact?.sha256).toBe(
      createHash('sha256')
        .update(await readFile(artefact!.path))
        .digest('hex'),
    )
  })

  it('writes the same artefact for the same question at the same position', async () => {
    const hashes = new Set<string | undefined>()
    for (let round = 0; round < 3; round++) {
      hashes.add((await checkRequest(await contextFor(), await read('4-acorn-email'))).artefact?.sha256)
    }
    expect(hashes.size).toBe(1)
  })

  it('tells each of the six what the set was told, and of the bereaved nothing but that there is no contact', async () => {
    const references = named.map((person) => ({ kind: 'member', value: person.memberNo(size) }))
    for (const id of ['3-acorn-post', '4-acorn-email', '5-acorn-post-after'] as const) {
      const explanations = await explainPeople(await contextFor(), await read(id), references, 'marketer')
      named.forEach((person, index) => {
        const may = ['allow', 'transform'].includes(explanations[index]!.outcome)
        expect([person.id, id, may]).toEqual([person.id, id, person.mayLeaveIn.includes(id)])
      })
      const bereaved = explanations[named.findIndex(({ id: who }) => who === 'lost-her-baby')]!
      expect(bereaved.reasons[0]).toMatchObject({
        code: undefined,
        words: 'This person must not be contacted.',
      })
      expect(JSON.stringify(bereaved)).not.toMatch(/bereave|S312|protection/i)
    }
  })

  it('reuses everything on a second run and says the same', async () => {
    const second = await runCase(app, { people: size, dataFolder: join(home, 'data'), clock })
    expect(second.beats.map(({ released }) => released)).toEqual(report.beats.map(({ released }) => released))
    expect(second.publications).toEqual(report.publications)
    const imports = second.timings.filter(({ step }) => step.startsWith('import'))
    expect(imports.length).toBeGreaterThan(5)
    expect(imports.every(({ reused }) => reused)).toBe(true)
  })
})

describe('two checks at once', () => {
  it('answer each its own question', async () => {
    const context = await contextFor()
    const [post, email] = await Promise.all([
      checkRequest(context, await read('3-acorn-post')),
      checkRequest(context, await read('4-acorn-email')),
    ])
    expect(post.outcomes.allow).toBe(beat('3-acorn-post').released)
    expect(email.outcomes.allow).toBe(beat('4-acorn-email').released)
  })
})

describe('coverage', () => {
  it('counts who may go, as the requests themselves do', async () => {
    const context = await contextFor()
    const dataset = context.policy.datasets.find(({ id }) => id === 'members-2018')!
    const rows = await coverage(context, dataset, beat('3-acorn-post').result.request.releaseAt)
    const acorn = rows.filter(({ recipient }) => recipient === 'Little Acorn Foods Ltd')
    expect(acorn.map(({ channel, mayGo }) => [channel, mayGo])).toEqual([
      ['post', beat('3-acorn-post').released],
      ['email', beat('4-acorn-email').released],
    ])
    for (const { considered, mayGo, review, blockers, file } of rows) {
      const blocked = blockers.reduce((sum, { count }) => sum + count, 0)
      if (file.length === 0) expect(mayGo + review + blocked).toBe(considered)
      for (const { code } of blockers) expect(reasons[code]).toBeDefined()
    }
  })
})

describe('a file of people', () => {
  const ask = async (text: string, columns?: readonly string[]) => {
    const path = join(home, 'asked.csv')
    await writeFile(path, text)
    const context = await contextFor()
    const { policy, request } = requestForFile(
      {
        path,
        format: 'csv',
        columns: columns ?? text.split('\n')[0]!.split(','),
        recipient: 'little-acorn-foods',
        onBehalfOf: [],
        purpose: 'baby-offers',
        channels: ['post'],
        necessity: 'a letter needs a name and an address',
        requestedBy: 'test',
        releaseAt: beat('5-acorn-post-after').result.request.releaseAt,
      },
      context.policy,
    )
    return checkRequest({ ...context, policy, locate: () => path }, request)
  }

  it('is decided without any declaration of its own, by what its people were told', async () => {
    const { considered, outcomes, fields } = await ask(
      await readFile(join(home, 'data', 'people.csv'), 'utf8'),
    )
    expect(considered).toBe(1000)
    expect(outcomes.allow + outcomes.transform).toBeGreaterThan(500)
    expect(fields.filter(({ treatment }) => treatment === 'keep').map(({ name }) => name)).toEqual([
      'parent_name',
      'home_address',
    ])
  })

  it('refuses people nobody has heard of, after enrolling them', async () => {
    const {
      considered,
      outcomes,
      dataset,
      reasons: counted,
    } = await ask('member_no,parent_name\nX1,A\nX2,B\n')
    expect({ considered, deny: outcomes.deny, enrolled: dataset.enrolled }).toEqual({
      considered: 2,
      deny: 2,
      enrolled: 2,
    })
    expect(counted.find(({ code }) => code === 'N401')?.count).toBe(2)
  })

  it('refuses both rows of a key that comes twice', async () => {
    const { reasons: counted } = await ask('member_no,parent_name\nX1,A\nX1,B\n')
    expect(counted.find(({ code }) => code === 'T806')?.count).toBe(2)
  })

  it('stops at a column nobody classified', async () => {
    await expect(ask('member_no,shoe_size\nX1,5\n')).rejects.toMatchObject({ code: 'dataset.unclassified' })
  })

  it('stops where no column identifies the people', async () => {
    await expect(ask('parent_name,home_address\nA,B\n')).rejects.toMatchObject({ code: 'usage.invalid' })
  })

  it('takes a key that looks like SQL as a key', async () => {
    const { considered, dataset } = await ask(
      `member_no,parent_name\n"'); drop table register.event; --",A\n`,
    )
    expect({ considered, rows: dataset.rows }).toEqual({ considered: 1, rows: 1 })
  })
})

describe('a request file', () => {
  const folder = () => join(home, 'requests')
  const written = async (change: (text: string) => string) => {
    await mkdir(folder(), { recursive: true })
    const path = join(folder(), 'changed.yaml')
    await writeFile(path, change(await readFile(join(requests, '3-acorn-post.yaml'), 'utf8')))
    return readRequestFile(path, (await contextFor()).policy)
  }

  it('with an agreement that has run out is refused, not an error', async () => {
    const request = await written((text) => text.replace(/releaseAt: .*/, 'releaseAt: 2019-06-01T09:00:00Z'))
    const { file, outcomes } = await checkRequest(await contextFor(), request)
    expect(file.map(({ code }) => code)).toContain('A203')
    expect(outcomes.allow).toBe(0)
  })

  it('in a year no rule pack covers is refused for that', async () => {
    const request = await written((text) => text.replace(/releaseAt: .*/, 'releaseAt: 1999-06-01T09:00:00Z'))
    const { file, outcomes } = await checkRequest(await contextFor(), request)
    expect(file.map(({ code }) => code)).toEqual(['T805'])
    expect(outcomes.deny).toBeGreaterThan(0)
  })

  it('with an unknown field, recipient or purpose says where, and what there is', async () => {
    await expect(written((text) => text.replace('parent_name', 'parents_name'))).rejects.toMatchObject({
      code: 'request.invalid',
      findings: [
        {
          place: { line: expect.any(Number), column: expect.any(Number) },
          remedy: expect.stringContaining('parent_name'),
        },
      ],
    })
    await expect(
      written((text) => text.replace('recipient: little-acorn-foods', 'recipient: little-acorn')),
    ).rejects.toMatchObject({
      code: 'request.invalid',
    })
  })

  it('cannot select by a column that cannot be compared', async () => {
    await expect(written((text) => `${text}select: parent_name = 'Ann'\n`)).rejects.toMatchObject({
      code: 'expression.invalid',
    })
    await expect(written((text) => `${text}select: shoe_size = 5\n`)).rejects.toMatchObject({
      code: 'expression.invalid',
    })
  })

  it('selects only rows that surely meet its selection', async () => {
    const request = await written((text) => `${text}select: area in (1, 2, 3)\n`)
    const { considered } = await checkRequest(await contextFor(), request)
    expect(considered).toBeGreaterThan(0)
    expect(considered).toBeLessThan(beat('3-acorn-post').result.considered)
  })
})

describe('an objection recorded a moment ago', () => {
  it('counts in the next decision, also for whoever made ready before it', async () => {
    const context = await contextFor()
    const member = named.find(({ id }) => id === 'joined-2018')!.memberNo(size)
    await objectToProcessing(app.register, {
      person: { kind: 'member', value: member },
      qualifier: 'marketing',
      at: {
        earliest: beat('5-acorn-post-after').result.request.releaseAt,
        latest: beat('5-acorn-post-after').result.request.releaseAt,
      },
      grade: 'A',
      source: 'test',
      actor: 'test',
    })
    const after = await checkRequest(context, await read('5-acorn-post-after'))
    expect(after.outcomes.allow).toBe(beat('5-acorn-post-after').released - 1)
  })
})

describe('a dataset file', () => {
  it('that is gone is named, and one with other bytes is read anew', async () => {
    const context = await contextFor()
    await expect(
      checkRequest({ ...context, locate: () => join(home, 'nowhere.parquet') }, await read('3-acorn-post')),
    ).rejects.toMatchObject({ code: 'dataset.missing' })
    const broken = join(home, 'broken.parquet')
    await copyFile(join(home, 'data', 'members-2018.parquet'), broken)
    await writeFile(broken, (await readFile(broken)).subarray(0, 5000))
    await expect(
      checkRequest({ ...context, locate: () => broken }, await read('3-acorn-post')),
    ).rejects.toMatchObject({ code: 'file.unreadable' })
  })
})
