// The last state of an erasure over a register of the case's size: everybody else's secret checked against its commitment and
// wrapped anew in one transaction, then the store's files scrubbed and the old key destroyed.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { appendBatch } from '../../src/register/append-batch.ts'
import { destroyKeys, finishDestruction } from '../../src/register/destroy-keys.ts'
import { REF_KEY_BYTES } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { caseSize, type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const erasedAtOnce = 1_000
const batchPeople = 100_000
const aimSeconds = 30

export async function measureErasure(context: StepContext): Promise<Figure[]> {
  const name = context.postgresUrl === undefined ? 'PGlite' : 'PostgreSQL'
  const app = await openApp({ ...configuration(context), home: join(context.folder, `erasure-${name}`) })
  const { people } = context
  try {
    await enrol(app.register, people)
    const destroying: number[] = []
    const finishing: number[] = []
    for (let round = 0; round < context.rounds; round++) {
      const subjects = Array.from({ length: erasedAtOnce }, (_, n) => 1 + n * context.rounds + round)
      destroying.push(
        await secondsOf(() => destroyKeys(app.register, subjects, { actor: 'bench', zone: 'UTC' })),
      )
      finishing.push(await secondsOf(() => finishDestruction(app.register)))
    }
    const wrapped = timed(`secrets checked and wrapped anew, ${name}`, people, 'people', destroying)
    if (people === caseSize)
      wrapped.aim = { says: `≤ ${aimSeconds} s`, met: people / wrapped.perSecond <= aimSeconds }
    return [
      wrapped,
      timed(`tables and write-ahead log scrubbed, key destroyed, ${name}`, people, 'people', finishing),
    ]
  } finally {
    await app.close()
  }
}

async function enrol(register: Register, people: number): Promise<void> {
  for (let first = 0; first < people; first += batchPeople) {
    const key = `people from ${first}`
    await appendBatch(register, {
      ...{ kind: 'enrolment', actor: 'bench', idempotencyKey: key, contentHash: key },
      enrol: randomBytes(Math.min(batchPeople, people - first) * REF_KEY_BYTES),
    })
  }
}
