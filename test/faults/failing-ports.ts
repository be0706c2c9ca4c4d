// Ports that fail at their n-th call: before the call had any effect, or after all of it, as when the answer is lost. The real
// ports lie underneath; nothing of ours is replaced.
import { Problem, type ProblemCode } from '../../src/model/problem.ts'
import { type RegisterStore, type StoreSession, storeError } from '../../src/register/store.ts'
import type { AppPorts, OpenAppOptions } from '../../src/service/open-app.ts'

export type PortName = keyof AppPorts
export const portNames = ['store', 'engine', 'outbox', 'log', 'sealer', 'keys', 'reader'] as const

export type PortFault = {
  port: PortName
  /** From 1. */
  call: number
  when: 'before' | 'after'
  /** Once, or from then on, as a disk that stays full. */
  lasting: boolean
  /** What the port says; an adapter says no more of what went wrong. */
  error: PortError
}

export const portErrors = {
  store: ['connection lost', 'server shut down', 'disk full'],
  engine: ['disk full', 'disk failed', 'out of memory'],
  outbox: ['disk full', 'disk failed'],
  log: ['disk full', 'disk failed'],
  sealer: ['disk full', 'disk failed'],
  keys: ['keys unusable'],
  reader: ['unreadable'],
} as const satisfies Record<PortName, readonly PortError[]>

type PortError = keyof typeof errors
const problem = (code: ProblemCode) => () => new Problem(code, 'a fault was injected')
const errors = {
  'connection lost': () => storeError({ message: 'Connection terminated unexpectedly' }),
  'server shut down': () => storeError({ message: 'terminating connection', code: '57P01' }),
  'disk full': problem('disk.full'),
  'disk failed': problem('disk.failed'),
  'out of memory': problem('engine.memory'),
  'keys unusable': problem('keys.unusable'),
  unreadable: problem('file.unreadable'),
}

/** Told of every call before it is made and after it was: throws, or never comes back. */
export type OnCall = (port: PortName, call: string, when: 'before' | 'after') => void

/** Counts each port's calls by itself and throws at the one that was chosen. */
export function failAt(fault: PortFault): OnCall {
  let calls = 0
  return (port, _call, when) => {
    if (port !== fault.port) return
    if (when === 'before') calls++
    if (when !== fault.when) return
    if (calls === fault.call || (fault.lasting && calls > fault.call)) throw errors[fault.error]()
  }
}

/** How often each port is called in a run. */
export function countCalls(): { counts: Record<PortName, number>; onCall: OnCall } {
  const counts = { store: 0, engine: 0, outbox: 0, log: 0, sealer: 0, keys: 0, reader: 0 }
  return {
    counts,
    onCall: (port, _call, when) => {
      if (when === 'before') counts[port]++
    },
  }
}

/** Ports that tell `onCall` of each of their calls. */
export function watchedPorts(onCall: OnCall): NonNullable<OpenAppOptions['decorate']> {
  return (name, port) => {
    // Of the port `store`, which is a RegisterStore, a RegisterStore comes back.
    if (name === 'store') return watchedStore(port as RegisterStore, onCall) as typeof port
    // Keys answer at once, everything else when it is done.
    return watchedObject(port, name === 'keys' ? atOnce(onCall, name) : later(onCall, name))
  }
}

type Watch<R> = (call: string, work: () => R) => R

function later(onCall: OnCall, port: PortName) {
  return async <T>(call: string, work: () => T | Promise<T>): Promise<T> => {
    onCall(port, call, 'before')
    const result = await work()
    onCall(port, call, 'after')
    return result
  }
}

function atOnce(onCall: OnCall, port: PortName): Watch<unknown> {
  return (call, work) => {
    onCall(port, call, 'before')
    const result = work()
    onCall(port, call, 'after')
    return result
  }
}

/** Closing and waiting in line are no calls to anything that fails. */
const unwatched = new Set(['close', 'inTurn', 'pathOf'])

function watchedObject<T extends object>(port: T, watch: Watch<unknown>, prefix = ''): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      const call = `${prefix}${String(key)}`
      if (unwatched.has(String(key))) return value
      if (typeof value === 'function')
        return (...given: unknown[]) => watch(call, () => Reflect.apply(value, target, given))
      const isPart = typeof value === 'object' && value !== null && Object.values(value).some(isFunction)
      return isPart ? watchedObject(value, watch, `${call}.`) : value
    },
  })
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** Every statement of a transaction is a call, and so is its commit. */
function watchedStore(store: RegisterStore, onCall: OnCall): RegisterStore {
  const watch = later(onCall, 'store')
  return {
    query: (sql, parameters) => watch('query', () => store.query(sql, parameters)),
    script: (sql) => watch('script', () => store.script(sql)),
    async transaction(work) {
      const result = await store.transaction(async (session) => {
        const made = await work(watchedSession(session, watch))
        // A failure here rolls back; one below finds it committed, and nobody has heard of it.
        onCall('store', 'commit', 'before')
        return made
      })
      onCall('store', 'commit', 'after')
      return result
    },
    async *copyOut(sql) {
      yield* await watch('copyOut', () => store.copyOut(sql))
    },
    close: () => store.close(),
  }
}

function watchedSession(session: StoreSession, watch: ReturnType<typeof later>): StoreSession {
  return {
    query: (sql, parameters) => watch('query', () => session.query(sql, parameters)),
    script: (sql) => watch('script', () => session.script(sql)),
    copyIn: (target, bytes) => watch('copyIn', () => session.copyIn(target, bytes)),
  }
}
