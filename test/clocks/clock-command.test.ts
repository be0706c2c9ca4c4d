// fairshare clock: the answer in words and as JSON, and what it says to words it cannot use.
import { expect, test } from 'vitest'
import { recomputeClock } from '../../src/clocks/compute-clock.ts'
import { runInside, wordsOf } from '../cli/run-fairshare.ts'

const clock = (line: string) => runInside(['clock', ...wordsOf(line)], {})

test('an answer has its date first, then the steps with their law', async () => {
  const { stdout, exit } = await clock('rights-request --received 2026-11-25 --nation scotland')
  expect(exit).toBe(0)
  expect(stdout).toBe(`rights-request: 2026-12-29
  1. the time runs from the latest of: request received, identity information received, fee paid: 2026-11-25
     UK GDPR Art 12A (Data (Use and Access) Act 2025 s.76) (statute)
  2. one month from 2026-11-25: the corresponding date: 2026-12-25
     ICO guidance on time limits; CJEU C-171/03 Toeters (guidance)
  3. Friday 2026-12-25 is no working day in scotland: the next one is Tuesday 2026-12-29
     ICO guidance on time limits; Regulation (EEC, Euratom) 1182/71 Art 3(4) (guidance)
Also:
  extension-notice-by: 2026-12-25
`)
})

test('the JSON is the whole result, and can be computed again', async () => {
  const { stdout } = await clock(
    'stop-the-clock --received 2026-03-02 --right access --nation england-and-wales --pause 2026-03-10..2026-03-12 --json',
  )
  const result = JSON.parse(stdout)
  expect(result.due).toEqual({ state: 'on', on: '2026-04-07' })
  expect(recomputeClock(result)).toEqual(result)
})

test('what is not verified is marked, and what cannot be said exits with 1', async () => {
  expect((await clock('penalty-appeal --given 2020-10-16')).stdout).toContain('(statute, unverified)')
  const refused = await clock('rights-request --received 2028-12-01 --nation scotland')
  expect(refused).toMatchObject({ exit: 1, stdout: expect.stringContaining('2018 to 2028') })
  const open = await clock(
    'rights-request --received 2026-11-25 --right access --nation scotland --pause 2026-12-01..',
  )
  expect(open).toMatchObject({ exit: 0, stdout: expect.stringContaining('no date yet') })
  const none = await clock('complaint --received 2026-06-18')
  expect(none).toMatchObject({ exit: 0, stdout: expect.stringContaining('no such duty on 2026-06-18') })
})

test('whether a breach brings a high risk has to be said: nobody is left untold for want of a word', async () => {
  const told = await clock('breach-to-subjects --aware 2026-11-25T10:00 --high-risk yes')
  expect(told.stdout).toContain('without undue delay')
  const untold = await clock('breach-to-subjects --aware 2026-11-25T10:00 --high-risk no')
  expect(untold.stdout).toContain('no duty')
})

test.each([
  ['', '<duty> is missing'],
  ['nonsense', 'the duties with a clock are rights-request'],
  ['rights-request --received 2026-11-25', 'needs --nation'],
  ['complaint --received 2026-11-25 --pause 2026-12-01..', 'reads no --pause'],
  ['complaint --received 2026-11-25 --zone Europe/London', 'reads no --zone'],
  ['complaint --received 25/11/2026', 'a date is written yyyy-mm-dd'],
  ['complaint --received 2026-02-30', 'no such calendar date'],
  ['complaint --received 2026-11-25 --jurisdiction mars', 'is one of uk, eu'],
  ['breach-to-regulator --aware 2026-11-25T10:00 --jurisdiction eu', 'needs --zone'],
  ['breach-to-subjects --aware 2026-11-25T10:00', 'needs --high-risk'],
  ['breach-to-subjects --aware 2026-11-25T10:00 --high-risk perhaps', 'is true or false'],
  ['breach-to-regulator --aware yesterday', 'a local time is written'],
  ['breach-to-controller --aware 2026-11-25T10:00 --agreement-hours soon', 'is a whole number above 0'],
  ['objection --heard 2026-11-25T10:00 --agreement-hours 99999999999', '8784 at most'],
  ['breach-to-regulator --aware 2026-11-25T10:00 --zone Mars/Base', 'is a time zone'],
  ['stop-the-clock --received 2026-03-02 --nation scotland --pause 2026-03-10', 'a pause is written'],
  [
    'stop-the-clock --received 2026-03-02 --nation scotland --pause 2026-03-10..2026-03-09',
    'ends before it begins',
  ],
  [
    'stop-the-clock --received 2026-03-02 --nation scotland --pause 2026-03-01..2026-03-09',
    'before the request came',
  ],
])('clock %s is not understood: %s', async (line, words) => {
  const { exit, stderr } = await clock(line)
  expect(exit).toBe(2)
  expect(stderr).toContain(words)
})
