import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('judge-elsewhere.ts', import.meta.url))

const judgedIn = (place: { TZ: string; LC_ALL: string }) => {
  const run = spawnSync(process.execPath, [program], { env: { ...process.env, ...place }, encoding: 'utf8' })
  expect(run.stderr).toBe('')
  const [judged, sha256, hour, number] = run.stdout.split(' ')
  return { judged: Number(judged), sha256, place: `${hour} ${number}` }
}

it('the zone and the language of the process change nothing in what is decided', () => {
  const here = judgedIn({ TZ: 'UTC', LC_ALL: 'C' })
  const there = judgedIn({ TZ: 'Pacific/Apia', LC_ALL: 'tr_TR.UTF-8' })
  expect(here.judged).toBeGreaterThan(200)
  // The processes really lived elsewhere.
  expect(there.place).not.toBe(here.place)
  expect(there.sha256).toBe(here.sha256)
})
