// The PostgreSQL of one run of measurements: the binaries of the tests, started when the first step needs them.
import { createDatabase, type PostgresServer, startPostgres } from '../test/postgres-server.ts'

export class Databases {
  #server: PostgresServer | undefined
  readonly #urls = new Map<string, string>()

  /** Of the database with this name, made when it is first asked for. */
  async url(name: string): Promise<string> {
    this.#server ??= await startPostgres()
    const url = this.#urls.get(name) ?? (await createDatabase(this.#server.url, name))
    this.#urls.set(name, url)
    return url
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }
}
