// Run as a process of its own by crash.test.ts: appends with eight callers at once until it is killed, and prints
// "position key" the moment an append is acknowledged.
import { writeSync } from 'node:fs'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { eventColumns } from '../../src/model/event.ts'
import { refKey } from '../../src/register/ref-key.ts'
import { openOn } from './open-on.ts'

const [folder = '', run = ''] = process.argv.slice(2)
const register = await openOn(await openPgliteStore({ folder }))

async function appendForEver(caller: number): Promise<void> {
  for (let n = 0; ; n++) {
    const key = `${run}-${caller}-${n}`
    const events = eventColumns(2)
    events.subject.fill(-1)
    events.kind.fill(1)
    const { position } = await register.append({
      kind: 'test',
      actor: 'tester',
      idempotencyKey: key,
      contentHash: key,
      enrol: refKey(register.keys, 'member', key),
      events,
    })
    writeSync(1, `${position} ${key}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, (_, caller) => appendForEver(caller)))
