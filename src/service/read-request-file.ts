// A request as a file: read, checked against the published policy, its dataset found beside it.
import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { readText } from '../adapters/files/read-folder.ts'
import { factsRead } from '../decide/expression.ts'
import { declaredCodes, parseSelect } from '../decide/parse-select.ts'
import { type Dataset, decidableTypes, type Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { SharingRequest } from '../model/request.ts'
import { readRequest } from '../policy/read-request.ts'
import { knownDatasetPaths } from '../release/load-dataset.ts'
import type { App } from './open-app.ts'

/** Throws `request.invalid` with the places that need mending. */
export async function readRequestFile(path: string, policy: Policy): Promise<SharingRequest> {
  const { request, findings } = readRequest(await readText(path), path, policy)
  if (request === undefined) throw new Problem('request.invalid', path, { findings })
  if (request.select !== undefined) checkSelect(request, policy)
  return request
}

/** A selection reads only columns the dataset declares with a type that can be compared. */
function checkSelect(request: SharingRequest, policy: Policy): void {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  const comparable = dataset?.fields.filter(({ type }) => decidableTypes.has(type)) ?? []
  for (const column of factsRead(parseSelect(request.select!, declaredCodes(comparable)))) {
    if (!comparable.some(({ name }) => name === column)) {
      throw new Problem(
        'expression.invalid',
        `select reads ${column}, which ${request.dataset} does not declare as boolean, integer, date or code`,
      )
    }
  }
}

/** Requests may lie in the policy's own `requests/`: locations are relative to the folder that has the controller. */
function policyFolderAbove(folder: string): string | undefined {
  if (existsSync(join(folder, 'controller.yaml'))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : policyFolderAbove(above)
}

/** Beside `folder` when one is named; else where a check last read it; else as declared, from the current folder. */
export async function locateAgain(
  { engine, configuration }: Pick<App, 'engine' | 'configuration'>,
  folder: string | undefined,
): Promise<(dataset: Dataset) => string> {
  const beside = locateBeside(resolve(folder ?? '.'), configuration.home)
  if (folder !== undefined) return beside
  const known = await knownDatasetPaths(engine)
  return (dataset) => known.get(dataset.id) ?? beside(dataset)
}

/**
 * Where a dataset's file lies: as declared, relative to the policy folder the request lies in, else to the request's own; else in the data folder's own
 * `data`, where a worked case puts what it made.
 */
export function locateBeside(folder: string, home: string): (dataset: Dataset) => string {
  const base = policyFolderAbove(resolve(folder)) ?? folder
  return ({ location }) => {
    const declared = isAbsolute(location) ? location : resolve(base, location)
    const made = join(home, 'data', basename(location))
    return !existsSync(declared) && existsSync(made) ? made : declared
  }
}
