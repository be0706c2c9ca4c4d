// From an identifier to its person, in a register of the case's size: member numbers, and as many e-mail addresses beside them.
import { join } from 'node:path'
import { appendBatch } from '../../src/register/append-batch.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import {
  contactRefKind,
  isContactRef,
  type PersonRef,
  REF_KEY_BYTES,
  refKeyOf,
} from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { caseSize, type Figure, percentile, secondsOf } from '../figure.ts'
import { RandomNumbers } from '../random-numbers.ts'
import type { StepContext } from '../step-context.ts'

const batchPeople = 100_000
const asked = 5_000
const askedBefore = 500
const aimMilliseconds = 1

const kinds: Readonly<Record<string, (person: number) => PersonRef>> = {
  'member number': (person) => ({ kind: 'member', value: `M-${person}` }),
  'e-mail address': (person) => ({ kind: contactRefKind('email'), value: `person${person}@example.org` }),
}

export async function lookUp(context: StepContext): Promise<Figure[]> {
  const app = await openApp({ ...configuration(context), home: join(context.folder, 'lookup') })
  try {
    for (const refOf of Object.values(kinds)) await enrol(app.register, context.people, refOf)
    // As the server does by itself a minute after so many rows have come.
    await app.register.store.asLogin!.script('vacuum analyze erasable.ref')
    const figures: Figure[] = []
    for (const [name, refOf] of Object.entries(kinds))
      figures.push(await measure(app.register, context.people, name, refOf))
    return figures
  } finally {
    await app.close()
  }
}

async function enrol(
  register: Register,
  people: number,
  refOf: (person: number) => PersonRef,
): Promise<void> {
  for (let first = 1; first <= people; first += batchPeople) {
    const count = Math.min(batchPeople, people - first + 1)
    const enrol = new Uint8Array(count * REF_KEY_BYTES)
    for (let n = 0; n < count; n++) enrol.set(refKeyOf(register.keys, refOf(first + n)), n * REF_KEY_BYTES)
    const { kind } = refOf(first)
    const key = `${kind} from ${first}`
    await appendBatch(register, {
      ...{ kind: 'enrolment', actor: 'bench', idempotencyKey: key, contentHash: key },
      ...{ enrol, enrolContacts: isContactRef(refOf(first)) },
    })
  }
}

/** People at random, each found once and for the right number. */
async function measure(
  register: Register,
  people: number,
  name: string,
  refOf: (person: number) => PersonRef,
): Promise<Figure> {
  const random = new RandomNumbers(1_065_220)
  const first = (await findSubject(register, refOf(1)))!
  const seconds: number[] = []
  for (let n = 0; n < askedBefore + asked; n++) {
    const person = 1 + random.below(people)
    const took = await secondsOf(async () => {
      if ((await findSubject(register, refOf(person))) !== first + person - 1)
        throw new Error('another person was found')
    })
    if (n >= askedBefore) seconds.push(took)
  }
  const sorted = seconds.toSorted((a, b) => a - b)
  const milliseconds = { p50: 1000 * percentile(sorted, 50), p99: 1000 * percentile(sorted, 99) }
  return {
    did: `one person by ${name} among ${people.toLocaleString('en-GB')}, PostgreSQL`,
    size: { count: asked, of: 'people' },
    milliseconds,
    perSecond: asked / seconds.reduce((total, each) => total + each, 0),
    ...(people >= caseSize && {
      aim: { says: `< ${aimMilliseconds} ms`, met: milliseconds.p99 < aimMilliseconds },
    }),
  }
}
