// The commands about copies and work orders as people run them, over the policy of the guide: reported, listed, certified by the
// contractor, received, closed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationFrom, instantFromIso, openApp, publishPolicyFolders } from '../../src/index.ts'
import { type Run, runInside, wordsOf } from '../cli/run-fairshare.ts'
import { guideExamples } from '../policy/guide-examples.ts'
import { newDatabase } from '../release/club-places.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-custody-commands-'))
const at = (...names: string[]) => join(scratch, ...names)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let databaseUrl: string
const run = (line: string): Promise<Run> =>
  runInside(wordsOf(line), { FAIRSHARE_HOME: at('home'), DATABASE_URL: databaseUrl })

/** What it printed, when it ended well. */
async function printed(line: string): Promise<string> {
  const { exit, stdout, stderr } = await run(line)
  expect({ exit, stderr }, line).toEqual({ exit: 0, stderr: '' })
  return stdout
}
const json = async (line: string) => JSON.parse(await printed(`${line} --json`))

beforeAll(async () => {
  databaseUrl = await newDatabase()
  for (const [file, text] of guideExamples) {
    mkdirSync(dirname(at('policy', file)), { recursive: true })
    writeFileSync(at('policy', file), text)
  }
  // A grant covers no copy that was made before it was published: long ago here, as the guide's copies were made in 2019.
  const then = { now: () => instantFromIso('2019-06-01T09:00:00Z') }
  const app = await openApp({
    ...configurationFrom({ DATABASE_URL: databaseUrl }, { home: at('home') }),
    ...then,
  })
  await publishPolicyFolders(app, [at('policy')], 'dpo').finally(() => app.close())
  await printed(`key new ${at('keys')} --name tidewater`)
  await printed(`recipient add tidewater-mailing --card ${at('keys', 'card.json')} --out ${at('c.age')}`)
  await printed(`key answer ${at('c.age')} --key ${at('keys')} --out ${at('answer.txt')}`)
  await printed(`recipient verify tidewater-mailing --answer ${at('answer.txt')}`)
})

const NOBODY = '00000000-0000-4000-8000-000000000000'

/** What a contractor makes of the template. */
const filledIn = `media:
  - medium: Disk of the mailing server
    make: Example Storage
    model: ES-960
    serial: "ES960-000123"
    place: Server room, 4 Quay Street
    loaded: records.csv, and the table mailing_2018 made from it
    records: 12
    method: purge
    tool: nvme-cli 2.8, format with cryptographic erase
    verification: A tenth of the disk was read back and held none of it
    destination: kept in use
backups: none
subProcessors: []
destroyedAt: 2020-01-02T09:00:00Z
certifiedBy:
  name: Noor Haddad
  title: Head of operations
`

const reported = `copy report --holder tidewater-mailing --dataset readers --by "Ines Carver" --work-order migration-2019`

test('a granted copy and one that nobody granted are told apart, and the list says what it cannot say', async () => {
  const granted = await printed(
    `${reported} --made-at 2019-06-05T12:00:00Z --place "An encrypted disk in the office of Tidewater Mailing" --fields full_name,home_address --records 40`,
  )
  expect(granted).toContain('Recorded as c1: tidewater-mailing holds a copy of readers')
  expect(granted).toContain('It goes by grant migration-2019, and is destroyed and certified by 2019-06-20.')
  const taken = await printed(
    `${reported} --made-at 2019-06-18T12:00:00Z --place "A laptop" --fields full_name`,
  )
  expect(taken).toMatch(/A211 COPY_NOT_GRANTED: nobody had granted it; no copy was granted .* on that day\./)
  expect(taken).toContain('It holds c1 as well')
  expect(
    await json(`${reported} --made-at 2019-06-18T12:00:00Z --place "A phone" --source leak`),
  ).toMatchObject({
    body: { copy: 'c3', source: 'leak', fields: [], deleteBy: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    reasons: [{ code: 'A211', name: 'COPY_NOT_GRANTED' }],
  })
  const again = `${reported} --made-at 2019-06-18T12:00:00Z --place "A laptop" --fields full_name`
  expect(await printed(again)).toContain('On record before as c2')
  expect(await json(again)).toMatchObject({
    repeated: true,
    body: { copy: 'c2', madeAt: '2019-06-18T12:00:00Z' },
    recordedAt: expect.stringMatching(/Z$/),
  })
  expect((await json('copy list')).copies).toHaveLength(3)
  const listed = await printed('copy list')
  expect(listed).toMatch(/^c2 .*A211 COPY_NOT_GRANTED.*NOT DESTROYED, due /m)
  expect(listed).toContain('A copy that nobody reported is not here, and no register can see it')
})

test('what is not said rightly is refused with its code and records nothing', async () => {
  const { copies } = await json('copy list')
  const wrong: [string, string][] = [
    ['copy report --holder tidewater-mailing', 'usage.invalid'],
    [`${reported} --made-at 2019-06-18 --place x`, 'time.invalid'],
    [`${reported} --made-at 2019-06-18T12:00:00Z --place x --records many`, 'value.invalid'],
    [`${reported} --made-at 2019-06-18T12:00:00Z --place x --source rumour`, 'value.invalid'],
    [`${reported} --made-at 2019-06-18T12:00:00Z --place x --fields foo,bar`, 'value.invalid'],
    [`destroyed c9 --evidence x --by y`, 'copy.not_found'],
    [`work-order close migration-2018 --by "Ines Carver"`, 'policy.not_found'],
    [`work-order close migration-2019 --by "Ines Carver"`, 'work_order.open'],
    [`certify --copy c1 --key ${at('keys')} --from nowhere.yaml`, 'usage.invalid'],
  ]
  for (const [line, code] of wrong) {
    const { exit, stdout } = await run(`${line} --json`)
    expect(exit, line).toBeGreaterThan(1)
    expect(stdout, line).toContain(code)
  }
  expect((await json('copy list')).copies).toEqual(copies)
})

test('the contractor certifies, the sender receives it, and the work order can be closed', async () => {
  const { register } = await json('status')
  await printed(`certify --template --out ${at('media.yaml')}`)
  const unedited = await run(
    `certify --copy c1 --holder tidewater-mailing --register ${register.id} --key ${at('keys')} --from ${at('media.yaml')} --out ${at('c1.txt')}`,
  )
  expect(unedited).toMatchObject({ exit: 2, stderr: expect.stringContaining('is empty') })
  writeFileSync(at('media.yaml'), filledIn)
  const copy = `--holder tidewater-mailing --register ${register.id} --key ${at('keys')} --from ${at('media.yaml')}`
  expect(await printed(`certify --copy c1 ${copy} --out ${at('c1.txt')}`)).toContain('Certified for copy c1')
  expect(await printed(`verify ${at('c1.txt')} --key ${at('keys', 'card.json')}`)).toContain(
    'The certificate of destruction holds.',
  )
  expect(await printed(`receive ${at('c1.txt')}`)).toMatch(
    /certified that it destroyed c1 on 1 medium \(recorded at \d+\)\.\nIt counts 12 records on the medium with most, and 40 were given/,
  )
  expect(await json(`receive ${at('c1.txt')}`)).toMatchObject({
    repeated: true,
    fewer: { loaded: 12, given: 40 },
    statement: { destroyedAt: '2020-01-02T09:00:00Z' },
  })
  expect(await printed('destroyed c1 --evidence "seen" --by "Ines Carver"')).toContain(
    'A certificate that its holder signed is on record already, and goes before this word.',
  )
  expect((await run(`certify --copy c2 ${copy} --out ${at('c1.txt')}`)).stderr).toContain('is there already')
  await printed(`certify --copy c2 ${copy} --out ${at('c2.txt')}`)
  await printed(`receive ${at('c2.txt')}`)
  expect(await printed('destroyed c3 --evidence "seen" --by "Ines Carver"')).toContain(
    'somebody’s word, and unsigned',
  )
  expect(await printed('destroyed c3 --evidence "seen" --by "Ines Carver"')).toContain('Already recorded')
  const listed = await printed('copy list')
  expect(listed).toMatch(/^c1 .*destroyed, by a certificate its holder signed$/m)
  expect(listed).toMatch(/^c3 .*destroyed, on the word of Ines Carver, unsigned$/m)
  expect(await printed('work-order list')).toMatch(/^migration-2019 .*ended, NOT CLOSED +nothing held$/m)
  expect(await printed('work-order close migration-2019 --by "Ines Carver"')).toContain('is closed')
  expect(await json('work-order list')).toMatchObject([
    { id: 'migration-2019', open: [], closedOn: expect.any(String) },
  ])
})

test('a file about media with mistakes is told with its places', async () => {
  const text = readFileSync(at('media.yaml'), 'utf8').replace('method: purge', 'method: erase')
  writeFileSync(at('wrong.yaml'), text)
  const { exit, stderr } = await run(
    `certify --copy c1 --holder x --register ${NOBODY} --key ${at('keys')} --from ${at('wrong.yaml')}`,
  )
  expect(exit).toBe(2)
  expect(stderr).toMatch(/wrong\.yaml:9/)
  writeFileSync(at('wrong.yaml'), filledIn.replace(/^ +tool:.*\n/m, ''))
  const missing = await run(
    `certify --copy c1 --holder x --register ${NOBODY} --key ${at('keys')} --from ${at('wrong.yaml')}`,
  )
  expect(missing.stderr).toMatch(/contractor\.md|destruction-certificate\.md/)
  expect(missing.stderr).not.toContain('policy-files.md')
})

test('a folder that is not there is a wrong path and accuses nobody, and a register has an id', async () => {
  const from = `--key ${at('keys')} --from ${at('media.yaml')} --out ${at('never.txt')}`
  const nowhere = await run(`certify ${at('repair@41')} ${from}`)
  expect(nowhere).toMatchObject({ exit: 3, stderr: expect.stringContaining('The file is not there') })
  const named = await run(`certify --copy c1 --holder x --register mine ${from}`)
  expect(named).toMatchObject({ exit: 2, stderr: expect.stringContaining('--register is the id') })
})

test('what is neither receipt nor certificate is called neither', async () => {
  for (const file of [at('media.yaml'), at('keys', 'card.json')]) {
    const { exit, stderr } = await run(`receive ${file}`)
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('is neither a receipt nor a certificate of destruction'),
    })
  }
  expect((await run('receive')).stderr).toContain('<receipt.txt or certificate.txt> is missing')
})

test('a backup is kept for a day at least, and a database is named by its URL, which no message repeats', async () => {
  const none = await run(`backup --out ${at('backup')} --keep-days 0`)
  expect(none).toMatchObject({ exit: 2, stderr: expect.stringContaining('1 or more') })
  const environment = { FAIRSHARE_HOME: at('home'), DATABASE_URL: 'host=db.example.org password=secret' }
  const elsewhere = await runInside(['copy', 'list'], environment)
  expect(elsewhere).toMatchObject({ exit: 2, stderr: expect.stringContaining('DATABASE_URL begins with') })
  expect(elsewhere.stderr).not.toContain('secret')
})

test('what is typed for the record is one line that looks like nothing else', async () => {
  const { copies } = await json('copy list')
  const forged = ['A laptop\nc7  acorn  destroyed', 'A laptop\u001b[1A', 'A \u202elaptop', 'A\u2028laptop']
  const lines = (text: string) => [
    [...wordsOf(`${reported} --made-at 2019-06-18T12:00:00Z --place`), text],
    ['destroyed', 'c2', '--by', 'Ines Carver', '--evidence', text],
    ['destroyed', 'c2', '--evidence', 'seen', '--by', text],
    ['work-order', 'close', 'migration-2019', '--by', text],
  ]
  for (const words of forged.flatMap(lines)) {
    const { exit, stderr } = await runInside(words, { FAIRSHARE_HOME: at('home'), DATABASE_URL: databaseUrl })
    expect({ exit, stderr }, words.join(' ')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('is one line'),
    })
  }
  expect((await json('copy list')).copies).toEqual(copies)
})
