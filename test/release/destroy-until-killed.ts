// Run as a process of its own by erasure.test.ts: destroys the keys that are due in a club that was prepared, and is gone without
// a word at the point it is told.
import { writeSync } from 'node:fs'
import { destroyErased } from '../../src/release/destroy-erased.ts'
import { openClub } from './small-club.ts'

const [home = '', databaseUrl = '', now = '', point = ''] = process.argv.slice(2)
const club = await openClub({ home, databaseUrl, clock: { at: Number(now) } })

/** No handler runs, nothing is flushed, no connection is closed. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

await destroyErased(await club.context(), {
  at: (passed) => {
    if (passed === point) die()
  },
})
writeSync(1, 'done')
await club.close()
