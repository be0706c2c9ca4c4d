// A register in a folder: PGlite in a thread of its own behind the store port. One process per folder; whoever
// composes the program holds the lock that says so.
import { Worker } from 'node:worker_threads'
import { Problem } from '../../model/problem.ts'
import { type RegisterStore, type Row, type StoreSession, storeError } from '../../register/store.ts'
import {
  FLOW_STATE,
  FLOW_UNTAKEN,
  flowStates,
  type WorkerReply,
  type WorkerStart,
  type WorkerTask,
} from './worker-messages.ts'

export type PgliteOptions = {
  folder: string
  /** A closed store's folder, of which a new one starts as a copy; without it, initdb runs (3 s). */
  template?: string
}

type Waiting = {
  resolve(rows: Row[]): void
  reject(error: unknown): void
  chunk(bytes: Uint8Array): void
}

export async function openPgliteStore({ folder, template }: PgliteOptions): Promise<RegisterStore> {
  const thread = new PgliteThread({ folder, template })
  await thread.open()
  const turns = new Turns()
  const session: StoreSession = {
    query: async <R extends Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await thread.ask({ do: 'query', sql, parameters })) as R[],
    script: async (sql) => void (await thread.ask({ do: 'script', sql })),
    copyIn: async (target, bytes) => void (await thread.ask({ do: 'copyIn', target, bytes })),
  }
  return {
    query: (sql, parameters) => turns.take(() => session.query(sql, parameters)),
    script: (sql) => turns.take(() => session.script(sql)),
    transaction: (work) => turns.take(() => transact(session, work)),
    copyOut: (sql) => copyOut(thread, turns, sql),
    close: () => turns.take(() => thread.close()),
  }
}

async function transact<T>(session: StoreSession, work: (session: StoreSession) => Promise<T>): Promise<T> {
  await session.script('begin')
  const watched = new WatchedSession(session)
  try {
    const result = await work(watched)
    if (watched.failure !== undefined) throw watched.failure
    await session.script('commit')
    return result
  } catch (error) {
    // Harmless when the transaction is already gone, hopeless when the thread is.
    await session.script('rollback').catch(() => {})
    throw error
  }
}

/** Remembers the first failed statement: PostgreSQL would answer the commit with a silent rollback. */
class WatchedSession implements StoreSession {
  failure: unknown
  readonly #session: StoreSession

  constructor(session: StoreSession) {
    this.#session = session
  }

  query<R extends Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]> {
    return this.#watch(this.#session.query<R>(sql, parameters))
  }

  script(sql: string): Promise<void> {
    return this.#watch(this.#session.script(sql))
  }

  copyIn(target: string, bytes: Uint8Array): Promise<void> {
    return this.#watch(this.#session.copyIn(target, bytes))
  }

  async #watch<T>(statement: Promise<T>): Promise<T> {
    try {
      return await statement
    } catch (error) {
      this.failure ??= error
      throw error
    }
  }
}

async function* copyOut(thread: PgliteThread, turns: Turns, sql: string): AsyncGenerator<Uint8Array> {
  const flow = new SharedArrayBuffer(8)
  const state = new Int32Array(flow)
  const chunks: Uint8Array[] = []
  let ended = false
  let failure: unknown
  let wake = () => {}
  const release = await turns.turn(() => Atomics.store(state, FLOW_STATE, flowStates.unbounded))
  const copying = thread
    .ask({ do: 'copyOut', sql, flow }, (chunk) => {
      chunks.push(chunk)
      wake()
    })
    .catch((error: unknown) => {
      failure = error
    })
    .finally(() => {
      ended = true
      release()
      wake()
    })
  try {
    while (true) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        Atomics.sub(state, FLOW_UNTAKEN, 1)
        Atomics.notify(state, FLOW_UNTAKEN)
        yield chunk
      } else if (ended) {
        if (failure !== undefined) throw failure
        return
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    Atomics.store(state, FLOW_STATE, flowStates.abandoned)
    Atomics.notify(state, FLOW_UNTAKEN)
    await copying
  }
}

/** One at a time, in the order of asking: PostgreSQL here is a single backend. */
class Turns {
  #last: Promise<void> = Promise.resolve()
  /** Told when somebody starts to wait: a copyOut must not make them wait for its reader, who may be them. */
  #onWait = () => {}
  #busy = 0

  async turn(onWait: () => void = () => {}): Promise<() => void> {
    const before = this.#last
    let release = () => {}
    this.#last = new Promise((resolve) => {
      release = () => {
        this.#busy--
        resolve()
      }
    })
    if (this.#busy++ > 0) this.#onWait()
    await before
    this.#onWait = onWait
    if (this.#busy > 1) onWait()
    return release
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.turn()
    try {
      return await work()
    } finally {
      release()
    }
  }
}

class PgliteThread {
  readonly #opened: Promise<Row[]>
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #gone: Problem | undefined
  #lastId = 0

  constructor(start: WorkerStart) {
    // tsc rewrites the endings of imports, not of URLs.
    const file = import.meta.url.endsWith('.ts')
      ? new URL('./pglite-worker.ts', import.meta.url)
      : new URL('./pglite-worker.js', import.meta.url)
    this.#worker = new Worker(file, { workerData: start })
    this.#opened = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve, reject, chunk() {} })
    })
    this.#worker.on('message', (reply: WorkerReply) => this.#take(reply))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(undefined))
  }

  async open(): Promise<void> {
    try {
      await this.#opened
    } catch (error) {
      await this.#worker.terminate()
      throw error
    }
  }

  ask(task: WorkerTask, chunk: (bytes: Uint8Array) => void = () => {}): Promise<Row[]> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, chunk })
      this.#worker.postMessage({ id, task })
    })
  }

  async close(): Promise<void> {
    if (this.#gone !== undefined) return
    await this.ask({ do: 'close' })
    await this.#worker.terminate()
  }

  #take(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    if ('chunk' in reply) {
      waiting.chunk(reply.chunk)
      return
    }
    this.#waiting.delete(reply.id)
    if ('rows' in reply) waiting.resolve(reply.rows)
    else waiting.reject(storeError(reply.refusal))
  }

  #end(cause: unknown): void {
    this.#gone ??= new Problem('register.unavailable', 'the register folder is not open', { cause })
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone)
    this.#waiting.clear()
  }
}
