// The software bill of materials, CycloneDX 1.5: every package that runs, with its version, hash and licence. Made from the lock
// file alone and the same each time: no clock and no chance in it. `npm sbom --omit dev` leaves out packages that a development
// dependency asks for too, of ours yaml, zod and pg among them.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lock, type LockedPackage, readLock, root, rootAsks, runtimePackages } from './read-lock.ts'

export type Component = {
  type: 'library' | 'application'
  'bom-ref': string
  name: string
  version: string
  purl: string
  scope?: 'required' | 'optional'
  hashes?: { alg: string; content: string }[]
  licenses?: Licences
}
type Licences = { license: { id: string } }[] | { expression: string }[]
export type Bom = {
  bomFormat: 'CycloneDX'
  specVersion: '1.5'
  serialNumber: string
  version: 1
  metadata: { component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

type Manifest = { name: string; version: string; license: string }

export function makeBom(lock: Lock = readLock()): Bom {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const packages = runtimePackages(lock)
  const refs = new Map(packages.map((one) => [one.path, refOf(one)]))
  const component: Component = {
    type: 'application',
    'bom-ref': `${manifest.name}@${manifest.version}`,
    ...{ name: manifest.name, version: manifest.version, purl: purlOf(manifest) },
    licenses: licencesOf(manifest.license),
  }
  const components = packages.map(componentOf)
  const edges = (asks: readonly string[]) => [...new Set(asks.flatMap((path) => refs.get(path) ?? []))].sort()
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 },
    serialNumber: serialOf(components),
    metadata: { component },
    components,
    dependencies: [
      { ref: component['bom-ref'], dependsOn: edges(rootAsks(lock)) },
      ...packages.map((one) => ({ ref: refOf(one), dependsOn: edges(one.asks) })),
    ],
  }
}

/** Of a package for another system the lock may know neither hash nor licence (scripts/complete-lock.ts): then none is made up. */
function componentOf(one: LockedPackage): Component {
  const { name, version, optional, integrity, license } = one
  return {
    type: 'library',
    'bom-ref': refOf(one),
    ...{ name, version, purl: purlOf(one) },
    scope: optional === true ? 'optional' : 'required',
    ...(integrity !== undefined && { hashes: [hashOf(integrity)] }),
    ...(license !== undefined && { licenses: licencesOf(license) }),
  }
}

/** Where one version lies twice, each place is a component of its own. */
function refOf({ path, name, version }: LockedPackage): string {
  return path === `node_modules/${name}` ? `${name}@${version}` : `${path}@${version}`
}

function purlOf({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`
}

/** Subresource integrity, sha512-<base64>, as CycloneDX writes a hash. */
function hashOf(integrity: string): { alg: string; content: string } {
  const [, digits, base64] = /^sha(512)-([A-Za-z0-9+/]{86}==)$/.exec(integrity) ?? []
  if (base64 === undefined) throw new Error(`an integrity that is not SHA-512: ${integrity.slice(0, 12)}`)
  return { alg: `SHA-${digits}`, content: Buffer.from(base64, 'base64').toString('hex') }
}

function licencesOf(license: string): Licences {
  return /^[A-Za-z0-9.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }]
}

/** A UUID by name, of what is in it. */
function serialOf(components: readonly Component[]): string {
  const digest = createHash('sha256').update(JSON.stringify(components)).digest()
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex')
  const parts = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ].map(([from, to]) => hex.slice(from, to))
  return `urn:uuid:${parts.join('-')}`
}
