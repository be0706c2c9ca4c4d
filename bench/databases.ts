// The PostgreSQL of one run of measurements: the binaries of the tests, started when the first step needs them.
import { createDatabase, type PostgresServer, startPostgres } from '../test/postgres-server.ts'

export class Databases {
  readonly #servers = new Map<boolean, PostgresServer>()
  readonly #urls = new Map<string, string>()

  /** Of the database with this name, made when it is first asked for; in a server that syncs, or in one that does not. */
  async url(name: string, durable = false): Promise<string> {
    const server = this.#servers.get(durable) ?? (await startPostgres({ durable }))
    this.#servers.set(durable, server)
    const url = this.#urls.get(name) ?? (await createDatabase(server.url, name))
    this.#urls.set(name, url)
    return url
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop()
  }
}
