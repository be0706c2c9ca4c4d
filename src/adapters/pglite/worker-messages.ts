// What the PGlite worker and the thread that owns it say to each other.
import type { DatabaseRefusal, Row } from '../../register/store.ts'

export type WorkerStart = { folder: string; template: string | undefined }

export type WorkerTask =
  | { do: 'query'; sql: string; parameters: readonly unknown[] }
  | { do: 'script'; sql: string }
  | { do: 'copyIn'; target: string; bytes: Uint8Array }
  | { do: 'copyOut'; sql: string; flow: SharedArrayBuffer }
  | { do: 'close' }

export type WorkerRequest = { id: number; task: WorkerTask }

/** `rows` and `refusal` end a request; chunks precede the end of a copyOut. Request 0 is the opening itself. */
export type WorkerReply =
  | { id: number; rows: Row[] }
  | { id: number; refusal: DatabaseRefusal }
  | { id: number; chunk: Uint8Array }

/**
 * Flow control of one copyOut, as Int32: chunks sent and not yet taken; then a state. The worker is inside
 * PostgreSQL while it sends and cannot read messages, hence shared memory.
 */
export const FLOW_UNTAKEN = 0
export const FLOW_STATE = 1
/** Wait for the reader · somebody else waits for the store, so do not wait for the reader · the reader left. */
export const flowStates = { bounded: 0, unbounded: 1, abandoned: 2 } as const
export const FLOW_CHUNKS_MAX = 16
