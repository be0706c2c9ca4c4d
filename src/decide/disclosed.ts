// What a list tells its recipient: its columns, what it was selected by, and what being in its source implies.
import type { DatasetField, Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import { factsRead } from './expression.ts'
import { parseSelect } from './parse-select.ts'

export type Disclosed = {
  /** Categories of everything the recipient learns. */
  all: ReadonlySet<string>
  /** Of what being on the list tells by itself: its selection, its source and its title. No dropped column takes that back. */
  byTheList: ReadonlySet<string>
  /** A field asked for, or a column the selection reads, is about a child. */
  aboutChildren: boolean
  /** A column the selection reads is about a child, or says that there is one. */
  childrenByTheList: boolean
}

export function disclosedBy(request: SharingRequest, policy: Policy): Disclosed {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) throw new Error(`no dataset ${request.dataset} is declared`)
  const named = (names: readonly string[]) => dataset.fields.filter(({ name }) => names.includes(name))
  const asked = named(request.fields)
  const selecting = named(selectedBy(request))
  const byTheList = new Set([
    ...selecting.map(({ category }) => category),
    ...dataset.source.categories,
    ...(request.titleTells ?? []),
  ])
  return {
    all: new Set([...asked.map(({ category }) => category), ...byTheList]),
    byTheList,
    aboutChildren: [...asked, ...selecting].some(isAboutChild),
    childrenByTheList:
      selecting.some((field) => isAboutChild(field) || field.category === 'child-presence') ||
      (request.titleTells ?? []).includes('child-presence'),
  }
}

/** “The list tells the recipient: …”, one phrase for each thing selection and source give away. */
export function listTells(request: SharingRequest, policy: Policy): string[] {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) return []
  const selecting = new Set(selectedBy(request))
  const tells = (field: DatasetField) =>
    selecting.has(field.name) ? [field.tells ?? `her ${field.name}`] : []
  const title = (request.titleTells ?? []).map((category) => `by its title, ${category.replaceAll('-', ' ')}`)
  return [...dataset.fields.flatMap(tells), dataset.source.tells, ...title]
}

function isAboutChild({ about }: DatasetField): boolean {
  return about === 'child'
}

/** Columns the selection reads: whoever gets the list knows of each record what they say. */
export function selectedBy(request: SharingRequest): string[] {
  return request.select === undefined ? [] : [...factsRead(parseSelect(request.select))]
}
