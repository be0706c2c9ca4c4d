// Processing of a person's data was restricted (Article 18), or the restriction lifted.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type ProcessingRestriction = Statement & { qualifier: 'on' | 'lifted' }

export async function restrictProcessing(
  register: Register,
  statement: ProcessingRestriction,
): Promise<Recorded> {
  return recordEvent(register, 'restriction', statement)
}
