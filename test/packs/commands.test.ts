// The three commands over packs: what they print, what they mark, and how they end.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runInside } from '../cli/run-fairshare.ts'

const shipped = fileURLToPath(new URL('../../packs', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'fairshare-packs-'))
const broken = join(place, 'packs')
const fairshare = (...words: string[]) => runInside(words, { FAIRSHARE_HOME: place })

beforeAll(() => {
  cpSync(shipped, broken, { recursive: true })
  const definitions = join(broken, 'definitions.yaml')
  writeFileSync(definitions, `${readFileSync(definitions, 'utf8')}\nmine: consentGivn\n`)
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

test('the shipped packs have no findings', async () => {
  const { stdout, exit } = await fairshare('packs', 'check')
  expect(stdout).toMatch(/^No findings in \d+ files: 5 packs, uk-dpa1998, /)
  expect(exit).toBe(0)
})

test('a broken folder is told with file, line and column, and ends with 1', async () => {
  const lines = readFileSync(join(broken, 'definitions.yaml'), 'utf8').split('\n')
  const line = lines.findIndex((text) => text.startsWith('mine:')) + 1
  const { stdout, exit } = await fairshare('packs', 'check', broken)
  expect(stdout).toContain(`${join(broken, 'definitions.yaml')}:${line}:7  \`consentGivn\` is no fact`)
  expect(exit).toBe(1)
  const { findings, summary } = JSON.parse((await fairshare('packs', 'check', broken, '--json')).stdout)
  expect(findings).toHaveLength(1)
  expect(summary.findings).toBe(1)
})

test('a folder that is not there is a problem, not a finding', async () => {
  const { exit, stderr } = await fairshare('packs', 'check', join(place, 'nowhere'))
  expect(exit).toBeGreaterThan(1)
  expect(stderr).toContain('nowhere')
  expect(stderr).toContain('no folder of packs')
})

test('a folder without a pack is not one without a mistake', async () => {
  const { exit, stderr } = await fairshare('packs', 'check', join(shipped, 'calendars'))
  expect(exit).toBeGreaterThan(1)
  expect(stderr).toContain('pack.yaml')
})

test('a number that no clock can count by is found with its file', async () => {
  const folder = join(place, 'clocks')
  cpSync(shipped, folder, { recursive: true })
  const clocks = join(folder, 'clocks.yaml')
  writeFileSync(clocks, readFileSync(clocks, 'utf8').replace('value: 72', 'value: three days'))
  const { exit, stderr } = await fairshare('packs', 'check', folder)
  expect(exit).toBe(2)
  expect(stderr).toContain('clocks.yaml: value of breach-hours')
})

test('what nobody has read again is marked, in the list, in the pack and in the rule', async () => {
  expect((await fairshare('packs', 'show')).stdout).toMatch(/^uk-dpa1998 .* \d+ +\d+ {2}United Kingdom/m)
  const pack = (await fairshare('packs', 'show', 'uk-dpa1998')).stdout
  expect(pack).toMatch(/^ {5}statute: DPA 1998, s\. 11: .* \[UNVERIFIED\]$/m)
  expect(pack).toMatch(/^ {5}statute: Privacy and Electronic Communications Regulations 2003, reg\. 21$/m)
  expect((await fairshare('packs', 'show', 'uk-dpa1998', 'S301')).stdout).toContain('[UNVERIFIED]')
  const rule = JSON.parse((await fairshare('packs', 'show', 'uk-dpa1998', 's301', '--json')).stdout)
  expect(rule).toMatchObject({ pack: 'uk-dpa1998', code: 'S301', verified: false, override: 'never' })
})

test('a pack or code that is not there names those that are', async () => {
  const { stderr, exit } = await fairshare('packs', 'show', 'uk-gdpr-2019')
  expect(stderr).toContain('uk-gdpr-2018')
  expect(exit).toBeGreaterThan(1)
  expect((await fairshare('packs', 'show', 'uk-dpa1998', 'N411')).stderr).toContain('N407')
})

test('what changed from one pack to another is told, and nothing of two that are the same', async () => {
  const { from, to, added, removed, parameters } = JSON.parse(
    (await fairshare('packs', 'diff', 'uk-dpa1998', 'uk-gdpr-2018', '--json')).stdout,
  )
  expect([from, to, removed]).toEqual(['uk-dpa1998', 'uk-gdpr-2018', []])
  expect(added).toContain('N411')
  expect(parameters.map(({ name }: { name: string }) => name)).toContain('consentAgeYears')
  const { stdout, exit } = await fairshare('packs', 'diff', 'uk-gdpr-2018', 'uk-gdpr-2026')
  expect(stdout).toMatch(/~ charitySoftOptIn\n {4}value\n {6}- false\n {6}\+ true/)
  expect(exit).toBe(0)
  expect((await fairshare('packs', 'diff', 'eu-gdpr', 'eu-gdpr')).stdout).toContain(
    'the same rules and numbers',
  )
})
