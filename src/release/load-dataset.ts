// A dataset file made ready to decide: read once per content and declaration, kept in the projection by number.
import { sqlName, sqlText } from '../decide/compile-expression.ts'
import { datasetTable } from '../decide/projection-schema.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { diallingCountry } from '../intake/normalise-contact.ts'
import { enrolSuppressed, readDataset, roleColumns } from '../intake/read-dataset.ts'
import { datasetFile } from '../intake/table-reader.ts'
import { canonicalHash } from '../model/canonical.ts'
import type { ColumnType, Dataset } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { loadRefIndex } from '../register/find-subject.ts'
import { contactKinds, contactRefKind } from '../register/ref-key.ts'
import type { DecisionContext, OnStep } from './decision-context.ts'

export type LoadedDataset = {
  table: string
  sha256: string
  rows: number
  rejected: number
  enrolled: number
  /** Contact points that no suppression can be compared with. */
  unusableContacts: number
  /** Read before, with the same bytes and declaration. */
  reused: boolean
}

const sqlTypes: Partial<Record<ColumnType, string>> = {
  boolean: 'boolean',
  integer: 'bigint',
  date: 'integer',
  code: 'integer',
}

/** Where the files of datasets lay when they were last read, by id: a release finds what a check has read. */
export async function knownDatasetPaths(engine: SetEngine): Promise<Map<string, string>> {
  const rows = await engine.rows<{ dataset: string; path: string }>(
    'select dataset, path from dataset_file where path is not null order by number',
  )
  return new Map(rows.map(({ dataset, path }) => [dataset, path]))
}

/** People in the file whom the register does not know are enrolled first, unless nothing is to be recorded. */
export async function loadDataset(
  context: DecisionContext,
  dataset: Dataset,
  onStep: OnStep = () => {},
  { enrol = true }: { enrol?: boolean } = {},
): Promise<LoadedDataset> {
  const { engine, reader, register } = context
  const path = context.locate(dataset)
  const { sha256 } = await reader.open(datasetFile(dataset, path)).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'file.missing') {
      throw new Problem('dataset.missing', `${dataset.id}: ${path}`)
    }
    throw error
  })
  const { location: _, takenAt: __, ...declared } = dataset
  const country = diallingCountry(context.policy.controller)
  const { zone } = context.policy.controller
  // Keys of an older normal form, or of another country, would match nobody who objects from now on.
  const forms = contactKinds.map(contactRefKind)
  const declaration = canonicalHash({ declared, forms, country, zone })
  const known = await engine.rows<{
    number: number
    sha256: string
    declaration: string
    row_count: number
    rejected_count: number
    unusable_count: number
  }>(
    'select number, sha256, declaration, row_count, rejected_count, unusable_count from dataset_file order by number',
  )
  const same = known.find((file) => file.sha256 === sha256 && file.declaration === declaration)
  if (same !== undefined) {
    const table = datasetTable(same.number)
    await engine.run(
      `update dataset_file set dataset = ${sqlText(dataset.id)}, path = ${sqlText(path)} where number = ${same.number}`,
    )
    return {
      ...{ table, sha256, rows: same.row_count, rejected: same.rejected_count, enrolled: 0, reused: true },
      unusableContacts: same.unusable_count,
    }
  }

  const refs = await loadRefIndex(register)
  const reading = await readDataset(register, reader, dataset, path, {
    refs,
    ...{ zone, country },
    ...{ actor: context.actor, enrol },
    onProgress: ({ done }) => onStep({ step: `reading ${dataset.id}`, done: done / 2 }),
  })
  const number = (known.at(-1)?.number ?? 0) + 1
  const table = datasetTable(number)
  const columns = [
    ...roleColumns,
    ...reading.columns.map(({ name, type }) => ({ name: sqlName(`f_${name}`), type: sqlTypes[type]! })),
  ]
  await engine.run('begin')
  try {
    await engine.run(
      `create table ${table} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
    )
    await engine.load(
      table,
      columns.map(({ name }) => name),
      reading.chunks,
    )
    // Before the file counts as read.
    if (enrol) await enrolSuppressed(register, { refs, actor: context.actor }, reading.suppressed())
    await engine.run(
      `insert into dataset_file values (${number}, '${reading.sha256}', '${declaration}', ${reading.rows}, ${reading.rejected}, ${reading.unusable()}, ${sqlText(dataset.id)}, ${sqlText(path)})`,
    )
    await engine.run('commit')
  } catch (error) {
    await engine.run('rollback')
    throw error
  }
  onStep({ step: `reading ${dataset.id}`, done: 1 })
  return {
    table,
    sha256: reading.sha256,
    rows: reading.rows,
    rejected: reading.rejected,
    enrolled: reading.enrolled,
    unusableContacts: reading.unusable(),
    reused: false,
  }
}
