// How fast a register fills with nothing before it: people enrolled and four events each appended in batches of 100,000,
// secrets and commitments included.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { eventColumns } from '../../src/model/event.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { REF_KEY_BYTES } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const eventsPerPerson = 4
const batchEvents = 100_000

export async function appendEvents(context: StepContext): Promise<Figure[]> {
  const { people, postgresUrl } = context
  const name = postgresUrl === undefined ? 'PGlite' : 'PostgreSQL'
  const app = await openApp({ ...configuration(context), home: join(context.folder, `append-${name}`) })
  try {
    const perBatch = batchEvents / eventsPerPerson
    const seconds = await secondsOf(async () => {
      for (let done = 0; done < people; done += perBatch)
        await appendPeople(app.register, done, Math.min(perBatch, people - done))
    })
    return [timed(`append to the register alone, ${name}`, people * eventsPerPerson, 'events', [seconds])]
  } finally {
    await app.close()
  }
}

async function appendPeople(register: Register, from: number, people: number): Promise<void> {
  const events = eventColumns(people * eventsPerPerson)
  for (let row = 0; row < events.count; row++) {
    events.subject[row] = -1 - Math.floor(row / eventsPerPerson)
    events.kind[row] = 1 + (row % eventsPerPerson)
    events.earliest[row] = 1_400_000_000_000_000 + from + row
    events.latest[row] = events.earliest[row]!
    events.grade[row] = 1
    events.source[row] = 1
    events.route[row] = 1 + (row % 3)
    events.notice[row] = 1 + (row % 7)
  }
  await appendBatch(register, {
    kind: 'import',
    actor: 'bench',
    idempotencyKey: `bench:${from}`,
    contentHash: `bench:${from}`,
    enrol: randomBytes(people * REF_KEY_BYTES),
    events,
  })
}
