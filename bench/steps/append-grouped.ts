// Single statements from many writers at once: each takes its position under the lock, those that wait share a transaction,
// and each is a leaf of the log. What a consent page costs the register.
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { eventColumns } from '../../src/model/event.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { REF_KEY_BYTES } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const writers = 16
const people = 10_000
const appends = 64_000
const aimPerSecond = 15_000

export async function appendGrouped(context: StepContext): Promise<Figure[]> {
  const name = context.postgresUrl === undefined ? 'PGlite' : 'PostgreSQL'
  const app = await openApp({ ...configuration(context), home: join(context.folder, `grouped-${name}`) })
  try {
    await enrol(app.register)
    const figures: Figure[] = []
    for (const waiting of [1, 64]) {
      const each = Math.floor(appends / writers / (waiting === 1 ? 8 : 1))
      const seconds = await secondsOf(() =>
        Promise.all(
          Array.from({ length: writers }, (_, writer) => write(app.register, writer, each, waiting)),
        ),
      )
      const figure = timed(
        `${writers} writers, ${waiting} waiting each, one event a statement, ${name}`,
        writers * each,
        'events',
        [seconds],
      )
      if (waiting > 1 && name === 'PostgreSQL')
        figure.aim = { says: `≥ ${aimPerSecond}/s`, met: (writers * each) / seconds >= aimPerSecond }
      figures.push(figure)
    }
    return figures
  } finally {
    await app.close()
  }
}

async function enrol(register: Register): Promise<void> {
  const key = randomUUID()
  await appendBatch(register, {
    ...{ kind: 'enrolment', actor: 'bench', idempotencyKey: key, contentHash: key },
    enrol: randomBytes(people * REF_KEY_BYTES),
  })
}

/** One after the other, or so many at a time. */
async function write(register: Register, writer: number, count: number, waiting: number): Promise<void> {
  for (let done = 0; done < count; done += waiting) {
    const some = Math.min(waiting, count - done)
    await Promise.all(
      Array.from({ length: some }, (_, k) =>
        append(register, 1 + ((writer + writers * (done + k)) % people)),
      ),
    )
  }
}

async function append(register: Register, subject: number): Promise<void> {
  const events = eventColumns(1)
  events.subject[0] = subject
  events.kind[0] = 4
  events.earliest[0] = 1_500_000_000_000_000
  events.latest[0] = 1_500_000_000_000_000
  events.grade[0] = 1
  events.source[0] = 1
  events.qualifier[0] = 1
  const key = randomUUID()
  await register.append({ kind: 'objection', actor: 'bench', idempotencyKey: key, contentHash: key, events })
}
