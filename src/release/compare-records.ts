// Two tables about the same records, column by column: what differs, in how many, with a few to look at.
import { sqlName } from '../decide/compile-expression.ts'
import type { SetEngine } from '../decide/set-engine.ts'

const SAMPLES_MAX = 5

export type ColumnDifference = {
  column: string
  rows: number
  people: number
  /** Of the first few, as they stand in the file. */
  ordinals: number[]
  subjects: number[]
}

export type RecordComparison = {
  was: number
  now: number
  /** Records that stand in one of the two alone, or differ in any column that both have. */
  differing: number
  ordinals: number[]
  alone: { was: number; now: number }
  columns: ColumnDifference[]
  /** Columns that one of the two has alone. */
  columnsAlone: { was: string[]; now: string[] }
}

/** Both have `ordinal`, once per record, and `subject`. */
export async function compareRecords(engine: SetEngine, was: string, now: string): Promise<RecordComparison> {
  const [before, after] = [await columnNames(engine, was), await columnNames(engine, now)]
  const shared = before.filter((name) => after.includes(name) && name !== 'ordinal')
  const joined = `${was} a full join ${now} b on a.ordinal = b.ordinal`
  const both = 'a.ordinal is not null and b.ordinal is not null'
  const differs = shared.map((name) => `a.${sqlName(name)} is distinct from b.${sqlName(name)}`)
  const any = `(not (${both}) or ${differs.join(' or ')})`
  const [counted] = await engine.rows<Record<string, number>>(
    `select count(a.ordinal) as before, count(b.ordinal) as after, count(*) filter (where ${any}) as differing,
            count(*) filter (where b.ordinal is null) as before_alone, count(*) filter (where a.ordinal is null) as after_alone,
            ${differs.map((test, index) => `count(*) filter (where ${both} and ${test}) as differs_${index}`).join(', ')}
       from ${joined}`,
  )
  const columns: ColumnDifference[] = []
  for (const [index, column] of shared.entries()) {
    const rows = counted![`differs_${index}`]!
    if (rows === 0) continue
    const found = `from ${joined} where ${both} and ${differs[index]}`
    const [people] = await engine.rows<{ people: number }>(
      `select count(distinct a.subject) as people ${found}`,
    )
    columns.push({ column, rows, ...people!, ...(await samplesOf(engine, found)) })
  }
  return {
    ...{ was: counted!.before!, now: counted!.after!, differing: counted!.differing! },
    ordinals:
      counted!.differing === 0 ? [] : (await samplesOf(engine, `from ${joined} where ${any}`)).ordinals,
    alone: { was: counted!.before_alone!, now: counted!.after_alone! },
    columns,
    columnsAlone: {
      was: before.filter((name) => !after.includes(name)),
      now: after.filter((name) => !before.includes(name)),
    },
  }
}

/** Names of a table or a file, in order. */
export async function columnNames(engine: SetEngine, relation: string): Promise<string[]> {
  const rows = await engine.rows<{ name: string }>(
    `select column_name as name from (describe select * from ${relation})`,
  )
  return rows.map(({ name }) => name)
}

async function samplesOf(
  engine: SetEngine,
  found: string,
): Promise<{ ordinals: number[]; subjects: number[] }> {
  const rows = await engine.rows<{ ordinal: number; subject: number }>(
    `select coalesce(a.ordinal, b.ordinal) as ordinal, coalesce(a.subject, b.subject) as subject ${found} order by 1 limit ${SAMPLES_MAX}`,
  )
  return {
    ordinals: rows.map(({ ordinal }) => ordinal),
    subjects: [...new Set(rows.map(({ subject }) => subject))],
  }
}
