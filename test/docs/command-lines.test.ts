// Every command line that README and guides show is one the program has, and the README's story has the example's numbers.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectations } from '../../examples/baby-club-2017/expect.ts'
import { parseInvocation } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands.ts'
import { wordsOf } from '../cli/run-fairshare.ts'

const FULL = 1_065_220
const root = new URL('../../', import.meta.url)
const pages = [
  'README.md',
  ...readdirSync(new URL('docs/guide/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/guide/${name}`),
]
const textOf = (page: string) => readFileSync(new URL(page, root), 'utf8')
const shown = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^\$ fairshare (.*)$/gm)].map(([, line]) => ({ page, line: line! })),
)

test('every command line shown parses', () => {
  expect(shown.length).toBeGreaterThan(50)
  const unknown = shown.filter(({ line }) => !parses(line)).map(({ page, line }) => `${page}: ${line}`)
  expect(unknown).toEqual([])
})

test('every command is shown by the guide to the command line', () => {
  const guide = textOf('docs/guide/command-line.md')
  const titles = [...guide.matchAll(/^## (.+)$/gm)].flatMap(([, title]) => title!.split(', '))
  expect(commands.map(({ name }) => name).filter((name) => !titles.includes(name))).toEqual([])
})

test('the story in the README has the numbers of the example', () => {
  const story = textOf('README.md').split('## The story')[1]!
  const bars = [...story.matchAll(/ ([\d,]+) {2}of ([\d,]+)/g)].map(([, may, of]) => [may, of])
  const words = (number: number) => number.toLocaleString('en')
  const expected = Object.entries(expectations(FULL)).map(([id, { allowed, considered }]) => {
    // Nobody of the control is refused for want of notice; the file waits for a person all the same.
    const may = id === '1b-party-control' ? 0 : allowed
    return [words(may), words(considered)]
  })
  expect(bars.slice(1)).toEqual(expected)
})

function parses(line: string): boolean {
  const words = wordsOf(line)
  const command = commands.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
  if (command === undefined) return false
  try {
    parseInvocation(command, words.slice(command.name.split(' ').length))
    return true
  } catch {
    return false
  }
}
