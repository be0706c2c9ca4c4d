// A person took consent back; what is left out means all of it.
import type { Channel } from '../model/vocabulary.ts'
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type ConsentWithdrawal = Statement & { purpose?: string; recipient?: string; channel?: Channel }

export async function withdrawConsent(register: Register, statement: ConsentWithdrawal): Promise<Recorded> {
  return recordEvent(register, 'withdrawal', statement)
}
