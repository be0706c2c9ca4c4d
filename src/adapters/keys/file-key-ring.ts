// Keys as files of 32 raw bytes, in a folder only its owner can enter. Lost: nobody in the register can be found or
// given a receipt again. Read by a stranger: references can be guessed, erasure undone from old backups, logs signed.
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { isProblem, Problem } from '../../model/problem.ts'
import type { KeyRing } from '../../register/key-ring.ts'
import { hasCode } from '../files/error-code.ts'
import { signerFromSeed } from './ed25519.ts'

const KEY_BYTES = 32
const OTHERS_MAY = 0o077
const PEPPER_ID = 1
const FIRST_EPOCH = 1
const PSEUDONYM_ID = 1
const SUPPRESSION_ID = 1
const SIGNING_FILE = 'signing.key'
const NEXT_SIGNING_FILE = 'signing.next'

/** `create` only for a register that is new: made-up keys for an old one would split its people in two. */
export function openFileKeyRing({ folder, create }: { folder: string; create: boolean }): KeyRing {
  if (create)
    createKeys(folder, [
      ...[pepperFile(PEPPER_ID), suppressionFile(SUPPRESSION_ID), pseudonymFile(PSEUDONYM_ID)],
      ...(epochsIn(folder).length === 0 ? [epochFile(FIRST_EPOCH)] : []),
      SIGNING_FILE,
    ])
  const signing = signingKeys(folder)
  return {
    lookupPepper: { id: PEPPER_ID, bytes: readKey(folder, pepperFile(PEPPER_ID)) },
    ...epochKeys(folder),
    get epoch() {
      return epochsIn(folder).at(-1) ?? FIRST_EPOCH
    },
    get suppressionPepper() {
      // A folder made before there was such a list has none until somebody is erased.
      createKeys(folder, [suppressionFile(SUPPRESSION_ID)])
      return { id: SUPPRESSION_ID, bytes: readKey(folder, suppressionFile(SUPPRESSION_ID)) }
    },
    pseudonymKey: { id: PSEUDONYM_ID, bytes: readKey(folder, pseudonymFile(PSEUDONYM_ID)) },
    // Not opened with the rest: without it everything goes on but signing, and it can be replaced.
    get signer() {
      return signing.signer
    },
    nextSigner: signing.nextSigner,
    adoptSigner: signing.adoptSigner,
  }
}

type EpochKeys = Pick<KeyRing, 'epochs' | 'epochKey' | 'newEpoch' | 'destroyEpoch'>

/** The folder is looked at each time: another process of this register may have begun an epoch. */
function epochKeys(folder: string): EpochKeys {
  const known = new Map<number, Uint8Array>()
  const forget = (epoch: number) => {
    known.get(epoch)?.fill(0)
    known.delete(epoch)
  }
  return {
    epochs: () => epochsIn(folder),
    epochKey(epoch) {
      // Another process may have destroyed it: then nothing is left of it here either.
      if (known.has(epoch) && !existsSync(join(folder, epochFile(epoch)))) forget(epoch)
      const key = known.get(epoch) ?? readKey(folder, epochFile(epoch))
      known.set(epoch, key)
      return key
    },
    newEpoch() {
      const next = (epochsIn(folder).at(-1) ?? 0) + 1
      createKeys(folder, [epochFile(next)])
      return next
    },
    destroyEpoch(epoch) {
      forget(epoch)
      destroyKey(folder, epochFile(epoch))
    },
  }
}

/** Ascending; none in a folder that is not there. */
function epochsIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => /^epoch-(\d+)\.key$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** Read again each time: another process of this register may have taken the next key. */
function signingKeys(folder: string): Pick<KeyRing, 'signer' | 'nextSigner' | 'adoptSigner'> {
  return {
    get signer() {
      return signerFromSeed(readKey(folder, SIGNING_FILE))
    },
    nextSigner() {
      createKeys(folder, [NEXT_SIGNING_FILE])
      return signerFromSeed(readKey(folder, NEXT_SIGNING_FILE))
    },
    adoptSigner(publicKey) {
      try {
        return adopt(folder, publicKey)
      } catch (cause) {
        if (isProblem(cause)) throw cause
        throw new Problem('keys.unusable', 'the next signing key cannot be taken', { cause })
      }
    },
  }
}

function adopt(folder: string, publicKey: Uint8Array): 'signs' | 'missing' | 'another' {
  const current = join(folder, SIGNING_FILE)
  const next = join(folder, NEXT_SIGNING_FILE)
  const isOf = (path: string) => isKeyOf(readIfThere(path), publicKey)
  const held = openIfThere(current)
  try {
    if (isKeyOf(held === undefined ? undefined : readWhole(held), publicKey)) return 'signs'
    if (isOf(next)) {
      // Overwritten first: a crash after it leaves a key that signs for nobody, and the next one to be adopted. Through what was
      // opened: another process may have put the next key in its place meanwhile.
      if (held !== undefined) overwrite(held)
      renameIfThere(next, current)
      flush(openSync(folder, 'r'))
    }
    if (isOf(current)) return 'signs'
    return existsSync(current) ? 'another' : 'missing'
  } finally {
    if (held !== undefined) closeSync(held)
  }
}

function isKeyOf(seed: Uint8Array | undefined, publicKey: Uint8Array): boolean {
  if (seed?.length !== KEY_BYTES) return false
  return Buffer.from(publicKey).equals(signerFromSeed(seed).publicKey)
}

function openIfThere(path: string): number | undefined {
  return ifThere(() => {
    refuseOthers(path)
    return openSync(path, 'r+')
  })
}

function readIfThere(path: string): Uint8Array | undefined {
  return ifThere(() => {
    refuseOthers(path)
    return readFileSync(path)
  })
}

function renameIfThere(from: string, to: string): void {
  ifThere(() => renameSync(from, to))
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function readWhole(descriptor: number): Uint8Array {
  const bytes = Buffer.alloc(KEY_BYTES + 1)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0))
}

const pepperFile = (id: number) => `lookup-pepper-${id}.key`
const epochFile = (epoch: number) => `epoch-${epoch}.key`
const suppressionFile = (id: number) => `suppression-pepper-${id}.key`
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

/** Whole under its name, or not there: of two processes that make one at a time, both then read the first. */
function createKey(path: string): void {
  const part = `${path}.${randomBytes(8).toString('hex')}.part`
  const file = openSync(part, 'wx', 0o600)
  writeSync(file, randomBytes(KEY_BYTES))
  flush(file)
  try {
    linkSync(part, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(part, { force: true })
  }
}

/** In place, so that the blocks that held it hold something else; what a disk keeps of old blocks is out of reach. */
function overwriteKey(path: string): void {
  const file = openSync(path, 'r+')
  overwrite(file)
  closeSync(file)
}

function overwrite(descriptor: number): void {
  writeSync(descriptor, randomBytes(KEY_BYTES), 0, KEY_BYTES, 0)
  fsyncSync(descriptor)
}

/** Overwritten before it is removed: a crash in between leaves a file that opens nothing, and is removed the next time. */
function destroyKey(folder: string, file: string): void {
  const path = join(folder, file)
  try {
    if (existsSync(path)) overwriteKey(path)
    rmSync(path, { force: true })
    flush(openSync(folder, 'r'))
  } catch (cause) {
    throw new Problem('keys.unusable', `${file} cannot be destroyed`, { cause })
  }
}

function flush(descriptor: number): void {
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function readKey(folder: string, file: string): Uint8Array {
  let key: Buffer
  try {
    refuseOthers(join(folder, file))
    key = readFileSync(join(folder, file))
  } catch (cause) {
    if (isProblem(cause)) throw cause
    throw new Problem('keys.unusable', `${file} cannot be read`, { cause })
  }
  if (key.length !== KEY_BYTES)
    throw new Problem('keys.unusable', `${file} holds ${key.length} bytes, a key has ${KEY_BYTES}`)
  return new Uint8Array(key)
}

/** As ssh does with its keys. Windows has no such bits. A pipe in a key's place would keep whoever opens it waiting for ever. */
function refuseOthers(path: string): void {
  const found = statSync(path)
  if (!found.isFile()) throw new Problem('keys.unusable', `${path} is no file`)
  if (process.platform !== 'win32' && (found.mode & OTHERS_MAY) !== 0)
    throw new Problem('keys.exposed', `chmod 600 ${path}`)
}
