// The commands of the log when something is not there: a log never published, the second place, a copy that was misnamed.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { type Environment, runInside, wordsOf } from './run-fairshare.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-log-'))
const second = join(scratch, 'second', 'last-signed')
let environment: Environment

beforeAll(async () => {
  const name = `log_${randomUUID().replaceAll('-', '')}`
  environment = {
    FAIRSHARE_HOME: join(scratch, 'home'),
    FAIRSHARE_SIGNED_STATE: second,
    DATABASE_URL: await createDatabase(inject('postgresUrl'), name, 'register_template'),
  }
  await fairshare('policy publish examples/baby-club-2017/policy')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const fairshare = (line: string) => runInside(wordsOf(line), environment)

test('a log that was never published is said to be that', async () => {
  expect(await fairshare('log fsck')).toMatchObject({
    stdout: 'Nothing is published yet: fairshare log publish.\n',
    exit: 1,
  })
})

test('a second place that is not there is named by fsck, and told by the publication that starts it anew', async () => {
  const published = await fairshare('log publish')
  expect(published).toMatchObject({ stderr: '', exit: 0 })
  expect((await fairshare('log fsck')).exit).toBe(0)
  rmSync(second)
  const { stdout, exit } = await fairshare('log fsck')
  expect(exit).toBe(1)
  expect(stdout).toContain(`the second place ${second} is not there`)
  expect(await fairshare('log publish')).toEqual({
    ...published,
    stderr: `The second place ${second} was not there; started anew from log/checkpoint.\n`,
  })
  expect((await fairshare('log fsck')).exit).toBe(0)
})

test('a second place that cannot be read is refused, with what to do about it', async () => {
  writeFileSync(second, 'seventy thousand\n')
  for (const line of ['log publish', 'log fsck'])
    expect((await fairshare(line)).stderr).toContain('(log.state_unusable)')
  rmSync(second)
})

test('a checkpoint that was lost is no log that was never published', async () => {
  await fairshare('log publish')
  rmSync(join(scratch, 'home', 'log', 'checkpoint'))
  expect((await fairshare('log fsck')).stdout).toContain('does not hold: checkpoint')
})

test('a copy at a path where nothing is, is a path that is wrong', async () => {
  const { stderr, exit } = await fairshare(`log fsck --folder ${join(scratch, 'nowhere')} --key x+1+y`)
  expect(stderr).toContain('(file.missing)')
  expect(exit).toBe(3)
})
