// Every source file with what it imports, read as text: TypeScript would drop type-only imports, and they count.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export type SourceFile = {
  /** From the checkout, with `/`. */
  path: string
  text: string
  /** How many import and re-export statements were read. */
  statements: number
  /** Files of ours it imports, as paths from the checkout. */
  files: readonly string[]
  /** Packages it imports, by package name. */
  packages: readonly string[]
  /** Modules of Node it imports, with `node:`. */
  builtins: readonly string[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, over one line or several. */
const statement =
  /^(?:import|export)\b(?:(?!\n(?:import|export)\b)[^'"`;()])*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'/gm
/** `import('x')`, and `new URL('./x', import.meta.url)`, which is how a worker is started. */
const loaded = /\bimport\('([^']+)'\)|'(\.{1,2}\/[^']+\.ts)'/g

export function readSources(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readSource(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const code = withoutComments(text)
  const stated = [...code.matchAll(statement)].map((match) => match[1] ?? match[2]!)
  const others = [...code.matchAll(loaded)].map((match) => match[1] ?? match[2]!)
  const specifiers = [...new Set([...stated, ...others])]
  return {
    path,
    text,
    statements: stated.length,
    files: specifiers
      .filter((name) => name.startsWith('.'))
      .map((name) => join(dirname(path), name).split(sep).join('/')),
    builtins: specifiers
      .filter((name) => name.startsWith('node:') || builtinModules.includes(name))
      .map((name) => (name.startsWith('node:') ? name : `node:${name}`)),
    packages: specifiers
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  }
}

/** Whole-line and block comments; what stands in a string stays, and only paths that look like imports count. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

/** How many import statements a file has, counted another way: by the lines they begin with. */
export function countImportLines(text: string): number {
  return withoutComments(text).match(/^import\b/gm)?.length ?? 0
}

/** A cycle among files, as the path around it; undefined when there is none. */
export function findCycle(sources: readonly SourceFile[]): string[] | undefined {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return undefined
    for (const next of byPath.get(path)?.files ?? []) {
      const cycle = visit(next, [...trail, path])
      if (cycle !== undefined) return cycle
    }
    done.add(path)
    return undefined
  }
  for (const { path } of sources) {
    const cycle = visit(path, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
