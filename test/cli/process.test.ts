// The program as a process, on the embedded store: one register, and a second process that is turned away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { configurationFrom } from '../../src/service/configuration.ts'
import { useApp } from '../../src/service/use-app.ts'
import { runProcess, wordsOf } from './run-fairshare.ts'

const home = mkdtempSync(join(tmpdir(), 'fairshare-process-'))
const environment = { FAIRSHARE_HOME: home, DATABASE_URL: undefined }
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('what one process published another one shows, and a folder in use names its holder', async () => {
  const publish = await runProcess(wordsOf('policy publish examples/baby-club-2017/policy'), environment)
  expect(publish).toMatchObject({ exit: 0, stderr: '' })
  expect(publish.stdout).toContain('Published at position 1')

  await useApp(configurationFrom({}, { home }), async ({ register }) => {
    const [head] = await register.store.query<{ position: number }>('select position from register.head')
    expect(head?.position).toBe(1)
    const second = await runProcess(['status'], environment)
    expect(second).toMatchObject({ exit: 4, stdout: '' })
    expect(second.stderr).toContain(`process ${process.pid} has the data folder open`)
    expect(second.stderr).toContain('register.locked')
  })
})
