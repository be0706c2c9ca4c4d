// What a power cut leaves of a folder: every file as it was synced last, every folder with the names it had when it was synced last;
// of what came after, none or some, as a disk pleases. Worked out from the journal that `disk-preload.ts` keeps.
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Chance } from '../chance.ts'
import type { DiskEvent, DiskOrder } from './disk-order.ts'

/** `synced`: nothing but what was synced; `some`: and of the rest what chance keeps, torn within a page. */
export type Survival = 'synced' | 'some'

export type WatchedHome = { order: DiskOrder; root: number; folders: Map<number, Map<string, Entry>> }
type Entry = { file: number; isFolder: boolean }

/** Files that another library writes and syncs by itself: as they were, or as they are. */
const UNSEEN = /^projection\.duckdb/

/** To be called before the process starts: what is there now is durable. */
export function watchHome(home: string, aside: string): WatchedHome {
  const watch = { shadow: join(aside, 'shadow'), before: join(aside, 'before') }
  for (const folder of [aside, watch.shadow, watch.before]) mkdirSync(folder, { recursive: true })
  const folders = new Map<number, Map<string, Entry>>()
  const walk = (folder: string) => {
    const entries = new Map<string, Entry>()
    folders.set(lstatSync(folder).ino, entries)
    for (const found of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, found.name)
      const { ino } = lstatSync(path)
      entries.set(found.name, { file: ino, isFolder: found.isDirectory() })
      if (found.isDirectory()) walk(path)
      else copyFileSync(path, join(watch.before, String(ino)))
    }
  }
  walk(home)
  return { order: { home, journal: join(aside, 'journal'), watch }, root: lstatSync(home).ino, folders }
}

/** Puts in the place of the folder what would be there after the cut. */
export function cutPower(watched: WatchedHome, survival: Survival, chance: Chance): void {
  const { order, root, folders } = watched
  const pending = settleSynced(watched)
  // What was not synced became durable up to some moment, or not at all.
  const kept = survival === 'synced' ? 0 : chance.between(0, pending.length)
  for (const change of pending.slice(0, kept)) apply(folders, change)
  const after = `${order.home}.after`
  rebuild(after, root, '', { watched, latest: filesByInode(order.home), survival, chance })
  rmSync(order.home, { recursive: true })
  renameSync(after, order.home)
}

// --- names -------------------------------------------------------------------------------------------------------

type Change = Extract<DiskEvent, { is: 'linked' | 'unlinked' }>

/** Applies what was synced; what was not comes back, in the order it was done. */
function settleSynced({ order, folders }: WatchedHome): Change[] {
  let pending: Change[] = []
  const settle = (isDurable: (change: Change) => boolean) => {
    for (const change of pending.filter(isDurable)) apply(folders, change)
    pending = pending.filter((change) => !isDurable(change))
  }
  for (const event of readJournal(order.journal)) {
    if (event.is === 'folder synced') settle(({ folder }) => folder === event.folder)
    // As journalling file systems do: the name of a new file comes with its bytes. Of a rename it does not.
    else if (event.is === 'file synced')
      settle((change) => change.is === 'linked' && change.isNew && change.file === event.file)
    else if (event.is !== 'failed') pending.push(event)
    if (event.is === 'linked' && event.isFolder && !folders.has(event.file))
      folders.set(event.file, new Map())
  }
  return pending
}

export function readJournal(path: string): DiskEvent[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  // Written by `disk-preload.ts`, a line at a time.
  return lines.map((line) => JSON.parse(line) as DiskEvent)
}

function apply(folders: WatchedHome['folders'], change: Change): void {
  const names = folders.get(change.folder)
  if (change.is === 'unlinked') names?.delete(change.name)
  else names?.set(change.name, { file: change.file, isFolder: change.isFolder })
}

// --- bytes -------------------------------------------------------------------------------------------------------

type Rest = { watched: WatchedHome; latest: ReadonlyMap<number, string>; survival: Survival; chance: Chance }

function rebuild(to: string, folder: number, path: string, rest: Rest): void {
  mkdirSync(to, { mode: 0o700 })
  for (const [name, { file, isFolder }] of rest.watched.folders.get(folder) ?? []) {
    const inside = join(path, name)
    if (isFolder) rebuild(join(to, name), file, inside, rest)
    else if (!UNSEEN.test(inside)) writeFileSync(join(to, name), bytesLeft(file, rest), { mode: 0o600 })
  }
  if (path === '') keepUnseen(to, rest)
}

function bytesLeft(file: number, { watched, latest, survival, chance }: Rest): Buffer {
  const { shadow, before } = watched.order.watch!
  const places = [join(shadow, String(file)), join(before, String(file))]
  const durable = readFileSync(places.find((place) => existsSync(place)) ?? '/dev/null')
  const now = latest.get(file)
  if (survival === 'synced' || now === undefined) return durable
  return torn(durable, readFileSync(now), chance)
}

const SECTOR_BYTES = 512

/** Of the bytes that were not synced all, none, or some sectors. */
function torn(durable: Buffer, latest: Buffer, chance: Chance): Buffer {
  const how = chance.pick(['none', 'all', 'some'] as const)
  if (how === 'none' || durable.equals(latest)) return durable
  if (how === 'all') return latest
  const left = Buffer.alloc(chance.pick([durable.length, latest.length]))
  durable.copy(left)
  for (let at = 0; at < left.length; at += SECTOR_BYTES) {
    const differs = !latest.subarray(at, at + SECTOR_BYTES).equals(durable.subarray(at, at + SECTOR_BYTES))
    if (differs && chance.happens(0.5)) latest.copy(left, at, at, at + SECTOR_BYTES)
  }
  return left
}

/** The projection is synced by its own library, unseen here: it is as it was or as it is, and the register must be ahead of it. */
function keepUnseen(to: string, { watched, chance }: Rest): void {
  const { order, root, folders } = watched
  if (chance.happens(0.5)) {
    for (const name of readdirSync(order.home).filter((found) => UNSEEN.test(found)))
      copyFileSync(join(order.home, name), join(to, name))
    return
  }
  for (const [name, { file }] of folders.get(root) ?? [])
    if (UNSEEN.test(name)) copyFileSync(join(order.watch!.before, String(file)), join(to, name))
}

function filesByInode(folder: string): Map<number, string> {
  const files = new Map<number, string>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(folder, name))
    if (stat.isFile()) files.set(stat.ino, join(folder, name))
  }
  return files
}
