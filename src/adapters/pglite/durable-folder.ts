// PGlite's file system made durable, and a device through which rows stream in and out of COPY.
//
// PGlite starts PostgreSQL with -F (fsync off), and even without it an fsync reaches nobody, because Emscripten's
// NODEFS has no such operation. We give it one. PostgreSQL then keeps its own order again: WAL before the commit
// returns, data files and directories before a checkpoint forgets the WAL.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** Where COPY finds the rows, as a path inside PGlite. */
export const ROWS_DEVICE = '/dev/fairshare_rows'
const ROWS_DEVICE_NUMBER = [81, 1] as const
/** EIO, as the WebAssembly module numbers it. */
export const EMSCRIPTEN_EIO = 29

/** Only fsync can be intercepted (fdatasync never leaves the WebAssembly module), so the WAL must use it too. */
export const durableStart = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'synchronous_commit=on'],
  // Nobody replicates from here: less WAL to write and to replay.
  ...['-c', 'wal_level=minimal', '-c', 'max_wal_senders=0'],
]

type Node = object
type Stream = { node: Node; nfd?: number }
type DeviceOperations = {
  read(stream: Stream, buffer: Uint8Array, offset: number, length: number): number
  write(stream: Stream, buffer: Uint8Array, offset: number, length: number): number
}
/** The parts of the Emscripten module used here, which its published types leave out. */
type Emscripten = {
  FS: {
    makedev(major: number, minor: number): number
    registerDevice(device: number, operations: object): void
    mkdev(path: string, mode: number, device: number): void
  }
  NODEFS: { realPath(node: Node): string; stream_ops: { fsync?(stream: Stream): number } }
}

type InitArguments = Parameters<NodeFS['init']>

export class DurableFolder extends NodeFS {
  /** How often PostgreSQL asked for durability and got it. Opening alone asks several times. */
  syncs = 0
  readonly #rows: DeviceOperations

  constructor(folder: string, rows: DeviceOperations) {
    super(folder)
    this.#rows = rows
  }

  override async init(pg: InitArguments[0], options: InitArguments[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options)
    const prepare = (module: object) => {
      const { FS, NODEFS } = module as Emscripten
      NODEFS.stream_ops.fsync = (stream) => {
        try {
          if (stream.nfd === undefined) fsyncPath(NODEFS.realPath(stream.node))
          else fsyncSync(stream.nfd)
        } catch {
          // Thrown on, it would leave PostgreSQL in the middle of a commit and alive. Told, PostgreSQL panics, as it has to: what
          // the system has thrown away of this file, no second fsync brings back. The next opening replays what is durable.
          return EMSCRIPTEN_EIO
        }
        this.syncs++
        return 0
      }
      const device = FS.makedev(...ROWS_DEVICE_NUMBER)
      FS.registerDevice(device, { open() {}, close() {}, ...this.#rows })
      FS.mkdev(ROWS_DEVICE, 0o600, device)
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] } }
  }
}

/** Directories have no descriptor in NODEFS; a rename in one is durable only after this. */
export function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
