// The port through which an evidence pack is read, whether it lies in an archive or unpacked in a folder.

export type PackFiles = {
  /** Every file there is, as named: letters that `pack-paths.ts` allows. */
  paths: readonly string[]
  /** The file whole. `NotHeld` where it is not as the archive declares it. */
  read(path: string): Promise<Uint8Array>
}

/** A longer file is no file of a pack. */
export const FILE_BYTES_MAX = 512 * 2 ** 20
export const PACK_BYTES_MAX = 4 * 2 ** 30
export const FILES_MAX = 65_534
