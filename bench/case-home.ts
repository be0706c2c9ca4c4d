// The 2017 case as the steps share it: where its files lie, its register opened as the program opens it, its requests
// planned. What was published is also kept as a file, so that deciding a set can be measured without a register open.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSetEngine } from '../src/adapters/duckdb/open-set-engine.ts'
import { type DecisionPlan, planDecision } from '../src/decide/plan.ts'
import type { PolicyNumbers } from '../src/decide/policy-numbers.ts'
import type { SetEngine } from '../src/decide/set-engine.ts'
import { nothingOnRecord } from '../src/decide/standing.ts'
import { instantFromIso } from '../src/model/instant.ts'
import type { Policy } from '../src/model/policy.ts'
import type { ReleaseContext } from '../src/release/decision-context.ts'
import { type Configuration, configurationFrom } from '../src/service/configuration.ts'
import { type App, openApp } from '../src/service/open-app.ts'
import { readRequestFile } from '../src/service/read-request-file.ts'
import { shippedPacks } from '../src/service/shipped-packs.ts'
import { storyClock } from '../src/service/story-clock.ts'
import type { StepContext } from './step-context.ts'

export const example = fileURLToPath(new URL('../examples/baby-club-2017/', import.meta.url))

export type Beat = '3-acorn-post' | '4-acorn-email'

export function dataFolder({ folder }: StepContext): string {
  return join(folder, 'data')
}

/** Register (unless it is in PostgreSQL), keys and projection; the set engine's memory as the environment says. */
export function configuration({ folder, postgresUrl }: StepContext): Configuration {
  const home = join(folder, postgresUrl === undefined ? 'home' : 'home-postgres')
  // Before the releases of the story, which need the clock to stand where they do.
  const { now } = storyClock(instantFromIso('2017-05-01T08:00:00Z'))
  return { ...configurationFrom(process.env, { home }), databaseUrl: postgresUrl, actor: 'bench', now }
}

export async function withApp<T>(context: StepContext, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(configuration(context))
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

/** The projection of the case without its register. */
export function openProjection(context: StepContext, name = 'home/projection.duckdb'): Promise<SetEngine> {
  return openSetEngine({
    file: join(context.folder, name),
    temporaryFolder: join(context.folder, 'temporary'),
    memoryLimit: configuration(context).memoryLimit,
  })
}

export function decisionContext(app: App, context: StepContext): Promise<ReleaseContext> {
  return app.decisionContext(({ id }) => join(dataFolder(context), `${id}.parquet`))
}

/** Policy, its numbers in the register, and the table of the dataset that beats 3 and 4 ask for. */
export type Book = { policy: Policy; numbers: PolicyNumbers; table: string }

type Entries<M> = M extends ReadonlyMap<infer K, infer V> ? [K, V][] : never

/** Maps as their entries, as JSON has none. */
type KeptBook = {
  policy: Policy
  numbers: { [K in keyof PolicyNumbers]: Entries<PolicyNumbers[K]> }
  table: string
}

export function keepBook(context: StepContext, { policy, numbers, table }: Book): void {
  const kept: KeptBook = {
    policy,
    numbers: {
      notices: [...numbers.notices],
      recipients: [...numbers.recipients],
      purposes: [...numbers.purposes],
    },
    table,
  }
  writeFileSync(join(context.folder, 'book.json'), JSON.stringify(kept))
}

export function readBook({ folder }: StepContext): Book {
  const { policy, numbers, table }: KeptBook = JSON.parse(readFileSync(join(folder, 'book.json'), 'utf8'))
  return {
    policy,
    numbers: {
      notices: new Map(numbers.notices),
      recipients: new Map(numbers.recipients),
      purposes: new Map(numbers.purposes.map(([number, { id, dpv }]) => [number, { id, dpv }])),
    },
    table,
  }
}

export async function planBeat(beat: Beat, { policy, numbers }: Omit<Book, 'table'>): Promise<DecisionPlan> {
  const request = await readRequestFile(join(example, 'requests', `${beat}.yaml`), policy)
  return planDecision(request, { policy, numbers, packs: shippedPacks(), standing: nothingOnRecord })
}
