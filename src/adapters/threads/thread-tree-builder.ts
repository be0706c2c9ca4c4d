// Grows large trees in a thread of their own. A thread that fails, or ends without a tree, is an error and never a wait.
import { Worker } from 'node:worker_threads'
import { type DecidedRows, growDecided } from '../../log/grow-decided.ts'
import type { GrownTree, TreeBuilder } from '../../release/tree-builder.ts'

/** Smaller trees are grown sooner than a thread starts. */
const RECORDS_FOR_THREAD = 50_000

export type ThreadOptions = {
  /** Trees of fewer records are grown in this thread. */
  recordsForThread?: number
  /** What the thread runs. */
  file?: URL
}

export function threadTreeBuilder(options: ThreadOptions = {}): TreeBuilder {
  const { recordsForThread = RECORDS_FOR_THREAD, file = workerFile() } = options
  return async (rows) => {
    if (rows.count >= recordsForThread) return growInThread(file, rows)
    const tree = growDecided(rows)
    return { root: tree.root, bytes: tree.toBytes() }
  }
}

function growInThread(file: URL, rows: DecidedRows): Promise<GrownTree> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: rows })
    worker.on('message', (grown: GrownTree) => resolve(grown))
    worker.on('messageerror', reject)
    worker.on('error', reject)
    // After a message or an error this changes nothing.
    worker.on('exit', (code) =>
      reject(new Error(`the thread that grew a tree ended without one, code ${code}`)),
    )
  })
}

/** tsc rewrites the endings of imports, not of URLs. */
function workerFile(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./tree-worker.ts', import.meta.url)
    : new URL('./tree-worker.js', import.meta.url)
}
