// An enrolment is nobody: a canary or a test row, which no decision releases.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type SeededRecord = Statement & { qualifier: 'canary' | 'test' }

export async function seedRecord(register: Register, statement: SeededRecord): Promise<Recorded> {
  return recordEvent(register, 'seed', statement)
}
