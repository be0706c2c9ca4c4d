// An approver's key: a file that the approver keeps, and that is never in the data folder. Lost: the approver is added
// again with a new one. Read by somebody else: that person approves in the approver's name until another key replaces it.
import { existsSync } from 'node:fs'
import type { Signer } from '../../register/key-ring.ts'
import { makeSeedFile, readSeedFile } from './seed-file.ts'

export function openApproverKey(path: string): Promise<Signer> {
  return readSeedFile(path, 'approver.key_unusable')
}

/** The key at this path, made when there is none. */
export async function ensureApproverKey(path: string): Promise<{ signer: Signer; made: boolean }> {
  const signer = existsSync(path) ? undefined : await makeSeedFile(path)
  return signer === undefined ? { signer: await openApproverKey(path), made: false } : { signer, made: true }
}
