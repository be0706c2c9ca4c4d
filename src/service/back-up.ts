// A register and what belongs to it as files elsewhere: one state, signed, whole under its name or not there.
//
// Why it is one state: nothing is appended while the store's only turn is held, PostgreSQL has written everything down
// (`checkpoint`), and the log was published up to the very position. What is written beside the store meanwhile, such as an
// artefact, is on record in none of it. Keys are not in it: with both in one place, erasure could be undone by one thief.
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  copyListed,
  type ListedFolder,
  liesIn,
  listFolder,
  refuseTooSmall,
} from '../adapters/files/backup-folder.ts'
import { diskProblem } from '../adapters/files/disk-full.ts'
import { makeFolder, syncFolder } from '../adapters/files/durable-folder.ts'
import { hasCode } from '../adapters/files/error-code.ts'
import { writeWhole } from '../adapters/files/write-whole.ts'
import { signNote } from '../log/signed-note.ts'
import {
  type BackupListing,
  type BackupStatement,
  backupFiles,
  backupFormat,
  backupParts,
} from '../model/backup.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { dateOf, dateToIso, daysAfter, instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { statementText } from '../model/statement.ts'
import { type PublishedLog, publishLog, readHead } from '../register/publish-log.ts'
import type { OnStep } from '../release/decision-context.ts'
import type { App } from './open-app.ts'

export type BackUpOptions = {
  /** Folder to make. */
  out: string
  /** For how many days it is meant to be kept. */
  keepDays: number
  onStep: OnStep
}

export type MadeBackup = { folder: string; statement: BackupStatement; files: number; sizeBytes: number }

const FILE_MODE = 0o600

/** `backup.database` for a register in PostgreSQL; `out.exists` rather than over anything. */
export async function backUp(app: App, options: BackUpOptions): Promise<MadeBackup> {
  const { configuration, register, log } = app
  if (configuration.databaseUrl !== undefined)
    throw new Problem('backup.database', 'its database is copied with pg_basebackup or pg_dump')
  const out = resolve(options.out)
  await refuseOut(out, configuration.home)
  for (;;) {
    const published = await publishLog(register, log)
    const made = await register.store.transaction(async (session) => {
      // Somebody may have appended since: what the checkpoint does not cover could not be proved after a restore.
      if ((await readHead(session)).size !== published.size) return undefined
      await session.script('checkpoint')
      return writeBackup(app, published, { ...options, out })
    })
    if (made !== undefined) return made
  }
}

async function refuseOut(out: string, home: string): Promise<void> {
  const unseen = (cause: unknown) =>
    new Problem('value.invalid', `--out: ${out} cannot be looked at`, { cause })
  const isInside = await liesIn(out, home).catch((error: unknown) => {
    throw unseen(error)
  })
  if (isInside)
    throw new Problem('value.invalid', `--out: ${out} is in the data folder; a backup belongs elsewhere`)
  const there = await lstat(out).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unseen(error)
  })
  if (there !== undefined) throw new Problem('out.exists', `${out} is there already`)
}

async function writeBackup(app: App, published: PublishedLog, options: BackUpOptions): Promise<MadeBackup> {
  const { home } = app.configuration
  const listed = await listParts(home)
  const sizeBytes = listed.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  await refuseTooSmall(options.out, sizeBytes)
  const part = await makePart(options.out)
  try {
    // Made one by one: a link that somebody put there first is not taken for ours.
    await mkdir(join(part, backupFiles.data), { mode: 0o700 })
    const listing = await copyCounted(home, join(part, backupFiles.data), listed, sizeBytes, options.onStep)
    const statement = await sign(app, published, part, listing, options.keepDays)
    await rename(part, options.out)
    await syncFolder(dirname(options.out))
    return { folder: options.out, statement, files: listing.files.length, sizeBytes }
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw diskProblem(writeProblem(error, options.out), `writing ${options.out}`)
  }
}

/** `out.exists` for one that is there: of a try that was killed or of somebody else, it is not ours to delete. */
async function makePart(out: string): Promise<string> {
  const part = `${out}.part`
  try {
    await makeFolder(dirname(part))
    if (await makeOne(part)) return part
  } catch (error) {
    throw diskProblem(writeProblem(error, out), `writing ${out}`)
  }
  const hint = 'delete it if a backup that was cut short left it'
  throw new Problem('out.exists', `${part}, the name it has until it is whole, is there already: ${hint}`)
}

async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** The parts that are there: a register that never released anything has no outbox. */
async function listParts(home: string): Promise<ListedFolder> {
  const all: ListedFolder = { folders: [], files: [] }
  for (const part of backupParts) {
    const found = await lstat(join(home, part)).catch(() => undefined)
    if (found === undefined) continue
    if (!found.isDirectory()) throw unwanted(part, 'is no folder')
    const { folders, files } = await listFolder(join(home, part), (path, what) =>
      unwanted(`${part}/${path}`, what),
    )
    all.folders.push(part, ...folders.map((folder) => `${part}/${folder}`))
    all.files.push(...files.map((file) => ({ ...file, path: `${part}/${file.path}` })))
  }
  return all
}

function unwanted(path: string, what: string): Problem {
  return new Problem('file.unreadable', `${path} in the data folder ${what}; a backup holds plain files only`)
}

async function copyCounted(
  home: string,
  to: string,
  listed: ListedFolder,
  sizeBytes: number,
  onStep: OnStep,
): Promise<BackupListing> {
  const listing: BackupListing = { folders: listed.folders, files: [] }
  let copied = 0
  await copyListed(home, to, listed, (file) => {
    listing.files.push(file)
    copied += file.sizeBytes
    onStep({ step: 'copying', done: copied / Math.max(1, sizeBytes) })
  })
  listing.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return listing
}

/** The list first, then what signs its hash: whoever finds the signature finds what it is of. */
async function sign(
  { register }: App,
  { size, root, checkpoint }: PublishedLog,
  part: string,
  listing: BackupListing,
  keepDays: number,
): Promise<BackupStatement> {
  const files = `${canonicalJson(listing)}\n`
  const now = register.now()
  const statement: BackupStatement = {
    format: backupFormat,
    register: register.registerId,
    origin: register.logOrigin,
    ...{ position: size, root, checkpoint },
    madeAt: instantToIso(now),
    keepUntil: dateToIso(daysAfter(dateOf(now, 'UTC'), keepDays)),
    files: sha256Hex(files),
  }
  const note = signNote(statementText(statement), { name: register.logOrigin, ...register.keys.signer })
  await writeWhole(join(part, backupFiles.files), Buffer.from(files), FILE_MODE)
  await writeWhole(join(part, backupFiles.statement), Buffer.from(note), FILE_MODE)
  return statement
}

function writeProblem(error: unknown, out: string): unknown {
  const refused = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'].some((code) => hasCode(error, code))
  return refused ? new Problem('value.invalid', `--out: ${out} cannot be written`, { cause: error }) : error
}
