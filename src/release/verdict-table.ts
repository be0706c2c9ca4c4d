// Every record's verdict as integer columns: as it was approved, and as it is after being decided again.
import { keptFields, outcomeNumbers, wordCount } from '../decide/compile-decision.ts'
import { sqlText } from '../decide/compile-expression.ts'
import type { DecisionPlan } from '../decide/plan.ts'
import type { SetEngine } from '../decide/set-engine.ts'

const words = Array.from({ length: wordCount }, (_, word) => word)
export const maskColumns = words.map((word) => `mask_${word}`)

/** Columns of an artefact that say what becomes of a record. */
const verdictColumns = ['ordinal', 'subject', 'fields', ...maskColumns, 'outcome']

export function artefactRelation(path: string): string {
  return `read_parquet(${sqlText(path)}, hive_partitioning = false)`
}

/**
 * Joins what was approved with what holds now, taking the stricter of the two outcomes, the fields both leave, and the
 * reasons of both: deciding again can only remove. `decided` is a table of `decideSet` under `plan`; with `clusters` it says of
 * each row which fields it keeps.
 */
export function stricterVerdicts(
  approved: string,
  { table: decided, clusters }: { table: string; clusters: boolean },
  plan: DecisionPlan,
): string {
  const fields = [...plan.notices.values()].map((notice) => `(${notice.number}, ${keptFields(notice)})`)
  const masks = maskColumns.map((mask) => `a.${mask} | d.${mask} as ${mask}`)
  return `select a.ordinal, a.subject, a.fields & ${clusters ? 'd.fields' : 'coalesce(n.kept, 0)'} as fields, ${masks.join(', ')}, least(a.outcome, d.outcome) as outcome
    from (select ${verdictColumns.join(', ')} from ${approved}) a
    join ${decided} d on d.ordinal = a.ordinal
    left join (values ${fields.join(', ')}) n(number, kept) on n.number = d.notice
   order by a.ordinal`
}

/** Ascending numbers of those who may leave. */
export async function leavingSubjects(engine: SetEngine, relation: string): Promise<Int32Array> {
  const [subjects] = await engine.columns(
    `select distinct subject from ${relation} where outcome >= ${outcomeNumbers.transform} order by subject`,
  )
  return Int32Array.from(subjects!)
}

export type VerdictColumns = {
  count: number
  /** In the order of the file. */
  ordinals: Int32Array
  subjects: Int32Array
  fields: Float64Array
  outcomes: Uint8Array
  masks: Float64Array[]
}

export async function readVerdicts(engine: SetEngine, relation: string): Promise<VerdictColumns> {
  const [ordinals, subjects, fields, outcomes, ...masks] = await engine.columns(
    `select ordinal, subject, fields, outcome, ${maskColumns.join(', ')} from ${relation} order by ordinal`,
  )
  return {
    count: ordinals!.length,
    ordinals: Int32Array.from(ordinals!),
    subjects: Int32Array.from(subjects!),
    fields: fields!,
    outcomes: Uint8Array.from(outcomes!),
    masks,
  }
}

/** The number of each row among the rows of its subject, from 0. */
export function rowNumbers({ count, subjects }: Pick<VerdictColumns, 'count' | 'subjects'>): Uint32Array {
  const times = new Uint32Array(subjects.reduce((a, b) => Math.max(a, b), 0) + 1)
  const numbers = new Uint32Array(count)
  for (let row = 0; row < count; row++) numbers[row] = times[subjects[row]!]!++
  return numbers
}

/** Everybody in the file, each once. */
export function ascendingSubjects({ subjects }: Pick<VerdictColumns, 'subjects'>): Int32Array {
  const sorted = subjects.slice().sort()
  let count = 0
  for (const subject of sorted) if (count === 0 || sorted[count - 1] !== subject) sorted[count++] = subject
  return sorted.subarray(0, count)
}
