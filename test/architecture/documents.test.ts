// Documents name only files that exist, and link only to them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** Files and folders in backquotes; a pattern such as `<verb>.ts` or `*.ts` names none. */
const named = (text: string) =>
  [...text.matchAll(/`((?:src|sql|test|docs|bin|bench|examples|scripts)\/[^`\s<>*#]*)`/g)]
    .map((match) => match[1]!)
    .filter((path) => !/[<*…]|000N/.test(path))

const linked = (text: string) =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!)

test('every file a document names in backquotes exists', () => {
  expect(documents.length).toBeGreaterThan(15)
  expect(documents.flatMap(({ text }) => named(text)).length).toBeGreaterThan(60)
  expect(
    documents.flatMap(({ path, text }) =>
      named(text)
        .filter((file) => !existsSync(join(root, file)))
        .map((file) => `${path}: ${file}`),
    ),
  ).toEqual([])
})

test('every link to a file leads to one', () => {
  expect(documents.flatMap(({ text }) => linked(text)).length).toBeGreaterThan(10)
  expect(
    documents.flatMap(({ path, text }) =>
      linked(text)
        .filter((file) => !existsSync(join(root, dirname(path), file)))
        .map((file) => `${path}: ${file}`),
    ),
  ).toEqual([])
})

test('every word of the glossary is where it says', () => {
  const glossary = documents.find(({ path }) => path.endsWith('glossary.md'))!.text
  const rows = [...glossary.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)].slice(1)
  const paths = rows.flatMap(([, , places]) =>
    places!.split(', ').map((place) => place.replaceAll('`', '').trim()),
  )
  expect(rows.length).toBeGreaterThan(50)
  expect(paths.filter((path) => !existsSync(join(root, 'src', path)))).toEqual([])
  const words = rows.map(([, word]) => word!)
  expect(words).toEqual([...words].sort((a, b) => a.localeCompare(b, 'en')))
})
