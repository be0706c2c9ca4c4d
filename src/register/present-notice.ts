// A person was shown a version of a privacy notice: what every later disclosure is held against.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type NoticePresentation = Statement & { notice: string; route?: string }

export async function presentNotice(register: Register, statement: NoticePresentation): Promise<Recorded> {
  return recordEvent(register, 'presentation', statement)
}
