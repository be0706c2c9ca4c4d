// Policy files → one checked policy, or everything that is wrong with them, each with its place and remedy.
import type { Policy } from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import { checkPolicy } from './check-policy.ts'
import { inReadingOrder } from './declared.ts'
import type { PolicyFiles } from './merge-overlay.ts'
import { policyFromItems, policyItems } from './policy-items.ts'
import { type Declarations, readDeclarations } from './read-declarations.ts'

/** No policy when there is any finding. The policy is in the order in which a register would give it back. */
export function readPolicy(files: PolicyFiles): { policy: Policy | undefined; findings: Finding[] } {
  const { declarations, findings: shapes } = readDeclarations(files)
  // Comparing files when one could not be read would report its absence everywhere it is named.
  const findings = shapes.length > 0 ? shapes : checkPolicy(declarations)
  if (findings.length > 0) return { policy: undefined, findings: inReadingOrder(findings) }
  return { policy: policyOf(declarations), findings: [] }
}

function policyOf({ controller, ...lists }: Declarations): Policy | undefined {
  if (controller === undefined) return undefined
  const values = <T>(list: readonly { value: T }[]) => list.map(({ value }) => value)
  return policyFromItems(
    policyItems({
      controller: controller.value,
      entities: values(lists.entities),
      purposes: values(lists.purposes),
      notices: values(lists.notices),
      attributions: values(lists.attributions),
      agreements: values(lists.agreements),
      assessments: values(lists.assessments),
      determinations: values(lists.determinations),
      datasets: values(lists.datasets),
      processing: values(lists.processing),
      prohibitions: values(lists.prohibitions),
      workOrders: values(lists.workOrders),
      copyGrants: values(lists.copyGrants),
      feeds: values(lists.feeds),
    }),
  )
}
