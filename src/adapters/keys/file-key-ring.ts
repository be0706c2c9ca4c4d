// Keys as files of 32 raw bytes, in a folder only its owner can enter. Lost: nobody in the register can be found or
// given a receipt again. Read by a stranger: references can be guessed, erasure undone from old backups, logs signed.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../../model/problem.ts'
import type { KeyRing } from '../../register/key-ring.ts'
import { signerFromSeed } from './ed25519.ts'

const KEY_BYTES = 32
const PEPPER_ID = 1
const EPOCH = 1
const PSEUDONYM_ID = 1
const SIGNING_FILE = 'signing.key'

/** `create` only for a register that is new: made-up keys for an old one would split its people in two. */
export function openFileKeyRing({ folder, create }: { folder: string; create: boolean }): KeyRing {
  if (create)
    createKeys(folder, [pepperFile(PEPPER_ID), epochFile(EPOCH), pseudonymFile(PSEUDONYM_ID), SIGNING_FILE])
  const epochKeys = new Map<number, Uint8Array>()
  return {
    lookupPepper: { id: PEPPER_ID, bytes: readKey(folder, pepperFile(PEPPER_ID)) },
    epoch: EPOCH,
    epochKey(epoch) {
      const known = epochKeys.get(epoch)
      if (known !== undefined) return known
      const key = readKey(folder, epochFile(epoch))
      epochKeys.set(epoch, key)
      return key
    },
    pseudonymKey: { id: PSEUDONYM_ID, bytes: readKey(folder, pseudonymFile(PSEUDONYM_ID)) },
    signer: signerFromSeed(readKey(folder, SIGNING_FILE)),
  }
}

const pepperFile = (id: number) => `lookup-pepper-${id}.key`
const epochFile = (epoch: number) => `epoch-${epoch}.key`
const pseudonymFile = (id: number) => `pseudonym-${id}.key`

/** On disk, directory included, before anything is wrapped or hashed with them. A key that is there already stays. */
function createKeys(folder: string, files: readonly string[]): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const file of files) if (!existsSync(join(folder, file))) createKey(join(folder, file))
    flush(openSync(folder, 'r'))
  } catch (cause) {
    throw new Problem('keys.unusable', 'the keys folder cannot be written', { cause })
  }
}

function createKey(path: string): void {
  const file = openSync(path, 'wx', 0o600)
  writeSync(file, randomBytes(KEY_BYTES))
  flush(file)
}

function flush(descriptor: number): void {
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function readKey(folder: string, file: string): Uint8Array {
  let key: Buffer
  try {
    key = readFileSync(join(folder, file))
  } catch (cause) {
    throw new Problem('keys.unusable', `${file} cannot be read`, { cause })
  }
  if (key.length !== KEY_BYTES)
    throw new Problem('keys.unusable', `${file} holds ${key.length} bytes, a key has ${KEY_BYTES}`)
  return new Uint8Array(key)
}
