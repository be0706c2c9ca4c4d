// What the holder of a reported copy owes: its end. Without a grant there is no day until which it might be held, so it is red
// from the day it is known.
import { dateOf } from '../model/instant.ts'
import type { PolicyTerms } from '../register/policy-terms.ts'
import type { CopyState } from '../release/read-copies.ts'
import { ending } from './ending.ts'
import { holderOf } from './holder.ts'
import type { AsOf, Obligation } from './obligation.ts'

export function copyObligation(state: CopyState, terms: PolicyTerms, asOf: AsOf): Obligation {
  const { copy, reported } = state
  const { holder, dataset, place, records, grant, deleteBy } = reported.body
  const what = `${records === undefined ? 'Copy' : `${records.toLocaleString('en-GB')} records`} of ${dataset}, ${place}`
  const owed = ending(
    {
      ...{ id: `delete/${copy}`, kind: 'delete', of: { copy } },
      who: holderOf(terms, holder, dateOf(reported.recordedAt, asOf.zone)),
      words: grant === undefined ? `${what}: nobody granted it (A211), destroy it` : `${what}: destroy it`,
      source: grant === undefined ? 'no copy grant' : `copy grant ${grant}`,
      dueOn: deleteBy,
    },
    state,
    asOf,
  )
  if (grant !== undefined || owed.state === 'destroyed' || owed.state === 'overdue') return owed
  const todo =
    'Have it destroyed today, with a signed certificate. Until then nothing more goes to it or its group (A209).'
  return { ...owed, light: 'red', todo, blocks: true }
}
