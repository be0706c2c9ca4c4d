// How far the projection has come, without bringing it any further.
import type { SetEngine } from '../decide/set-engine.ts'

/** Undefined while there is no projection. */
export async function readProjectedPosition(engine: SetEngine): Promise<number | undefined> {
  const tables = await engine.rows(
    `select 1 as one from duckdb_tables() where database_name = current_database() and table_name = 'projected'`,
  )
  if (tables.length === 0) return undefined
  const [state] = await engine.rows<{ position: number }>('select position from projected')
  return state?.position
}
