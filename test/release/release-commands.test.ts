// The commands around a release, as people run them: a request is put, checked and approved; a recipient's keys are made,
// sent, challenged and verified.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { generate } from '../../examples/baby-club-2017/generate.ts'
import { type Command, parseInvocation } from '../../src/cli/command.ts'
import { approveCommand } from '../../src/cli/commands/approve.ts'
import { approverAddCommand } from '../../src/cli/commands/approver-add.ts'
import { checkCommand } from '../../src/cli/commands/check.ts'
import { keyAnswerCommand } from '../../src/cli/commands/key-answer.ts'
import { keyNewCommand } from '../../src/cli/commands/key-new.ts'
import { policyPublishCommand } from '../../src/cli/commands/policy-publish.ts'
import { recipientAddCommand } from '../../src/cli/commands/recipient-add.ts'
import { recipientVerifyCommand } from '../../src/cli/commands/recipient-verify.ts'
import { askQuestions, requestNewCommand } from '../../src/cli/commands/request-new.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { encodeVerifierKey } from '../../src/log/signed-note.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { DecisionBody, RequestBody } from '../../src/model/release.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { type Configuration, configurationFrom } from '../../src/service/configuration.ts'
import { readPolicyBook } from '../../src/service/policy-book.ts'
import { useApp } from '../../src/service/use-app.ts'
import { wordsOf } from '../cli/run-fairshare.ts'
import { createDatabase } from '../postgres-server.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-release-commands-'))
const example = 'examples/baby-club-2017'
const at = (...names: string[]) => join(scratch, ...names)
let configuration: Configuration

beforeAll(async () => {
  await generate(at('home', 'data'), 1_000)
  const name = `cli_${randomUUID().replaceAll('-', '')}`
  const url = await createDatabase(inject('postgresUrl'), name, 'register_template')
  configuration = configurationFrom({ FAIRSHARE_HOME: at('home'), DATABASE_URL: url })
  await run(policyPublishCommand, [`${example}/policy`])
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Whether the answer is yes or no: nobody in this register has been told anything, so `check` says no. */
const answered: Record<string, number> = { check: 1 }

/** What it printed; a command that ends otherwise than well has not done what the test is about. */
async function run(command: Command, words: readonly string[]): Promise<string> {
  let printed = ''
  const terminal = openTerminal({ write: (text) => (printed += text) }, { write: () => {} })
  const invocation = { ...parseInvocation(command, words), terminal, configuration }
  expect(await command.run(invocation)).toBe(answered[command.name] ?? 0)
  return printed
}
const runJson = async (command: Command, words: readonly string[]) =>
  JSON.parse(await run(command, [...words, '--json']))

/** The example of the help, whose words stand for a request that can be put. */
const words = wordsOf(requestNewCommand.example).slice(3)

describe('request new', () => {
  test('writes a request that check reads, and puts it on record with what was said for it', async () => {
    const path = at('requests', '6-acorn-post.yaml')
    expect(await run(requestNewCommand, [path, ...words])).toContain(`fairshare check ${path}`)
    const decision = await runJson(checkCommand, [path])
    expect(decision).toMatchObject({ id: '6-acorn-post', considered: expect.any(Number) })
    const [document] = await useApp(configuration, ({ register }) =>
      readDocuments(register.store, { kind: 'request', about: '6-acorn-post' }),
    )
    const { request, answers }: RequestBody = JSON.parse(document!.body)
    expect(request).toMatchObject({ recipient: 'little-acorn-foods', role: 'controller', useWindowDays: 28 })
    expect(request.necessity).toBe(answers.justified)
    expect(answers).toEqual({
      justified: 'An offer by post needs a name and an address.',
      aware: 'The form of 2016 names Little Acorn Foods.',
      power: 'A card in every parcel says how to object.',
    })
    const [decided] = await useApp(configuration, ({ register }) =>
      readDocuments(register.store, { kind: 'decision', about: '6-acorn-post' }),
    )
    const body: DecisionBody = JSON.parse(decided!.body)
    expect(body.request).toEqual(request)
  })

  test('without a terminal names everything that is missing', async () => {
    const path = at('requests', '7-empty.yaml')
    await expect(run(requestNewCommand, [path, '--to', 'little-acorn-foods'])).rejects.toMatchObject({
      code: 'usage.invalid',
      detail:
        'missing: --dataset, --for, --by, --fields, --basis, --consideration, --justified, --aware, --power, --requested-by, --on, --use-window-days',
    })
    expect(existsSync(path)).toBe(false)
  })

  const changes: [string, string[], string][] = [
    ['a field the dataset does not have', ['--fields', 'shoe_size'], 'request.invalid'],
    ['a recipient the policy does not have', ['--to', 'nobody'], 'request.invalid'],
    ['an instant that is none', ['--on', 'tomorrow'], 'request.invalid'],
    ['a channel that is none', ['--by', 'pigeon'], 'value.invalid'],
    ['days that are no number', ['--use-window-days', 'many'], 'usage.invalid'],
    ['a selection over what is not declared', ['--select', 'shoe_size = 3'], 'expression.invalid'],
    ['a text that would look like another', ['--justified', 'a\u202eb'], 'request.invalid'],
  ]
  test.each(changes)('refuses %s, and writes nothing', async (_, change, code) => {
    const path = at('requests', '8-wrong.yaml')
    await expect(run(requestNewCommand, [path, ...words, ...change])).rejects.toMatchObject({ code })
    expect(existsSync(path)).toBe(false)
    const documents = await useApp(configuration, ({ register }) =>
      readDocuments(register.store, { kind: 'request', about: '8-wrong' }),
    )
    expect(documents).toEqual([])
  })

  test('keeps answers that YAML would read otherwise', async () => {
    const path = at('requests', '9-odd.yaml')
    const odd = 'yes: [no] # "maybe" \\ *all* &x !t'
    const { request } = await runJson(requestNewCommand, [
      path,
      ...words,
      '--justified',
      odd,
      '--requested-by',
      '007',
    ])
    expect(request).toMatchObject({ necessity: odd, requestedBy: '007' })
  })

  test('writes over no file, and takes no name that is no id', async () => {
    const path = at('requests', '10-mine.yaml')
    writeFileSync(path, 'mine')
    await expect(run(requestNewCommand, [path, ...words])).rejects.toMatchObject({ code: 'value.invalid' })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    for (const name of ['Ten.yaml', '-.yaml', '10_a.yaml'])
      await expect(run(requestNewCommand, [at(name), ...words])).rejects.toMatchObject({
        code: 'request.invalid',
      })
    await expect(run(requestNewCommand, words)).rejects.toMatchObject({ code: 'usage.invalid' })
    expect(readdirSync(scratch).filter((file) => file.endsWith('.yaml'))).toEqual([])
  })

  test('on a terminal offers the names of the policy, and asks again until it is answered', async () => {
    const { policy } = await useApp(configuration, ({ register }) => readPolicyBook(register))
    const asked: string[] = []
    const lines = [
      'nothing',
      'members-2018',
      '',
      'parent_name, shoe_size',
      'parent_name, home_address',
      '',
      'why',
      'told',
      'object',
    ]
    const given = {
      ...{ to: 'little-acorn-foods', for: 'baby-offers', by: ['post'], basis: 'consent' },
      ...{ 'requested-by': 'Lee', on: 'now', 'use-window-days': '1', consideration: 'none' },
    }
    const answers = await askQuestions(policy, given, async (text) => {
      asked.push(text)
      return lines.shift()!
    })
    expect(answers).toEqual({
      ...given,
      ...{
        dataset: 'members-2018',
        'on-behalf-of': [],
        fields: ['parent_name', 'home_address'],
        agreement: '',
      },
      ...{ justified: 'why', aware: 'told', power: 'object' },
    })
    expect(asked[0]).toContain('members-2017, members-2018')
    expect(asked[1]).toBe(asked[0])
    expect(asked[3]).toContain('home_address')
    expect(asked.find((text) => text.includes('agreement'))).toContain('acorn-2018')
    expect(lines).toEqual([])
  })
})

describe('approver add and approve', () => {
  test('make a key, put its holder on record, and sign for the newest answer', async () => {
    const key = at('dana.key')
    const added = await run(approverAddCommand, ['--name', 'Dana Whitlock', '--key', key])
    expect(added).toContain('dana-whitlock')
    expect(statSync(key).mode & 0o777).toBe(0o600)
    expect(readFileSync(key, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    const again = await runJson(approverAddCommand, ['--name', 'Dana Whitlock', '--key', key])
    expect(again).toMatchObject({ id: 'dana-whitlock', keyMade: false })
    expect(again.position).toBeUndefined()

    await run(checkCommand, [join(example, 'requests', '3-acorn-post.yaml')])
    const printed = await run(approveCommand, ['3-acorn-post', '--key', key, '--as', 'dana-whitlock'])
    expect(printed).toMatch(/records may go to little-acorn-foods/)
    expect(printed).toContain('Nothing will leave')
    expect(printed).toContain('Approved by Dana Whitlock')
    const { statement } = await runJson(approveCommand, ['3-acorn-post', '--key', key])
    expect(statement).toMatchObject({
      request: '3-acorn-post',
      approver: 'dana-whitlock',
      rule: 'second-person',
    })
  })

  test('use no key that is missing, that others can read, or that is none', async () => {
    const missing = at('missing.key')
    await expect(run(approveCommand, ['3-acorn-post', '--key', missing])).rejects.toMatchObject({
      code: 'approver.key_unusable',
    })
    expect(existsSync(missing)).toBe(false)
    const open = at('open.key')
    writeFileSync(open, `${'ab'.repeat(32)}\n`, { mode: 0o644 })
    await expect(run(approveCommand, ['3-acorn-post', '--key', open])).rejects.toMatchObject({
      code: 'approver.key_unusable',
      detail: expect.stringContaining('chmod 600'),
    })
    const broken = at('broken.key')
    writeFileSync(broken, `${'ab'.repeat(31)}\n`, { mode: 0o600 })
    await expect(run(approverAddCommand, ['--name', 'Eve', '--key', broken])).rejects.toMatchObject({
      code: 'approver.key_unusable',
    })
    expect(readFileSync(broken, 'utf8')).toBe(`${'ab'.repeat(31)}\n`)
  })
})

describe('key new, recipient add, key answer, recipient verify', () => {
  const folder = at('acorn-keys')
  const challenge = at('challenge.age')
  const answer = at('answer.txt')

  test('lead from a new folder to a verified key', async () => {
    expect(await run(keyNewCommand, [folder, '--name', 'little-acorn'])).toContain('card.json')
    expect(readdirSync(folder).sort()).toEqual(['card.json', 'identity.txt', 'signing.key'])
    for (const file of [folder, ...readdirSync(folder).map((name) => join(folder, name))])
      expect(statSync(file).mode & 0o077, file).toBe(0)
    const card = join(folder, 'card.json')
    const added = await run(recipientAddCommand, ['little-acorn-foods', '--card', card, '--out', challenge])
    expect(added).toContain('not verified yet')
    const answered = await run(keyAnswerCommand, [challenge, '--key', folder, '--out', answer])
    expect(answered).toContain('Compare it by telephone')
    const verified = await runJson(recipientVerifyCommand, ['little-acorn-foods', '--answer', answer])
    expect(verified).toMatchObject({ repeated: false, card: { name: 'little-acorn' } })
    expect(await run(recipientVerifyCommand, ['little-acorn-foods', '--answer', answer])).toContain(
      'shown this before',
    )
  })

  test('make nothing over anything: keys, challenge and answer stay as they are', async () => {
    const before = readFileSync(join(folder, 'identity.txt'), 'utf8')
    await expect(run(keyNewCommand, [folder, '--name', 'other'])).rejects.toMatchObject({
      code: 'value.invalid',
    })
    expect(readFileSync(join(folder, 'identity.txt'), 'utf8')).toBe(before)
    const adding = ['little-acorn-foods', '--card', join(folder, 'card.json'), '--out', challenge]
    await expect(run(recipientAddCommand, adding)).rejects.toMatchObject({ code: 'value.invalid' })
    await expect(run(keyAnswerCommand, [challenge, '--key', folder, '--out', answer])).rejects.toMatchObject({
      code: 'value.invalid',
    })
  })

  test.each(['', 'Little', 'a b', 'a+b', '../a', 'a'.repeat(61)])(
    'make no key under the name %j',
    async (name) => {
      const other = at('no-keys')
      await expect(run(keyNewCommand, [other, '--name', name])).rejects.toMatchObject({
        code: expect.stringMatching(/invalid/),
      })
      expect(existsSync(other)).toBe(false)
    },
  )

  test('keep the register’s key, and answer nobody who claims another one for it', async () => {
    const [file] = readdirSync(join(folder, 'trusted'))
    const path = join(folder, 'trusted', file!)
    const trusted = JSON.parse(readFileSync(path, 'utf8'))
    expect(trusted).toMatchObject({
      controller: 'Cradle Club Ltd',
      origin: expect.stringContaining('fairshare.local/'),
    })
    expect(file).toBe(`${trusted.origin.replaceAll('/', '_')}.json`)
    const again = at('again.txt')
    expect(await run(keyAnswerCommand, [challenge, '--key', folder, '--out', again])).toContain(
      'trust already',
    )

    const otherKey = encodeVerifierKey(trusted.origin, new Uint8Array(32).fill(7))
    writeFileSync(path, `${canonicalJson({ ...trusted, verifierKey: otherKey })}\n`)
    const refused = at('refused.txt')
    await expect(run(keyAnswerCommand, [challenge, '--key', folder, '--out', refused])).rejects.toMatchObject(
      {
        code: 'delivery.tampered',
        detail: expect.stringContaining('another key'),
      },
    )
    expect(existsSync(refused)).toBe(false)
  })
})
