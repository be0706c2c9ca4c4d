// The ports behind which the published log lives: a place for its files, and a second place for what was last signed.
import { parseLogPath } from '../log/tiles.ts'

export type LogStore = {
  /** Undefined when nothing stands at this path; `path` is relative, parts between slashes: "tile/0/000.p/3". */
  read(path: string): Promise<Uint8Array | undefined>
  /** When it resolves, the file is whole and durable under its name; a crash leaves the file as before, or whole. */
  write(path: string, bytes: Uint8Array): Promise<void>
}

export type SignedTree = { size: number; root: Uint8Array }

/** Keep it apart from the register's data: restored together with a backup, it could not show that one was restored. */
export type SignedState = {
  /** Undefined while nothing was ever signed. */
  read(): Promise<SignedTree | undefined>
  /** Durable when it resolves. */
  write(state: SignedTree): Promise<void>
}

export type LogPlaces = { store: LogStore; signed: SignedState }

/** Whether a published log has a file of this name; every other path is refused by stores and servers. */
export function isLogPath(path: string): boolean {
  return parseLogPath(path) !== undefined
}

/** How the file at this path is served: checkpoints change, everything else stays as it is for ever. */
export function mediaOf(path: string): { type: string; changes: boolean } | undefined {
  const file = parseLogPath(path)
  if (file === undefined) return undefined
  if (file.kind === 'checkpoint' || file.kind === 'key-note')
    return { type: 'text/plain; charset=utf-8', changes: file.kind === 'checkpoint' }
  return { type: 'application/octet-stream', changes: false }
}
