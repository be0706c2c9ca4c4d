// What a decision was made on, opened again and held to its hash: the dataset's file, and the verdicts as they were written.
import { sqlText } from '../decide/compile-expression.ts'
import { datasetTable } from '../decide/projection-schema.ts'
import { isProblem, Problem } from '../model/problem.ts'
import type { DecisionContext, OnStep, ReleaseContext } from './decision-context.ts'
import { type LoadedDataset, loadDataset } from './load-dataset.ts'

export async function loadDecidedDataset(
  context: DecisionContext,
  decided: { request: { dataset: string }; datasetSha256: string },
  onStep?: OnStep,
  options?: { enrol?: boolean },
): Promise<LoadedDataset> {
  const dataset = context.policy.datasets.find(({ id }) => id === decided.request.dataset)
  if (dataset === undefined) throw new Problem('policy.not_found', `dataset ${decided.request.dataset}`)
  const loaded = await loadDataset(context, dataset, onStep, options)
  if (loaded.sha256 !== decided.datasetSha256)
    throw new Problem('decision.changed', `the file of ${dataset.id} is not the one that was checked`)
  return loaded
}

/** Its table as it was read for the decision, or made again if the file is still the same; undefined when both are gone. */
export async function findDecidedTable(
  context: ReleaseContext,
  decided: { request: { dataset: string }; datasetSha256: string },
): Promise<string | undefined> {
  const [known] = await context.engine.rows<{ number: number | null }>(
    `select max(number) as number from dataset_file where sha256 = ${sqlText(decided.datasetSha256)}`,
  )
  if (known?.number != null) return datasetTable(known.number)
  // The policy may name it no longer, or the file lie elsewhere and say other things: then nobody knows whose numbers left.
  const loaded = await loadDecidedDataset(context, decided).catch((error: unknown) => {
    if (isProblem(error)) return undefined
    throw error
  })
  return loaded?.table
}

/** The verdicts as they were written; a file that is gone or differs stops the release. */
export async function openArtefact(
  context: DecisionContext,
  artefact: { file: string; sha256: string },
): Promise<{ file: string; sha256: string; path: string }> {
  const path = `${context.decisionsFolder}/${artefact.file}`
  const opened = await context.reader.open({ path, format: 'parquet' }).catch((cause: unknown) => {
    throw new Problem('decision.changed', `the verdicts in ${artefact.file} cannot be read`, { cause })
  })
  if (opened.sha256 !== artefact.sha256)
    throw new Problem('decision.changed', `the verdicts in ${artefact.file} are not those on record`)
  return { ...artefact, path }
}
