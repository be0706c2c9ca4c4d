// What of the published policy stood at a position: by whose terms a release went, whatever was published since.
import type { WorkOrder } from '../model/custody.ts'
import type {
  Controller,
  CopyGrant,
  LegalEntity,
  PolicyKind,
  Purpose,
  SharingAgreement,
} from '../model/policy.ts'
import type { HoldingTerms } from '../model/release-days.ts'
import type { PolicyVersion } from './publish-policy.ts'

export type PolicyTerms = HoldingTerms & { entities: LegalEntity[]; purposes: Purpose[] }

/** Undefined before a controller was published. `versions` oldest first; each state of the policy is made once. */
export function policyTermsByPosition(
  versions: readonly PolicyVersion[],
): (position: number) => PolicyTerms | undefined {
  const byCount = new Map<number, PolicyTerms | undefined>()
  return (position) => {
    const before = versions.filter((version) => version.position < position)
    if (!byCount.has(before.length)) byCount.set(before.length, termsOf(before))
    return byCount.get(before.length)
  }
}

/** The newest of each item stands, unless it was retired. */
function termsOf(versions: readonly PolicyVersion[]): PolicyTerms | undefined {
  const inForce = new Map(versions.map((version) => [`${version.kind} ${version.name}`, version]))
  // Our own canonical texts, read from an append-only table: their type follows from their kind.
  const bodies = <T>(kind: PolicyKind) =>
    [...inForce.values()].flatMap((version) =>
      version.kind === kind && version.body !== undefined ? [JSON.parse(version.body) as T] : [],
    )
  const [controller] = bodies<Controller>('controller')
  return (
    controller && {
      controller,
      agreements: bodies<SharingAgreement>('agreement'),
      workOrders: bodies<WorkOrder>('work-order'),
      copyGrants: bodies<CopyGrant>('copy-grant'),
      entities: bodies<LegalEntity>('entity'),
      purposes: bodies<Purpose>('purpose'),
    }
  )
}
