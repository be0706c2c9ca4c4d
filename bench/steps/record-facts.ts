// Objections into a register, each awaited until it is durable: through the verb, the person found by member number; or as
// drafts of one event, by whoever knows the person's number already.
import { randomUUID } from 'node:crypto'
import { eventColumns, eventKinds } from '../../src/model/event.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import type { Register } from '../../src/register/register.ts'

export type FactLoad = { writers: number; each: number; waiting: number; people: number }

export type RecordFact = (register: Register, person: number) => Promise<unknown>

const at = 1_500_000_000_000_000

/** Each writer has so many waiting at a time. */
export async function recordFacts(
  register: Register,
  { writers, each, waiting, people }: FactLoad,
  record: RecordFact = objectByReference,
): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    for (let done = 0; done < each; done += waiting)
      await Promise.all(
        Array.from({ length: Math.min(waiting, each - done) }, (_, k) =>
          record(register, 1 + ((writer + writers * (done + k)) % people)),
        ),
      )
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
}

export function objectByReference(register: Register, person: number): Promise<unknown> {
  return objectToProcessing(register, {
    person: { kind: 'member', value: `M-${person}` },
    at: { earliest: at, latest: at },
    ...{ grade: 'A', source: 'bench', actor: 'bench', qualifier: 'marketing' },
  })
}

export function objectByNumber(register: Register, person: number): Promise<unknown> {
  const events = eventColumns(1)
  events.subject[0] = person
  events.kind[0] = eventKinds.objection.number
  events.earliest[0] = at
  events.latest[0] = at
  events.grade[0] = 1
  events.source[0] = 1
  events.qualifier[0] = eventKinds.objection.qualifiers.marketing
  const key = randomUUID()
  return register.append({
    ...{ kind: 'objection', actor: 'bench', idempotencyKey: key, contentHash: key, events },
  })
}
