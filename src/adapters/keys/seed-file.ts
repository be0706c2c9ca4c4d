// An Ed25519 key as a file of one line: its 32-byte seed in hex. Whoever reads it signs in the holder's name.
import { randomBytes } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Problem } from '../../model/problem.ts'
import type { Signer } from '../../register/key-ring.ts'
import { diskProblem } from '../files/disk-full.ts'
import { openPlain } from '../files/open-plain.ts'
import { signerFromSeed } from './ed25519.ts'

const SEED_BYTES = 32
const OTHERS_MAY = 0o077

/** Whose key it is, by the Problem that says what to do about it. */
type KeyProblem = 'approver.key_unusable' | 'recipient.keys_unusable'

export async function readSeedFile(path: string, code: KeyProblem): Promise<Signer> {
  const file = await openPlain(path).catch((cause: unknown) => {
    throw new Problem(code, `${path} cannot be read`, { cause })
  })
  try {
    await refuseOthers(file, path, code)
    const [, hex] = /^([0-9a-f]{64})\r?\n?$/.exec(await readWhole(file, path, code)) ?? []
    if (hex === undefined) throw new Problem(code, `${path} does not hold 64 hex digits`)
    return signerFromSeed(Buffer.from(hex, 'hex'))
  } finally {
    await file.close()
  }
}

/** A new key in a new file, on disk when this resolves; undefined when there is a file already, which stays. */
export async function makeSeedFile(path: string): Promise<Signer | undefined> {
  const seed = randomBytes(SEED_BYTES)
  const made = await writeNewFile(path, `${seed.toString('hex')}\n`)
  return made ? signerFromSeed(seed) : undefined
}

/** Its owner's alone, and on disk, its name included; false when there is a file already, which stays. */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return undefined
    throw new Problem('value.invalid', `${path} cannot be made: name another place`, { cause })
  })
  if (file === undefined) return false
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    throw diskProblem(error, `writing ${path}`)
  } finally {
    await file.close()
  }
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
  return true
}

/** As ssh does: a key that others on the machine can read is not one person's. Windows has no such bits. */
async function refuseOthers(file: FileHandle, path: string, code: KeyProblem): Promise<void> {
  const { mode } = await file.stat()
  if (process.platform !== 'win32' && (mode & OTHERS_MAY) !== 0)
    throw new Problem(code, `others can read ${path}; run chmod 600 on it if none has`)
}

async function readWhole(file: FileHandle, path: string, code: KeyProblem): Promise<string> {
  return file.readFile('latin1').catch((cause: unknown) => {
    throw new Problem(code, `${path} cannot be read`, { cause })
  })
}
