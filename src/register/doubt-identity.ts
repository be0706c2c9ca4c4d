// An enrolment may be two people, or one of two of the same person; until resolved it is not matched.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type IdentityDoubt = Statement & { qualifier: 'open' | 'resolved' }

export async function doubtIdentity(register: Register, statement: IdentityDoubt): Promise<Recorded> {
  return recordEvent(register, 'identity_doubt', statement)
}
