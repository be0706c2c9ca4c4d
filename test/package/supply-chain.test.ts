// What runs with us and was not written by us: exact, hashed, explained, listed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeBom } from '../../scripts/bom.ts'
import { measureDependencies, readDependencyRows, rowOf } from '../../scripts/dependency-rows.ts'
import { lockedPackages, readLock, root, runtimePackages } from '../../scripts/read-lock.ts'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string
  version: string
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}
const declared = {
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
}
const lock = readLock()
const packages = lockedPackages(lock)
const runtime = runtimePackages(lock)

/** Where the lock was made, the registry did not serve these: packages for other systems, each optional. */
const isElsewhere = ({ optional, os }: { optional?: boolean; os?: string[] }) =>
  optional === true && os !== undefined && !os.includes(process.platform)

describe('the lock file', () => {
  test('is of the versions that package.json names, each exact', () => {
    expect(Object.keys(declared).length).toBeGreaterThan(20)
    for (const [name, version] of Object.entries(declared)) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/)])
      expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version])
    }
    const { dependencies, devDependencies, optionalDependencies } = lock.packages['']!
    expect({ ...dependencies, ...devDependencies, ...optionalDependencies }).toEqual(declared)
  })

  test('takes everything from a registry, and names none', () => {
    expect(packages.length).toBeGreaterThan(100)
    for (const { path, version, resolved, link } of packages) {
      expect([path, link]).toEqual([path, undefined])
      expect([path, version]).toEqual([path, expect.stringMatching(/^\d+\.\d+\.\d+/)])
      expect([path, resolved ?? '']).toEqual([
        path,
        expect.not.stringMatching(/^(git|file|https?:\/\/(?!.*\.tgz))/),
      ])
    }
    const named = packages.flatMap(({ resolved }) => resolved ?? [])
    expect(new Set(named.map((url) => new URL(url).host)).size).toBeLessThanOrEqual(1)
  })

  test('has a SHA-512 of each package that can be installed here', () => {
    const open = packages.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
    const unexcused = open.filter((one) => !isElsewhere(one) && !isOtherLibc(one.name))
    expect(unexcused.map(({ path }) => path)).toEqual([])
    expect(packages.length - open.length).toBeGreaterThan(200)
  })

  test('has nothing that runs a script when it is installed, of what runs with us', () => {
    const running = runtime.filter(({ hasInstallScript }) => hasInstallScript === true)
    expect(running.map(({ name }) => name)).toEqual([])
  })
})

/** The same system with another C library or processor. */
function isOtherLibc(name: string): boolean {
  return /-(linux|android|freebsd|openharmony)-/.test(name) && !name.endsWith('-linux-x64')
}

describe('docs/dependencies.md', () => {
  const { rows } = readDependencyRows()
  const measured = measureDependencies()

  test('has a line and a reason for every library that runs, and for no other', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(manifest.dependencies).sort())
    for (const { reason } of rows) expect(reason.trim().length).toBeGreaterThan(20)
  })

  test.each(measured)('says of $name what the lock file and the disk say', (one) => {
    const row = rows.find(({ name }) => name === one.name)!
    const { version, licence, brings } = one
    expect(row).toMatchObject({ version, licence, brings })
    // Another file system, another system: what a reader wants to know is one megabyte or eighty.
    expect(row.sizeKb / one.sizeKb).toBeGreaterThan(0.7)
    expect(row.sizeKb / one.sizeKb).toBeLessThan(1.4)
    expect(rowOf({ ...one, reason: row.reason, sizeKb: row.sizeKb })).toBe(row.line)
  })

  test('names licences only that let the program be used and passed on', () => {
    const licences = new Set(runtime.flatMap(({ license }) => license ?? []))
    const free = ['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']
    expect([...licences].filter((licence) => !free.includes(licence))).toEqual([])
  })
})

describe('the bill of materials', () => {
  const bom = makeBom()
  const refs = [bom.metadata.component, ...bom.components].map((component) => component['bom-ref'])

  test('is CycloneDX 1.5 with every package that runs, once, and no other', () => {
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 })
    expect(bom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(bom.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version })
    expect(bom.components.map(({ name, version }) => `${name}@${version}`)).toEqual(
      runtime.map(({ name, version }) => `${name}@${version}`),
    )
    expect(new Set(refs).size).toBe(refs.length)
  })

  test('has of each its address, hash and licence; those for other systems may lack the last two', () => {
    for (const [index, component] of bom.components.entries()) {
      const { name, version, purl, type } = component
      expect(type).toBe('library')
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`)
      const { integrity, os, optional } = runtime[index]!
      if (optional === true && os !== undefined && integrity === undefined) continue
      expect(component.hashes).toEqual([
        { alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) },
      ])
      if (optional !== true || os === undefined) expect([name, component.licenses?.length]).toEqual([name, 1])
    }
  })

  test('leads from the program to every one of them', () => {
    const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    expect([...edges.keys()].sort()).toEqual([...refs].sort())
    const reached = new Set<string>()
    const reach = (ref: string) => {
      if (reached.has(ref)) return
      reached.add(ref)
      for (const next of edges.get(ref) ?? []) reach(next)
    }
    reach(bom.metadata.component['bom-ref'])
    expect([...reached].sort()).toEqual([...refs].sort())
  })

  test('is the same each time it is made', () => {
    expect(JSON.stringify(makeBom())).toBe(JSON.stringify(bom))
  })
})
