// Input that is large, deep or long: refused with a code or read to its end, in memory that does not grow with it. `npm run fuzz`
// does the same with files of a gigabyte.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { readText } from '../../src/adapters/files/read-folder.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { parseSelect } from '../../src/decide/parse-select.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { recogniseFile, verifyFile } from '../../src/evidence/verify-file.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import { isUnreadable, readDate, timeFormats, timeReader } from '../../src/intake/read-time.ts'
import { decodeEntry } from '../../src/log/log-entry.ts'
import { parseVerifierKey } from '../../src/log/signed-note.ts'
import { isProblem } from '../../src/model/problem.ts'
import { readStatement } from '../../src/model/statement.ts'
import { namedIn, quoteInWording } from '../../src/policy/quote-in-wording.ts'
import { readYaml } from '../../src/policy/read-yaml.ts'
import { readCard } from '../../src/release/read-card.ts'
import type { HugeRead } from './huge-inputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-sizes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MEGABYTE = 1_000_000
const LONG = 200_000
const key = 'log.example.com/fairshare+2e53910b+ASK5uHRU6/Uu8oNfd/mLpcGgQo94wlSYgCq1lO021AH2'

async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (!isProblem(error)) throw error
    return error.code
  }
}

describe('a CSV file of people', () => {
  test('loses one record to a cell, a line or a quote without end, and no memory', async () => {
    const script = join(import.meta.dirname, 'huge-inputs.ts')
    const args = ['--max-old-space-size=128', script, String(10 * MEGABYTE)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const reads = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as HugeRead)
    const outcomes = reads.map(({ what, rows, rejects, code }) => [
      what,
      code ?? `${rows} rows`,
      rejects.length,
    ])
    expect(outcomes).toEqual([
      ['a cell in quotes', '2 rows', 1],
      ['a cell without quotes', '2 rows', 1],
      ['a cell of NUL bytes', '2 rows', 1],
      ['a quote that never closes', '2 rows', 1],
      ['a quote that never closes, over many lines', '2 rows', 1],
      ['a last line that never ends', '2 rows', 1],
      ['a record of as many cells', '2 rows', 1],
      ['a record of a million cells', '2 rows', 1],
      ['as many empty lines', '2 rows', 0],
      ['as many quotes', '2 rows', 1],
      ['a header that never ends', 'file.unreadable', 0],
      ['a header in a quote that never closes', 'file.unreadable', 0],
      ['a header of 100,000 names', 'file.unreadable', 0],
      ['a header of as many names', 'file.unreadable', 0],
    ])
    expect(Math.max(...reads.map(({ peakBytes }) => peakBytes))).toBeLessThan(450 * MEGABYTE)
  })
})

describe('a JSON file of people', () => {
  const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })
  test.each([
    ['nested a hundred thousand deep', '['.repeat(100_000) + ']'.repeat(100_000), 'one reject'],
    ['of one cell of thirty million characters', `[{"a":"${'x'.repeat(30 * MEGABYTE)}"}]`, 'file.unreadable'],
    [
      'of a cell nested a hundred thousand deep',
      `[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`,
      'one row',
    ],
    ['that never closes its brackets', '[{"a":'.repeat(50_000), 'file.unreadable'],
    ['with a column called __proto__', '[{"__proto__":"a","constructor":"b"}]', 'one row'],
  ])('%s is read or refused', async (_, text, expected) => {
    const path = join(folder, 'people.json')
    writeFileSync(path, text)
    const found = { rows: 0, rejects: 0 }
    const code = await codeOf(async () => {
      const table = await reader.open({ path, format: 'json' })
      for await (const batch of table.read(table.columns, () => found.rejects++)) found.rows += batch.count
    })
    expect(code ?? (found.rows > 0 ? 'one row' : 'one reject')).toBe(expected)
  })
})

describe('YAML', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let n = 1; n < 9; n++) {
    const [before, name] = ['abcdefghi'[n - 1]!, 'abcdefghi'[n]!]
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  test.each([
    ['brackets a hundred thousand deep', '['.repeat(100_000)],
    ['braces a hundred thousand deep', '{a: '.repeat(60_000)],
    ['lists a hundred thousand deep', '- '.repeat(100_000)],
    ['questions a hundred thousand deep', '? '.repeat(100_000)],
    ['aliases that multiply to a billion', bomb.join('\n')],
    ['an alias of a strange name', 'a: &- [1]\nb: [*-, *-]'],
    ['an alias to itself', '&a [*a]'],
    ['a file of megabytes', `a: ${'x'.repeat(10 * MEGABYTE)}`],
    ['an anchor that is merged', 'a: &a {kind: consent}\n<<: *a'],
    ['a tag of a language', 'a: !!js/function "function(){}"'],
    ['a tag of a class', 'a: !ruby/object:Gem {}'],
    ['a key that stands twice', 'a: 1\na: 2'],
    ['a second document', 'a: 1\n---\na: 2'],
  ])('of %s is refused as a declaration and as a mapping', async (_, yaml) => {
    const { value, findings } = readYaml('file.yaml', yaml)
    const isData = value !== undefined && /alias of a strange|to itself|merged/.test(_)
    if (!isData) expect(findings.length).toBeGreaterThan(0)
    expect(await codeOf(() => readMapping('mapping.yaml', yaml))).toBe('mapping.invalid')
  })

  test('changes no object by a key called __proto__', async () => {
    for (const yaml of [
      '__proto__: {polluted: true}',
      '"__proto__": {polluted: true}',
      'a: {__proto__: {polluted: true}}',
    ]) {
      readYaml('file.yaml', yaml)
      expect(await codeOf(() => readMapping('mapping.yaml', yaml))).toBe('mapping.invalid')
    }
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('a document that is verified', () => {
  const log = parseVerifierKey(key)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const documents: readonly (readonly [string, string])[] = [
    ['a claim nested without end', `{"format":"fairshare/claim@v1","event":${deep}}`],
    ['a person’s receipt nested without end', `{"format":"fairshare/person-receipt@v1","events":${deep}}`],
    ['a claim of ten megabytes', `{"format":"fairshare/claim@v1","event":"${'x'.repeat(10 * MEGABYTE)}"}`],
    [
      'a receipt of ten megabytes',
      `fairshare/release-receipt@v1\n${'x'.repeat(10 * MEGABYTE)}\n\n\u2014 a b\n`,
    ],
    ['a checkpoint of ten megabytes', `${'x'.repeat(10 * MEGABYTE)}\n1\nAAAA\n\n\u2014 a AAAA\n`],
    ['a checkpoint with a million signatures', `a\n1\nAAAA\n\n${'\u2014 a AAAAAAAA\n'.repeat(MEGABYTE)}`],
    ['a claim with a key called __proto__', '{"format":"fairshare/claim@v1","__proto__":{"polluted":true}}'],
  ]
  test.each(documents)('does not hold: %s', async (_, text) => {
    const bytes = Buffer.from(text)
    const what = recogniseFile(bytes)
    if (what === undefined) throw new Error('it is not recognised')
    const { checks } = await verifyFile(what, bytes, log, 'file')
    expect(firstFailure(checks)).toBeDefined()
    expect({}).not.toHaveProperty('polluted')
  })

  test('nor does an entry, a statement or a card that is nested, large, or has a key called __proto__', async () => {
    for (const text of [
      deep,
      `{"a":${deep}}`,
      `"${'x'.repeat(10 * MEGABYTE)}"`,
      '{"__proto__":{"polluted":true}}',
    ]) {
      expect(decodeEntry(Buffer.from(text))).toBeUndefined()
      expect(readStatement(`fairshare/approval@v1\n${text}\n`, 'fairshare/approval@v1')).toBeUndefined()
      expect(await codeOf(() => readCard(text))).toBe('recipient.key_invalid')
    }
    expect({}).not.toHaveProperty('polluted')
  })
})

/** A pattern that goes back over what it has read takes minutes for so many characters: such a test ends with the time for tests. */
describe('a long cell ends', () => {
  const pumps = ['a', '0', ' ', '\t', '"', "'", '(', '<', '.', ',', '-', '+', '_', '\u200b', '0-', 'x#']
  test.each(pumps.map((pump) => [JSON.stringify(pump), pump]))('of %s', async (_, pump) => {
    const value = pump.repeat(LONG / pump.length)
    for (const text of [value, `2018${value}!`, `<${value}`]) {
      contactRef({ kind: 'email', value: text }, 'GB')
      contactRef({ kind: 'phone', value: text }, 'GB')
      contactRef({ kind: 'address', name: text, value: text }, 'GB')
      expect(timeFormats.map((format) => timeReader(format, 'Europe/London')(text)).every(isUnreadable)).toBe(
        true,
      )
      expect(readDate(text, undefined)).toBeUndefined()
      const isName = text === value && /[a_]/.test(pump)
      expect(await codeOf(() => parseSelect(text))).toBe(isName ? undefined : 'expression.invalid')
      quoteInWording(`A ${text}`, text)
      namedIn('a', text)
    }
  })
})

describe('a text file', () => {
  test('of more than a megabyte is refused, whatever leads to it and whatever it is', async () => {
    const large = join(folder, 'large.yaml')
    writeFileSync(large, '')
    truncateSync(large, 2 * MEGABYTE)
    const link = join(folder, 'link.yaml')
    symlinkSync(large, link)
    const endless = join(folder, 'endless.yaml')
    symlinkSync('/dev/zero', endless)
    for (const path of [large, link, endless, folder])
      expect(await codeOf(() => readText(path))).toBe('file.unreadable')
    const circle = join(folder, 'circle.yaml')
    symlinkSync(circle, circle)
    for (const path of [circle, join(folder, 'x'.repeat(300))])
      expect(['file.missing', 'file.unreadable']).toContain(await codeOf(() => readText(path)))
  })
})
