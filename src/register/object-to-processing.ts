// A person objected (Article 21): to marketing, which ends it, or on grounds of their own.
import type { Channel } from '../model/vocabulary.ts'
import { type Recorded, recordEvent, type Statement } from './record-event.ts'
import type { Register } from './register.ts'

export type Objection = Statement & {
  qualifier: 'marketing' | 'general'
  recipient?: string
  channel?: Channel
}

export async function objectToProcessing(register: Register, statement: Objection): Promise<Recorded> {
  return recordEvent(register, 'objection', statement)
}
