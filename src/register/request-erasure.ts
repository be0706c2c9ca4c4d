// A person asked for erasure (Article 17), or it was carried out.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type ErasureRequest = Statement & { qualifier: 'requested' | 'done' }

export async function requestErasure(register: Register, statement: ErasureRequest): Promise<Recorded> {
  return recordEvent(register, 'erasure', statement)
}
