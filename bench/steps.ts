// The steps, in the order they run. Each runs in a process of its own, so that its peak memory is its own.
import type { Figure } from './figure.ts'

export type StepContext = {
  /** Temporary folder of this run: what one step leaves there, the next finds. */
  folder: string
  people: number
  syntheticPeople: number
  enginePeople: number
  rounds: number
  /** Of an empty database; there when the step needs one. */
  postgresUrl?: string
}

type Measure = (context: StepContext) => Promise<Figure[]>
type Step = { needs: readonly string[]; postgres?: true; load: () => Promise<Measure> }

const importCase = async () => (await import('./steps/import-case.ts')).importCase
const appendEvents = async () => (await import('./steps/append-events.ts')).appendEvents
const decideBeat = async () => (await import('./steps/decide-beat.ts')).decideBeat
const decidePerson = async () => (await import('./steps/decide-person.ts')).decidePerson

export const steps: Readonly<Record<string, Step>> = {
  generate: { needs: [], load: async () => (await import('./steps/generate-case.ts')).generateCase },
  'import-pglite': { needs: ['generate'], load: importCase },
  'import-postgres': { needs: ['generate'], postgres: true, load: importCase },
  'append-pglite': { needs: [], load: appendEvents },
  'append-postgres': { needs: [], postgres: true, load: appendEvents },
  projection: { needs: ['import-pglite'], load: async () => (await import('./steps/project.ts')).project },
  dataset: {
    needs: ['projection'],
    load: async () => (await import('./steps/read-members.ts')).readMembers,
  },
  'decide-post': { needs: ['dataset'], load: async () => (context) => decideBeat().then((run) => run(context, '3-acorn-post')) },
  'decide-email': { needs: ['dataset'], load: async () => (context) => decideBeat().then((run) => run(context, '4-acorn-email')) },
  check: { needs: ['dataset'], load: async () => (await import('./steps/check-beats.ts')).checkBeats },
  'synthetic-post': { needs: ['dataset'], load: async () => (await import('./steps/decide-synthetic.ts')).decideSynthetic },
  'person-pglite': { needs: ['dataset'], load: decidePerson },
  'person-postgres': { needs: ['dataset', 'import-postgres'], postgres: true, load: decidePerson },
  engines: { needs: [], load: async () => (await import('./steps/compare-engines.ts')).compareEngines },
}
