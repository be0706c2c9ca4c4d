// Opens a register with made-up keys; needs no test runner, so that a process to be killed can use it too.
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { Problem } from '../../src/model/problem.ts'
import type { KeyRing } from '../../src/register/key-ring.ts'
import { openRegister, type Register } from '../../src/register/open-register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { readMigrations } from '../global-setup.ts'

/** A clock that gives microseconds of the wall clock: the register makes them distinct. */
export function openOn(store: RegisterStore, keys: KeyRing = testKeys()): Promise<Register> {
  return openRegister({ store, keys, migrations: readMigrations(), now: () => Date.now() * 1000 })
}

/** Made-up keys; `seed` makes others. */
export function testKeys(seed = 1): KeyRing {
  const epochs = testEpochs(seed)
  return {
    lookupPepper: { id: 1, bytes: new Uint8Array(32).fill(seed) },
    ...epochs,
    get epoch() {
      return Math.max(...epochs.epochs())
    },
    suppressionPepper: { id: 1, bytes: new Uint8Array(32).fill(seed + 75) },
    pseudonymKey: { id: 1, bytes: new Uint8Array(32).fill(seed + 50) },
    signer: signerFromSeed(new Uint8Array(32).fill(seed + 25)),
    nextSigner: () => signerFromSeed(new Uint8Array(32).fill(seed + 26)),
    adoptSigner: () => 'another',
  }
}

function testEpochs(seed: number): Pick<KeyRing, 'epochs' | 'epochKey' | 'newEpoch' | 'destroyEpoch'> {
  const held = new Set([1])
  return {
    epochs: () => [...held],
    epochKey(epoch) {
      if (!held.has(epoch)) throw new Problem('keys.unusable', `no key of epoch ${epoch}`)
      return new Uint8Array(32).fill(seed + 99 + epoch)
    },
    newEpoch() {
      const next = Math.max(0, ...held) + 1
      held.add(next)
      return next
    },
    destroyEpoch: (epoch) => void held.delete(epoch),
  }
}
