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

/** From the register, or from the session of a transaction that holds the lock. */
export async function readPolicyBook(
  from: { store: Pick<StoreSession, 'query'> },
  upTo?: number,
): Promise<PolicyBook> {
  const versions = (await readPublishedPolicy(from, upTo)).filter(({ current }) => current)
  if (!versions.some(({ kind }) => kind === 'controller')) {
    throw new Problem('policy.not_found', 'this register has no published policy yet')
  }
  const policy = policyOf(versions)
  const terms = await readTerms(from)
  const dpvOf = (name: string) =>
    isPurposeTerm(name) ? name : policy.purposes.find(({ id }) => id === name)?.dpv
  return {
    policy,
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

export function policyOf(versions: readonly PolicyVersion[]): Policy {
  return policyFromItems(
    versions.flatMap(({ kind, name, version, body }) =>
      body === undefined ? [] : [kind === 'notice' ? { kind, name, version, body } : { kind, name, body }],
    ),
  )
}
