// For someone with a file and no declaration: a dataset and a request made from the file's own header, classified by the
// datasets the organisation has declared. A column nobody classified refuses; nothing is guessed from its values.
import type { DecisionBook } from '../decide/decision-book.ts'
import { parametersFor } from '../decide/facts/asked.ts'
import type { Instant } from '../model/instant.ts'
import type { Dataset, DatasetField, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Channel, LegalBasis } from '../model/vocabulary.ts'

export type FileRequest = {
  path: string
  format: Dataset['format']
  sheet?: string
  columns: readonly string[]
  /** Column that identifies a person; absent = the key column of the declared datasets. */
  key?: { column: string; kind: string }
  recipient: string
  onBehalfOf: readonly string[]
  purpose: string
  channels: readonly Channel[]
  basis?: LegalBasis
  /** Absent = every column of the file but the key. */
  fields?: readonly string[]
  /** Why it is needed and less will not do (G102). */
  necessity?: string
  requestedBy: string
  releaseAt: Instant
}

/** The policy with the file as one more dataset, and the request over it. */
export function requestForFile(
  file: FileRequest,
  policy: Policy,
): { policy: Policy; request: SharingRequest } {
  const dataset = datasetForFile(file, policy)
  const channels = [...file.channels]
  const basis = file.basis ?? usualBasis(channels)
  return {
    policy: { ...policy, datasets: [...policy.datasets, dataset] },
    request: {
      id: `file-${dataset.id}`,
      dataset: dataset.id,
      recipient: file.recipient,
      role: 'controller',
      onBehalfOf: [...file.onBehalfOf],
      purpose: file.purpose,
      channels,
      basis,
      fields: [...(file.fields ?? file.columns.filter((column) => column !== dataset.key.column))],
      consideration: 'none',
      ...(file.necessity !== undefined && { necessity: file.necessity }),
      requestedBy: file.requestedBy,
      releaseAt: file.releaseAt,
      useWindowDays: 0,
    },
  }
}

/** Electronic channels rest on consent; post and the rest on legitimate interests, unless the request says otherwise. */
function usualBasis(channels: readonly Channel[]): LegalBasis {
  return channels.some((channel) => ['email', 'sms', 'automated-call'].includes(channel))
    ? 'consent'
    : 'legitimate-interests'
}

function datasetForFile(file: FileRequest, policy: Policy): Dataset {
  const model = mostAlike(file.columns, policy)
  const key = file.key ?? model?.key
  if (key === undefined || !file.columns.includes(key.column)) {
    throw new Problem(
      'usage.invalid',
      `no column identifies the people; name it with --key <column>=<kind>, e.g. --key ${file.columns[0] ?? 'member_no'}=member`,
    )
  }
  const fields = file.columns.flatMap((column): DatasetField[] => {
    const field = classified(column, policy)
    if (field !== undefined) return [field]
    return column === key.column
      ? [{ name: column, type: 'text', category: 'identifier', about: 'subject' }]
      : []
  })
  const unclassified = file.columns.filter((column) => !fields.some(({ name }) => name === column))
  if (unclassified.length > 0) {
    throw new Problem('dataset.unclassified', `no declared dataset classifies ${unclassified.join(', ')}`)
  }
  const has = (column: string | undefined) => column !== undefined && file.columns.includes(column)
  return {
    id: idOf(file.path),
    location: file.path,
    format: file.format,
    ...(file.sheet !== undefined && { sheet: file.sheet }),
    // Dates of a workbook are dates already, in whatever order another file of these people writes them.
    ...(model?.dateFormat !== undefined && file.format !== 'xlsx' && { dateFormat: model.dateFormat }),
    ...(model?.zone !== undefined && { zone: model.zone }),
    key,
    ...(has(model?.bornOn) && { bornOn: model!.bornOn! }),
    ...(has(model?.expectingOn) && { expectingOn: model!.expectingOn! }),
    contact: {},
    ...sourceOf(policy, key.kind),
    fields,
  }
}

/** What the declared datasets say of a column; where they differ, nobody can say what it is here. */
function classified(column: string, policy: Policy): DatasetField | undefined {
  const found = policy.datasets.flatMap(({ fields }) => fields.filter(({ name }) => name === column))
  const [first] = found
  if (
    found.some(
      ({ category, about, type }) =>
        category !== first!.category || about !== first!.about || type !== first!.type,
    )
  ) {
    throw new Problem(
      'dataset.unclassified',
      `declared datasets classify ${column} differently; declare this file`,
    )
  }
  return first
}

/** These people come from somewhere: whatever any dataset of such people tells, this file may tell too. */
function sourceOf(policy: Policy, kind: string): Pick<Dataset, 'source' | 'childrenLikely'> {
  const origins = policy.datasets.filter(({ key }) => key.kind === kind)
  if (origins.length === 0)
    return { source: { tells: 'she is in your records', categories: [] }, childrenLikely: true }
  return {
    source: {
      tells: [...new Set(origins.map(({ source }) => source.tells))].join('; '),
      categories: [...new Set(origins.flatMap(({ source }) => source.categories))],
    },
    childrenLikely: origins.some(({ childrenLikely }) => childrenLikely),
  }
}

/** The declared dataset that shares most columns with the file, newest first among equals. */
function mostAlike(columns: readonly string[], policy: Policy): Dataset | undefined {
  const shared = ({ fields }: Dataset) => fields.filter(({ name }) => columns.includes(name)).length
  return [...policy.datasets].reverse().sort((a, b) => shared(b) - shared(a))[0]
}

function idOf(path: string): string {
  const name = path.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'people'
  )
}

/** Categories the channels need, under the pack in force: what a sensible request would ask for. */
export function necessaryFields(
  dataset: Dataset,
  channels: readonly Channel[],
  releaseAt: Instant,
  { policy, packs }: Pick<DecisionBook, 'policy' | 'packs'>,
): string[] {
  const parameters = parametersFor({ dataset: dataset.id, releaseAt }, { policy, packs })
  const needs = channels.flatMap((channel) => parameters?.channelNeeds.value[channel] ?? [])
  return dataset.fields.filter(({ category }) => needs.includes(category)).map(({ name }) => name)
}
