// The outbox as folders below the data folder: `outbox/<recipient>/<release>` for what is delivered, `outbox/.staging/` for
// what is being made, `trees/<release>/` for the proofs to come. One rename makes a delivery visible, so nobody ever
// sends half of one.
import { randomUUID } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isProblem } from '../../model/problem.ts'
import type { Outbox } from '../../release/outbox.ts'
import { diskProblem, onDisk } from './disk-full.ts'
import { makeFolder, syncFolder } from './durable-folder.ts'
import { hashFile } from './hash-file.ts'

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** What names may look like: none of them leads out of its folder, hides in it, or means two things. */
const ID = '[a-z0-9]+(?:-[a-z0-9]+)*'
const NAME = new RegExp(`^${ID}@[1-9][0-9]*(?:\\.removal-[1-9][0-9]*)?$`)
const RELEASE = new RegExp(`^${ID}@[1-9][0-9]*$`)
const RECIPIENT = new RegExp(`^${ID}$`)
const FILE = /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/

export function openOutboxFolder({ home }: { home: string }): Outbox {
  const outbox = resolve(home, 'outbox')
  const staging = join(outbox, '.staging')
  const stagedPath = (name: string) => join(staging, checked(name, NAME))
  const pathOf = (name: string, recipient: string) =>
    join(outbox, checked(recipient, RECIPIENT), checked(name, NAME))
  const inStaged = (folder: string, file: string) => {
    if (dirname(folder) !== staging) throw new Error('only a staged folder is written to')
    return join(folder, checked(file, FILE))
  }
  const inOutbox = (folder: string, file: string) => {
    if (dirname(dirname(folder)) !== outbox && dirname(folder) !== staging)
      throw new Error('only folders of the outbox are looked at')
    return join(folder, checked(file, FILE))
  }
  const folders: Outbox = {
    async id() {
      await makeOwnFolder(outbox)
      const path = join(outbox, '.id')
      const known = (await exists(path)) ? await readFile(path, 'utf8') : undefined
      if (known !== undefined) return known.trim()
      const made = randomUUID()
      await writeDurably(path, [Buffer.from(`${made}\n`, 'latin1')])
      await syncFolder(outbox)
      return made
    },
    async stage(name) {
      const folder = stagedPath(name)
      await rm(folder, { recursive: true, force: true })
      await makeOwnFolder(folder)
      return folder
    },
    write: (folder, file, bytes) => writeDurably(inStaged(folder, file), [toBytes(bytes)]),
    async hash(folder, file) {
      return hashFile(inOutbox(folder, file)).then(
        ({ sha256 }) => sha256,
        (error: unknown) => {
          if (isProblem(error) && error.code === 'file.missing') return undefined
          throw error
        },
      )
    },
    async staged(name) {
      const folder = stagedPath(name)
      return (await isFolder(folder)) ? folder : undefined
    },
    deliver: (name, recipient) => makeVisible(stagedPath(name), pathOf(name, recipient)),
    pathOf,
    async keepTree(release, tree, bytes) {
      const folder = resolve(home, 'trees', checked(release, RELEASE))
      await makeOwnFolder(folder)
      // Under another name until it is whole: a proof from half a tree would be a false one.
      const part = join(folder, `.${tree}.${randomUUID()}.part`)
      await writeDurably(part, bytes)
      await rename(part, join(folder, `${tree}.tree`))
      await syncFolder(folder)
    },
    async sweep(keep) {
      const names = (await isFolder(staging)) ? await readdir(staging) : []
      for (const name of names)
        if (!keep.includes(name)) await rm(join(staging, name), { recursive: true, force: true })
    },
  }
  return withDiskProblems(folders, outbox)
}

/** Whatever the disk does in the middle of it: the same Problems. */
function withDiskProblems(outbox: Outbox, path: string): Outbox {
  const what = `the outbox ${path}`
  return {
    id: () => onDisk(what, () => outbox.id()),
    stage: (name) => onDisk(what, () => outbox.stage(name)),
    write: (folder, file, bytes) => onDisk(what, () => outbox.write(folder, file, bytes)),
    hash: (folder, file) => onDisk(what, () => outbox.hash(folder, file)),
    staged: (name) => onDisk(what, () => outbox.staged(name)),
    deliver: (name, recipient) => onDisk(what, () => outbox.deliver(name, recipient)),
    pathOf: (name, recipient) => outbox.pathOf(name, recipient),
    keepTree: (release, tree, bytes) => onDisk(what, () => outbox.keepTree(release, tree, bytes)),
    sweep: (keep) => onDisk(what, () => outbox.sweep(keep)),
  }
}

/**
 * Files were synced when they were written; their names in the staged folder are synced here, before the folder gets the
 * name under which somebody may take it. Then the rename, and then both folders it changed: what is acknowledged as
 * delivered is still delivered after a power cut. Dying before the rename leaves it staged, dying after it leaves it
 * delivered; the next try does the rest, syncs included.
 */
async function makeVisible(from: string, to: string): Promise<string | undefined> {
  if (!(await isFolder(to))) {
    if (!(await isFolder(from))) return undefined
    await makeFolder(dirname(to))
    await syncFolder(from)
    await rename(from, to)
  }
  await syncFolder(dirname(to))
  if (await isFolder(dirname(from))) await syncFolder(dirname(from))
  return to
}

function checked(name: string, pattern: RegExp): string {
  if (!pattern.test(name)) throw new Error('this cannot be the name of a file or folder of the outbox')
  return name
}

function toBytes(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes
}

/** Written whole and synced when it resolves; removed when that fails. Its name is the folder's to sync. */
async function writeDurably(path: string, bytes: Bytes): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600)
    try {
      for await (const chunk of bytes) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw diskProblem(error, `writing ${path}`)
  }
}

async function makeOwnFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((error: unknown) => {
    throw diskProblem(error, `making ${folder}`)
  })
}

/** Only what is surely not there: an outbox that cannot be read must not seem a new one. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    },
  )
}
