// `replay --facts`: every fact of a decision worked out once more from the register as it stood at the decision's position,
// in an engine of its own, and held to the facts on record, column by column. Nothing is recorded.
import { compileFor } from '../decide/decide-set.ts'
import { writeFacts } from '../decide/facts/given-facts.ts'
import { planDecision } from '../decide/plan.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { DecisionBody } from '../model/release.ts'
import { prepareProjection, projectUpTo } from './catch-up-projection.ts'
import { type ColumnDifference, compareRecords } from './compare-records.ts'
import type { DecisionContext, OnStep, PolicyBook } from './decision-context.ts'
import { loadDecidedDataset } from './load-decided-dataset.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readDecisionBook } from './read-standing.ts'
import { maskColumns } from './verdict-table.ts'

export type FactsReplay = {
  identical: boolean
  /** Of each person, and what their other enrolments say. */
  facts: ColumnDifference[]
  /** Records that are on record alone, or in the file alone as the register knows its people. */
  alone: { was: number; now: number }
  /** Facts that were kept and nobody asks for any more, and those asked for now that were not kept. */
  factsAlone: { was: string[]; now: string[] }
  /** Of the request and of its notices. */
  stated: StatedDifference[]
}

export type StatedDifference = {
  /** Absent for a fact of the request; '' is "no notice shown". */
  notice?: string
  fact: string
  was: number | boolean | undefined
  now: number | boolean | undefined
}

type Wanted = {
  body: DecisionBody
  book: PolicyBook
  /** The verdicts on record, as the engine reads them. */
  relation: string
  /** Empty, and the caller's to throw away. */
  engine: SetEngine
  onStep: OnStep
}

/** `decision.changed` when the file of people is not the one that was decided. */
export async function replayFacts(context: DecisionContext, wanted: Wanted): Promise<FactsReplay> {
  const { body, book, relation, engine, onStep } = wanted
  const { register } = context
  const { policy, packs, policyHash } = book
  await prepareProjection(register, engine)
  const ofThen = { ...context, engine, policy, packs, policyHash }
  const { table } = await loadDecidedDataset(ofThen, body, onStep, { enrol: false })
  await projectUpTo(register, engine, {
    confidenceMin: linkConfidenceMin(packs),
    upTo: body.position,
    onProgress: ({ events, total }) =>
      onStep({ step: 'reading the register again', done: events / Math.max(1, total) }),
  })
  onStep({ step: 'working out the facts', done: 0 })
  const plan = planDecision(
    body.request,
    await readDecisionBook(ofThen, body.request, { book, upTo: body.position }),
  )
  const { artefact } = await compileFor(engine, plan, table)
  await engine.run(`create temp table derived as ${artefact}`)
  const compared = await compareRecords(engine, relation, 'derived')
  onStep({ step: 'working out the facts', done: 1 })
  const facts = compared.columns.filter(({ column }) => !isVerdict(column))
  const factsAlone = {
    was: compared.columnsAlone.was.filter((column) => !isVerdict(column)),
    now: compared.columnsAlone.now.filter((column) => !isVerdict(column)),
  }
  const stated = statedDifferences(body, writeFacts(plan))
  const { alone } = compared
  const differences = [facts, factsAlone.was, factsAlone.now, stated]
  return {
    identical: differences.every(({ length }) => length === 0) && alone.was + alone.now === 0,
    ...{ facts, alone, factsAlone, stated },
  }
}

/** What the rules make of the facts is asked of the rules. */
function isVerdict(column: string): boolean {
  return column === 'fields' || column === 'outcome' || maskColumns.includes(column)
}

function statedDifferences(
  { requestFacts, noticeFacts }: DecisionBody,
  now: ReturnType<typeof writeFacts>,
): StatedDifference[] {
  // A decision of an earlier version kept none of them.
  if (requestFacts === undefined || noticeFacts === undefined) return []
  const notices = [...new Set([...Object.keys(noticeFacts), ...Object.keys(now.noticeFacts)])]
  return [
    ...differences(requestFacts, now.requestFacts),
    ...notices.flatMap((notice) =>
      differences(noticeFacts[notice] ?? {}, now.noticeFacts[notice] ?? {}).map((found) => ({
        notice,
        ...found,
      })),
    ),
  ]
}

function differences(
  was: Readonly<Record<string, number | boolean>>,
  now: Readonly<Record<string, number | boolean>>,
): StatedDifference[] {
  return [...new Set([...Object.keys(was), ...Object.keys(now)])]
    .filter((fact) => was[fact] !== now[fact])
    .map((fact) => ({ fact, was: was[fact], now: now[fact] }))
}
