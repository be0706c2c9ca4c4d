// docs/guide/developer.md: its program runs as it stands, with the policy of the policy guide, and prints what it says.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const guides = new URL('../../docs/guide/', import.meta.url)
const guide = readFileSync(new URL('developer.md', guides), 'utf8')
const policyGuide = readFileSync(new URL('policy-files.md', guides), 'utf8')
const place = mkdtempSync(join(tmpdir(), 'fairshare-guide-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

function block(opening: string): string {
  const found = guide.split(`${opening}\n`)[1]?.split('\n```')[0]
  if (found === undefined) throw new Error(`the guide has no block after ${opening}`)
  return `${found}\n`
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(place, path)), { recursive: true })
  writeFileSync(join(place, path), text)
}

test('the program of the developer guide prints what the guide says', () => {
  const policy = [...policyGuide.matchAll(/^`([^`\n]+)`:\n\n```\w+\n([\s\S]*?\n)```$/gm)]
  expect(policy.length).toBeGreaterThan(10)
  for (const [, path, text] of policy) write(join('policy', path!), text!)
  write('data/readers.csv', block('```csv'))
  const library = new URL('../../src/index.ts', import.meta.url).href
  write('program.ts', block('```ts').replace("from 'fairshare'", `from '${library}'`))
  const { DATABASE_URL: _, ...environment } = process.env
  const run = spawnSync(process.execPath, ['program.ts'], { cwd: place, env: environment, encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(run.stdout).toBe(block('It prints\n\n```'))
})
