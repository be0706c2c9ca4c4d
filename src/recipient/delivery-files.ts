// The port through which a recipient's files are read and written: plain records first under a name nobody reads.
import type { DeliveredFiles } from '../evidence/delivered-files.ts'

export type DeliveryFiles = DeliveredFiles & {
  exists(path: string): Promise<boolean>
  /** Streamed; `file.missing` when it is not there. */
  stream(path: string): AsyncIterable<Uint8Array>
  /** A folder that only its owner can enter, made if need be; what was in it is gone. */
  emptyFolder(path: string): Promise<void>
  /** A new file that only its owner can read, fsynced; a full disk is `disk.full`. */
  write(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  /** Under its new name, in place of what stood there, durably. */
  rename(from: string, to: string): Promise<void>
  /** With all that is in it; nothing happens when it is not there. */
  remove(path: string): Promise<void>
}
