// What publishing would change, said in plain words.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Policy } from '../../src/model/policy.ts'
import { diffPolicy } from '../../src/policy/diff-policy.ts'
import { mergeOverlay, type PolicyFiles } from '../../src/policy/merge-overlay.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { caseFolder, casePolicy, edited } from './broken-policy.ts'
import { folderFiles } from './folder-files.ts'

const overlay = folderFiles(join(caseFolder, 'policy-2018-01'))
const base = policyOf(casePolicy)
const later = policyOf(mergeOverlay(casePolicy, overlay))

function policyOf(files: PolicyFiles): Policy {
  const { policy, findings } = readPolicy(files)
  expect(findings).toEqual([])
  return policy!
}

test('the same policy again changes nothing', () => {
  expect(diffPolicy(base, base)).toEqual([])
  expect(diffPolicy(base, policyOf(new Map([...casePolicy].reverse())))).toEqual([])
})

test('the first publication adds every item', () => {
  const changes = diffPolicy(undefined, base)
  expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['added']))
  expect(changes.find(({ kind }) => kind === 'purpose')?.lines).toEqual([
    'purpose baby-offers: new; dpv dpv:DirectMarketing; text Offers for baby products, sent by the company that makes them',
  ])
})

test('the 2018 version says in the diff whom and what it mentions for the first time', () => {
  const changes = diffPolicy(base, later)
  expect(changes.map(({ kind, name, change }) => [kind, name, change])).toEqual([
    ['notice', 'offline-card@2018-01', 'added'],
    ['notice', 'online-form@2018-01', 'added'],
    ['attribution', 'card/2016-03-20', 'changed'],
    ['attribution', 'card/2018-01-16', 'added'],
    ['attribution', 'online/2016-09-01', 'changed'],
    ['attribution', 'online/2018-01-16', 'added'],
  ])
  expect(changes[1]).toEqual({
    kind: 'notice',
    name: 'online-form@2018-01',
    change: 'added',
    lines: [
      'notice online-form 2018-01: new; takes effect 2018-01-16 on online',
      'newly mentions the sector politics: “We may also share your details with political parties, which use them to write to you before an election by post.”',
      'newly mentions the sector data-services: “Data services and campaign software companies that work for a party may handle your details for it.”',
      'newly mentions the sector software: “Data services and campaign software companies that work for a party may handle your details for it.”',
      'newly tells the purpose dpv:PoliticalCampaign',
    ],
    newlyTold: {
      recipients: [],
      sectors: ['politics', 'data-services', 'software'],
      purposes: ['dpv:PoliticalCampaign'],
    },
  })
  expect(changes[4]?.lines).toEqual(['attribution online/2016-09-01: changed', 'to: now 2018-01-16'])
})

test('a brand counts as the entity that held it, and a version that says no more tells nothing new', () => {
  const changes = diffPolicy(undefined, base)
  const toldBy = (name: string) => changes.find((change) => change.name === name)?.newlyTold
  expect(toldBy('online-form@2015-06')).toEqual({
    recipients: ['little-acorn-foods', 'snugglewell'],
    sectors: [],
    purposes: [],
  })
  expect(toldBy('online-form@2016-09')).toEqual({ recipients: [], sectors: [], purposes: [] })
  expect(toldBy('members-letter@2017-04')?.recipients).toEqual([
    'civic-progress-party',
    'meridian-data',
    'groundgame-software',
    'little-acorn-foods',
  ])
})

test('changed keys are listed with their old and new values, lists with what joined and left them', () => {
  const agreement = 'agreements/meridian-2017.yaml'
  const first = edited(agreement, 'effectiveTo: 2018-01-01', 'effectiveTo: 2018-07-01')
  const second = edited(agreement, '[postal-use, insight]', '[postal-use, club-mail]', first.files)
  const third = edited(agreement, 'deleteWithinDays: 40\n', '', second.files)
  expect(diffPolicy(base, policyOf(third.files))).toEqual([
    {
      kind: 'agreement',
      name: 'meridian-2017',
      change: 'changed',
      lines: [
        'agreement meridian-2017: changed',
        'delete within days: no longer stated, was 40',
        'effective to: 2018-01-01 → 2018-07-01',
        'purposes: adds club-mail; drops insight',
      ],
    },
  ])
})

test('what is taken out of the folder is shown as removed', () => {
  const files = new Map([...casePolicy].filter(([file]) => file !== 'assessments/lia-baby-offers-acorn.yaml'))
  expect(diffPolicy(base, policyOf(files))).toEqual([
    {
      kind: 'assessment',
      name: 'lia-baby-offers-acorn',
      change: 'removed',
      lines: ['assessment lia-baby-offers-acorn: no longer declared'],
    },
  ])
})

test('editing a wording in place is pointed out: people were shown the earlier one', () => {
  const notice = 'notices/online-form/2016-09.md'
  const { files } = edited(notice, 'Every box is separate', 'Each box is separate')
  expect(diffPolicy(base, policyOf(files))).toMatchObject([
    {
      kind: 'notice',
      name: 'online-form@2016-09',
      change: 'changed',
      lines: [
        'notice online-form 2016-09: changed',
        'wording: changed',
        'people were shown the earlier wording: give the new one a version of its own',
      ],
      newlyTold: { recipients: [], sectors: [], purposes: [] },
    },
  ])
})
