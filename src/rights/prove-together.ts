// Several batches proved to be in the log under one checkpoint: proofs under two may speak of two histories.
import { parseProof } from '../log/tlog-proof.ts'
import { Problem } from '../model/problem.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { type BatchProof, proveBatch } from '../register/prove-batch.ts'
import type { Register } from '../register/register.ts'

/** `entry` as text. */
export type Proven = { position: number; entry: string; proof: string }

/** Another process may publish between two proofs. */
const ATTEMPTS = 5

/** Publish first: what is not published cannot be proved. */
export async function proveTogether(
  register: Register,
  places: LogPlaces,
  positions: readonly number[],
): Promise<(position: number) => Proven> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const proofs = new Map<number, BatchProof>()
    for (const position of new Set(positions))
      proofs.set(position, await proveBatch(register, places, position))
    const checkpoints = new Set([...proofs.values()].map(({ proof }) => parseProof(proof).checkpoint))
    if (checkpoints.size > 1) continue
    return (position) => {
      const { entry, proof } = proofs.get(position)!
      return { position, entry: new TextDecoder().decode(entry), proof }
    }
  }
  throw new Problem('register.unavailable', 'the log is being published again and again; try once more')
}
