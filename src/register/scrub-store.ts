// After rows that had to go are gone: the files that still hold their bytes. Deleted rows stay in a table until it is written
// anew, and in the write-ahead log until its segments are removed or written over.
import { isForbidden } from './as-forbidden.ts'
import type { RegisterStore } from './store.ts'

type Session = Pick<RegisterStore, 'query' | 'script'>

export type Scrubbed = {
  /** Dead rows are out of the tables and their indexes. */
  tables: boolean
  /** Segments of the write-ahead log that were there are removed or written over. */
  walOverwritten: boolean
  /** The server sends its write-ahead log elsewhere: an archive, a replica, a slot. */
  walCopied: boolean
}

/** Written over at most: 2 GB of them. */
const SEGMENTS_MAX = 128

/**
 * Each statement by itself: not all of them may stand in a transaction, and a server may allow some and not others. The tables
 * the application's own login can have written anew (sql/0003); the write-ahead log is its administrator's.
 */
export async function scrubStore(store: RegisterStore): Promise<Scrubbed> {
  for (const table of ['erasable.secret', 'erasable.ref', 'erasable.hold', 'register.batch'])
    await store.query('select register.rewrite_table($1)', [table])
  const login = store.asLogin ?? store
  return {
    tables: true,
    walOverwritten: await allowed(() => overwriteWal(login)),
    walCopied: await isWalCopied(login),
  }
}

/**
 * The files of replaced tables go at a checkpoint, and segments before it. A server keeps some of these under later names with
 * their old bytes: filling each to its end writes over it.
 */
async function overwriteWal(store: Session): Promise<boolean> {
  await nextSegment(store)
  await store.script('checkpoint')
  const waiting = await waitingSegments(store)
  // And out of the last of them, or that one would be begun and not filled.
  for (let n = 0; n <= Math.min(waiting, SEGMENTS_MAX); n++) await nextSegment(store)
  await store.script('checkpoint')
  return waiting <= SEGMENTS_MAX
}

/** Something has to be in a segment for the switch to fill it; what is filled in are zeros. */
async function nextSegment(store: Session): Promise<void> {
  await store.query("select pg_logical_emit_message(false, 'fairshare', '')")
  await store.query('select pg_switch_wal()')
}

async function waitingSegments(store: Session): Promise<number> {
  const [row] = await store.query<{ waiting: number }>(
    `select count(*)::int4 as waiting from pg_ls_waldir()
      where name ~ '^[0-9A-F]{24}$' and name > pg_walfile_name(pg_current_wal_lsn())`,
  )
  return row!.waiting
}

async function isWalCopied(store: Session): Promise<boolean> {
  const [row] = await store.query<{ copied: boolean }>(
    `select current_setting('archive_mode') <> 'off' or exists (select 1 from pg_replication_slots)
            or exists (select 1 from pg_stat_replication) as copied`,
  )
  return row!.copied
}

/** False where the database's role may not do it: that is the server's business, and said. */
async function allowed(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    if (isForbidden(error)) return false
    throw error
  }
}
