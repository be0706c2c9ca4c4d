// What a list tells its recipient: its columns, what it was selected by, and what being in its source implies.
import type { DatasetField, Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import { factsRead } from './expression.ts'
import { parseSelect } from './parse-select.ts'

/** What the recipient learns: fields, asked for or selected by, and what the list's very existence implies. */
export function disclosedBy(
  request: SharingRequest,
  policy: Policy,
): { categories: string[]; aboutChildren: boolean } {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) return { categories: [], aboutChildren: true }
  const columns = [...request.fields, ...selectedBy(request)]
  const fields = dataset.fields.filter(({ name }) => columns.includes(name))
  return {
    categories: [...new Set([...fields.map(({ category }) => category), ...dataset.source.categories])],
    aboutChildren: fields.some(({ about }) => about === 'child'),
  }
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
