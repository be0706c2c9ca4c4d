// Starts the process that dies and listens to what it says.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TreeHead } from '../../src/log/checkpoint.ts'
import type { ChildOrder } from './child.ts'
import type { Acknowledged } from './tasks.ts'

export type ChildEnd = {
  /** It was killed before it could end. */
  killed: boolean
  acknowledged: Acknowledged[]
  /** Trees it signed and may have shown. */
  signed: TreeHead[]
  /** Codes of the Problems it ended with, and errors without one. */
  problems: string[]
  uncoded: string[]
}

export type ChildOptions = {
  /** Killed so long after it was ready. */
  killAfterMs?: number
  /** Loaded before anything else. */
  preload?: string
  environment?: Record<string, string>
  /** A command that starts it, in place of Node itself. */
  through?: readonly string[]
  /** Compiled code is kept here, so that the next one starts sooner. */
  compiled: string
}

/** Nothing here takes a tenth of it, on a machine that is not busy with others: whoever is still not done waits for ever. */
const ENDLESS_MS = 240_000

export async function runChild(order: ChildOrder, options: ChildOptions): Promise<ChildEnd> {
  const script = fileURLToPath(new URL('child.ts', import.meta.url))
  const loading = options.preload === undefined ? [] : ['--import', options.preload]
  const [command, ...given] = [
    ...(options.through ?? []),
    process.execPath,
    ...loading,
    script,
    JSON.stringify(order),
  ]
  const child = spawn(command!, given, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: options.compiled, ...options.environment },
  })
  const end: ChildEnd = { killed: false, acknowledged: [], signed: [], problems: [], uncoded: [] }
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_, signal) => resolve(signal)),
  )
  let hung = false
  const waiting = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, ENDLESS_MS)
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...rest] = line.split(' ')
    const said = rest.join(' ')
    if (word === 'ready' && options.killAfterMs !== undefined)
      setTimeout(() => child.kill('SIGKILL'), options.killAfterMs)
    if (word === 'fact') end.acknowledged.push({ position: Number(rest[0]), key: rest.slice(1).join(' ') })
    if (word === 'tree')
      end.signed.push({ size: Number(rest[0]), root: new Uint8Array(Buffer.from(rest[1]!, 'hex')) })
    if (word === 'problem') end.problems.push(said)
    if (word === 'uncoded') end.uncoded.push(said)
  }
  end.killed = (await ended) === 'SIGKILL'
  clearTimeout(waiting)
  if (hung) end.uncoded.push('it never ended')
  return end
}
