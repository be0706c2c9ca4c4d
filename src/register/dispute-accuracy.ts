// A person disputes that the data held are accurate (Article 16), or that was settled.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type AccuracyDispute = Statement & { qualifier: 'open' | 'settled' }

export async function disputeAccuracy(register: Register, statement: AccuracyDispute): Promise<Recorded> {
  return recordEvent(register, 'dispute', statement)
}
