// The published policy as the decision reads it: values, their numbers in the register, and one hash over all of it.
import { sha256Hex } from '../model/canonical.ts'
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { isPurposeTerm } from '../model/purpose.ts'
import { policyFromItems } from '../policy/policy-items.ts'
import { type PolicyVersion, readPublishedPolicy } from '../register/publish-policy.ts'
import type { StoreSession } from '../register/store.ts'
import { readTerms } from '../register/term-numbers.ts'
import type { PolicyBook } from '../release/decision-context.ts'
import {
  asDetermination,
  readDeterminations,
  type SignedDetermination,
} from '../release/read-determinations.ts'
import { shippedPacks } from './shipped-packs.ts'

/** From the register, or from the session of a transaction that holds the lock. */
export async function readPolicyBook(
  from: { store: Pick<StoreSession, 'query'> },
  upTo?: number,
): Promise<PolicyBook> {
  const versions = (await readPublishedPolicy(from, upTo)).filter(({ current }) => current)
  if (!versions.some(({ kind }) => kind === 'controller')) {
    throw new Problem('policy.not_found', 'this register has no published policy yet')
  }
  const policy = withSigned(policyOf(versions), await readDeterminations(from.store, upTo))
  const terms = await readTerms(from)
  const dpvOf = (name: string) =>
    isPurposeTerm(name) ? name : policy.purposes.find(({ id }) => id === name)?.dpv
  return {
    policy,
    packs: shippedPacks(),
    policyHash: sha256Hex(
      versions.map(({ kind, name, version, sha256 }) => `${kind} ${name} ${version} ${sha256}\n`).join(''),
    ),
    numbers: {
      notices: new Map(
        versions
          .filter(({ kind }) => kind === 'notice')
          .map(({ name, version, number }) => [`${name}@${version}`, number]),
      ),
      recipients: new Map(
        terms.filter(({ kind }) => kind === 'recipient').map(({ name, number }) => [name, number]),
      ),
      purposes: new Map(
        terms
          .filter(({ kind }) => kind === 'purpose')
          .map(({ name, number }) => [number, { id: name, dpv: dpvOf(name) }]),
      ),
    },
  }
}

/** What was signed into the register beside what the files declare: one decision sees both alike. */
function withSigned(policy: Policy, signed: readonly SignedDetermination[]): Policy {
  const counting = signed.flatMap((item) => asDetermination(item, policy.controller.zone) ?? [])
  return counting.length === 0
    ? policy
    : { ...policy, determinations: [...policy.determinations, ...counting] }
}

export function policyOf(versions: readonly PolicyVersion[]): Policy {
  return policyFromItems(
    versions.flatMap(({ kind, name, version, body }) =>
      body === undefined ? [] : [kind === 'notice' ? { kind, name, version, body } : { kind, name, body }],
    ),
  )
}
