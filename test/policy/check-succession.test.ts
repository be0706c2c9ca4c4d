import { expect, test } from 'vitest'
import type { Policy } from '../../src/model/policy.ts'
import { checkSuccession } from '../../src/policy/check-succession.ts'

const policy = (dpv: Policy['purposes'][number]['dpv'], number: string): Policy => ({
  controller: { id: 'club', name: 'Club', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: [
    {
      id: 'brand',
      names: [{ name: 'Brand Ltd' }],
      brands: [],
      sectors: [],
      registration: { register: 'r', number },
    },
  ],
  purposes: [dpv === undefined ? { id: 'offers', text: '' } : { id: 'offers', text: '', dpv }],
  notices: [],
  attributions: [],
  processing: [],
  prohibitions: [],
  workOrders: [],
  copyGrants: [],
  feeds: [],
  agreements: [],
  assessments: [],
  determinations: [],
  datasets: [],
})

test('a published purpose keeps its meaning and a published entity its registration', () => {
  const before = policy('dpv:DirectMarketing', '1')
  expect(checkSuccession(before, policy('dpv:DirectMarketing', '1'))).toEqual([])
  expect(checkSuccession(before, policy('dpv:Marketing', '1'))).toHaveLength(1)
  expect(checkSuccession(before, policy(undefined, '2'))).toHaveLength(2)
})

test('an open purpose may be given a meaning', () => {
  expect(checkSuccession(policy(undefined, '1'), policy('dpv:DirectMarketing', '1'))).toEqual([])
})
