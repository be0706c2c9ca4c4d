// A person has died or moved away, or can be reached again.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type Absence = Statement & { qualifier: 'deceased' | 'gone-away' | 'back' }

export async function reportAbsence(register: Register, statement: Absence): Promise<Recorded> {
  return recordEvent(register, 'absence', statement)
}
