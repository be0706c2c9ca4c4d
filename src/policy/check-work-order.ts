// Whether a contractor's work order and the copies granted under it fit the rest of the policy: a copy is never granted to
// somebody else, of another dataset, or for longer than there is work (UK and EU GDPR Article 28(3)(a)).
import type { WorkOrder } from '../model/custody.ts'
import { dateToIso } from '../model/instant.ts'
import type { CopyGrant, Dataset, Purpose } from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import { isMaintenance } from '../model/purpose.ts'
import type { Declared, Path } from './declared.ts'
import { suggestion } from './nearest-name.ts'
import type { Declarations } from './read-declarations.ts'

export function checkWorkOrder(order: Declared<WorkOrder>, declarations: Declarations): Finding[] {
  const { recipient, dataset, purpose } = order.value
  const datasets = valuesOf(declarations.datasets)
  const purposes = valuesOf(declarations.purposes)
  return [
    ...named(order, ['recipient'], 'entity', recipient, valuesOf(declarations.entities)),
    ...named(order, ['dataset'], 'dataset', dataset, datasets),
    ...named(order, ['purpose'], 'purpose', purpose, purposes),
    ...checkPurpose(
      order,
      purposes.find(({ id }) => id === purpose),
    ),
    ...checkFields(
      order,
      datasets.find(({ id }) => id === dataset),
    ),
  ]
}

export function checkCopyGrant(grant: Declared<CopyGrant>, declarations: Declarations): Finding[] {
  const { recipient, dataset, workOrder } = grant.value
  const orders = valuesOf(declarations.workOrders)
  const order = orders.find(({ id }) => id === workOrder)
  const unknown = [
    ...named(grant, ['recipient'], 'entity', recipient, valuesOf(declarations.entities)),
    ...named(grant, ['dataset'], 'dataset', dataset, valuesOf(declarations.datasets)),
    ...named(grant, ['workOrder'], 'work order', workOrder, orders),
  ]
  return unknown.length > 0 || order === undefined ? unknown : checkGrantWithin(grant, order)
}

function valuesOf<T>(declared: readonly Declared<T>[]): T[] {
  return declared.map(({ value }) => value)
}

const declareIt: Readonly<Record<'entity' | 'dataset' | 'purpose' | 'work order', (id: string) => string>> = {
  entity: (id) => `Declare it in entities/${id}.yaml.`,
  dataset: (id) => `Declare it in datasets/${id}.yaml.`,
  purpose: (id) => `Declare it in purposes.yaml: \`${id}:\`.`,
  'work order': (id) => `Declare it in work-orders/${id}.yaml.`,
}

function named(
  source: Declared<unknown>,
  path: Path,
  what: keyof typeof declareIt,
  id: string,
  known: readonly { id: string }[],
): Finding[] {
  const ids = known.map((one) => one.id)
  if (ids.includes(id)) return []
  const remedy = suggestion(id, ids, declareIt[what](id))
  return [{ place: source.place(path), message: `there is no ${what} \`${id}\``, remedy }]
}

/** A work order for anything else would let data out past the rules for that purpose. */
function checkPurpose(order: Declared<WorkOrder>, purpose: Purpose | undefined): Finding[] {
  if (purpose === undefined || (purpose.dpv !== undefined && isMaintenance(purpose.dpv))) return []
  return [
    {
      place: order.place(['purpose']),
      message: `\`${purpose.id}\` is no work on the systems`,
      remedy: 'Name a purpose of that kind, such as dpv:RepairImpairments or dpv:TechnicalServiceProvision.',
    },
  ]
}

function checkFields({ value, place }: Declared<WorkOrder>, dataset: Dataset | undefined): Finding[] {
  if (dataset === undefined) return []
  const columns = dataset.fields.map(({ name }) => name)
  return value.fields.flatMap((field, index): Finding[] =>
    columns.includes(field)
      ? []
      : [
          {
            place: place(['fields', index]),
            message: `dataset ${dataset.id} declares no column \`${field}\``,
            remedy: suggestion(field, columns, 'Declare it there, or remove it here.'),
          },
        ],
  )
}

function checkGrantWithin({ value, place }: Declared<CopyGrant>, order: WorkOrder): Finding[] {
  const findings: Finding[] = (['recipient', 'dataset'] as const).flatMap((key) =>
    value[key] === order[key]
      ? []
      : [
          {
            place: place([key]),
            message: `work order ${order.id} is about \`${order[key]}\``,
            remedy:
              'A copy is granted to the contractor and of the dataset of its work order: correct one of the two.',
          },
        ],
  )
  if (value.from < order.from)
    findings.push(outside(place(['from']), `begins only on ${dateToIso(order.from)}`, order))
  if (value.until > order.until)
    findings.push(outside(place(['until']), `ends on ${dateToIso(order.until)}`, order))
  return findings
}

function outside(place: Finding['place'], how: string, { id }: WorkOrder): Finding {
  return {
    place,
    message: `work order ${id} ${how}`,
    remedy: 'Grant the copy within the days of its work order, or lengthen that one.',
  }
}
