// The 2017 example: quotas add up at every size, the files hold exactly them, twice the same, and reserved ranges only.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cellNotices,
  joiners,
  joinersFull,
  largestRemainder,
  members,
  membersFull,
  PEOPLE_MIN,
  sizeCase,
} from '../../examples/baby-club-2017/cells.ts'
import { expectations } from '../../examples/baby-club-2017/expect.ts'
import { factFiles } from '../../examples/baby-club-2017/fact-files.ts'
import { type GeneratedCase, generate } from '../../examples/baby-club-2017/generate.ts'
import { memberNumbers } from '../../examples/baby-club-2017/member-numbers.ts'
import { beatIds, people } from '../../examples/baby-club-2017/people.ts'
import { readMapping } from '../../src/intake/mapping.ts'

const FULL = 1_065_220
/** Columns of both customer files, in order. */
const memberColumns = [
  'member_no',
  'joined_on',
  'area',
  'marginal_area',
  'parent_name',
  'home_address',
  'child_presence',
  'mother_born_on',
  'children_born_on',
  'email',
  'phone',
  'expected_on',
]

const example = join(import.meta.dirname, '../../examples/baby-club-2017')

describe('the quotas', () => {
  test('add up to the numbers of the case at full size', () => {
    expect([membersFull, joinersFull]).toEqual([FULL, 12_000])
    const expected = expectations(FULL)
    expect(beatIds.map((beat) => [beat, expected[beat].considered, expected[beat].allowed])).toEqual([
      ['1-party-2017', 1_065_220, 0],
      ['1b-party-control', 1_065_220, 3_000],
      ['2-party-2018', 1_077_220, 0],
      ['3-acorn-post', 1_077_220, 790_000],
      ['4-acorn-email', 1_077_220, 140_000],
      ['5-acorn-post-after', 1_077_220, 789_000],
    ])
    expect(groupSizes(FULL, '1-party-2017')).toEqual({
      'told-of-no-party': 868_000,
      'no-evidence': 152_000,
      'said-stop': 41_870,
      erased: 2_310,
      'no-contact': 1_040,
    })
    expect(groupSizes(FULL, '2-party-2018')).toMatchObject({
      'told-of-no-party': 865_000,
      'had-the-letter': 3_000,
      'joined-after': 12_000,
    })
    expect(groupSizes(FULL, '3-acorn-post')).toMatchObject({
      'list-omits-brand': 30_000,
      expecting: 24_500,
      'under-18': 3_200,
      'age-unknown': 18_400,
      'unclear-dates': 9_150,
      'identity-unclear': 4_750,
    })
    expect(groupSizes(FULL, '4-acorn-email')).toMatchObject({
      withdrawn: 12_400,
      'too-old': 61_200,
      'unclear-answer': 1_000,
      bundled: 38_000,
    })
  })

  test.each([1_000, 1_001, 1_237, 7_919, 20_000, 99_991, FULL, 10_000_000])(
    'give every one of %i people one place, and every beat groups that add up',
    (size) => {
      const sized = sizeCase(size)
      let next = 0
      for (const cell of sized.cells) {
        expect(cell.first).toBe(next)
        expect(cell.people).toBeGreaterThanOrEqual(cell.named === undefined ? 0 : 1)
        next += cell.people
      }
      expect(next).toBe(sized.members + sized.joiners)
      expect(sized.members).toBe(size)
      for (const { considered, allowed, groups } of Object.values(expectations(size))) {
        expect(sum(groups.map((group) => group.people))).toBe(considered)
        expect(sum(groups.filter((group) => group.mayLeave).map((group) => group.people))).toBe(allowed)
      }
    },
  )

  test.each([1_000, 20_000, 99_991])('stay within one of proportion for %i people', (size) => {
    const sized = sizeCase(size)
    for (const group of members) {
      const exact = (sum(group.cells.map((cell) => cell.people)) * size) / FULL
      expect(Math.abs(sized.groups[group.id].people - exact)).toBeLessThan(1)
    }
  })

  test('share by largest remainder, the earlier of equals first', () => {
    expect(largestRemainder(10, [1, 1, 1])).toEqual([4, 3, 3])
    expect(largestRemainder(7, [50, 30, 20])).toEqual([4, 2, 1])
    expect(largestRemainder(3, [98, 1, 1], [false, true, false])).toEqual([2, 1, 0])
    expect(largestRemainder(0, [1, 2])).toEqual([0, 0])
  })

  test('fewer than a thousand people are refused', () => {
    expect(() => sizeCase(PEOPLE_MIN - 1)).toThrow(RangeError)
    expect(() => sizeCase(1000.5)).toThrow(RangeError)
  })

  test('keep the closed list of the ward pack to one group', () => {
    expect(cellNotices.filter((notice) => notice === 'ward-pack@2013-05')).toHaveLength(1)
  })

  test('give everyone a member number of her own', () => {
    const sized = sizeCase(1_237)
    const numbers = memberNumbers(sized)
    const all = new Set(
      Array.from({ length: sized.members + sized.joiners }, (_, index) => numbers.memberNo(index)),
    )
    expect(all.size).toBe(sized.members + sized.joiners)
    expect(all.has('M0000001')).toBe(true)
    expect(Number(numbers.memberNo(sized.members).slice(1))).toBeGreaterThan(sized.members)
  })
})

describe('the README', () => {
  test('states every quota and every sum of the program', async () => {
    const readme = await readFile(join(example, 'README.md'), 'utf8')
    for (const { id, cells } of [...members, ...joiners]) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${id}\` |`))
      const shown = cells.flatMap((cell) =>
        'notice' in cell ? [`${cell.notice} ${inWords(cell.people)}`] : [],
      )
      expect(row, id).toContain(`| ${inWords(sum(cells.map((cell) => cell.people)))} |`)
      expect(row?.split(' | ').at(-1)?.replace(/ \|$/, ''), id).toBe(shown.join(' · ') || '–')
    }
    const [full, small] = [expectations(FULL), expectations(20_000)]
    for (const beat of beatIds) {
      const section = readme.split(`### ${beat}\n`)[1]?.split('\n#')[0] ?? ''
      const rows = [...section.matchAll(/^ +([\d,]+) +([\d,]+) [ *] (.+)$/gm)].map((row) => row.slice(1, 3))
      expect(rows, beat).toEqual([
        ...full[beat].groups.map(({ people }, at) => [
          inWords(people),
          inWords(small[beat].groups[at]!.people),
        ]),
        [inWords(full[beat].considered), inWords(small[beat].considered)],
      ])
    }
    for (const { name, card, memberNo } of people)
      expect(readme).toContain(`| ${name} | ${memberNo(FULL)} | ${card} |`)
  })
})

describe('the requests and mappings', () => {
  test('there is one request per beat', async () => {
    const files = await readdir(join(example, 'requests'))
    expect(files.map((file) => file.replace('.yaml', '')).sort()).toEqual([...beatIds].sort())
  })

  test('every file of facts has a mapping that fits its columns', async () => {
    const engine = await openEngine()
    const folder = await mkdtemp(join(tmpdir(), 'fairshare-example-'))
    try {
      const { files } = await generate(folder, 1_000)
      for (const { file, mapping } of factFiles) {
        const declared = readMapping(mapping, await readFile(join(example, 'mappings', mapping), 'utf8'))
        const columns = (await engine.rows(`describe from '${files[file]!.path}'`)).map((row) => row[0])
        expect(columns, file).toEqual(expect.arrayContaining(columnsRead(declared)))
      }
      expect((await readdir(join(example, 'mappings'))).sort()).toEqual(
        [...new Set(factFiles.map(({ mapping }) => mapping))].sort(),
      )
    } finally {
      engine.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('the files for 20,000 people', () => {
  const SIZE = 20_000
  const sized = sizeCase(SIZE)
  let folder: string
  let generated: GeneratedCase
  let engine: Awaited<ReturnType<typeof openEngine>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairshare-example-'))
    generated = await generate(folder, SIZE)
    engine = await openEngine()
    for (const [file, { path }] of Object.entries(generated.files)) {
      const source = path.endsWith('.csv')
        ? `read_csv('${path}', all_varchar = true, header = true)`
        : `'${path}'`
      await engine.run(`create view "${file.split('.')[0]}" as from ${source}`)
    }
    for (const kind of ['presentations', 'consents'])
      await engine.run(`create view all_${kind} as from ${kind} union all from "${kind}-2018"`)
  })

  afterAll(async () => {
    engine.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('are the same bytes when written again', async () => {
    const again = await mkdtemp(join(tmpdir(), 'fairshare-example-'))
    try {
      await generate(again, SIZE)
      expect(await hashes(again)).toEqual(await hashes(folder))
    } finally {
      await rm(again, { recursive: true, force: true })
    }
  })

  test('are left alone when they are there, and written again when one is cut short', async () => {
    const own = await mkdtemp(join(tmpdir(), 'fairshare-example-'))
    const steps: string[] = []
    const run = (size: number) => generate(own, size, ({ file }) => steps.push(file))
    try {
      const first = await run(1_000)
      expect(steps).toEqual(Object.keys(first.files))
      expect(await run(1_000)).toEqual({ ...first, reused: true })
      expect(steps).toHaveLength(Object.keys(first.files).length)

      const damaged = first.files['objections-2017.csv']!.path
      const whole = await readFile(damaged)
      await writeFile(damaged, whole.subarray(0, 100))
      expect((await run(1_000)).reused).toBe(false)
      expect(await readFile(damaged)).toEqual(whole)

      expect((await run(1_001)).counts.members).toBe(1_001)
      expect(existsSync(join(own, '.spill'))).toBe(false)
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  })

  test('a run that was cut short leaves nothing that counts as whole', async () => {
    const own = await mkdtemp(join(tmpdir(), 'fairshare-example-'))
    try {
      await generate(own, 1_000)
      const stop = new Error('stopped')
      const cut = generate(own, 1_001, ({ file }) => {
        if (file === 'consents.parquet') throw stop
      })
      await expect(cut).rejects.toBe(stop)
      const before = new Date('2020-01-01')
      await utimes(join(own, 'members-2017.parquet'), before, before)
      expect((await generate(own, 1_000)).reused).toBe(false)
      expect((await stat(join(own, 'members-2017.parquet'))).mtime).not.toEqual(before)
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  })

  test('hold as many rows as they say, in member order', async () => {
    for (const [file, { rows }] of Object.entries(generated.files))
      expect([file, await engine.count(`from "${file.split('.')[0]}"`)]).toEqual([file, rows])
    expect(generated.counts).toMatchObject({ members: sized.members, joiners: sized.joiners })
    for (const file of ['members-2017', 'members-2018'])
      expect(
        await engine.count(
          `from (select member_no, lag(member_no) over () as before from "${file}") where before >= member_no`,
        ),
      ).toBe(0)
    expect((await engine.rows(`describe from "members-2018"`)).map((row) => row[0])).toEqual([
      ...memberColumns,
    ])
  })

  test('hold no birth date that would pass for a zero', async () => {
    expect(await engine.count(`from "members-2018" where mother_born_on::varchar = '1970-01-01'`)).toBe(0)
  })

  test('hold only reserved ranges', async () => {
    const stray = `from "members-2018" where not (
      regexp_full_match(email, '[a-z0-9]+@example\\.org')
      and regexp_full_match(phone, '07700 900[0-9]{3}')
      and regexp_full_match(home_address, '[1-9][0-9]* [A-Z][a-z]+ [A-Z][a-z]+, [A-Z][a-z]+, ZZ[0-9]{1,2} [0-9][A-Z]{2}')
      and regexp_full_match(member_no, 'M[0-9]{7}') and area between 1 and 106)`
    expect(await engine.count(stray)).toBe(0)
  })

  test('say of everyone a child under five on every day of the case', async () => {
    const youngest = `list_max(string_split(children_born_on, ';'))::date`
    expect(
      await engine.count(`from "members-2017" where not (${youngest} between '2013-06-13' and '2017-05-04')
        or not child_presence or not marginal_area`),
    ).toBe(0)
    expect(
      await engine.count(`from "members-2018" where ${youngest} not between '2013-06-13' and '2018-06-12'`),
    ).toBe(0)
  })

  test('tell the same of each member in both years, but for the children of the expecting', async () => {
    const differing = `from "members-2017" a join "members-2018" b using (member_no)
      where (a.parent_name, a.home_address, a.joined_on, a.area) is distinct from (b.parent_name, b.home_address, b.joined_on, b.area)
      or a.mother_born_on is distinct from b.mother_born_on`
    expect(await engine.count(differing)).toBe(0)
    const older = `from "members-2017" a join "members-2018" b using (member_no)
      where a.children_born_on <> b.children_born_on and b.children_born_on = a.children_born_on || ';' || a.expected_on`
    expect(await engine.count(older)).toBe(sized.groups.expecting.people)
    expect(await engine.count(`from "members-2017" where expected_on > '2017-05-05'`)).toBe(
      sized.groups.expecting.people,
    )
    expect(await engine.count(`from "members-2018" where expected_on > '2018-06-12'`)).toBe(
      sized.groups.expecting.people,
    )
    expect(
      await engine.count(`from "members-2018" where expected_on between '2018-01-18' and '2018-06-12'`),
    ).toBe(0)
  })

  test('show notices only while they were in use on their route, and on or before joining', async () => {
    const days =
      await engine.rows(`select notice, any_value(route), count(distinct route), min(shown_on)::varchar, max(shown_on)::varchar
      from all_presentations group by notice order by notice`)
    const inUse: Record<string, [route: string, from: string, before: string]> = {
      'members-letter@2017-04': ['letter', '2017-04-19', '2017-05-19'],
      'offline-card@2013-01': ['card', '2013-01-01', '2016-03-20'],
      'offline-card@2016-03': ['card', '2016-03-20', '2017-05-01'],
      'offline-card@2018-01': ['card', '2018-01-16', '2018-02-01'],
      'online-form@2014-03': ['online', '2014-03-01', '2015-06-01'],
      'online-form@2015-06': ['online', '2015-06-01', '2016-09-01'],
      'online-form@2016-09': ['online', '2016-09-01', '2017-05-01'],
      'online-form@2018-01': ['online', '2018-01-16', '2018-02-01'],
      'ward-pack@2013-05': ['ward', '2013-05-01', '2015-02-01'],
      'ward-pack@2015-02': ['ward', '2015-02-01', '2017-05-01'],
    }
    expect(days.map(([notice]) => notice)).toEqual(Object.keys(inUse))
    for (const [notice, route, routes, first, last] of days) {
      const [usedOn, from, before] = inUse[String(notice)]!
      expect([notice, route, routes]).toEqual([notice, usedOn, 1n])
      expect([notice, String(first) >= from, String(last) < before]).toEqual([notice, true, true])
    }
    expect(
      await engine.count(`from all_presentations join "members-2018" using (member_no)
        where route <> 'letter' and shown_on > joined_on`),
    ).toBe(0)
  })

  test('date every paper card so that one reading lies before the card existed', async () => {
    const other = `strptime(shown_on, '%m/%d/%Y')::date`
    expect(
      await engine.count(`from "presentations-paper" where strptime(shown_on, '%d/%m/%Y')::date >= '2016-03-20'
        and ${other} < '2016-03-20'`),
    ).toBe(sized.groups['unclear-dates'].people)
  })

  test('date every unclear yes so that one reading is in time and the other still to come', async () => {
    expect(
      await engine.count(`from "consents-paper"
        where strptime(given_on, '%d/%m/%Y')::date between '2017-12-13' and '2018-06-11'
        and strptime(given_on, '%m/%d/%Y')::date > '2018-06-12'`),
    ).toBe(sized.groups['email-yes-unclear'].people)
  })

  test('put every veto after joining and before the sale', async () => {
    for (const [file, day] of [
      ['objections-2017', 'objected_on'],
      ['erasures', 'on_day'],
      ['protections', 'known_on'],
      ['identity-doubts', 'noted_on'],
    ])
      expect(
        await engine.count(`from "${file}" join "members-2017" using (member_no)
          where not (${day}::date > joined_on and ${day}::date < '2017-05-05')`),
      ).toBe(0)
  })

  test('hold one stop per person, in order, from 09:41:07 to before five', async () => {
    const stops = (await engine.rows(`select stopped_at from "stops-2018-06-12"`)).map(([at]) => String(at))
    expect(stops).toHaveLength(sized.groups['stops-in-2018'].people)
    expect(stops[0]).toBe('2018-06-12T09:41:07')
    expect(stops).toEqual([...stops].sort())
    expect(stops.at(-1)! < '2018-06-12T17:00:00').toBe(true)
  })

  test('take back e-mail only, and only after it was given', async () => {
    expect(
      await engine.count(`from withdrawals join all_consents using (member_no)
        where all_consents.recipient = 'little-acorn-foods' and withdrawn_on::date > given_on and withdrawn_on < '2018-06-12'
        and withdrawals.channel = 'email' and given_on between '2017-12-13' and '2018-06-11'`),
    ).toBe(generated.files['withdrawals.csv']!.rows)
    expect(await engine.count(`from withdrawals where recipient is null and purpose is null`)).toBe(
      sized.groups['email-yes-withdrawn-all'].people,
    )
  })

  test('ask everyone told the club’s two questions, answered yes by four and by two in five', async () => {
    const told = sized.members + sized.joiners - sized.groups['no-evidence'].people
    const given = (channel: string) =>
      engine.count(
        `from all_consents where purpose = 'club-mail' and channel = '${channel}' and answer = 'given'`,
      )
    expect(await engine.count(`from all_consents where purpose = 'club-mail'`)).toBe(2 * told)
    expect(Math.abs((await given('email')) - (told * 4) / 5)).toBeLessThan(1)
    expect(Math.abs((await given('call')) - (told * 2) / 5)).toBeLessThan(1)
  })

  // The beats once more, from the rows alone: joins over the files, no quota and no rule engine.
  test('lead to the expected answer of every beat when counted by hand', async () => {
    const expected = expectations(SIZE)
    await engine.run(`create table person as select member_no, expected_on, mother_born_on, joined_on >= '2018-01-17' as joined_late,
        member_no in (select member_no from all_presentations) as told,
        member_no in (select member_no from "presentations-paper") as unclear,
        member_no in (select member_no from "objections-2017" union select member_no from erasures union select member_no from protections) as vetoed,
        member_no in (select member_no from all_presentations where route = 'letter') as had_letter,
        member_no in (select member_no from all_presentations where notice = 'ward-pack@2013-05') as list_omits,
        member_no in (select member_no from "identity-doubts") as doubted,
        member_no in (select member_no from all_consents where recipient = 'little-acorn-foods' and given_on > '2017-12-12') as said_yes,
        member_no in (select member_no from withdrawals) as withdrew,
        member_no in (select member_no from "stops-2018-06-12") as stops
      from "members-2018"`)
    expect(await engine.count(`from person where not joined_late and not vetoed and (told or unclear)`)).toBe(
      groupSizes(SIZE, '1-party-2017')['told-of-no-party'],
    )
    expect(await engine.count(`from person where not told and not unclear`)).toBe(
      groupSizes(SIZE, '1-party-2017')['no-evidence'],
    )
    expect(await engine.count(`from person where had_letter and not vetoed`)).toBe(
      expected['1b-party-control'].allowed,
    )
    const byPost = `from person where told and not vetoed and not list_omits and not doubted
      and (expected_on is null or expected_on <= '2018-06-12')
      and mother_born_on > '1900-01-01' and mother_born_on <= '2000-06-12'`
    expect(await engine.count(byPost)).toBe(expected['3-acorn-post'].allowed)
    expect(await engine.count(`${byPost} and not stops`)).toBe(expected['5-acorn-post-after'].allowed)
    expect(await engine.count(`${byPost} and said_yes and not withdrew`)).toBe(
      expected['4-acorn-email'].allowed,
    )
  })

  test.each(people)('have $name where her card says', async ({ id, name, memberNo }) => {
    const number = memberNo(SIZE)
    const [member] = await engine.rows(
      `select parent_name, joined_on::varchar, mother_born_on::varchar from "members-2018" where member_no = '${number}'`,
    )
    expect(member?.[0]).toBe(name)
    const rows = (file: string) => engine.count(`from "${file}" where member_no = '${number}'`)
    const told = async () =>
      (await engine.rows(`select notice from all_presentations where member_no = '${number}'`)).flat()
    switch (id) {
      case 'online-2015':
        expect(String(member?.[1])).toMatch(/^2015/)
        expect(await told()).toEqual(['online-form@2015-06'])
        expect(
          await engine.count(`from all_consents where member_no = '${number}' and recipient = 'little-acorn-foods'
            and given_on between '2018-03-01' and '2018-05-31'`),
        ).toBe(1)
        break
      case 'ward-card':
        expect(await told()).toEqual([])
        expect(await rows('all_consents')).toBe(0)
        break
      case 'joined-2018':
        expect(String(member?.[1])).toMatch(/^2018-01/)
        expect(await told()).toEqual(['online-form@2018-01'])
        break
      case 'said-stop':
        expect(await engine.rows(`select * from "stops-2018-06-12" where member_no = '${number}'`)).toEqual([
          [number, '2018-06-12T09:41:07'],
        ])
        break
      case 'seventeen':
        expect(String(member?.[2]) > '2000-06-12' && String(member?.[2]) <= '2001-06-12').toBe(true)
        break
      case 'lost-her-baby': {
        const [protection] = await engine.rows(
          `select ground, known_on from protections where member_no = '${number}'`,
        )
        expect(protection).toEqual(['bereavement', expect.stringMatching(/^2016/)])
      }
    }
  })
})

function groupSizes(size: number, beat: (typeof beatIds)[number]): Record<string, number> {
  return Object.fromEntries(expectations(size)[beat].groups.map((group) => [group.id, group.people]))
}

function columnsRead(mapping: ReturnType<typeof readMapping>): string[] {
  return Object.values(mapping).flatMap((value) =>
    typeof value === 'object' && 'column' in value ? [value.column] : [],
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function inWords(number: number): string {
  return number.toLocaleString('en-GB')
}

async function hashes(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder)).sort()
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))))
  return Object.fromEntries(
    files.map((file, at) => [file, createHash('sha256').update(contents[at]!).digest('hex')]),
  )
}

async function openEngine() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()
  return {
    rows,
    run: (sql: string) => connection.run(sql),
    count: async (from: string) => Number((await rows(`select count(*) ${from}`))[0]![0]),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
