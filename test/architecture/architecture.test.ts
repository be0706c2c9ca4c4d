// The rules of ARCHITECTURE.md, held over every import of every source file.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pathsNamed, ports, type Room, rooms } from './read-architecture.ts'
import { countImportLines, findCycle, readSources, type SourceFile } from './read-sources.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = readSources('src')
const examples = readSources('examples')

/** What reaches outside the process: files, network, processes, threads. */
const outward =
  /^node:(fs|fs\/promises|net|http|http2|https|tls|dgram|dns|dns\/promises|child_process|cluster|worker_threads)$/

const roomOf = (path: string) => path.split('/')[1]!
const rowOf = (path: string): Room => {
  const row = rooms.find(({ name }) => name === roomOf(path))
  if (row === undefined) throw new Error(`ARCHITECTURE.md has no row for ${path}`)
  return row
}

/** Sentences about imports that break a rule; empty when all is well. */
function offences(files: readonly SourceFile[], rule: (source: SourceFile) => readonly string[]): string[] {
  return files.flatMap((source) => rule(source).map((what) => `${source.path}: ${what}`))
}

describe('what these tests look at', () => {
  test('is all of the sources and the examples, with every import found', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(examples.length).toBeGreaterThan(5)
    expect(sources.flatMap(({ files }) => files).length).toBeGreaterThan(300)
    expect(
      offences([...sources, ...examples], ({ text, statements }) =>
        statements >= countImportLines(text)
          ? []
          : [`${statements} of ${countImportLines(text)} imports read`],
      ),
    ).toEqual([])
    expect(
      offences([...sources, ...examples], ({ files }) =>
        files.filter((path) => !existsSync(join(root, path))),
      ),
    ).toEqual([])
  })

  test('is a table with a row for every room, and a room for every row', () => {
    const present = readdirSync(join(root, 'src'))
    expect(rooms.map(({ name }) => name).sort()).toEqual(present.sort())
    const known = new Set([...present, 'ports'])
    for (const { mayImport } of rooms) for (const name of mayImport) expect(known).toContain(name)
  })

  test('is a list of ports that exist', () => {
    expect(ports.length).toBeGreaterThan(3)
    for (const port of ports) expect(existsSync(join(root, 'src', port)), port).toBe(true)
  })

  test('is a document that names only files and folders that exist', () => {
    expect(pathsNamed.length).toBeGreaterThan(40)
    expect(
      pathsNamed.filter((path) => !existsSync(join(root, 'src', path)) && !existsSync(join(root, path))),
    ).toEqual([])
  })
})

describe('a room', () => {
  test('imports only itself and the rooms in its row', () => {
    expect(
      offences(sources, ({ path, files }) => {
        const { mayImport } = rowOf(path)
        return files.filter(
          (file) =>
            file.startsWith('src/') &&
            roomOf(file) !== roomOf(path) &&
            !mayImport.includes(roomOf(file)) &&
            !(mayImport.includes('ports') && ports.includes(file.slice('src/'.length))),
        )
      }),
    ).toEqual([])
  })

  test('imports nothing of ours outside src: no test, no example', () => {
    expect(offences(sources, ({ files }) => files.filter((file) => !file.startsWith('src/')))).toEqual([])
  })

  test('imports only the libraries in its row, and every library named is used', () => {
    expect(
      offences(sources, ({ path, packages }) =>
        packages.filter((name) => !rowOf(path).libraries.includes(name)),
      ),
    ).toEqual([])
    for (const { name, libraries } of rooms) {
      const used = sources.filter(({ path }) => roomOf(path) === name).flatMap(({ packages }) => packages)
      expect([...new Set(used)].sort(), name).toEqual([...libraries].sort())
    }
  })

  test('is where each runtime dependency is used', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect([...new Set(rooms.flatMap(({ libraries }) => libraries))].sort()).toEqual(
      Object.keys(dependencies).sort(),
    )
  })

  test('reaches outside the process only if it is adapters, service or cli', () => {
    expect(
      offences(sources, ({ path, builtins }) =>
        ['adapters', 'service', 'cli'].includes(roomOf(path))
          ? []
          : builtins.filter((name) => outward.test(name)),
      ),
    ).toEqual([])
  })

  test('reads the environment only if it is service or cli', () => {
    expect(
      offences(sources, ({ path, text }) =>
        ['service', 'cli'].includes(roomOf(path)) ? [] : (text.match(/process\s*\.\s*env\b/g) ?? []),
      ),
    ).toEqual([])
  })
})

describe('what runs in a browser as well', () => {
  const { browser } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    browser: Record<string, string>
  }
  /** As a bundler for browsers reads it. */
  const swapped = (path: string) => browser[`./${path}`]?.slice('./'.length) ?? path
  const reached = (path: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(path)) return seen
    seen.add(path)
    for (const file of sources.find((source) => source.path === path)?.files ?? [])
      reached(swapped(file), seen)
    return seen
  }
  const log = sources.filter(({ path }) => roomOf(path) === 'log').map(({ path }) => swapped(path))
  const paths = new Set([...log, ...reached('src/evidence/verify-file.ts')])
  const there = sources.filter(({ path }) => paths.has(path))

  test('is the log room and all that verifies one file, with a second file for each that needs Node', () => {
    expect(there.length).toBe(paths.size)
    expect(there.length).toBeGreaterThan(50)
    const twice = sources.filter(({ path }) => path.endsWith('.browser.ts')).map(({ path }) => `./${path}`)
    expect(Object.values(browser).filter((path) => path.endsWith('.ts'))).toEqual(
      expect.arrayContaining(twice),
    )
    for (const [one, other] of Object.entries(browser))
      expect(other).toBe(one.replace(/\.(ts|js)$/, '.browser.$1'))
  })

  test('names nothing of Node', () => {
    expect(offences(there, ({ builtins }) => builtins)).toEqual([])
    expect(
      offences(there, ({ text }) => {
        const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        return code.match(/\bBuffer\b|\bprocess\.(?=[a-z])/g) ?? []
      }),
    ).toEqual([])
  })

  test('is all that the page imports', () => {
    const page = readSources('verifiers/browser')
    expect(page.length).toBeGreaterThan(0)
    expect(offences(page, ({ files }) => files.filter((file) => !paths.has(file)))).toEqual([])
    expect(offences(page, ({ packages, builtins }) => [...packages, ...builtins])).toEqual([])
  })
})

test('an example imports the public surface, itself, and libraries', () => {
  expect(
    offences(examples, ({ path, files }) => {
      const folder = path.split('/').slice(0, 2).join('/')
      return files.filter((file) => file !== 'src/index.ts' && !file.startsWith(`${folder}/`))
    }),
  ).toEqual([])
})

test('no file imports itself by way of others', () => {
  const imports = (path: string, ...files: string[]) => ({ ...sources[0]!, path, files })
  const round = [imports('a', 'b'), imports('b', 'c', 'd'), imports('c'), imports('d', 'b')]
  expect(findCycle(round)).toEqual(['b', 'd', 'b'])
  expect(findCycle([...sources, ...examples])).toBeUndefined()
})

describe('every source file', () => {
  test('begins with a comment that says what it is for', () => {
    expect(
      offences([...sources, ...examples], ({ text }) =>
        /^\/\/ \S.{10,}/.test(text) ? [] : ['its first line is no comment'],
      ),
    ).toEqual([])
  })

  test('exports by name', () => {
    expect(
      offences(
        [...sources, ...examples],
        ({ text }) => text.match(/^export default\b|\bas default\b/gm) ?? [],
      ),
    ).toEqual([])
  })

  test('has a name of the domain, and only the public surface is an index', () => {
    expect(
      offences([...sources, ...examples], ({ path }) => {
        const vague = /(^|[/-])(utils?|helpers?|common|misc|manager|service-?impl|base)\.ts$/
        const index = path.endsWith('/index.ts') && path !== 'src/index.ts'
        return vague.test(path) || index ? ['its name says nothing'] : []
      }),
    ).toEqual([])
  })
})
