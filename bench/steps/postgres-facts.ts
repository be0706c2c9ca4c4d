// Facts into PostgreSQL, each acknowledged when it is on the disk: the server of this step syncs, as one in production does.
// Callers of one process share transactions; callers of sixteen processes share nothing but the lock.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appendBatch } from '../../src/register/append-batch.ts'
import { refKeyOf } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import { openApp } from '../../src/service/open-app.ts'
import { configuration } from '../case-home.ts'
import { caseSize, type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'
import { objectByNumber, objectByReference, type RecordFact, recordFacts } from './record-facts.ts'

const writers = 16
const people = 10_000
const singleAimPerSecond = 2_000
const groupedAimPerSecond = 20_000

export async function recordDurably(context: StepContext): Promise<Figure[]> {
  const chosen = { ...configuration(context), home: join(context.folder, 'facts') }
  // A tenth where nobody looks at the aim.
  const scale = context.people >= caseSize ? 1 : 0.1
  const app = await openApp(chosen)
  try {
    await enrol(app.register)
    const before = await positionOf(app.register)
    const single = await measure(app.register, 'by reference, one each in turn', {
      ...{ each: 1_500 * scale, waiting: 1, record: objectByReference },
    })
    single.aim = aimOf(single, singleAimPerSecond)
    const many = await measure(app.register, 'by reference, 64 each at once', {
      ...{ each: 4_096 * scale, waiting: 64, record: objectByReference },
    })
    const grouped = await measure(app.register, 'by number, 64 each at once', {
      ...{ each: 8_192 * scale, waiting: 64, record: objectByNumber },
    })
    grouped.aim = aimOf(grouped, groupedAimPerSecond)
    const apart = await measureProcesses(context, chosen.home, Math.ceil(150 * scale))
    const acknowledged = [single, many, grouped, apart].reduce((sum, { size }) => sum + size.count, 0)
    const found = (await positionOf(app.register)) - before
    if (found !== acknowledged) throw new Error(`${acknowledged} facts were acknowledged, ${found} are there`)
    apart.counts = { acknowledged, found }
    return [single, many, grouped, apart]
  } finally {
    await app.close()
  }
}

/** Member numbers M-1, M-2, … */
async function enrol(register: Register): Promise<void> {
  const keys = Array.from({ length: people }, (_, n) =>
    refKeyOf(register.keys, { kind: 'member', value: `M-${n + 1}` }),
  )
  const key = randomBytes(16).toString('hex')
  await appendBatch(register, {
    ...{ kind: 'enrolment', actor: 'bench', idempotencyKey: key, contentHash: key },
    enrol: new Uint8Array(Buffer.concat(keys)),
  })
  // The name of the source gets its number once, and not while the clock runs.
  await recordFacts(register, { writers: 1, each: 1, waiting: 1, people })
}

async function positionOf(register: Register): Promise<number> {
  const [head] = await register.store.query<{ position: number }>('select position from register.head')
  return head!.position
}

async function measure(
  register: Register,
  how: string,
  load: { each: number; waiting: number; record: RecordFact },
): Promise<Figure> {
  const { waiting, record } = load
  const each = Math.floor(load.each)
  const seconds = await secondsOf(() => recordFacts(register, { writers, each, waiting, people }, record))
  const did = `${writers} callers in one process, facts ${how}, PostgreSQL with fsync`
  return timed(did, writers * each, 'facts', [seconds])
}

/** Each process says when it is ready, is told to begin with all the others, and says when it is done. */
async function measureProcesses(context: StepContext, home: string, each: number): Promise<Figure> {
  const script = fileURLToPath(new URL('record-facts-process.ts', import.meta.url))
  const told = JSON.stringify({ keys: join(home, 'keys'), url: context.postgresUrl, each, people })
  const children = Array.from({ length: writers }, () =>
    spawn(process.execPath, [script, told], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const heard = (child: (typeof children)[number]) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve())
      child.once('exit', () => reject(new Error('a writing process ended early')))
    })
  await Promise.all(children.map(heard))
  const ended = Promise.all(
    children.map((child) => new Promise((resolve) => child.removeAllListeners('exit').once('exit', resolve))),
  )
  const seconds = await secondsOf(async () => {
    const done = children.map(heard)
    for (const child of children) child.stdin.end('begin\n')
    await Promise.all(done)
  })
  await ended
  return timed(
    `${writers} processes, facts by reference, one each in turn, PostgreSQL with fsync`,
    writers * each,
    'facts',
    [seconds],
  )
}

function aimOf({ perSecond }: Figure, least: number): NonNullable<Figure['aim']> {
  return { says: `≥ ${least.toLocaleString('en-GB')}/s`, met: perSecond >= least }
}
