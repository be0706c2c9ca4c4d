// The outbox as folders: the contract, and a disk without room.
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { onDisk } from '../../src/adapters/files/disk-full.ts'
import { openOutboxFolder } from '../../src/adapters/files/outbox-folder.ts'
import { describeOutbox } from '../contract/outbox.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-outbox-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describeOutbox('folders', () => {
  const home = mkdtempSync(join(scratch, 'home-'))
  return {
    open: () => openOutboxFolder({ home }),
    treePath: (release, tree) => join(home, 'trees', release, `${tree}.tree`),
  }
})

test('a full disk is said to be one, and nothing half-written is kept', async () => {
  const outbox = openOutboxFolder({ home: mkdtempSync(join(scratch, 'home-')) })
  const folder = await outbox.stage('3-acorn-post@41')
  symlinkSync('/dev/full', join(folder, 'manifest.json'))
  await expect(outbox.write(folder, 'manifest.json', 'text')).rejects.toMatchObject({ code: 'disk.full' })
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  ['EIO', 'disk.failed'],
  ['EROFS', 'disk.failed'],
  ['EMFILE', 'disk.failed'],
  ['EDQUOT', 'disk.full'],
  ['EFBIG', 'disk.full'],
])('%s is told as %s, with what was being done', async (code, problem) => {
  const failing = () => Promise.reject(Object.assign(new Error(code), { code }))
  await expect(onDisk('writing here', failing)).rejects.toMatchObject({ code: problem })
  await expect(onDisk('writing here', failing)).rejects.toThrow('writing here')
})

test('what no disk says comes back as it was', async () => {
  const bug = new TypeError('x is not a function')
  await expect(onDisk('writing here', () => Promise.reject(bug))).rejects.toBe(bug)
})
