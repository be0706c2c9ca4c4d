// What the agreement of a request does to a field before it leaves, whoever the person is.
import type { FieldTransform, Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import { agreementFor } from './agreements.ts'

/** undefined = it leaves as it is. Two answers for one field are a bug: reading the policy refuses them. */
export function fieldTransform(
  field: string,
  request: SharingRequest,
  policy: Policy,
): FieldTransform | undefined {
  const transforms = agreementFor(request, policy)?.transforms ?? []
  const [transform, ...others] = transforms.filter((item) => item.field === field)
  if (others.length > 0) throw new Error(`two transforms of the field ${field}`)
  return transform
}
