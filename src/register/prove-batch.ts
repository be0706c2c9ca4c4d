// The proof that a batch is in the published log: its entry, and a text that verifies offline under the log's key.
import { LogError } from '../log/log-error.ts'
import { tileReader, tileTree } from '../log/tile-tree.ts'
import { encodeProof, verifyProof } from '../log/tlog-proof.ts'
import { Problem } from '../model/problem.ts'
import type { LogPlaces } from './log-store.ts'
import { logVerifier, publishLog, readCheckpoint } from './publish-log.ts'
import type { Register } from './register.ts'

export type BatchProof = {
  /** The leaf: what the log says of this batch. */
  entry: Uint8Array
  /** c2sp.org/tlog-proof@v1 */
  proof: string
}

/** Against the last checkpoint; publishes first when that one does not reach `position`. */
export async function proveBatch(
  register: Register,
  places: LogPlaces,
  position: number,
): Promise<BatchProof> {
  const entry = await readEntry(register, position)
  const published = await readCheckpoint(register, places.store)
  if (published === undefined || published.size < position) await publishLog(register, places)
  try {
    return { entry, proof: await prove(register, places, position, entry) }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    // Tiles that are lost or damaged are made again from the register; a second failure is a bug.
    await publishLog(register, places, { rebuild: true })
    return { entry, proof: await prove(register, places, position, entry) }
  }
}

async function readEntry({ store }: Register, position: number): Promise<Uint8Array> {
  const [row] = await store.query<{ entry: Uint8Array }>(
    'select entry from register.batch where position = $1',
    [position],
  )
  if (row === undefined) throw new Problem('value.invalid', `the register has no position ${position}`)
  return row.entry
}

async function prove(
  register: Register,
  { store }: LogPlaces,
  position: number,
  entry: Uint8Array,
): Promise<string> {
  const published = await readCheckpoint(register, store)
  if (published === undefined || published.size < position) throw new LogError('tile.missing', 'checkpoint')
  const tree = tileTree(
    published.size,
    tileReader((path) => store.read(path)),
  )
  const index = position - 1
  const hashes = await tree.inclusionProof(index)
  const proof = encodeProof({ index, hashes, checkpoint: published.note })
  verifyProof(proof, entry, logVerifier(register))
  return proof
}
