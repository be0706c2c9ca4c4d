// What every command owes: help with an example that parses, and text options that nothing can break out of.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Command, parseInvocation } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands.ts'
import { createDatabase } from '../postgres-server.ts'
import { type Environment, runInside, wordsOf } from './run-fairshare.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-commands-'))
let environment: Environment

beforeAll(async () => {
  const name = `cli_${randomUUID().replaceAll('-', '')}`
  environment = {
    FAIRSHARE_HOME: join(scratch, 'home'),
    DATABASE_URL: await createDatabase(inject('postgresUrl'), name, 'register_template'),
  }
  await runInside(wordsOf('policy publish examples/baby-club-2017/policy'), environment)
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const named = commands.map((command): [string, Command] => [command.name, command])

describe.each(named)('%s', (name, command) => {
  test('has help with an example, and the example parses', async () => {
    const help = await runInside([...name.split(' '), '--help'], environment)
    expect(help).toMatchObject({ exit: 0, stderr: '' })
    expect(help.stdout).toContain(`Example:\n  fairshare ${command.example}`)
    const words = wordsOf(command.example)
    expect(words.slice(0, name.split(' ').length).join(' ')).toBe(name)
    expect(() => parseInvocation(command, words.slice(name.split(' ').length))).not.toThrow()
  })

  test('refuses an option it does not have, by name', async () => {
    const run = await runInside([...name.split(' '), '--no-such-option'], environment)
    expect(run.exit).toBe(2)
    expect(run.stderr).toContain("'--no-such-option'")
  })
})

test('every command line in the guide is one', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/command-line.md'), 'utf8')
  const lines = [...guide.matchAll(/^\$ fairshare (.*)$/gm)].map(([, line]) => wordsOf(line!))
  expect(lines.length).toBeGreaterThan(0)
  for (const words of lines) {
    const command = commands.find(
      ({ name }) => words.join(' ').startsWith(`${name} `) || words.join(' ') === name,
    )
    expect(command, words.join(' ')).toBeDefined()
    expect(() => parseInvocation(command!, words.slice(command!.name.split(' ').length))).not.toThrow()
  }
})

test('the overview lists every command', async () => {
  const { stdout } = await runInside([], environment)
  for (const { name, summary } of commands) {
    expect(stdout).toContain(`${name} `)
    expect(stdout).toContain(summary)
  }
})

const attack = "'; drop table register.event; --"
const person = ['--person', 'member:M0000042', '--enrol', '--at', '2018-05-01']
const statements: readonly [string, string[]][] = [
  ['present', ['--notice', 'online-form@2016-09']],
  ['record', ['--notice', 'online-form@2016-09', '--purpose', 'baby-offers', '--answer', 'given']],
  ['withdraw', []],
  ['object', []],
  ['restrict', []],
  ['erase', []],
  ['protect', ['--ground', 'safety']],
  ['doubt', []],
  ['dispute', []],
  ['absent', ['--state', 'gone-away']],
  ['list-number', []],
  ['seed', []],
]

test('an empty time is refused, and is not now', async () => {
  const run = await runInside(['object', '--person', 'member:M0000042', '--enrol', '--at', ''], environment)
  expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining('--at is empty') })
})

test.each(['review', 'packs'])('%s --help lists the commands of that family alone', async (family) => {
  const { stdout, exit } = await runInside([family, '--help'], environment)
  expect(exit).toBe(0)
  for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(new RegExp(`^  ${family} `))
  expect(await runInside([family], environment)).toMatchObject({ exit: 2 })
})

test.each([
  ['--email', 'nobody', 'e-mail address'],
  ['--phone', '123', 'phone number'],
])('%s %s is no %s', async (option, value, words) => {
  const run = await runInside(['object', option, value], environment)
  expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining(`this is no ${words}`) })
})

describe.each(statements)('%s', (name, needed) => {
  const command = commands.find((one) => one.name === name)!
  const textOptions = Object.keys(command.options).filter(
    (option) => command.options[option]!.type === 'string',
  )

  test.each(textOptions)(
    'takes SQL in --%s as text or refuses it, and repeats none of it',
    async (option) => {
      const run = await runInside(
        [name, ...person, ...needed, `--${option}`, `${attack} ${name}`],
        environment,
      )
      const isFreeText = option === 'source' || option === 'key'
      expect(isFreeText ? [0] : [2, 3]).toContain(run.exit)
      expect(run.stdout + run.stderr).not.toContain('drop table')
    },
  )
})

test('SQL as a reference enrols somebody with a strange reference, and nothing else', async () => {
  const enrolled = ['--person', `member:${attack}`, '--at', '2018-05-01']
  expect(await runInside(['object', ...enrolled, '--enrol'], environment)).toMatchObject({ exit: 0 })
  const history = await runInside(['history', '--person', `member:${attack}`], environment)
  expect(history.stdout).toContain('objected to marketing')
  expect(history.stdout).not.toContain('drop table')
})

test('SQL as the name of who publishes is a name', async () => {
  const words = ['policy', 'publish', 'examples/baby-club-2017/policy', '--also']
  const run = await runInside(
    [...words, 'examples/baby-club-2017/policy-2018-01', '--by', attack],
    environment,
  )
  expect(run.exit).toBe(0)
  expect((await runInside(['status'], environment)).exit).toBe(0)
})

test('SQL as a path is a path where nothing is', async () => {
  for (const words of [
    ['policy', 'check', attack],
    ['import', `${attack}.csv`, '--mapping', attack],
    ['import', `${attack}.csv`, '--mapping', 'examples/baby-club-2017/mappings/consents.yaml'],
  ])
    expect((await runInside(words, environment)).exit).toBe(3)
})
