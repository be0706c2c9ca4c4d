// The outbox as folders: the contract, and a disk without room.
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
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
