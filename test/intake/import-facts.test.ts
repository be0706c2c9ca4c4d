// Importing facts into a real register: counts add up, the same file twice changes nothing, a killed import goes on.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { rejectFilePath } from '../../src/adapters/files/reject-file.ts'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import type { ImportMapping } from '../../src/intake/mapping.ts'
import { instantToIso } from '../../src/model/instant.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import { recordConsent } from '../../src/register/record-consent.ts'
import type { Register } from '../../src/register/register.ts'
import { openOn } from '../register/open-on.ts'
import { openTestRegister, storeKinds, type TestRegister } from '../register/test-registers.ts'
import { importFile, joinsFile, joinsMapping, publishClub, temporaryFolder, writeText } from './club.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)
const SLICE_ROWS = 500
const ROWS = 6000
const joins = writeText(folder, 'joins.csv', joinsFile(ROWS))

const registerFolder = join(folder, 'register')

/** Imports in a process of its own, which is killed inside the transaction after `commits` acknowledged ones. */
async function killedImport(commits: number): Promise<string> {
  const script = fileURLToPath(new URL('killed-import.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    [script, registerFolder, inject('pgliteTemplate'), joins, String(SLICE_ROWS), String(commits)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    said += text
    if (said.includes('in flight')) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.on('close', resolve))
  return said
}

type Fact = {
  subject: number
  earliest: number
  latest: number
  notice: number
  route: number
  grade: number
  stated_text: string
}

async function factsOf(from: Register, source: string): Promise<Fact[]> {
  return from.store.query<Fact>(
    `select subject, earliest, latest, notice, route, grade, stated_text from register.event
      where source = (select number from register.term where kind = 'source' and name = $1) order by position, ord`,
    [source],
  )
}

describe('an import killed with kill -9', () => {
  const SLICES = 4
  let said: string
  let register: Register
  beforeAll(async () => {
    // The numbers of source and routes are commits of the import too.
    said = await killedImport(2 + SLICES)
    register = await openOn(await openPgliteStore({ folder: registerFolder }))
  })
  afterAll(() => register.store.close())

  const head = async () =>
    (await register.store.query('select position, subject_count from register.head'))[0]

  it('has kept every slice it acknowledged, and nothing of the one it did not', async () => {
    expect(said).toMatch(/^(acknowledged\n){6}in flight\n$/)
    expect(await factsOf(register, 'joins')).toHaveLength(SLICES * SLICE_ROWS)
  })

  it('resumes, and ends as an import that was never interrupted', async () => {
    const before = (await factsOf(register, 'joins')).length
    const { result, rejects } = await importFile(register, joins, joinsMapping, { sliceRows: SLICE_ROWS })
    expect(result.alreadyThere).toBe(before)
    expect(result.events + result.alreadyThere + result.rejected).toBe(ROWS)
    expect(result.records).toBe(ROWS)
    expect(rejects).toHaveLength(result.rejected)

    const whole = await importFile(register, joins, { ...joinsMapping, source: 'uninterrupted' })
    expect(whole.result).toMatchObject({ alreadyThere: 0, rejected: result.rejected, enrolled: 0 })
    expect(await factsOf(register, 'joins')).toEqual(await factsOf(register, 'uninterrupted'))
    const [people] = await register.store.query<Record<'subjects' | 'numbers' | 'refs', number>>(
      'select count(*)::int as subjects, count(distinct number)::int as numbers, (select count(folded)::int from erasable.ref) as refs from register.subject',
    )
    expect(people).toEqual({ subjects: people?.refs, numbers: people?.refs, refs: people?.refs })
  })

  it('is then complete: the same file again changes nothing and is not read', async () => {
    const before = await head()
    const { result } = await importFile(register, joins, joinsMapping, { sliceRows: SLICE_ROWS })
    expect(result).toMatchObject({ events: 0, batches: 0, enrolled: 0, records: ROWS, repeated: true })
    expect(result.alreadyThere + result.rejected).toBe(ROWS)
    expect(await head()).toEqual(before)
  })
})

describe.each(storeKinds)('an import into a register on %s', (kind) => {
  let opened: TestRegister
  let register: Register
  beforeAll(async () => {
    opened = await openTestRegister(kind)
    register = opened.register
    await publishClub(register)
  })
  afterAll(() => opened.dispose())

  const csv = (name: string, text: string) => writeText(folder, name, text)

  it('takes from another file only the facts that are not there yet', async () => {
    await importFile(register, joins, joinsMapping)
    const text = readFileSync(joins, 'utf8')
    const { result } = await importFile(
      register,
      csv('more.csv', `${text}M999999,05/05/2016,online\n`),
      joinsMapping,
    )
    expect(result).toMatchObject({ events: 1, enrolled: 1, repeated: false, records: ROWS + 1 })
    expect(result.alreadyThere + result.rejected).toBe(ROWS)
  })

  it('keeps the interval, the words and the attributed notice of each row', async () => {
    const path = csv('few.csv', 'member_no,joined_on,route\nF1,31/05/2016,online\nF1,01/06/2016,online\n')
    await importFile(register, path, { ...joinsMapping, source: 'few' })
    const facts = await factsOf(register, 'few')
    const notices = await register.store.query<{ number: number }>(
      "select number from register.policy_version where kind = 'notice' order by version",
    )
    expect(facts.map(({ notice }) => notice)).toEqual(notices.map(({ number }) => number))
    expect(facts[0]!.subject).toBe(facts[1]!.subject)
    expect(facts[0]!.subject).toBe(await findSubject(register, { kind: 'member', value: 'F1' }))
    expect(facts[0]).toMatchObject({ stated_text: '31/05/2016', grade: 2 })
    expect(instantToIso(facts[0]!.earliest)).toBe('2016-05-30T23:00:00Z')
    expect(instantToIso(facts[0]!.latest)).toBe('2016-05-31T23:00:00Z')
  })

  it('lists what it cannot take with line and reason, and no cell of it', async () => {
    const lines = [
      'member_no,joined_on,route',
      'R1,05/05/2016,online',
      ',05/05/2016,online',
      'R2,05/05/16,online',
      'R3,01/01/1900,online',
      'R4,05/05/2015,online',
      'R5,05/05/2016,secret-route',
      'R6,05/05/2016',
      'R7,,online',
      `R8,"'; drop table register.event; --",online`,
    ]
    const { result, rejects } = await importFile(register, csv('bad.csv', lines.join('\n')), {
      ...joinsMapping,
      source: 'bad',
    })
    expect(result).toMatchObject({ records: 9, events: 1, rejected: 8 })
    expect(rejects).toEqual([
      '3,"no reference of a person in column member_no"',
      '4,"the date could lie outside the period of its attribution rule"',
      '5,"sentinel date, not a real one"',
      '6,"no attribution rule covers this route and date"',
      '7,"route is not known (column route)"',
      '8,"it has 2 cells, the header has 3"',
      '9,"no date or time"',
      '10,"not a date or time in the declared format"',
    ])
  })

  it('refuses to attribute a notice when the date could mean two', async () => {
    const undeclared: ImportMapping = { ...joinsMapping, source: 'two', at: { column: 'joined_on' } }
    const path = csv(
      'two.csv',
      'member_no,joined_on,route\nT1,05/07/2016,online\nT2,05/05/2016,online\nT3,2016-05-31T23:30:00+00:00,online\n',
    )
    const { result, rejects } = await importFile(register, path, undeclared)
    expect(rejects).toEqual(['2,"the date could mean two notices"'])
    expect(result.events).toBe(2)
    const [may, june] = await factsOf(register, 'two')
    expect(june!.notice).toBe(may!.notice + 1)
  })

  it('of consents understands names, constants and what the source writes for them', async () => {
    const mapping: ImportMapping = {
      source: 'preferences',
      kind: 'consent',
      person: { column: 'id', kind: 'member' },
      at: { column: 'at' },
      grade: { column: 'proof', values: { form: 'A', memory: 'C' } },
      notice: { column: 'notice' },
      purpose: 'offers',
      recipient: { column: 'partner', values: { 'Teddies Ltd': 'teddies' } },
      channel: { column: 'channel' },
      qualifier: { column: 'answer', values: { Y: 'given', N: 'refused' } },
    }
    const path = csv(
      'consents.csv',
      `id,at,proof,notice,partner,channel,answer
C1,2016-05-05T10:00:00Z,form,web@1,Teddies Ltd,email,Y
C1,2016-05-06T10:00:00Z,memory,web@1,,,N
C2,2016-05-05T10:00:00Z,form,web@9,,email,Y
C3,2016-05-05T10:00:00Z,form,web@1,Other Ltd,email,Y
C4,2016-05-05T10:00:00Z,form,web@1,,fax,Y
C5,2016-05-05T10:00:00Z,form,web@1,,email,
C6,2016-05-05T10:00:00Z,rumour,web@1,,email,Y
C7,2016-05-05T10:00:00Z,form,web@1,__proto__,email,Y
`,
    )
    const { result, rejects } = await importFile(register, path, mapping)
    expect(rejects).toEqual([
      '4,"notice is not known (column notice)"',
      '5,"recipient is not known (column partner)"',
      '6,"channel is not known (column channel)"',
      '7,"qualifier is empty"',
      '8,"grade is not A, B or C"',
      '9,"recipient is not known (column partner)"',
    ])
    expect(result).toMatchObject({ events: 2, rejected: 6, enrolled: 1 })
    const events = await register.store.query(
      `select grade, channel, qualifier, recipient is null as nobody from register.event
        where source = (select number from register.term where name = 'preferences') order by position, ord`,
    )
    expect(events).toEqual([
      { grade: 1, channel: 2, qualifier: 1, nobody: false },
      { grade: 3, channel: null, qualifier: 2, nobody: true },
    ])
  })

  it('takes what was rejected for a missing notice once the notice is published', async () => {
    const path = csv('late.csv', 'member_no,joined_on,notice\nL1,05/05/2016,web@2\nL2,05/05/2016,web@3\n')
    const { route: _, ...rest } = joinsMapping
    const mapping: ImportMapping = { ...rest, source: 'late', notice: { column: 'notice' } }
    expect((await importFile(register, path, mapping)).result).toMatchObject({ events: 1, rejected: 1 })
    await publishClub(register, ['1', '2', '3'])
    const { result } = await importFile(register, path, mapping)
    expect(result).toMatchObject({ events: 1, alreadyThere: 1, rejected: 0 })
    expect(existsSync(rejectFilePath(path))).toBe(false)
  })

  it('numbers people right when somebody else enrols them between two slices', async () => {
    const people = Array.from({ length: 60 }, (_, index) => `P${index}`)
    const path = csv(
      'race.csv',
      ['member_no,joined_on,route', ...people.map((id) => `${id},05/05/2016,online`)].join('\n'),
    )
    const recordAs = (value: string) =>
      recordConsent(register, {
        person: { kind: 'member', value },
        at: { earliest: 1_493_000_000_000_000, latest: 1_493_000_000_000_000 },
        ...{ grade: 'A', source: 'web', actor: 'test', enrolIfUnknown: true },
        ...{ notice: 'web@1', purpose: 'offers', qualifier: 'given' },
      })
    const [{ result }] = await Promise.all([
      importFile(register, path, { ...joinsMapping, source: 'race' }, { sliceRows: 10 }),
      ...people.filter((_, index) => index % 7 === 0).map(recordAs),
    ])
    expect(result.events).toBe(60)
    const facts = await factsOf(register, 'race')
    const expected = await Promise.all(
      people.map((value) => findSubject(register, { kind: 'member', value })),
    )
    expect(facts.map(({ subject }) => subject)).toEqual(expected)
    expect(new Set(expected).size).toBe(60)
  })

  it('treats references that look like SQL as references', async () => {
    const nasty = `'); delete from erasable.ref; --`
    const path = csv('nasty.csv', `member_no,joined_on,route\n"${nasty}",05/05/2016,online\n`)
    await importFile(register, path, { ...joinsMapping, source: 'nasty' })
    const subject = await findSubject(register, { kind: 'member', value: nasty })
    expect(await factsOf(register, 'nasty')).toMatchObject([{ subject }])
  })

  it('is refused as a whole when a column is missing or a name in the mapping is unknown', async () => {
    const path = csv('other.csv', 'id,when\n1,2\n')
    await expect(importFile(register, path, joinsMapping)).rejects.toMatchObject({
      code: 'mapping.invalid',
      detail: expect.stringMatching(/member_no.*nor any other of those asked for/),
    })
    await expect(importFile(register, joins, { ...joinsMapping, notice: 'web@77' })).rejects.toMatchObject({
      code: 'mapping.invalid',
    })
  })

  it('tells how far it is', async () => {
    const seen: number[] = []
    const onProgress = ({ records }: { records: number }) => seen.push(records)
    await importFile(register, joins, { ...joinsMapping, source: 'progress' }, { onProgress })
    expect(seen.at(-1)).toBe(ROWS)
  })
})
