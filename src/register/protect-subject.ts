// A person must not be contacted; the ground is never shown to requesters.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type SubjectProtection = Statement & { qualifier: 'bereavement' | 'safety' }

export async function protectSubject(register: Register, statement: SubjectProtection): Promise<Recorded> {
  return recordEvent(register, 'protection', statement)
}
