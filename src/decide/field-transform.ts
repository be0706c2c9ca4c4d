// What becomes of a field before it leaves, whoever the person is: what the agreement says, and for a contractor the work order.
import { agreementFor } from '../model/agreement-for.ts'
import type { FieldTransform, Policy } from '../model/policy.ts'
import { isMaintenance } from '../model/purpose.ts'
import type { SharingRequest } from '../model/request.ts'

/** undefined = it leaves as it is. Two answers for one field are a bug: reading the policy refuses them. */
export function fieldTransform(
  field: string,
  request: SharingRequest,
  policy: Policy,
): FieldTransform | undefined {
  const transforms = agreementFor(request, policy)?.transforms ?? []
  const [transform, ...others] = transforms.filter((item) => item.field === field)
  if (others.length > 0) throw new Error(`two transforms of the field ${field}`)
  // A pseudonym keeps what a repair needs, equal values equal, and tells nothing else.
  return transform ?? (isMasked(field, request, policy) ? { field, as: 'pseudonymise' } : undefined)
}

/** Whoever works on the systems sees as it is only what the work order lists: nothing, where it names none. */
function isMasked(field: string, request: SharingRequest, policy: Policy): boolean {
  const term = policy.purposes.find(({ id }) => id === request.purpose)?.dpv
  if (request.role !== 'processor' || term === undefined || !isMaintenance(term)) return false
  const order = policy.workOrders.find(({ id }) => id === request.workOrder)
  return order === undefined || !order.fields.includes(field)
}
