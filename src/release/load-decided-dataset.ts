// What a decision was made on, opened again and held to its hash: the dataset's file, and the verdicts as they were written.
import { Problem } from '../model/problem.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { type LoadedDataset, loadDataset } from './load-dataset.ts'

export async function loadDecidedDataset(
  context: ReleaseContext,
  decided: { request: { dataset: string }; datasetSha256: string },
  onStep?: OnStep,
): Promise<LoadedDataset> {
  const dataset = context.policy.datasets.find(({ id }) => id === decided.request.dataset)
  if (dataset === undefined) throw new Problem('policy.not_found', `dataset ${decided.request.dataset}`)
  const loaded = await loadDataset(context, dataset, onStep)
  if (loaded.sha256 !== decided.datasetSha256)
    throw new Problem('decision.changed', `the file of ${dataset.id} is not the one that was checked`)
  return loaded
}

/** The verdicts as they were written; a file that is gone or differs stops the release. */
export async function openArtefact(
  context: ReleaseContext,
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
