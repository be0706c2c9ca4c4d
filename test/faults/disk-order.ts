// What a disturbed process is told about its disk, and what it writes into its journal.

export type DiskOrder = {
  /** Below this folder. */
  home: string
  journal: string
  fail?: {
    /** The program's own files, or those of the embedded database. */
    thread: 'main' | 'worker'
    /** Counted from 1 among what changes something. */
    call: number
    code: 'ENOSPC' | 'EIO' | 'EROFS'
    when: 'before' | 'after'
    lasting: boolean
  }
  watch?: { shadow: string; before: string }
}

/** A line of the journal; folders and files go by inode, as names change. */
export type DiskEvent =
  | { is: 'linked'; folder: number; name: string; file: number; isFolder: boolean; isNew: boolean }
  | { is: 'unlinked'; folder: number; name: string }
  | { is: 'folder synced'; folder: number }
  | { is: 'file synced'; file: number }
  | { is: 'failed'; call: string }

export const DISK_ORDER = 'FAULTS_DISK_ORDER'
