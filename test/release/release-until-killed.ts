// Run as a process of its own by crash.test.ts: releases a request, or follows up, on a club that was prepared, and is gone
// without a word at the point it is told; without a point it prints what came of it.
import { writeSync } from 'node:fs'
import { followUp } from '../../src/release/follow-up.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { openClub, start } from './small-club.ts'

const [home = '', databaseUrl = '', task = '', point = ''] = process.argv.slice(2)
const club = await openClub({ home, ...(databaseUrl !== '' && { databaseUrl }), clock: { at: start } })
const context = await club.context()

/** No handler runs, nothing is flushed, no connection is closed. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

if (task === 'release') {
  const result = await releaseRequest(context, 'letter', {
    at: (passed) => {
      if (passed === point) die()
    },
  })
  writeSync(1, JSON.stringify(result))
} else {
  const deliver: typeof context.outbox.deliver = async (name, recipient) => {
    if (point === 'before-rename' && (await context.outbox.staged(name)) !== undefined) die()
    const path = await context.outbox.deliver(name, recipient)
    if (point === 'after-rename') die()
    return path
  }
  writeSync(1, JSON.stringify(await followUp({ ...context, outbox: { ...context.outbox, deliver } })))
}
await club.close()
