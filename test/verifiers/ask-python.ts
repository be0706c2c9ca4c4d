// The Python verifier, as a stranger runs it and as a process that answers many questions.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export type Answer = { holds: boolean; place: string | null; found: string | null; checks: string[] }

export type Question =
  | { ask: 'tree'; leaves: [string, string][]; proofs: object[] }
  | { ask: 'merkle'; cases: object[] }
  | { ask: 'document'; kind: string; key: string; data: string }
  | { ask: 'folder'; kind: string; key: string; path: string }

/** One answer for each question, in their order, from one process. */
export async function askPython<Answered = Answer>(questions: Iterable<Question>): Promise<Answered[]> {
  const python = spawn('python3', [pathOf('answer_lines.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  python.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<number | null>((resolve, reject) => {
    python.on('close', resolve)
    python.on('error', reject)
    python.stdin.on('error', reject)
  })
  for (const question of questions)
    if (!python.stdin.write(`${JSON.stringify(question)}\n`))
      await Promise.race([new Promise((resolve) => python.stdin.once('drain', resolve)), ended])
  python.stdin.end()
  const code = await ended
  if (code !== 0) throw new Error(`the Python verifier ended with ${code}`)
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

export type Run = { status: number | null; stdout: string; stderr: string }

/** As it is run on a command line. */
export function runPython(script: string, ...options: string[]): Run {
  const path = pathOf(`../../verifiers/python/${script}`)
  const { status, stdout, stderr, error } = spawnSync('python3', ['-B', path, ...options], {
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return { status, stdout, stderr }
}
