// The package as somebody installs it: packed, unpacked elsewhere, and run without anything from the checkout but libraries.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectations } from '../../examples/baby-club-2017/expect.ts'
import { beatIds } from '../../examples/baby-club-2017/people.ts'
import { makeBom } from '../../scripts/bom.ts'
import { reasons } from '../../src/model/reason.ts'

const checkout = fileURLToPath(new URL('../../', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'fairshare-package-'))
const installed = join(place, 'node_modules', 'fairshare')
const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }

/** Into an empty folder, with the libraries that its own package.json names, as `npm ci` left them in npm's cache. */
beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: checkout, stdio: 'pipe' })
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'))!
  const quietly = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save']
  execFileSync('npm', ['install', ...quietly, join(place, tarball)], { cwd: place, stdio: 'pipe' })
}, 240_000)
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

/** Everything that may be in it. */
const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/fairshare\.mjs$/,
  /^dist\/sbom\.cdx\.json$/,
  /^dist\/src\/[a-z0-9/.-]+\.(js|d\.ts)$/,
  /^dist\/examples\/[A-Za-z0-9/@.-]+\.(js|d\.ts|yaml|md)$/,
  /^packs\/[A-Za-z0-9/.-]+\.(yaml|md)$/,
  /^sql\/\d{4}_[a-z_]+\.sql$/,
  /^verifiers\/(README\.md|verify\.html|(python|go)\/[A-Za-z0-9/._-]+\.(py|go|mod|sum|md))$/,
]

test('an installed package holds the compiled program and what it reads, and nothing else', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(installed, path)).isFile())
  for (const wanted of [
    'LICENSE',
    'CHANGELOG.md',
    'bin/fairshare.mjs',
    'dist/sbom.cdx.json',
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'dist/src/adapters/pglite/pglite-worker.js',
    'dist/examples/baby-club-2017/policy/controller.yaml',
    'packs/definitions.yaml',
    'packs/uk-gdpr-2018/law.yaml',
    'sql/0001_register.sql',
    'verifiers/verify.html',
  ])
    expect(files).toContain(wanted)
  // No sources, tests, maps or fixtures, and nothing that lay about in somebody's checkout.
  expect(files.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([])
  expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([])
  expect(files.filter((path) => /(^|\/)(test|node_modules)\//.test(path))).toEqual([])
})

test('its bill of materials is that of the lock file', () => {
  const bom: unknown = JSON.parse(readFileSync(join(installed, 'dist', 'sbom.cdx.json'), 'utf8'))
  expect(bom).toEqual(JSON.parse(JSON.stringify(makeBom())))
})

test('its command says which version it is', () => {
  expect(fairshare('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` })
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
