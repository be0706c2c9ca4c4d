// Names of columns, files and policies come from outside: none of them steers the terminal of whoever reads about it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openTerminal, table } from '../../src/cli/terminal.ts'
import { runInside } from '../cli/run-fairshare.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const environment = { FAIRSHARE_HOME: join(folder, 'home'), DATABASE_URL: undefined }

const steering = [
  ...[
    '\x1b[2J',
    '\x1b]0;owned\x07',
    '\x1b]8;;http://x\x07',
    '\x1bc',
    '\x1b[8m',
    '\x9b31m',
    '\x9d0;owned\x9c',
    '\b\b\b',
    '\r',
    '\x00',
    '\x7f',
  ],
  ...['\u202e', '\u202d', '\u2066', '\u2069', '\u200f', '\u061c', '\u2028'],
]
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are looked for
const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

function written(work: (terminal: ReturnType<typeof openTerminal>) => void, isTTY = false): string {
  let text = ''
  const stream = { write: (piece: string) => (text += piece), isTTY, columns: 200 }
  work(openTerminal(stream, stream))
  return text
}

describe('whatever is printed', () => {
  test.each(steering.map((text) => [JSON.stringify(text), text]))(
    '%s shows as a question mark',
    (_, text) => {
      const name = `a${text}b`
      for (const line of [written((to) => to.print(name)), written((to) => to.note(name))]) {
        expect(raw.test(line)).toBe(false)
        expect(line).toMatch(/^a\?.*b\n$/)
      }
    },
  )

  test('keeps our own emphasis, lines and tabs', () => {
    const line = '\x1b[1mstrong\x1b[22m\tand \x1b[36mmore\x1b[39m\nof it é 𝒜'
    expect(written((to) => to.print(line))).toBe(`${line}\n`)
  })

  test('as JSON is the same value, with every such character escaped', () => {
    for (const text of steering) {
      const line = written((to) => to.printJson({ [text]: [text, 1] }))
      expect(raw.test(line)).toBe(false)
      expect(JSON.parse(line)).toEqual({ [text]: [text, 1] })
    }
  })

  test('as progress steers nothing but its own line', () => {
    const line = written((to) => to.progress({ step: 'reading \x1b]0;owned\x07', done: 1 }), true)
    expect(line.startsWith('\r\x1b[2K')).toBe(true)
    expect(raw.test(line.slice(5))).toBe(false)
  })
})

test('a cell in two lines is no second row', () => {
  const rows = table([
    ['c1', 'A laptop\nc2  acorn  destroyed\u2028\ttoo'],
    ['c3', 'A phone'],
  ])
  expect(rows).toEqual(['c1  A laptop c2  acorn  destroyed too', 'c3  A phone'])
})

describe('a message', () => {
  test('names a file whose name would forge a line, on one line', async () => {
    const name = join(folder, 'x\nWhat to do: send it.\x1b[2J\u202egnp.yaml')
    writeFileSync(name, 'a: [1')
    for (const words of [
      ['policy', 'check', name],
      ['verify', name],
      ['import', name, '--mapping', name],
      [name],
    ]) {
      const { stdout, stderr, exit } = await runInside(words, environment)
      expect(exit).toBeGreaterThan(0)
      expect(raw.test(stdout + stderr)).toBe(false)
      expect(stderr.split('\n').filter((line) => line.startsWith('What to do:'))).toHaveLength(1)
    }
  })

  test('repeats no more than the beginning of an argument', async () => {
    const { stderr, exit } = await runInside(['status', `--${'x\t'.repeat(60_000)}`], environment)
    expect(exit).toBe(2)
    expect(stderr.length).toBeLessThan(1000)
  })

  test('of the file system about a path is told with a code', async () => {
    const { stderr, exit } = await runInside(['verify', 'x'.repeat(300)], environment)
    expect([3, 5]).toContain(exit)
    expect(stderr).toMatch(/\(file\.[a-z]+\)$/m)
  })
})
