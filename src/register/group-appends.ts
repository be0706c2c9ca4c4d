// Group commit: statements that arrive while one transaction runs share the next, so that a hundred callers
// wait for one lock and one disk flush, not for a hundred.
import { isProblem, Problem } from '../model/problem.ts'
import { appendBatch, appendInOneTransaction } from './append-batch.ts'
import { type Appended, type BatchDraft, checkDraft } from './batch.ts'
import type { Register } from './register.ts'

const GROUP_MAX = 1_000

type Waiting = {
  draft: BatchDraft
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/** The register's `append`: for single statements. Bulk batches go by themselves, with `appendBatch`. */
export function createAppender(register: Omit<Register, 'append'>): Register['append'] {
  const waiting: Waiting[] = []
  let running = false
  const whole: Register = { ...register, append }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) await appendGroup(whole, waiting.splice(0, GROUP_MAX))
    running = false
  }

  function append(draft: BatchDraft): Promise<Appended> {
    return new Promise((resolve, reject) => {
      checkDraft(draft)
      waiting.push({ draft, resolve, reject })
      // Callers of the same turn of the event loop belong together.
      if (!running) {
        running = true
        queueMicrotask(run)
      }
    })
  }

  return append
}

async function appendGroup(register: Register, group: readonly Waiting[]): Promise<void> {
  let outcomes: (Appended | Problem)[]
  try {
    outcomes = await appendInOneTransaction(
      register,
      group.map(({ draft }) => draft),
    )
  } catch (error) {
    if (group.length === 1 || isOfStore(error)) for (const { reject } of group) reject(error)
    // Nothing of the group was written. One draft may have failed them all: try each by itself.
    else
      for (const { draft, resolve, reject } of group) await appendBatch(register, draft).then(resolve, reject)
    return
  }
  outcomes.forEach((outcome, index) => {
    if (outcome instanceof Problem) group[index]!.reject(outcome)
    else group[index]!.resolve(outcome)
  })
}

/** No draft's fault: a database that cannot be reached would be waited for by each of them in turn. */
function isOfStore(error: unknown): boolean {
  return isProblem(error) && (error.code.startsWith('register.') || error.code === 'disk.full')
}
