// The steps, in the order they run. Each runs in a process of its own, so that its peak memory is its own.
import type { Figure } from './figure.ts'
import type { StepContext } from './step-context.ts'

type Measure = (context: StepContext) => Promise<Figure[]>

export type Step = {
  name: string
  /** Steps whose leavings it works on. */
  needs: readonly string[]
  /** Name of the database it works in, on a server that runs as long as the steps do. */
  database?: string
  /** The server of that database syncs before it acknowledges; without it, it does not. */
  durable?: true
  load(): Promise<Measure>
}

const importCase = async () => (await import('./steps/import-case.ts')).importCase
const appendEvents = async () => (await import('./steps/append-events.ts')).appendEvents
const appendGrouped = async () => (await import('./steps/append-grouped.ts')).appendGrouped
const askWhoHas = async () => (await import('./steps/who-has.ts')).askWhoHas
const measureErasure = async () => (await import('./steps/destroy-keys.ts')).measureErasure
const measureWithdrawal = async () => (await import('./steps/withdrawal.ts')).measureWithdrawal
const decidePerson = async () => (await import('./steps/decide-person.ts')).decidePerson

export const steps: readonly Step[] = [
  {
    name: 'generate',
    needs: [],
    load: async () => (await import('./steps/generate-people.ts')).generatePeople,
  },
  { name: 'import-pglite', needs: ['generate'], load: importCase },
  { name: 'import-postgres', needs: ['generate'], database: 'imported', load: importCase },
  { name: 'append-pglite', needs: [], load: appendEvents },
  { name: 'append-postgres', needs: [], database: 'appended', load: appendEvents },
  { name: 'grouped-pglite', needs: [], load: appendGrouped },
  { name: 'grouped-postgres', needs: [], database: 'grouped', load: appendGrouped },
  {
    name: 'projection',
    needs: ['import-pglite'],
    load: async () => (await import('./steps/project-events.ts')).projectEvents,
  },
  {
    name: 'dataset',
    needs: ['projection'],
    load: async () => (await import('./steps/read-members.ts')).readMembers,
  },
  {
    name: 'decide-post',
    needs: ['dataset'],
    load: async () => (await import('./steps/decide-beat.ts')).decideByPost,
  },
  {
    name: 'decide-email',
    needs: ['dataset'],
    load: async () => (await import('./steps/decide-beat.ts')).decideByEmail,
  },
  {
    name: 'check',
    needs: ['dataset'],
    load: async () => (await import('./steps/check-beats.ts')).checkBeats,
  },
  {
    name: 'release',
    needs: ['dataset'],
    load: async () => (await import('./steps/release-beat.ts')).releaseBeat,
  },
  {
    name: 'release-proof',
    needs: [],
    load: async () => (await import('./steps/release-proof.ts')).measureReleaseProof,
  },
  {
    name: 'hashing',
    needs: [],
    load: async () => (await import('./steps/hashing.ts')).measureHashing,
  },
  {
    name: 'xlsx',
    needs: [],
    load: async () => (await import('./steps/read-write-xlsx.ts')).readWriteXlsx,
  },
  {
    name: 'synthetic',
    needs: ['dataset'],
    load: async () => (await import('./steps/decide-synthetic.ts')).decideSynthetic,
  },
  {
    name: 'every-code',
    needs: ['dataset'],
    load: async () => (await import('./steps/decide-every-code.ts')).decideEveryCode,
  },
  { name: 'person-pglite', needs: ['dataset'], load: decidePerson },
  {
    name: 'person-postgres',
    needs: ['dataset', 'import-postgres'],
    database: 'imported',
    load: decidePerson,
  },
  {
    name: 'postgres-facts',
    needs: [],
    ...{ database: 'facts', durable: true },
    load: async () => (await import('./steps/postgres-facts.ts')).recordDurably,
  },
  {
    name: 'postgres-lookup',
    needs: [],
    ...{ database: 'lookup', durable: true },
    load: async () => (await import('./steps/postgres-lookup.ts')).lookUp,
  },
  { name: 'withdrawal-pglite', needs: ['dataset'], load: measureWithdrawal },
  {
    name: 'withdrawal-postgres',
    needs: ['dataset', 'import-postgres'],
    database: 'imported',
    load: measureWithdrawal,
  },
  { name: 'who-has-pglite', needs: [], load: askWhoHas },
  { name: 'who-has-postgres', needs: [], database: 'who_has', load: askWhoHas },
  { name: 'erasure-pglite', needs: [], load: measureErasure },
  { name: 'erasure-postgres', needs: [], database: 'erasure', load: measureErasure },
  {
    name: 'engines',
    needs: [],
    load: async () => (await import('./steps/compare-engines.ts')).compareEngines,
  },
]

/** The steps named, by whole name or by its first word (`import` = import-pglite and import-postgres), and all they need. */
export function chooseSteps(names: readonly string[]): Step[] {
  const wanted = new Set<string>()
  const want = (name: string): void => {
    wanted.add(name)
    for (const need of steps.find((step) => step.name === name)?.needs ?? []) want(need)
  }
  for (const name of names) {
    const found = steps.filter((step) => step.name === name || step.name.startsWith(`${name}-`))
    if (found.length === 0)
      throw new Error(`no step ${name}: there are ${steps.map((step) => step.name).join(', ')}`)
    for (const step of found) want(step.name)
  }
  return steps.filter(({ name }) => wanted.has(name))
}
