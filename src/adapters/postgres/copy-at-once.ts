// A COPY whose rows are sent together with its statement. The driver's stream waits for the server to say that it listens, one way
// there and back more, which for the few rows of a statement is as long as the copying. A server that refuses the statement
// skips what follows it, by the protocol.
import type { Connection, PoolClient, Submittable } from 'pg'

const COPY_DATA = 'd'
const COPY_DONE = 'c'
const TYPE_BYTES = 1
const LENGTH_BYTES = 4

export function copyAtOnce(client: PoolClient, target: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyAtOnce(`copy ${target} from stdin with (format binary)`, bytes, { resolve, reject }))
  })
}

type Settle = { resolve: () => void; reject: (error: unknown) => void }

/** What the driver calls while this is the connection's query. */
class CopyAtOnce implements Submittable {
  readonly #sql: string
  readonly #bytes: Uint8Array
  readonly #settle: Settle

  constructor(sql: string, bytes: Uint8Array, settle: Settle) {
    this.#sql = sql
    this.#bytes = bytes
    this.#settle = settle
  }

  submit(connection: Connection): void {
    connection.query(this.#sql)
    connection.stream.write(
      Buffer.concat([head(COPY_DATA, this.#bytes.length), this.#bytes, head(COPY_DONE, 0)]),
    )
  }

  handleCopyInResponse(): void {}

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#settle.resolve()
  }

  handleError(error: unknown): void {
    this.#settle.reject(error)
  }
}

/** Of a message: its letter, and its length with the four bytes that say so. */
function head(type: string, bytes: number): Buffer {
  const made = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES, type, 'latin1')
  made.writeInt32BE(LENGTH_BYTES + bytes, TYPE_BYTES)
  return made
}
