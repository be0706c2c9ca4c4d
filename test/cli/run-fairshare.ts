// Runs the command line for tests: inside this process, or as a process of its own; what it printed, and how it ended.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { main } from '../../src/cli/main.ts'

export type Run = { stdout: string; stderr: string; exit: number }
/** Undefined: not set, whatever this process has. */
export type Environment = Readonly<Record<string, string | undefined>>

/** As `main` would run under this environment; one at a time, as a process has one environment and one output. */
export async function runInside(words: readonly string[], environment: Environment): Promise<Run> {
  const run: Run = { stdout: '', stderr: '', exit: 0 }
  const restore = [
    collect(process.stdout, (text) => {
      run.stdout += text
    }),
    collect(process.stderr, (text) => {
      run.stderr += text
    }),
    setEnvironment(environment),
  ]
  try {
    run.exit = await main(words)
  } finally {
    for (const undo of restore) undo()
  }
  return run
}

/** As `bin/fairshare.mjs` of the checkout. */
export function runProcess(words: readonly string[], environment: Environment): Promise<Run> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/fairshare.mjs'), ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const run: Run = { stdout: '', stderr: '', exit: 0 }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => resolve({ ...run, exit: exit ?? -1 }))
  })
}

/** A command line as a shell would split it: blanks, 'single' and "double" quotes, a backslash before a line's end. */
export function wordsOf(line: string): string[] {
  const parts = line.replaceAll(/\\\n\s*/g, ' ').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)
  return [...parts].map(([, double, single, plain]) => double ?? single ?? plain ?? '')
}

function collect(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const write = stream.write
  stream.write = (text: string | Uint8Array) => {
    take(typeof text === 'string' ? text : new TextDecoder().decode(text))
    return true
  }
  return () => {
    stream.write = write
  }
}

function setEnvironment(environment: Environment): () => void {
  const before = { ...process.env }
  const put = (name: string, value: string | undefined) => {
    // Assigned, it would become the word "undefined".
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const [name, value] of Object.entries(environment)) put(name, value)
  return () => {
    for (const name of Object.keys(environment)) put(name, before[name])
  }
}
