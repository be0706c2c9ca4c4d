// Loaded before anything else by a process that is disturbed (`--import`), in its main thread and in its workers: stands between
// Node's file functions and whoever calls them. Fails one of them as a disk does, or keeps a journal of what was synced and what
// was not, from which `power-cut.ts` works out what a power cut would have left.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { DISK_ORDER, type DiskEvent, type DiskOrder } from './disk-order.ts'

// Written by the parent, in the same version of this file.
const order = JSON.parse(process.env[DISK_ORDER] ?? '') as DiskOrder
const real = { ...fs }
const realPromises = { ...fs.promises }
const journal = real.openSync(order.journal, 'a')
const note = (event: DiskEvent) => real.writeSync(journal, `${JSON.stringify(event)}\n`)
const home = resolve(order.home)
const isOurs = (path: unknown): path is string =>
  typeof path === 'string' && `${resolve(path)}/`.startsWith(`${home}/`)

// --- failing -----------------------------------------------------------------------------------------------------

let changes = 0

/** Undefined: it does not fail. */
function failure(call: string, when: 'before' | 'after'): Error | undefined {
  const { fail } = order
  if (fail === undefined || (fail.thread === 'main') !== isMainThread) return undefined
  if (when === 'before') changes++
  if (when !== fail.when) return undefined
  if (changes !== fail.call && !(fail.lasting && changes > fail.call)) return undefined
  note({ is: 'failed', call })
  return Object.assign(new Error(`${fail.code}: injected, ${call}`), { code: fail.code, syscall: call })
}

function changing<T>(call: string, work: () => T): T {
  const before = failure(call, 'before')
  if (before !== undefined) throw before
  const result = work()
  const after = failure(call, 'after')
  if (after !== undefined) throw after
  return result
}

async function changingLater<T>(call: string, work: () => Promise<T>): Promise<T> {
  const before = failure(call, 'before')
  if (before !== undefined) throw before
  const result = await work()
  const after = failure(call, 'after')
  if (after !== undefined) throw after
  return result
}

// --- watching ----------------------------------------------------------------------------------------------------

/** Written since it was synced last, of files too large to be copied whole each time. */
const dirty = new Map<number, { from: number; to: number }[]>()
const COPIED_WHOLE_BYTES = 1 << 18

const inodeOf = (path: string) => real.lstatSync(path, { throwIfNoEntry: false })

function noteNew(path: string): void {
  const made = inodeOf(path)
  if (order.watch === undefined || made === undefined) return
  // Of a new file nothing is durable; its inode may have been another's.
  if (made.isFile()) {
    real.writeFileSync(join(order.watch.shadow, String(made.ino)), '')
    dirty.delete(made.ino)
  }
  noteLinked(path, true)
}

function noteLinked(path: string, isNew = false): void {
  const made = inodeOf(path)
  const folder = inodeOf(dirname(path))
  if (order.watch === undefined || made === undefined || folder === undefined) return
  note({
    ...{ is: 'linked', folder: folder.ino, name: basename(path) },
    ...{ file: made.ino, isFolder: made.isDirectory(), isNew },
  })
}

function noteGone(path: string): void {
  const folder = inodeOf(dirname(path))
  if (order.watch === undefined || folder === undefined) return
  note({ is: 'unlinked', folder: folder.ino, name: basename(path) })
}

function noteSynced(descriptor: number): void {
  const { watch } = order
  if (watch === undefined) return
  const stat = real.fstatSync(descriptor)
  if (stat.isDirectory()) note({ is: 'folder synced', folder: stat.ino })
  else {
    copyDurable(watch, descriptor, stat)
    note({ is: 'file synced', file: stat.ino })
  }
}

function copyDurable(watch: NonNullable<DiskOrder['watch']>, descriptor: number, stat: fs.Stats): void {
  const shadow = join(watch.shadow, String(stat.ino))
  const before = join(watch.before, String(stat.ino))
  if (!real.existsSync(shadow) && real.existsSync(before)) real.copyFileSync(before, shadow)
  const readable = real.openSync(`/proc/self/fd/${descriptor}`, 'r')
  const copy = real.openSync(shadow, real.constants.O_RDWR | real.constants.O_CREAT)
  const ranges = dirty.get(stat.ino)
  const isWhole = stat.size <= COPIED_WHOLE_BYTES || ranges === undefined
  const parts = isWhole ? [{ from: 0, to: stat.size }] : ranges
  for (const { from, to } of parts) {
    const bytes = Buffer.alloc(Math.max(0, Math.min(to, stat.size) - from))
    const got = real.readSync(readable, bytes, 0, bytes.length, from)
    real.writeSync(copy, bytes, 0, got, from)
  }
  real.ftruncateSync(copy, stat.size)
  // What is written through a handle is not seen; of such files all is copied each time.
  if (files.has(descriptor)) dirty.set(stat.ino, [])
  real.closeSync(copy)
  real.closeSync(readable)
}

const files = new Map<number, number>()

function noteWritten(descriptor: number, from: number | null | undefined, length: number): void {
  const file = files.get(descriptor)
  if (file === undefined) return
  const ranges = dirty.get(file)
  // Without a place it is not known where: the whole of it is copied.
  if (ranges === undefined) return
  if (typeof from !== 'number') dirty.delete(file)
  else ranges.push({ from, to: from + length })
}

// --- the functions that change something -------------------------------------------------------------------------

type Path = Parameters<typeof fs.openSync>[0]

function making<T>(path: Path, work: () => T): T {
  const isNew = isOurs(path) && !real.existsSync(path)
  const result = work()
  if (isNew) noteNew(resolve(path as string))
  return result
}

async function makingLater<T>(path: Path, work: () => Promise<T>): Promise<T> {
  const isNew = isOurs(path) && !real.existsSync(path)
  const result = await work()
  if (isNew) noteNew(resolve(path as string))
  return result
}

/** Folders that are not there yet, topmost first. */
function missing(path: Path): string[] {
  if (!isOurs(path)) return []
  const made: string[] = []
  for (let folder = resolve(path); !real.existsSync(folder); folder = dirname(folder)) made.unshift(folder)
  return made
}

const mayWrite = (flags: unknown) =>
  typeof flags === 'number'
    ? (flags & (real.constants.O_WRONLY | real.constants.O_RDWR | real.constants.O_CREAT)) !== 0
    : typeof flags === 'string' && /[wa+]/.test(flags)

const patched = {
  openSync(path: Path, flags?: fs.OpenMode, mode?: fs.Mode | null): number {
    const open = () => making(path, () => real.openSync(path, flags ?? 'r', mode))
    const descriptor = isOurs(path) && mayWrite(flags) ? changing('open', open) : open()
    if (isOurs(path)) {
      const { ino } = real.fstatSync(descriptor)
      files.set(descriptor, ino)
    }
    return descriptor
  },
  closeSync(descriptor: number): void {
    files.delete(descriptor)
    real.closeSync(descriptor)
  },
  // NODEFS and the key ring use this form alone.
  writeSync(
    descriptor: number,
    bytes: NodeJS.ArrayBufferView,
    offset?: number,
    length?: number,
    position?: number | null,
  ): number {
    if (!files.has(descriptor)) return real.writeSync(descriptor, bytes, offset, length, position)
    return changing('write', () => {
      const written = real.writeSync(descriptor, bytes, offset, length, position)
      noteWritten(descriptor, position, written)
      return written
    })
  },
  fsyncSync(descriptor: number): void {
    if (files.has(descriptor)) changing('fsync', () => noteSynced(descriptor))
    else real.fsyncSync(descriptor)
  },
  renameSync(from: Path, to: Path): void {
    changing('rename', () => {
      real.renameSync(from, to)
      if (isOurs(to)) noteLinked(resolve(to))
      if (isOurs(from)) noteGone(resolve(from))
    })
  },
  linkSync(from: Path, to: Path): void {
    changing('link', () => {
      real.linkSync(from, to)
      if (isOurs(to)) noteLinked(resolve(to))
    })
  },
  unlinkSync(path: Path): void {
    changing('unlink', () => {
      real.unlinkSync(path)
      if (isOurs(path)) noteGone(resolve(path))
    })
  },
  rmSync(path: Path, options?: fs.RmOptions): void {
    const wasThere = isOurs(path) && real.existsSync(path)
    const remove = () => {
      real.rmSync(path, options)
      if (wasThere) noteGone(resolve(path as string))
    }
    if (wasThere) changing('rm', remove)
    else remove()
  },
  rmdirSync(path: Path): void {
    changing('rmdir', () => {
      real.rmdirSync(path)
      if (isOurs(path)) noteGone(resolve(path))
    })
  },
  mkdirSync(path: Path, options?: fs.MakeDirectoryOptions): string | undefined {
    const folders = missing(path)
    const make = () => {
      const made = real.mkdirSync(path, options)
      for (const folder of folders) noteNew(folder)
      return made
    }
    return folders.length > 0 ? changing('mkdir', make) : make()
  },
  writeFileSync(path: Path, bytes: string | NodeJS.ArrayBufferView, options?: fs.WriteFileOptions): void {
    const write = () => making(path, () => real.writeFileSync(path, bytes, options))
    if (isOurs(path)) changing('write', write)
    else write()
  },
  ftruncateSync(descriptor: number, length?: number | null): void {
    changing('truncate', () => real.ftruncateSync(descriptor, length ?? 0))
  },
  truncateSync(path: Path, length?: number): void {
    changing('truncate', () => real.truncateSync(path, length))
  },
}

type Handle = fs.promises.FileHandle

const patchedPromises = {
  async open(path: Path, flags?: string | number, mode?: fs.Mode): Promise<Handle> {
    const open = () => makingLater(path, () => realPromises.open(path, flags, mode))
    const handle = isOurs(path) && mayWrite(flags) ? await changingLater('open', open) : await open()
    return isOurs(path) ? watchedHandle(handle) : handle
  },
  async rename(from: Path, to: Path): Promise<void> {
    if (!isOurs(from) || !isOurs(to)) return realPromises.rename(from, to)
    await changingLater('rename', async () => {
      await realPromises.rename(from, to)
      noteLinked(resolve(to))
      noteGone(resolve(from))
    })
  },
  async rm(path: Path, options?: fs.RmOptions): Promise<void> {
    const wasThere = isOurs(path) && real.existsSync(path)
    const remove = async () => {
      await realPromises.rm(path, options)
      if (wasThere) noteGone(resolve(path as string))
    }
    return wasThere ? changingLater('rm', remove) : remove()
  },
  async unlink(path: Path): Promise<void> {
    await changingLater('unlink', async () => {
      await realPromises.unlink(path)
      if (isOurs(path)) noteGone(resolve(path))
    })
  },
  async mkdir(path: Path, options?: fs.MakeDirectoryOptions): Promise<string | undefined> {
    const folders = missing(path)
    const make = async () => {
      const made = await realPromises.mkdir(path, options)
      for (const folder of folders) noteNew(folder)
      return made
    }
    return folders.length > 0 ? changingLater('mkdir', make) : make()
  },
}

function watchedHandle(handle: Handle): Handle {
  const { writeFile, write } = handle
  const sound = {
    writeFile: (...given: Parameters<Handle['writeFile']>) =>
      changingLater('write', () => Reflect.apply(writeFile, handle, given) as Promise<void>),
    write: (...given: unknown[]) =>
      changingLater('write', () => Reflect.apply(write, handle, given) as Promise<unknown>),
    sync: () =>
      changingLater('fsync', async () => {
        // The real one is left out: what it is good for is noted.
        noteSynced(handle.fd)
      }),
  }
  return Object.assign(handle, sound)
}

Object.assign(fs, patched)
Object.assign(fs.promises, patchedPromises)
syncBuiltinESMExports()
