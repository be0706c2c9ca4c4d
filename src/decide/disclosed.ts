// What a list tells its recipient: its columns, what it was selected by, and what being in its source implies.
import type { DatasetField, Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import { factsRead } from './expression.ts'
import { parseSelect } from './parse-select.ts'

/** Categories of data the recipient learns, whether by column, by selection or by the list's very existence. */
export function disclosedCategories(request: SharingRequest, policy: Policy): string[] {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) return []
  const columns = [...request.fields, ...selectedBy(request)]
  const fields = dataset.fields.filter(({ name }) => columns.includes(name))
  return [...new Set([...fields.map(({ category }) => category), ...dataset.source.categories])]
}

/** “The list tells the recipient: …”, one phrase for each thing selection and source give away. */
export function listTells(request: SharingRequest, policy: Policy): string[] {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) return []
  const selecting = new Set(selectedBy(request))
  const tells = (field: DatasetField) =>
    selecting.has(field.name) ? [field.tells ?? `her ${field.name}`] : []
  return [...dataset.fields.flatMap(tells), dataset.source.tells]
}

function selectedBy(request: SharingRequest): string[] {
  return request.select === undefined ? [] : [...factsRead(parseSelect(request.select))]
}
