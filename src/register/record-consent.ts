// A person was asked and said yes or no; without a recipient, nobody was named.
import type { Channel } from '../model/vocabulary.ts'
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type ConsentAnswer = Statement & {
  /** given-by-parent: by whoever has parental responsibility for a child. */
  qualifier: 'given' | 'refused' | 'given-by-parent'
  purpose: string
  notice?: string
  recipient?: string
  channel?: Channel
}

export async function recordConsent(register: Register, statement: ConsentAnswer): Promise<Recorded> {
  return recordEvent(register, 'consent', statement)
}
