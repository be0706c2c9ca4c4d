// What a connection to a register's database is set to before anything runs on it: the role that may only add, and the times
// after which the server ends what stands still.
import type { PoolClient } from 'pg'
import { Problem } from '../../model/problem.ts'

const OLDEST_SERVER = 150_000

/**
 * A transaction that stands still this long is ended by the server: a process that froze with the head's lock must not keep
 * everybody out. Longer than anything a decision under the lock computes between two statements.
 */
const IDLE_IN_TRANSACTION_MS = 60_000
/** Waited for a lock at most, and more than the time above: whoever waits for a frozen process outlives it. */
const LOCK_MS = 90_000

/**
 * A member of the writer's role, or of the owner's, works as the writer: what may not be changed cannot be, whoever logged in.
 * Sessions keep times that an administrator has given the login or the URL. False while the database has no such role.
 */
export async function prepareSession(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ ready: boolean }>(SESSION, [
    `${LOCK_MS}`,
    `${IDLE_IN_TRANSACTION_MS}`,
  ])
  return rows[0]!.ready
}

/** In PostgreSQL 16 a member may be one who cannot take the role on. */
const SESSION = `
  with writer as (
    select r.oid, r.rolname from pg_catalog.pg_roles r, pg_catalog.pg_namespace n
     where r.rolname = 'fairshare_writer' and n.nspname = 'register' and has_schema_privilege(r.oid, n.oid, 'usage')
  ), taken as materialized (
    select set_config('role', rolname, false) from writer where pg_has_role(session_user, oid,
      case when current_setting('server_version_num')::int4 < 160000 then 'member' else 'set' end)
  ), times as materialized (
    select set_config('lock_timeout', $1, false) from pg_catalog.pg_settings where name = 'lock_timeout' and setting = '0'
    union all
    select set_config('idle_in_transaction_session_timeout', $2, false) from pg_catalog.pg_settings
     where name = 'idle_in_transaction_session_timeout' and setting = '0'
  )
  select exists (select from writer) as ready, (select count(*) from taken) as taken, (select count(*) from times) as times`

export async function refuseOldServer(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int4 as number, current_setting('server_version') as version`,
  )
  if (rows[0]!.number < OLDEST_SERVER)
    throw new Problem('register.unavailable', `it is PostgreSQL ${rows[0]!.version}; 15 or newer is needed`)
}
