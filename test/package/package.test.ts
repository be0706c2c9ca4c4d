// The package as somebody installs it: packed, unpacked elsewhere, and run without anything from the checkout but libraries.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectations } from '../../examples/baby-club-2017/expect.ts'
import { beatIds } from '../../examples/baby-club-2017/people.ts'
import { reasons } from '../../src/model/reason.ts'

const checkout = fileURLToPath(new URL('../../', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'fairshare-package-'))
const installed = join(place, 'node_modules', 'fairshare')

beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: checkout, stdio: 'pipe' })
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'))!
  execFileSync('tar', ['-xzf', tarball], { cwd: place })
  // Libraries as npm would put them beside the package.
  mkdirSync(join(place, 'node_modules'))
  renameSync(join(place, 'package'), installed)
  symlinkSync(join(checkout, 'node_modules'), join(installed, 'node_modules'), 'dir')
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

function fairshare(...words: string[]) {
  const { FAIRSHARE_HOME: _, DATABASE_URL: __, ...environment } = process.env
  return spawnSync(process.execPath, [join(installed, 'bin', 'fairshare.mjs'), ...words], {
    cwd: place,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  })
}

test('an installed package holds the compiled program, migrations and examples, and no sources', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('node_modules'))
    .map((path) => path.replaceAll('\\', '/'))
  for (const wanted of [
    'LICENSE',
    'CHANGELOG.md',
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'dist/src/adapters/pglite/pglite-worker.js',
    'dist/examples/baby-club-2017/policy/controller.yaml',
    'packs/definitions.yaml',
    'packs/uk-gdpr-2018/law.yaml',
    'sql/0001_register.sql',
  ])
    expect(files).toContain(wanted)
  expect(files.filter((path) => /\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([])
  expect(files.filter((path) => path.startsWith('test'))).toEqual([])
})

test('its library entry exports what the sources export', () => {
  const script = `
    const { reasons } = await import('fairshare')
    console.log(Object.keys(reasons).join())`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: place,
    encoding: 'utf8',
  })
  expect(run.stdout.trim()).toBe(Object.keys(reasons).join())
})

test('its command shows help', () => {
  const { status, stdout } = fairshare('--help')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^ {2}check /m)
})

test('its command tells the 2017 case, and releases what the quotas say', () => {
  const { stdout, stderr } = fairshare('case', 'baby-club-2017', '--people', '1000', '--json')
  expect(stderr).toBe('')
  const { requests } = JSON.parse(stdout) as {
    requests: { id: string; considered: number; released: number }[]
  }
  const expected = expectations(1000)
  // The control group is allowed by its own records; the file as a whole waits for a person.
  const released = (id: (typeof beatIds)[number]) => (id === '1b-party-control' ? 0 : expected[id].allowed)
  expect(requests.map(({ id, considered, released }) => ({ id, considered, released }))).toEqual(
    beatIds.map((id) => ({ id, considered: expected[id].considered, released: released(id) })),
  )
  expect(expected['3-acorn-post'].allowed).toBeGreaterThan(700)
})
