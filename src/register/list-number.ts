// A screen found a person’s number on a telephone preference register, or no longer there.
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type NumberListing = Statement & { qualifier: 'tps' | 'ctps' | 'tps-ended' }

export async function listNumber(register: Register, statement: NumberListing): Promise<Recorded> {
  return recordEvent(register, 'listing', statement)
}
