// docs/threats.md names the test that holds each of its lines: all of them are there, and no line is without one.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const page = read('docs/threats.md')
const rows = page
  .split('\n')
  .filter((line) => /^\| (?!---)/.test(line) && !/^\| (\| pitfall|story|attack)/.test(line))
const operatorsTests = 'test/evidence/malicious-operator.test.ts'

/** The tests a row names: after a file, those of that file; before any, those of the operator. */
function testsOf(row: string): { file: string; name: string }[] {
  const cell = row.split('|').at(-2)!
  let file = operatorsTests
  return [...cell.matchAll(/`(test\/[^`]+\.test\.ts)`|“([^”]+)”/g)].flatMap(([, path, name]) => {
    if (path !== undefined) file = path
    return name === undefined ? [] : [{ file, name }]
  })
}

test('every pitfall and every story has a test', () => {
  expect(rows.filter((row) => /^\| \d+ \|/.test(row))).toHaveLength(19)
  expect(rows.length).toBeGreaterThan(45)
  expect(rows.filter((row) => testsOf(row).length === 0)).toEqual([])
})

test('every test that is named is there', () => {
  const named = rows.flatMap(testsOf)
  expect(named.length).toBeGreaterThan(70)
  const sources = new Map(named.map(({ file }) => [file, read(file).replaceAll("\\'", "'")]))
  expect(named.filter(({ file, name }) => !sources.get(file)!.includes(name))).toEqual([])
})
