// The two copies that nobody granted: when each was made, where it lay, and by whom it came to light.
import { type CopyReport, instantFromIso } from '../../src/index.ts'

const everything = ['plan_no', 'holder_name', 'born_on', 'home_address', 'contribution_pence', 'paid_since']

export function firstCopy(people: number): CopyReport {
  return {
    holder: 'tallis-software',
    dataset: 'plan-holders',
    workOrder: 'job-2011-01',
    madeAt: instantFromIso('2011-01-14T16:40:00Z'),
    place: 'Build server 7, Tallis Software Support',
    records: people,
    fields: everything,
    source: 'contractor',
    by: 'Josce Penrow, from the contractor’s job sheet',
  }
}

export function secondCopy(people: number): CopyReport {
  return {
    ...firstCopy(people),
    madeAt: instantFromIso('2011-02-04T18:10:00Z'),
    place: 'Web server 2, Tallis Software Support, reachable by anybody',
    source: 'leak',
    by: 'Morwenna Sale, from a web search',
  }
}
