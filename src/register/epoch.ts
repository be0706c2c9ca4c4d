// The epoch under whose key secrets are wrapped now: the register's head names it, and tells its key from another of the same number.
import { createHmac } from 'node:crypto'
import { Problem } from '../model/problem.ts'
import type { KeyRing } from './key-ring.ts'
import type { StoreSession } from './store.ts'

/** As in the register's head. `epoch_check` is null until the first epoch ends. */
export type Epoch = { epoch: number; epoch_check: Uint8Array | null }

const CHECK_BYTES = 16

export async function readEpoch(session: Pick<StoreSession, 'query'>): Promise<Epoch> {
  const [head] = await session.query<Epoch>('select epoch, epoch_check from register.head')
  return head!
}

/** The epoch's key; throws `keys.unusable` when it is not here, or is one that was made elsewhere under the same number. */
export function checkEpoch(keys: KeyRing, { epoch, epoch_check }: Epoch): Uint8Array {
  const key = keys.epochKey(epoch)
  if (epoch_check !== null && !epochCheck(key).equals(epoch_check))
    throw new Problem('keys.unusable', `the key of epoch ${epoch} is not the one this register goes by`)
  return key
}

export function epochCheck(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('fairshare/epoch-check').digest().subarray(0, CHECK_BYTES)
}
