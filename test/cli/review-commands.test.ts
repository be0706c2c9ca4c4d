// The questions of a request on the command line: named by check, looked at, answered and revoked.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantFromIso } from '../../src/model/instant.ts'
import { writeRequest } from '../../src/policy/write-request.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { canaries, foundClub, requestOf, start } from '../release/small-club.ts'
import { type Environment, runInside, wordsOf } from './run-fairshare.ts'

const folder = newFolder('review-commands')
const path = (name: string) => join(folder.path, name)
afterAll(() => folder.remove())
let environment: Environment

/** Of ten consents one has lapsed by the time that the request names. */
beforeAll(async () => {
  const databaseUrl = await newDatabase()
  const club = await foundClub({
    ...{ home: path('home'), databaseUrl, people: 10, clock: { at: start } },
    consentAt: (person) => instantFromIso(person === 4 ? '2017-11-01T09:00:00Z' : '2018-03-12T09:00:00Z'),
  })
  await club.close()
  environment = { FAIRSHARE_HOME: path('home'), DATABASE_URL: databaseUrl, FAIRSHARE_ACTOR: 'club' }
  const releaseAt = '2018-06-12T09:00:00Z'
  writeFileSync(path('letter.yaml'), writeRequest({ ...requestOf('letter', start), releaseAt }))
  await run(`approver add --name "Lee Marsh" --key ${path('lee.key')}`)
})
const run = async (line: string) => {
  const done = await runInside(wordsOf(line), environment)
  expect(canaries.filter((canary) => (done.stdout + done.stderr).includes(canary))).toEqual([])
  return done
}
const question = 'B510:form@2017-01'
const because = '--because "She asked us to go on."'

test('a question is named by check, listed, answered and opened again', async () => {
  const asked = await run(`check ${path('letter.yaml')}`)
  expect(asked.stdout.replaceAll(/\s+/g, ' ')).toContain('answered once: fairshare review list letter')
  const checked = await run(`check ${path('letter.yaml')} --codes`)
  expect(checked.exit).toBe(0)
  expect(checked.stdout).toContain(`fairshare review decide letter ${question} --answer allow|refuse`)
  const { questions } = JSON.parse((await run(`check ${path('letter.yaml')} --json`)).stdout)
  expect(questions).toMatchObject([
    { id: question, count: 1, alone: 1, command: expect.stringContaining('review decide letter') },
  ])

  const open = await run('review list letter')
  expect(open.exit).toBe(1)
  expect(open.stdout).toContain(`${question}: 1 record, held back by nothing else`)
  expect(open.stdout).toContain('Look at record 4 (subject 4)')

  const decided = await run(
    `review decide letter ${question} --answer allow ${because} --key ${path('lee.key')}`,
  )
  expect(decided).toMatchObject({ exit: 0, stderr: '' })
  expect(decided.stdout).toContain(`${question}, 1 record, to acorn for offers: allowed by Lee Marsh.`)
  expect(decided.stdout).toContain('It is d1, ')
  expect(decided.stdout).toContain('The request names a time before ')

  const answered = await run('review list letter --json')
  expect(answered.exit).toBe(0)
  expect(JSON.parse(answered.stdout)).toMatchObject({
    ...{ request: 'letter', stale: true, questions: [] },
    answers: [{ id: 'd1', by: 'Lee Marsh', counts: true, signed: true, because: 'She asked us to go on.' }],
  })

  const revoked = await run(
    `review revoke d1 --because "By mistake." --by lee-marsh --key ${path('lee.key')}`,
  )
  expect(revoked).toMatchObject({ exit: 0, stderr: '' })
  expect(revoked.stdout).toMatch(/^d1 was revoked by Lee Marsh at position \d+\.\n/)
  const again = await run('review list letter')
  expect(again.exit).toBe(1)
  expect(again.stdout).toMatch(/d1: .* counts no longer or not yet: revoked \d{4}-/)
})

const mistakes: [string, string, number, string][] = [
  [
    'an answer that is none',
    `review decide letter ${question} --answer maybe ${because} --key k`,
    2,
    'value.invalid',
  ],
  ['no key', `review decide letter ${question} --answer allow ${because}`, 2, 'usage.invalid'],
  ['no reason', `review decide letter ${question} --answer allow --key k`, 2, 'usage.invalid'],
  [
    'no such question',
    `review decide letter N405:none --answer allow ${because} --key KEY`,
    3,
    'question.not_found',
  ],
  [
    'a key of somebody else',
    `review decide letter ${question} --answer allow ${because} --by dana-whitlock --key KEY`,
    4,
    'determination.invalid',
  ],
  ['a request nobody put', 'review list nothing', 3, 'request.not_found'],
  ['no such determination', `review revoke d9 ${because} --key KEY`, 3, 'determination.not_found'],
]
test.each(mistakes)('%s is told with what to do', async (_, line, exit, code) => {
  const done = await run(line.replace('KEY', path('lee.key')))
  expect(done).toMatchObject({ exit, stdout: '' })
  expect(done.stderr).toContain(`(${code})`)
})
