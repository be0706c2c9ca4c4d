// One request file against a policy: what it names must exist. Whether it may be met is the decision's business.
import type { Policy } from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import type { SharingRequest } from '../model/request.ts'
import { checkShape } from './check-shape.ts'
import { type Declared, inReadingOrder, type Path } from './declared.ts'
import { suggestion } from './nearest-name.ts'
import { readYaml } from './read-yaml.ts'
import { idPattern, requestFile } from './schemas.ts'

/** The request's id is the file's name without its ending. `select` stays text: the decision parses it. */
export function readRequest(
  text: string,
  file: string,
  policy: Policy,
): { request: SharingRequest | undefined; findings: Finding[] } {
  const id = file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '')
  if (!idPattern.test(id)) return { request: undefined, findings: [badFileName(file)] }
  const yaml = readYaml(file, text)
  if (yaml.value === undefined) return { request: undefined, findings: yaml.findings }
  const shape = checkShape(requestFile, yaml.value)
  if (shape.value === undefined) return { request: undefined, findings: inReadingOrder(shape.findings) }
  const request: SharingRequest = { id, ...shape.value }
  const findings = checkRequest({ ...yaml.value, value: request }, policy)
  if (findings.length > 0) return { request: undefined, findings: inReadingOrder(findings) }
  return { request, findings: [] }
}

function checkRequest(source: Declared<SharingRequest>, policy: Policy): Finding[] {
  const { value } = source
  const entities = policy.entities.map(({ id }) => id)
  const named = (
    what: string,
    path: Path,
    id: string,
    known: readonly string[],
    folder: string,
  ): Finding[] =>
    known.includes(id)
      ? []
      : [
          {
            place: source.place(path),
            message: `there is no ${what} \`${id}\` in the policy`,
            remedy: suggestion(id, known, `Declare it in ${folder}, publish, and check again.`),
          },
        ]
  const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id)
  return [
    ...named('dataset', ['dataset'], value.dataset, idsOf(policy.datasets), 'datasets/'),
    ...named('entity', ['recipient'], value.recipient, entities, 'entities/'),
    ...value.onBehalfOf.flatMap((id, index) =>
      named('entity', ['onBehalfOf', index], id, entities, 'entities/'),
    ),
    ...(value.subProcessors ?? []).flatMap((id, index) =>
      named('entity', ['subProcessors', index], id, entities, 'entities/'),
    ),
    ...named('purpose', ['purpose'], value.purpose, idsOf(policy.purposes), 'purposes.yaml'),
    ...(value.agreement === undefined
      ? []
      : named('agreement', ['agreement'], value.agreement, idsOf(policy.agreements), 'agreements/')),
    ...(value.workOrder === undefined
      ? []
      : named('work order', ['workOrder'], value.workOrder, idsOf(policy.workOrders), 'work-orders/')),
    ...checkFields(source, policy),
  ]
}

function checkFields(source: Declared<SharingRequest>, policy: Policy): Finding[] {
  const dataset = policy.datasets.find(({ id }) => id === source.value.dataset)
  if (dataset === undefined) return []
  const columns = dataset.fields.map(({ name }) => name)
  return source.value.fields.flatMap((field, index) =>
    columns.includes(field)
      ? []
      : [
          {
            place: source.place(['fields', index]),
            message: `dataset ${dataset.id} declares no column \`${field}\`: unknown and unclassified data is never shared`,
            remedy: suggestion(
              field,
              columns,
              `Declare it under \`fields\` in datasets/${dataset.id}.yaml with type, category and about, or remove it here.`,
            ),
          },
        ],
  )
}

function badFileName(file: string): Finding {
  return {
    place: { file },
    message: 'the file name is not an id',
    remedy: 'Name it in lower-case letters and digits joined by single hyphens, such as 3-acorn-post.yaml.',
  }
}
