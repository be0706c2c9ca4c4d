// What the agreement does to a field shows before anything leaves: in the plan, in the answer of check, in the words of explain.
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { generate } from '../../examples/baby-club-2017/generate.ts'
import { type Command, parseInvocation } from '../../src/cli/command.ts'
import { checkCommand } from '../../src/cli/commands/check.ts'
import { explainCommand } from '../../src/cli/commands/explain.ts'
import { policyPublishCommand } from '../../src/cli/commands/policy-publish.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { verdictOf } from '../../src/decide/judge-record.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import { type Configuration, configurationFrom } from '../../src/service/configuration.ts'
import { shippedBook } from '../decide/shipped-packs.ts'
import { caseFolder, casePolicy, written } from '../policy/broken-policy.ts'
import { createDatabase } from '../postgres-server.ts'

const agreement = 'agreements/acorn-2018.yaml'
const agreed = casePolicy.get(agreement)!.replace('fields: [', 'fields: [mother_born_on, ')
const transforms = `transforms:
  - { field: home_address, as: coarsen, to: first-4 }
  - { field: parent_name, as: pseudonymise }
  - { field: mother_born_on, as: coarsen, to: year }
`
const request = `dataset: members-2018
recipient: little-acorn-foods
role: controller
purpose: baby-offers
channels: [post]
basis: legitimate-interests
fields: [parent_name, home_address, mother_born_on]
consideration: none
agreement: acorn-2018
necessity: An offer by post.
requestedBy: Lee Marsh
releaseAt: 2018-06-12T09:00:00+01:00
useWindowDays: 28
`

function policyWith(text: string) {
  const { policy, findings } = readPolicy(written(agreement, text).files)
  expect(findings).toEqual([])
  return policy!
}

function treatmentsUnder(text: string) {
  const policy = policyWith(text)
  const asked = readRequest(request, 'requests/post.yaml', policy).request!
  const numbers = {
    notices: new Map(policy.notices.map(({ id }, index) => [id, index + 1])),
    recipients: new Map(policy.entities.map(({ id }, index) => [id, index + 1])),
    purposes: new Map(),
  }
  const { notices } = planDecision(asked, shippedBook({ policy, numbers }))
  return [...notices.values()].map((notice) => ({ notice, fields: verdictOf(new Set(), notice).fields }))
}

test('a field that nothing drops is treated as the agreement has it, and one that is dropped stays dropped', () => {
  const before = treatmentsUnder(agreed)
  const after = treatmentsUnder(agreed + transforms)
  expect(before.length).toBeGreaterThan(5)
  for (const { fields } of before)
    expect(fields).toEqual({ parent_name: 'keep', home_address: 'keep', mother_born_on: 'drop' })
  for (const { fields } of after)
    expect(fields).toEqual({ parent_name: 'pseudonymise', home_address: 'coarsen', mother_born_on: 'drop' })
})

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-treatments-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const at = (...names: string[]) => join(scratch, ...names)
let configuration: Configuration

beforeAll(async () => {
  await generate(at('home', 'data'), 1_000)
  const name = `treatments_${randomUUID().replaceAll('-', '')}`
  const url = await createDatabase(inject('postgresUrl'), name, 'register_template')
  configuration = configurationFrom({ FAIRSHARE_HOME: at('home'), DATABASE_URL: url })
  cpSync(join(caseFolder, 'policy'), at('home', 'policy'), { recursive: true })
  writeFileSync(at('home', 'policy', agreement), agreed + transforms)
  writeFileSync(at('post.yaml'), request)
  await run(policyPublishCommand, [at('home', 'policy')])
})

async function run(command: Command, words: readonly string[]): Promise<string> {
  let printed = ''
  const terminal = openTerminal({ write: (text) => (printed += text) }, { write: () => {} })
  const exit = await command.run({ ...parseInvocation(command, words), terminal, configuration })
  // Nobody in this register has been told anything, so the answer is no.
  expect(exit).toBe(command === policyPublishCommand ? 0 : 1)
  return printed
}

test('check says in what form a field leaves, to people and to programs', async () => {
  const { fields } = JSON.parse(await run(checkCommand, [at('post.yaml'), '--json']))
  expect(fields).toMatchObject([
    { name: 'parent_name', treatment: 'pseudonymise', note: expect.stringContaining('pseudonym') },
    { name: 'home_address', treatment: 'coarsen', note: 'first 4 characters only' },
    { name: 'mother_born_on', treatment: 'drop' },
  ])
  expect(fields[2]).not.toHaveProperty('note')
  const told = (await run(checkCommand, [at('post.yaml')])).replaceAll(/\s+/g, ' ')
  expect(told).toContain('home address (first 4 characters only)')
  expect(told).toContain('without mother born on')
})

test('explain says it of one person', async () => {
  const told = await run(explainCommand, ['--request', at('post.yaml'), '--person', 'member:M0000001'])
  expect(told).toContain('Less precise than in the file, under the agreement: home_address')
  expect(told).toContain('A pseudonym in its place, under the agreement: parent_name')
  expect(told).toContain('Left out in any case: mother_born_on')
})
