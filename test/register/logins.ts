// Logins of a PostgreSQL server, each a person or a program with the roles it was granted; dropped when the test is over.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export type Login = {
  name: string
  /** Of the same database, as this login. */
  url: string
  /** Runs a statement as the server's administrator, outside this database. */
  asAdministrator(sql: string): Promise<void>
  drop(): Promise<void>
}

/** `admin` is the administrator's URL of the database. */
export async function createLogin(admin: string, roles: readonly string[], attributes = ''): Promise<Login> {
  const name = `login_${randomUUID().replaceAll('-', '')}`
  const asAdministrator = (sql: string) => runAs(maintenance(admin), sql)
  await asAdministrator(`create role ${name} login ${attributes}`)
  for (const role of roles) await asAdministrator(`grant ${role} to ${name}`)
  const url = new URL(admin)
  url.username = name
  return {
    name,
    url: url.href,
    asAdministrator,
    drop: () => asAdministrator(`drop role if exists ${name}`),
  }
}

/** The database every server has: the one the test works in may be dropped by now. */
function maintenance(url: string): string {
  const other = new URL(url)
  other.pathname = '/postgres'
  return other.href
}

async function runAs(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
