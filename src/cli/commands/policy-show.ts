// fairshare policy show: what is in force, item by item, as published.
import { Problem } from '../../model/problem.ts'
import { type PolicyVersion, readPublishedPolicy } from '../../register/publish-policy.ts'
import { useApp } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { table } from '../terminal.ts'

const HASH_SHOWN = 12

export const policyShowCommand: Command = {
  name: 'policy show',
  summary: 'List what is in force, or show one item as published',
  usage: '[kind] [name]',
  example: 'policy show notice online-form@2016-09',
  options: {},
  async run({ options, terminal, configuration, arguments: [kind, name] }) {
    const published = await useApp(configuration, ({ register }) => readPublishedPolicy(register))
    const inForce = published.filter(({ current }) => current)
    if (inForce.length === 0) throw new Problem('policy.not_found', 'nothing is published here yet')
    const chosen = kind === undefined ? inForce : ofKind(inForce, kind)
    const items = name === undefined ? chosen : named(chosen, name)
    if (options.json === true) terminal.printJson(items.map(asJson))
    else if (name === undefined) for (const line of listing(items)) terminal.print(line)
    else for (const item of items) terminal.print(showing(item))
    return 0
  },
}

function ofKind(versions: readonly PolicyVersion[], kind: string): PolicyVersion[] {
  const kinds = [...new Set(versions.map((version) => version.kind))]
  const found = versions.filter((version) => version.kind === kind)
  if (found.length > 0) return found
  throw new Problem('policy.not_found', `the kinds in force are ${kinds.join(', ')}`)
}

function named(versions: readonly PolicyVersion[], name: string): PolicyVersion[] {
  const found = versions.filter((version) => version.name === name || idOf(version) === name)
  if (found.length > 0) return found
  throw new Problem('policy.not_found', `in force are ${versions.map(idOf).join(', ')}`)
}

function idOf({ kind, name, version }: PolicyVersion): string {
  return kind === 'notice' ? `${name}@${version}` : name
}

function listing(versions: readonly PolicyVersion[]): string[] {
  return table([
    ['kind', 'name', 'version', 'sha-256', 'published at'],
    ...versions.map(({ kind, name, version, sha256, position }) => [
      kind,
      name,
      version,
      sha256.slice(0, HASH_SHOWN),
      `position ${position}`,
    ]),
  ])
}

function asJson({ number, body, current: _, ...version }: PolicyVersion) {
  return { ...version, body: JSON.parse(body ?? 'null') }
}

/** The wording of a notice as people saw it, after what its readers found in it. */
function showing(version: PolicyVersion): string {
  const { wording, ...value } = JSON.parse(version.body ?? '{}')
  const head = `${version.kind} ${idOf(version)}, published at position ${version.position}, sha-256 ${version.sha256}`
  const text = [head, JSON.stringify(value, undefined, 2)]
  return (typeof wording === 'string' ? [...text, '', wording.trimEnd()] : text).join('\n')
}
