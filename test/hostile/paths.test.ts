// Names and things on a disk that somebody laid out for us: pipes, devices, links, folders where a file should be, names that
// lead elsewhere. Each is refused with a code, at once, and nothing outside of its place is read or written.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { writeArchive } from '../../src/adapters/archive/write-archive.ts'
import { deliveryFolder } from '../../src/adapters/files/delivery-folder.ts'
import { openLogFolder } from '../../src/adapters/files/log-folder.ts'
import { openOutboxFolder } from '../../src/adapters/files/outbox-folder.ts'
import { readFolder, readText } from '../../src/adapters/files/read-folder.ts'
import { openSignedState } from '../../src/adapters/files/signed-state.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { openApproverKey } from '../../src/adapters/keys/approver-key-file.ts'
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'
import { isProblem } from '../../src/model/problem.ts'
import { verifyPath } from '../../src/service/verify-path.ts'
import { runInside, wordsOf } from '../cli/run-fairshare.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'

const folders = newFolder('hostile-paths')
const place = (name: string) => join(folders.path, name)
/** Where a name would lead that got out. */
const outside = place('outside')
const secret = 'ZQM-secret-of-somebody-else'
let socket: Server

beforeAll(async () => {
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), secret)
  mkdirSync(place('things'))
  mkdirSync(place('things/folder'))
  execFileSync('mkfifo', [place('things/pipe')])
  symlinkSync('/dev/zero', place('things/link-to-zero'))
  symlinkSync(place('things/circle'), place('things/circle'))
  symlinkSync(place('nowhere'), place('things/dangling'))
  writeFileSync(place('things/file'), 'a file')
  socket = createServer()
  await new Promise<void>((resolve) => socket.listen(place('things/socket'), resolve))
})
afterAll(async () => {
  await new Promise((resolve) => socket.close(resolve))
  folders.remove()
})

/** What lies under the name of a file and is none. */
const things: [string, string][] = [
  ['a pipe nobody writes to', 'things/pipe'],
  ['a device that never ends', '/dev/zero'],
  ['a link to a device', 'things/link-to-zero'],
  ['a link to itself', 'things/circle'],
  ['a link to nothing', 'things/dangling'],
  ['a folder', 'things/folder'],
  ['a socket', 'things/socket'],
  ['a name below a file', 'things/file/below'],
  ['a name with a NUL', 'things/fi\0le'],
  ['a name longer than any', `things/${'n'.repeat(5000)}`],
]
const pathOf = (thing: string) => (thing.startsWith('/') ? thing : `${folders.path}/${thing}`)

const tables = fileTableReader({ temporaryFolder: place('temporary') })
async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Everything that reads a file somebody names, or that came from somebody. Undefined: it says that nothing is there. */
const readers: [string, (path: string) => Promise<unknown>][] = [
  ['a request, mapping, card or policy file', readText],
  ['a CSV of people', (path) => tables.open({ path, format: 'csv' })],
  ['a Parquet file of people', (path) => tables.open({ path, format: 'parquet' })],
  ['a JSON file of people', (path) => tables.open({ path, format: 'json' })],
  ['a file of a delivery', (path) => deliveryFolder.read(path, 1000)],
  ['the hash of a delivered file', (path) => deliveryFolder.hash(path)],
  ['a delivered file as a stream', (path) => drain(deliveryFolder.stream(path))],
  ['a sealed file', (path) => drain(ageUnsealer.open(['AGE-SECRET-KEY-1'], path))],
  ['an approver’s key', openApproverKey],
  ['what was signed last', (path) => openSignedState(path).read()],
  ['whatever is verified', (path) => verifyPath(path, { key: undefined, identity: undefined })],
]

describe.each(readers)('%s', (_, read) => {
  test.each(things)(
    'is not read from %s',
    async (_name, thing) => {
      const outcome = await read(pathOf(thing)).then(
        (value) => (value === undefined ? 'nothing there' : 'read'),
        (error: unknown) => (isProblem(error) ? error.code : error),
      )
      expect([
        'nothing there',
        'file.missing',
        'file.unreadable',
        'approver.key_unusable',
        'log.state_unusable',
      ]).toContain(outcome)
    },
    10_000,
  )
})

describe('links', () => {
  test('in a copy of a log are not followed, so that nothing else is served or hashed', async () => {
    const log = place('log-copy')
    mkdirSync(log)
    symlinkSync(join(outside, 'secret'), join(log, 'checkpoint'))
    await expect(openLogFolder(log).read('checkpoint')).rejects.toMatchObject({ code: 'file.unreadable' })
    rmSync(join(log, 'checkpoint'))
    execFileSync('mkfifo', [join(log, 'checkpoint')])
    await expect(openLogFolder(log).read('checkpoint')).rejects.toMatchObject({ code: 'file.unreadable' })
  })

  test('in a policy folder are left out: what they point at was not reviewed with it', async () => {
    const policy = place('policy')
    mkdirSync(join(policy, 'entities'), { recursive: true })
    writeFileSync(join(policy, 'controller.yaml'), 'a: 1')
    symlinkSync(join(outside, 'secret'), join(policy, 'entities', 'acorn.yaml'))
    symlinkSync(outside, join(policy, 'agreements'))
    writeFileSync(join(outside, 'agreement.yaml'), 'b: 2')
    execFileSync('mkfifo', [join(policy, 'entities', 'pipe.yaml')])
    expect([...(await readFolder(policy, ['.yaml'])).keys()]).toEqual(['controller.yaml'])
  })

  test('in the place of a part of an archive are not written through', async () => {
    const out = place('pack.zip')
    const victim = join(outside, 'victim')
    writeFileSync(victim, 'untouched')
    symlinkSync(victim, `${out}.part`)
    await writeArchive(out, [{ path: 'a', chunks: [Buffer.from('b')] }])
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    expect(existsSync(out)).toBe(true)
  })

  test('in the place of what a recipient opens are not written through', async () => {
    const link = place('opened.csv')
    symlinkSync(join(outside, 'made-by-a-link'), link)
    await expect(deliveryFolder.write(link, [Buffer.from('x')])).rejects.toThrow()
    expect(existsSync(join(outside, 'made-by-a-link'))).toBe(false)
  })
})

describe('the keys folder', () => {
  let folders = 0
  const keys = () => {
    const folder = place(`keys-${++folders}`)
    openFileKeyRing({ folder, create: true })
    return folder
  }

  test.each(['lookup-pepper-1.key', 'pseudonym-1.key', 'signing.key'])(
    'with a pipe or a device as %s is refused',
    (file) => {
      for (const spoil of [
        (path: string) => execFileSync('mkfifo', ['-m', '600', path]),
        (path: string) => symlinkSync('/dev/zero', path),
        (path: string) => mkdirSync(path, { mode: 0o700 }),
      ]) {
        const folder = keys()
        rmSync(join(folder, file))
        spoil(join(folder, file))
        const open = () => openFileKeyRing({ folder, create: false }).signer
        expect(open).toThrowError(expect.objectContaining({ code: expect.stringMatching(/^keys\./) }))
      }
    },
  )
})

describe('names in the outbox', () => {
  const hostile = [
    '..',
    '../outside',
    '/etc',
    'a/../../outside@1',
    'a\\..\\outside@1',
    'C:outside@1',
    'a@1/../../outside',
    'a\0@1',
    'a@1\n',
    'a．．／outside@1',
    'ａcorn@1',
    '.staging',
    'a@01',
    '',
  ]

  test.each(hostile)('%j is none', async (name) => {
    const outbox = openOutboxFolder({ home: place('home') })
    await expect(async () => outbox.stage(name)).rejects.toThrow('cannot be the name')
    expect(() => outbox.pathOf('good@1', name)).toThrow('cannot be the name')
    expect(() => outbox.pathOf(name, 'acorn')).toThrow('cannot be the name')
    await expect(async () => outbox.keepTree(name, 'released', [])).rejects.toThrow('cannot be the name')
    const folder = await outbox.stage('good@1')
    await expect(async () => outbox.write(folder, name, '')).rejects.toThrow('cannot be the name')
    expect(readdirSync(outside).sort()).toEqual(['agreement.yaml', 'secret', 'victim'])
  })
})

describe('what a policy names', () => {
  const home = place('policy-home')
  const policy = place('club-policy')
  const environment = { FAIRSHARE_HOME: home, DATABASE_URL: '' }
  const request = join(policy, '3-acorn-post.yaml')

  beforeAll(async () => {
    cpSync('examples/baby-club-2017/policy', policy, { recursive: true })
    environment.DATABASE_URL = await newDatabase()
    cpSync('examples/baby-club-2017/requests/3-acorn-post.yaml', request)
  })

  test.each([
    place('things/pipe'),
    '/dev/zero',
    join(outside, 'secret'),
    '/etc/passwd',
    '../../../../../../etc/passwd',
    'no\0thing.csv',
    `${'n'.repeat(5000)}.csv`,
    'nothing\u001b[2J.csv',
  ])(
    'as the place of a dataset, %j, is refused with a code, and nothing of it is shown',
    async (location) => {
      for (const name of readdirSync(join(policy, 'datasets'))) {
        const path = join(policy, 'datasets', name)
        const declared = readFileSync(path, 'utf8')
        writeFileSync(path, declared.replace(/^location: .*$/m, `location: ${JSON.stringify(location)}`))
      }
      const published = await runInside(wordsOf(`policy publish ${policy}`), environment)
      const checked = await runInside(['check', request], environment)
      const said = [published, checked].map(({ stdout, stderr }) => stdout + stderr).join('')
      expect(checked.stderr).toMatch(/\((dataset|file|policy|request)\.[a-z_]+\)\n$/)
      expect(checked.exit).toBeLessThan(6)
      for (const never of [secret, 'root:', '\u001b']) expect(said).not.toContain(never)
    },
  )

  test.each(['../acorn', 'a/b', 'acorn\\b', 'аcorn', 'acorn\u0000', '.', 'n'.repeat(300)])(
    'an id %j is refused where it is declared',
    async (id) => {
      const path = join(policy, 'purposes.yaml')
      const before = readFileSync(path, 'utf8')
      writeFileSync(path, `${before}\n${JSON.stringify(id)}:\n  text: hostile\n  dpv: dpv:DirectMarketing\n`)
      const run = await runInside(wordsOf(`policy check ${policy} --json`), environment)
      writeFileSync(path, before)
      expect(run.exit).toBe(1)
      expect(run.stdout).toMatch(/purposes\.yaml[\s\S]*is not an id/)
    },
  )
})
