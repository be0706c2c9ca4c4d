// What the policy says of releases: who approves, what fields are turned into, how fast removals are applied, how far records go.
import { expect, test } from 'vitest'
import { policyFromItems, policyItems } from '../../src/policy/policy-items.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { type Broken, casePolicy, edited, written } from './broken-policy.ts'

const agreement = 'agreements/meridian-2017.yaml'
const fields = casePolicy.get(agreement)!

const withApproval = (lines: string) =>
  written('controller.yaml', `${casePolicy.get('controller.yaml')}approval:\n${lines}`)
const withTransform = (...transforms: string[]) =>
  written(agreement, `${fields}transforms:\n${transforms.map((one) => `  - { ${one} }\n`).join('')}`)

function policyOf({ files }: Broken) {
  const { policy, findings } = readPolicy(files)
  expect(findings).toEqual([])
  return policy!
}

test('an approval is by a second person, or by one person who says why', () => {
  const second = policyOf(withApproval('  rule: second-person\n  validHours: 24\n'))
  expect(second.controller.approval).toEqual({ rule: 'second-person', validHours: 24 })
  const sole = policyOf(withApproval('  rule: sole-person\n  validHours: 24\n  because: A staff of one.\n'))
  expect(sole.controller.approval).toEqual({
    rule: 'sole-person',
    validHours: 24,
    because: 'A staff of one.',
  })
  expect(policyOf({ files: casePolicy, place: { file: '' } }).controller).not.toHaveProperty('approval')
})

test('an agreement says what leaves in another form, how fast removals are applied and how far records go', () => {
  const text = `${fields}transforms:
  - { field: mother_born_on, as: coarsen, to: year }
  - { field: children_born_on, as: coarsen, to: month }
  - { field: home_address, as: coarsen, to: first-4 }
  - { field: email, as: pseudonymise }
applyRemovalsWithinHours: 24
onwardSharing: end-clients
`
  const policy = policyOf(written(agreement, text))
  expect(policy.agreements.find(({ id }) => id === 'meridian-2017')).toMatchObject({
    transforms: [
      { field: 'mother_born_on', as: 'coarsen', to: 'year' },
      { field: 'children_born_on', as: 'coarsen', to: 'month' },
      { field: 'home_address', as: 'coarsen', to: 'first-4' },
      { field: 'email', as: 'pseudonymise' },
    ],
    applyRemovalsWithinHours: 24,
    onwardSharing: 'end-clients',
  })
  expect(policyFromItems(policyItems(policy))).toEqual(policy)
})

const broken: [string, Broken, RegExp, RegExp][] = [
  [
    'one person alone without a reason',
    withApproval('  ▸rule: sole-person\n  validHours: 24\n'),
    /nothing says why/,
    /Add `because:`/,
  ],
  [
    'a reason where there is a second person',
    withApproval('  rule: second-person\n  validHours: 24\n  because: ▸We are busy.\n'),
    /needs no reason/,
    /Remove it/,
  ],
  [
    'nobody at all',
    withApproval('  rule: ▸nobody\n  validHours: 24\n'),
    /`nobody` is not a value/,
    /second-person, sole-person/,
  ],
  [
    'an approval without a term',
    withApproval('  ▸rule: second-person\n'),
    /`approval.validHours` is missing/,
    /Add `validHours:`/,
  ],
  [
    'an approval for ever',
    withApproval('  rule: second-person\n  validHours: ▸9999\n'),
    /above 720/,
    /at most 720/,
  ],
  [
    'a misspelt key of an approval',
    withApproval('  rule: second-person\n  validHours: 24\n  ▸becuase: x\n'),
    /unknown key `becuase`/,
    /Did you mean `because`\?/,
  ],
  [
    'coarsening to nothing in particular',
    written(agreement, `${fields}transforms:\n  - ▸{ field: mother_born_on, as: coarsen }\n`),
    /nothing says what `mother_born_on` is coarsened to/,
    /Add `to:` with one of year, month/,
  ],
  [
    'a pseudonym with a precision',
    withTransform('field: email, as: pseudonymise, to: ▸year'),
    /a pseudonym has no precision/,
    /as: coarsen/,
  ],
  [
    'a field transformed twice',
    withTransform('field: email, as: pseudonymise', 'field: ▸email, as: coarsen, to: first-2'),
    /`email` is transformed twice/,
    /Keep the one/,
  ],
  [
    'a transform of a field that is not shared',
    withTransform('field: ▸expected_on, as: coarsen, to: year'),
    /`expected_on` is transformed, and is not among the `fields`/,
    /List it under `fields`/,
  ],
  [
    'a text coarsened to a year',
    withTransform('field: parent_name, as: coarsen, to: ▸year'),
    /`parent_name` is a column of type text and cannot be coarsened to year/,
    /Use one of first-2, first-4/,
  ],
  [
    'a date coarsened to a band',
    withTransform('field: mother_born_on, as: coarsen, to: ▸tens'),
    /type date and cannot be coarsened to tens/,
    /Use one of year, month, decade/,
  ],
  [
    'a yes or no coarsened',
    withTransform('field: child_presence, as: coarsen, to: ▸first-2'),
    /type boolean/,
    /as: pseudonymise/,
  ],
  [
    'removals applied at leisure',
    written(agreement, `${fields}applyRemovalsWithinHours: ▸10000\n`),
    /above 744/,
    /at most 744/,
  ],
  [
    'onward sharing with anybody',
    written(agreement, `${fields}onwardSharing: ▸anybody\n`),
    /`anybody` is not a value/,
    /end-clients/,
  ],
  [
    'onward sharing with end clients that are none',
    written(agreement, `${fields.replace(/endClients: .*/, 'endClients: []')}onwardSharing: ▸end-clients\n`),
    /there are none/,
    /List them under `endClients`/,
  ],
  [
    'a column with the name of the reference',
    edited(
      'datasets/members-2018.yaml',
      'fields:\n',
      'fields:\n  ▸Fairshare_Ref: { type: text, category: identifier, about: subject }\n',
    ),
    /`Fairshare_Ref` is a reserved name/,
    /Rename the column/,
  ],
]

for (const [what, policy, message, remedy] of broken)
  test(`${what} is found where it stands`, () => {
    const { findings } = readPolicy(policy.files)
    expect(findings).toEqual([
      {
        place: policy.place,
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      },
    ])
  })
