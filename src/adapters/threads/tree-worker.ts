// The thread that grows one tree and ends.
import { parentPort, workerData } from 'node:worker_threads'
import { type DecidedRows, growDecided } from '../../log/grow-decided.ts'
import type { GrownTree } from '../../release/tree-builder.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker')

const rows: DecidedRows = workerData
const tree = growDecided(rows)
// Copies of their own, however small: what is handed over must not be half of something else.
const bytes = tree.toBytes().map((part) => (part.byteLength === part.buffer.byteLength ? part : part.slice()))
const grown: GrownTree = { root: tree.root, bytes }
port.postMessage(
  grown,
  bytes.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer),
)
