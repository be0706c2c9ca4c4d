// The process that dies: it opens a place, runs a task, says what was acknowledged the moment it is, and is gone without a word
// where it is told to be. What it says are lines: `ready`, `fact <position> <key>`, `tree <size>
// <root>`, `problem <code>`, `uncoded <name>`, `done`.
import { writeSync } from 'node:fs'
import { isProblem } from '../../src/model/problem.ts'
import { type Club, openClub } from '../release/small-club.ts'
import { type OnCall, watchedPorts } from './failing-ports.ts'
import type { Place } from './places.ts'
import { runTask, type TaskName, tasks } from './tasks.ts'

export type ChildOrder = {
  place: Place
  task: TaskName
  /** Dies at this numbered point of the task. */
  point?: string
  /** Dies at this call to this port. */
  call?: { port: string; call: number; when: 'before' | 'after' }
}

/** No handler runs, nothing is flushed, no connection is closed. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

// Written by the parent, in the same version of this file.
const order = JSON.parse(process.argv[2] ?? '') as ChildOrder
const { place, task } = order
// Lines this short reach a pipe whole or not at all.
const say = (line: string) => writeSync(1, `${line}\n`)

/** From here on somebody may have been shown the newest checkpoint. */
const signing = new Set(['checkpoint-signed', 'checkpoint-written'])

async function saySigned({ app }: Club): Promise<void> {
  const signed = await app.log.signed.read()
  if (signed !== undefined) say(`tree ${signed.size} ${Buffer.from(signed.root).toString('hex')}`)
}

let calls = 0
const onCall: OnCall = (port, _call, when) => {
  if (port !== order.call?.port) return
  if (when === 'before') calls++
  if (when === order.call.when && calls === order.call.call) die()
}

try {
  const club = await openClub({
    ...{ ...place, clock: { at: tasks[task].clock } },
    ...(order.call && { decorate: watchedPorts(onCall) }),
  })
  say('ready')
  await runTask(task, club, {
    async at(point) {
      if (signing.has(point)) await saySigned(club)
      if (point === order.point) die()
    },
    acknowledge: ({ key, position }) => void say(`fact ${position} ${key}`),
  })
  say('done')
  await club.close()
} catch (error) {
  say(
    isProblem(error)
      ? `problem ${error.code}`
      : `uncoded ${error instanceof Error ? error.stack : String(error)}`.replaceAll('\n', ' | '),
  )
  process.exit(0)
}
