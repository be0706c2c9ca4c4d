// A backup into a data folder that holds nothing but its keys: everything checked before anything has its name.
//
// In this order, and nothing of a failed try is left:
//   1. the statement   signed with the key in `keys`, or the one that is named; it binds the list, the list every byte
//   2. the end of it   what was signed later, as the second place and kept checkpoints say, must be in it: `log.forked`;
//                      a second place that may be as old as the backup says nothing: `log.state_unusable`
//   3. copies          beside their places: nothing more and nothing less than the list, each file hashed on its way
//   4. the register    opened from its copy: its keys, its log from the first entry, its rows
//   5. second place    says what this backup ends with, if it said less: before the register can be opened under its name
//   6. names           the register last: until then there is none
// Two histories under one key are what nobody could take back, so a copy that may not be the newest is not made usable.
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openSetEngine } from '../adapters/duckdb/open-set-engine.ts'
import {
  copyListed,
  type ListedFolder,
  liesIn,
  listFolder,
  readPlain,
  refuseTooSmall,
} from '../adapters/files/backup-folder.ts'
import { syncFolder } from '../adapters/files/durable-folder.ts'
import { openSignedState } from '../adapters/files/signed-state.ts'
import { openFileKeyRing } from '../adapters/keys/file-key-ring.ts'
import { openPgliteStore } from '../adapters/pglite/open-pglite-store.ts'
import { firstFailure } from '../evidence/check.ts'
import { verifyLog } from '../evidence/verify-log.ts'
import type { KeptCheckpoint } from '../evidence/verify-pack-log.ts'
import { LogError } from '../log/log-error.ts'
import { encodeVerifierKey, type NoteVerifier, openNote } from '../log/signed-note.ts'
import {
  type BackupListing,
  type BackupStatement,
  backupFiles,
  backupParts,
  readBackupListing,
  readBackupStatement,
} from '../model/backup.ts'
import { sha256Hex } from '../model/canonical.ts'
import { isProblem, Problem } from '../model/problem.ts'
import { checkEntries } from '../register/check-entries.ts'
import { checkPublishedLog } from '../register/check-log.ts'
import type { KeyRing } from '../register/key-ring.ts'
import type { SignedState, SignedTree } from '../register/log-store.ts'
import { openRegister } from '../register/open-register.ts'
import { checkGoesOn } from '../register/publish-log.ts'
import type { OnStep } from '../release/decision-context.ts'
import { type Configuration, signedStatePath } from './configuration.ts'
import { readMigrations } from './open-app.ts'
import { openPublishedLog } from './published-log.ts'
import { readVerifierKey, recipientDesk } from './recipient-desk.ts'

export type RestoreOptions = {
  backup: string
  /** Files of checkpoints that somebody kept: the backup must not end before one of them. */
  kept: readonly string[]
  /** Goes on although neither a second place nor a kept checkpoint says what was signed last. */
  unwitnessed: boolean
  /** The verifier key of the register, when its signing key is not in `keys`. */
  key: string | undefined
  onStep: OnStep
}

export type Restored = { home: string; statement: BackupStatement; files: number; sizeBytes: number }

const RESTORING = '.restoring'
const KEYS = 'keys'
const STATEMENT_BYTES_MAX = 1 << 20
const LISTING_BYTES_MAX = 1 << 28
const CHECKPOINT_BYTES_MAX = 1 << 16
/** What the projection's lock leaves in a data folder. */
const PROJECTION = ['projection.duckdb', 'projection.duckdb.wal', 'temporary']

/** `backup.invalid` for a backup that is not as it was made; `log.forked` for one that is not the newest. */
export async function restoreBackup(
  configuration: Configuration,
  options: RestoreOptions,
): Promise<Restored> {
  const { home, databaseUrl } = configuration
  if (databaseUrl !== undefined)
    throw new Problem('backup.database', 'its database is restored with PostgreSQL’s own tools')
  await refuseOccupied(home)
  const keys = await openKeys(home)
  const verifier = (origin: string) => verifierOf(keys, origin, options.key)
  const { statement, listing, key } = await readBackup(options.backup, verifier)
  await refuseOlder(configuration, statement, options)
  const found = await listComplete(join(options.backup, backupFiles.data), listing)
  await checkKept(openPublishedLog(join(options.backup, backupFiles.data, 'log')), key, options.kept)
  const sizeBytes = found.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  await refuseTooSmall(home, sizeBytes)
  await alone(home, async () => {
    await stage(home, options, { listing, found, sizeBytes })
    options.onStep({ step: 'checking the register', done: 0 })
    await checkStaged(configuration, keys, statement, key)
    await nameParts(home)
  })
  return { home, statement, files: listing.files.length, sizeBytes }
}

// --- where it goes -----------------------------------------------------------------------------------------------

/** What an earlier restore left when it was cut short is no register yet, and goes. */
async function refuseOccupied(home: string, lockFiles: readonly string[] = []): Promise<void> {
  const there: string[] = await readdir(home).catch(() => [])
  const cutShort = there.includes(RESTORING) && !there.includes('register')
  const ours: readonly string[] = cutShort ? [RESTORING, ...backupParts, ...PROJECTION] : lockFiles
  const other = there.find((name) => name !== KEYS && !ours.includes(name))
  if (other !== undefined) throw new Problem('restore.occupied', `${other} is in ${home}`)
  if (!there.includes(KEYS))
    throw new Problem('keys.unusable', `put the keys of this register into ${join(home, KEYS)} first`)
}

/** As the sole process in the data folder, by the lock that every other one takes. */
async function alone(home: string, work: () => Promise<void>): Promise<void> {
  const [file, , temporaryFolder] = PROJECTION.map((name) => join(home, name))
  const lock = await openSetEngine({ file: file!, temporaryFolder: temporaryFolder! })
  try {
    // Again: another restore may have come to its end between the first look and the lock.
    await refuseOccupied(home, PROJECTION)
    await work().catch(async (error: unknown) => {
      await removeAll(home, [RESTORING, ...backupParts, ...PROJECTION])
      throw error
    })
  } finally {
    await lock.close()
  }
}

async function removeAll(home: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(home, name), { recursive: true, force: true })
}

async function nameParts(home: string): Promise<void> {
  const staged = join(home, RESTORING)
  const there = await readdir(staged)
  for (const part of backupParts.toReversed())
    if (there.includes(part)) await rename(join(staged, part), join(home, part))
  await syncFolder(home)
  await rm(staged, { recursive: true, force: true })
}

// --- what it says ------------------------------------------------------------------------------------------------

async function openKeys(home: string): Promise<KeyRing> {
  return openFileKeyRing({ folder: join(home, KEYS), create: false })
}

/** The named key, else the one the register would sign with. */
function verifierOf(keys: KeyRing, origin: string, named: string | undefined): NoteVerifier {
  if (named !== undefined) return readVerifierKey(named, '--key')
  try {
    return readVerifierKey(encodeVerifierKey(origin, keys.signer.publicKey), 'signing.key')
  } catch (cause) {
    if (!isProblem(cause) || cause.code !== 'keys.unusable') throw cause
    throw new Problem('keys.unusable', 'without signing.key, name the register’s verifier key with --key', {
      cause,
    })
  }
}

type ReadBackup = { statement: BackupStatement; listing: BackupListing; key: NoteVerifier }

async function readBackup(folder: string, verifier: (origin: string) => NoteVerifier): Promise<ReadBackup> {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined) throw new Problem('file.missing', folder)
  const note = await readText(folder, backupFiles.statement, STATEMENT_BYTES_MAX)
  // Before the signature only to learn the name under which it is to be looked for.
  const claimed = readBackupStatement(note.slice(0, note.lastIndexOf('\n\n') + 1))
  if (claimed === undefined) throw invalid(backupFiles.statement, 'is not the statement of a backup')
  const key = verifier(claimed.origin)
  const statement = readBackupStatement(signedText(note, key))
  if (statement === undefined || statement.origin !== key.name)
    throw invalid(backupFiles.statement, 'is of another register than the key')
  const files = await readText(folder, backupFiles.files, LISTING_BYTES_MAX)
  if (sha256Hex(files) !== statement.files)
    throw invalid(backupFiles.files, 'is not the list that was signed')
  const listing = readBackupListing(files)
  if (listing === undefined) throw invalid(backupFiles.files, 'is not a list of files')
  return { statement, listing, key }
}

async function readText(folder: string, file: string, bytesMax: number): Promise<string> {
  const bytes = await readPlain(join(folder, file), bytesMax)
  if (bytes === undefined) throw invalid(file, 'is not there')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid(file, 'is not text')
  }
}

function signedText(note: string, key: NoteVerifier): string {
  try {
    return openNote(note, [key]).text
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw invalid(backupFiles.statement, 'is not signed with this register’s key')
  }
}

function invalid(file: string, what: string): Problem {
  return new Problem('backup.invalid', `${file} ${what}`)
}

// --- whether it is the newest ------------------------------------------------------------------------------------

async function refuseOlder(
  configuration: Configuration,
  { position }: BackupStatement,
  { kept, unwitnessed }: RestoreOptions,
): Promise<void> {
  const place = signedStatePath(configuration)
  const signed = await openSignedState(place).read()
  if (signed !== undefined && signed.size > position) throw older(position, signed.size, place)
  if (kept.length > 0 || unwitnessed) return
  const silent = await silence(configuration.home, place, signed?.size, position)
  if (silent !== undefined)
    throw new Problem(
      'log.state_unusable',
      `${place} ${silent}, so nothing says what was signed last: name the file that the register itself wrote (FAIRSHARE_SIGNED_STATE), or a checkpoint somebody kept (--kept); if there is neither, --unwitnessed`,
    )
}

/** Why the second place cannot say that this backup is the newest: an old copy of it agrees with an old backup. */
async function silence(
  home: string,
  place: string,
  size: number | undefined,
  position: number,
): Promise<string | undefined> {
  if (size === undefined) return 'is not there'
  // The register signed as far as the backup, and wrote that down first.
  if (size < position) return 'is older than the backup'
  // The folder holds nothing else yet: somebody laid it there, as it was on the day the keys were copied.
  return (await liesIn(place, home)) ? 'lies with the keys, and is as old as that copy of them' : undefined
}

function older(position: number, signed: number, by: string): Problem {
  return new Problem(
    'log.forked',
    `the backup ends at position ${position}, and the log was signed at ${signed} (${by}): positions ${position + 1} to ${signed} are not in it`,
  )
}

/** As sizes and roots say it; the checkpoints under keys that the log's own notes lead to. */
async function checkKept(
  log: ReturnType<typeof openPublishedLog>,
  key: NoteVerifier,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return
  const { checks } = await verifyLog((path) => log.read(path), key, await Promise.all(paths.map(readKept)))
  const failed = firstFailure(checks)
  if (failed !== undefined) throw new Problem('log.forked', `the log in the backup ${failed.found}`)
}

async function readKept(path: string): Promise<KeptCheckpoint> {
  const note = await recipientDesk.files.read(path, CHECKPOINT_BYTES_MAX)
  if (note === undefined) throw new Problem('file.missing', path)
  return { name: basename(path), note }
}

// --- copying and checking ----------------------------------------------------------------------------------------

/** What lies in the backup, if it is what the list says: no path of the list itself is ever opened. */
async function listComplete(data: string, listing: BackupListing): Promise<ListedFolder> {
  const found = await listFolder(data, invalid)
  refuseDifferent(found.folders, listing.folders)
  refuseDifferent(
    found.files.map(({ path }) => path),
    listing.files.map(({ path }) => path),
  )
  return found
}

async function stage(
  home: string,
  { backup, onStep }: RestoreOptions,
  { listing, found, sizeBytes }: { listing: BackupListing; found: ListedFolder; sizeBytes: number },
): Promise<void> {
  const staged = join(home, RESTORING)
  await removeAll(home, [RESTORING, ...backupParts])
  await mkdir(staged, { mode: 0o700 })
  const expected = new Map(listing.files.map((file) => [file.path, file.sha256]))
  let copied = 0
  await copyListed(join(backup, backupFiles.data), staged, found, ({ path, sizeBytes: bytes, sha256 }) => {
    if (expected.get(path) !== sha256) throw invalid(path, 'is not the file that was backed up')
    copied += bytes
    onStep({ step: 'copying', done: copied / Math.max(1, sizeBytes) })
  })
}

function refuseDifferent(found: readonly string[], listed: readonly string[]): void {
  const [there, named] = [new Set(found), new Set(listed)]
  const extra = found.find((path) => !named.has(path))
  if (extra !== undefined) throw invalid(extra, 'was not backed up')
  const missing = listed.find((path) => !there.has(path))
  if (missing !== undefined) throw invalid(missing, 'is not there')
}

async function checkStaged(
  configuration: Configuration,
  keys: KeyRing,
  statement: BackupStatement,
  key: NoteVerifier,
): Promise<void> {
  const staged = join(configuration.home, RESTORING)
  const log = openPublishedLog(join(staged, 'log'))
  const published = await checkPublishedLog(log, encodeVerifierKey(key.name, key.publicKey))
  if (!published.holds) throw invalid(`log: ${published.place}`, published.found)
  const { size, root } = published
  if (size !== statement.position || root !== statement.root)
    throw invalid('log', 'is not the one the statement names')
  const signed = openSignedState(signedStatePath(configuration))
  const tree = { size, root: new Uint8Array(Buffer.from(root, 'hex')) }
  await checkRegister(configuration, keys, statement, { store: log, signed, tree })
  const last = await signed.read()
  if (last === undefined || last.size < size) await signed.write(tree)
}

async function checkRegister(
  { home, now }: Configuration,
  keys: KeyRing,
  { register: id, position }: BackupStatement,
  {
    store: log,
    signed,
    tree,
  }: { store: ReturnType<typeof openPublishedLog>; signed: SignedState; tree: SignedTree },
): Promise<void> {
  const store = await openPgliteStore({ folder: join(home, RESTORING, 'register') })
  try {
    const register = await openRegister({ store, keys, migrations: await readMigrations(), now })
    if (register.registerId !== id) throw invalid('register', 'is another one than the statement names')
    const fixed = { read: async () => tree, write: async () => {} }
    await checkGoesOn(register, { store: log, signed: fixed })
    await checkGoesOn(register, { store: log, signed })
    await checkEntries(register, position)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw invalid(`register: ${error.place}`, 'is not what its log says')
  } finally {
    await store.close()
  }
}
