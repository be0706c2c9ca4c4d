// A policy goes to the register item by item and comes back the same.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/model/canonical.ts'
import { isProblem } from '../../src/model/problem.ts'
import { mergeOverlay } from '../../src/policy/merge-overlay.ts'
import { policyFromItems, policyItems } from '../../src/policy/policy-items.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { caseFolder, casePolicy } from './broken-policy.ts'
import { folderFiles } from './folder-files.ts'

const overlay = folderFiles(join(caseFolder, 'policy-2018-01'))
const base = readPolicy(casePolicy).policy!
const later = readPolicy(mergeOverlay(casePolicy, overlay)).policy!

test('a policy split into items and put together again is the same policy, whatever the order of the items', () => {
  for (const policy of [base, later]) {
    expect(policyFromItems(policyItems(policy))).toEqual(policy)
    expect(policyFromItems(policyItems(policy).reverse())).toEqual(policy)
  }
})

test('each item has a name of its own within its kind, and only notices name their version', () => {
  const items = policyItems(later)
  expect(new Set(items.map(({ kind, name, version }) => `${kind} ${name} ${version}`)).size).toBe(
    items.length,
  )
  expect(new Set(items.filter(({ version }) => version !== undefined).map(({ kind }) => kind))).toEqual(
    new Set(['notice']),
  )
  expect(items.find(({ version }) => version === '2018-01')).toMatchObject({
    kind: 'notice',
    name: 'offline-card',
  })
  expect(items.find(({ kind }) => kind === 'attribution')?.name).toBe('card/2013-01-01')
})

test('bodies are canonical, so that the same item always has the same hash', () => {
  for (const { body } of policyItems(later)) expect(canonicalJson(JSON.parse(body))).toBe(body)
})

test('publishing the overlay leaves every item but the new notices and their attributions as it was', () => {
  const before = new Set(policyItems(base).map(({ body }) => body))
  const changed = policyItems(later).filter(({ body }) => !before.has(body))
  expect(changed.map(({ kind, name, version }) => [kind, name, version])).toEqual([
    ['attribution', 'card/2016-03-20', undefined],
    ['attribution', 'card/2018-01-16', undefined],
    ['attribution', 'online/2016-09-01', undefined],
    ['attribution', 'online/2018-01-16', undefined],
    ['notice', 'offline-card', '2018-01'],
    ['notice', 'online-form', '2018-01'],
  ])
})

test('items without a controller, or with two, are no policy', () => {
  const items = policyItems(base)
  const controller = items.find(({ kind }) => kind === 'controller')!
  const codeOf = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return isProblem(error) ? error.code : error
    }
    return undefined
  }
  expect(codeOf(() => policyFromItems([]))).toBe('policy.not_found')
  expect(codeOf(() => policyFromItems([...items, { ...controller, name: 'other' }]))).toBe('register.corrupt')
})
