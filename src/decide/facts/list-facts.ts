// Facts of the list itself: where its people come from, what being on it tells, and which columns say what of each of them.

import { specialCategories } from '../../model/policy.ts'
import { disclosedBy } from '../disclosed.ts'
import type { RequestFacts } from '../plain-facts.ts'
import type { Asked } from './asked.ts'

export function listFacts({ request, policy, dataset }: Asked) {
  const { all, byTheList, childrenByTheList } = disclosedBy(request, policy)
  const check = dataset?.obtained?.dueDiligence
  const obtainedOn = dataset?.obtained?.on
  return {
    disclosesSpecial: [...all].some((category) => specialCategories.has(category)),
    listRevealsMaternity: byTheList.has('pregnancy') || byTheList.has('child-presence'),
    listRevealsChildren: childrenByTheList,
    listRevealsSpecial: [...byTheList].some(
      (category) => category !== 'pregnancy' && specialCategories.has(category),
    ),
    childrenLikely: dataset?.childrenLikely ?? true,
    expectingDeclared: dataset?.expectingOn !== undefined,
    retentionDeclared: dataset?.retainUntil !== undefined,
    collectionDeclared: dataset?.collectedOn !== undefined,
    obtainedElsewhere: obtainedOn !== undefined,
    sourceDueDiligence:
      obtainedOn === undefined || (check !== undefined && check.on <= obtainedOn && obtainedOn < check.until),
  } satisfies Partial<RequestFacts>
}
