// The check that looks through the output of the tests for values of people: it finds them, and it can fail.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { canaries, canary, holdsCanary } from '../canary.ts'
import { leakWatch } from '../leak-watch.ts'
import { canaries as ofTheClub } from '../release/small-club.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-leaks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const root = join(import.meta.dirname, '../..')

test('a value of a person is found in whatever pieces it is printed', () => {
  const text = `ok\n${canary} 12 <${canary.toUpperCase()}-12@club.example>\nok`
  for (let size = 1; size <= text.length; size++) {
    const watch = leakWatch()
    for (let at = 0; at < text.length; at += size) watch.look(text.slice(at, at + size))
    expect(watch.found()).toBe(2)
  }
  const clean = leakWatch()
  clean.look('nothing of anybody')
  expect(clean.found()).toBe(0)
})

test('every name, address and street of the small club is such a value', () => {
  const numbers = 'ZQM-'
  expect(ofTheClub.filter((word) => word !== numbers && !holdsCanary(word))).toEqual([])
  expect(canaries.length).toBeGreaterThan(3)
})

test('a log with one in it fails, and does not say it again', () => {
  const [clean, leaking] = [join(folder, 'clean.log'), join(folder, 'leaking.log')]
  writeFileSync(clean, '12 passed, 0 failed\n')
  writeFileSync(leaking, `${'x'.repeat(70_000)}${canary}\n12 passed, 0 failed\n`)
  const find = join(root, 'test/find-leaks.ts')
  execFileSync(process.execPath, [find, clean])
  const { status, stdout } = spawnSync(process.execPath, [find, clean, leaking], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stdout).toContain('was printed 1 times')
  expect(holdsCanary(stdout)).toBe(false)
})

test('a run of tests that prints one fails, though every test of it passed', () => {
  const prints = (what: string) => `import { test } from 'vitest'
import { spawnSync } from 'node:child_process'
const word = ['Zanzibart', 'Canary'].join('-')
test('passes', () => { ${what} })
`
  const config = `import { PlainReporter } from ${JSON.stringify(join(root, 'test/plain-reporter.ts'))}
export default { test: { include: ['**/*.leak.ts'], reporters: ['default', new PlainReporter()] } }
`
  writeFileSync(join(folder, 'vitest.config.ts'), config)
  const runWith = (what: string) => {
    writeFileSync(join(folder, 'prints.leak.ts'), prints(what))
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const ended = spawnSync(process.execPath, [vitest, 'run', '--root', folder], { encoding: 'utf8' })
    return { status: ended.status, last: ended.stdout.trim().split('\n').at(-1) }
  }
  expect(runWith('console.log(word.length)')).toEqual({ status: 0, last: '1 passed, 0 failed' })
  expect(runWith('console.error(word)')).toEqual({ status: 1, last: '1 passed, 1 failed' })
  expect(
    runWith(
      "spawnSync(process.execPath, ['-e', 'console.log(process.argv[1])', word], { stdio: 'inherit' })",
    ),
  ).toEqual({ status: 1, last: '1 passed, 1 failed' })
})
