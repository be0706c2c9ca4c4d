// The Go command of verifiers/go, built once with Debian's packages, and asked: about a folder, or many questions at once.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** JSON as encoding/json writes bytes: Base64. */
export type Question = {
  ask: 'note' | 'checkpoint' | 'proof' | 'inclusion' | 'consistency' | 'roots'
  keys?: readonly string[]
  note?: string | Uint8Array
  data?: Uint8Array
  size?: number
  root?: Uint8Array
  index?: number
  leaf?: Uint8Array
  older?: number
  old?: Uint8Array
  path?: readonly Uint8Array[]
  bytes?: readonly Uint8Array[]
}

export type Answer = { holds: boolean; why?: string; names?: string[]; roots?: string[] }

export type VerifyLog = {
  run(words: readonly string[]): { stdout: string; exit: number }
  /** One answer to each question, in order. */
  ask(questions: readonly Question[]): Answer[]
}

export const aptLine = 'apt-get install --no-install-recommends age golang-go golang-golang-x-mod-dev'

/** Builds the command into `folder`. Without Go it throws with what to install: nothing is passed over in silence. */
export function buildVerifyLog(folder: string): VerifyLog {
  const command = join(folder, 'verify-log')
  const source = join(import.meta.dirname, '../../verifiers/go/verify-log')
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }
  try {
    execFileSync('go', ['build', '-o', command, '.'], { cwd: source, env, stdio: 'pipe' })
  } catch (cause) {
    const words = cause instanceof Error && 'stderr' in cause ? `${cause.stderr}` : ''
    throw new Error(`the Go verifier was not built; it needs: ${aptLine}\n${words}`, { cause })
  }
  const spawn = (words: readonly string[], input?: string) => {
    const { status, stdout, stderr } = spawnSync(command, words, {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    return { stdout, stderr, exit: status ?? -1 }
  }
  return {
    run: spawn,
    ask(questions) {
      const lines = questions.map((question) => JSON.stringify(question, asBase64))
      const { stdout, stderr, exit } = spawn(['-questions'], lines.join('\n'))
      const answers = stdout.split('\n').filter((line) => line !== '')
      if (exit !== 0 || answers.length !== questions.length)
        throw new Error(
          `${answers.length} answers to ${questions.length} questions: ${stderr}${answers.at(-1)}`,
        )
      return answers.map((line): Answer => JSON.parse(line))
    },
  }
}

function asBase64(this: unknown, key: string, value: unknown): unknown {
  // Buffers have turned themselves into objects by now; the holder still has them.
  const held = (this as Record<string, unknown>)[key]
  if (held instanceof Uint8Array) return Buffer.from(held).toString('base64')
  return key === 'note' && typeof value === 'string' ? Buffer.from(value).toString('base64') : value
}
