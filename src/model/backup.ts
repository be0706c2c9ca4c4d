// A backup as its register signs it: what it is a copy of, how far that goes, and which files with which bytes.
import { readStatement } from './statement.ts'

export const backupFormat = 'fairshare-backup/1'

/** What of a data folder a backup holds. The projection is made anew from the register; keys are copied apart. */
export const backupParts = ['register', 'decisions', 'log', 'outbox', 'trees'] as const

/** `files` and `statement` beside the folder of what was copied. */
export const backupFiles = { statement: 'backup.txt', files: 'files.json', data: 'data' } as const

export type BackupStatement = {
  format: typeof backupFormat
  /** Register id. */
  register: string
  origin: string
  /** Of the last batch in it, and the root of the log up to there, in hex. */
  position: number
  root: string
  /** The checkpoint of that tree, as a signed note. */
  checkpoint: string
  madeAt: string
  /** yyyy-mm-dd: whoever is erased meanwhile can be read from it until it is destroyed. */
  keepUntil: string
  /** SHA-256 of `files.json`, in hex. */
  files: string
}

export type BackedUpFile = { path: string; sizeBytes: number; sha256: string }
export type BackupListing = { folders: string[]; files: BackedUpFile[] }

/** Undefined unless the text is such a statement, whoever wrote it. */
export function readBackupStatement(text: string): BackupStatement | undefined {
  const read = readStatement(text, backupFormat)
  if (read === undefined) return undefined
  const { register, origin, position, root, checkpoint, madeAt, keepUntil, files } = read
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0) return undefined
  if (!areTexts(register, origin, checkpoint, madeAt, keepUntil)) return undefined
  if (!isSha256(root) || !isSha256(files)) return undefined
  return read as BackupStatement
}

/** Undefined unless it is a list of folders and files. */
export function readBackupListing(text: string): BackupListing | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || !('folders' in value) || !('files' in value))
    return undefined
  const { folders, files } = value
  if (!Array.isArray(folders) || !areTexts(...folders)) return undefined
  if (!Array.isArray(files) || !files.every(isFile)) return undefined
  return { folders, files }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isFile(value: unknown): value is BackedUpFile {
  if (typeof value !== 'object' || value === null) return false
  const { path, sizeBytes, sha256 } = value as Partial<BackedUpFile>
  return typeof path === 'string' && Number.isSafeInteger(sizeBytes) && isSha256(sha256)
}

function areTexts(...values: unknown[]): boolean {
  return values.every((value) => typeof value === 'string')
}

function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
