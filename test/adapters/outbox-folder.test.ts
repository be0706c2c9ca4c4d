// The outbox as folders: the contract.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
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
