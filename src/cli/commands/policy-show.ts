// fairshare policy show: what is in force, item by item, as published.
import { Problem } from '../../model/problem.ts'
import { countShown, type NoticeReach } from '../../register/count-shown.ts'
import { type PolicyVersion, readPublishedPolicy } from '../../register/publish-policy.ts'
import { useApp } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { count, table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

const HASH_SHOWN = 12
const SHOWN_COLUMN = 5

export const policyShowCommand: Command = {
  name: 'policy show',
  summary: 'List what is in force, or show one item as published',
  usage: '[kind] [name]',
  example: 'policy show notice online-form@2016-09',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(2, given, 'at most a kind and a name')
    const [kind, name] = given
    const { items, reach } = await useApp(configuration, async ({ register }) => {
      const chosen = choose(await readPublishedPolicy(register), kind, name)
      const notices = chosen.filter((item) => item.kind === 'notice').map(({ number }) => number)
      // Counting reads every showing on record, so only whoever asks about notices waits for it.
      return { items: chosen, reach: kind === 'notice' ? await countShown(register, notices) : undefined }
    })
    if (options.json === true) terminal.printJson(items.map((item) => asJson(item, reach)))
    else if (name === undefined) for (const line of listing(items, reach)) terminal.print(line)
    else for (const item of items) terminal.print(showing(item, reach))
    return 0
  },
}

function choose(
  published: readonly PolicyVersion[],
  kind: string | undefined,
  name: string | undefined,
): PolicyVersion[] {
  const inForce = published.filter(({ current }) => current)
  if (inForce.length === 0) throw new Problem('policy.not_found', 'nothing is published here yet')
  if (kind === undefined) return inForce
  const chosen = ofKind(inForce, kind)
  return name === undefined ? chosen : named(chosen, name)
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

function listing(versions: readonly PolicyVersion[], reach: NoticeReach | undefined): string[] {
  const shown = (cell: string) => (reach === undefined ? [] : [cell])
  const rows = versions.map((item) => [
    item.kind,
    item.name,
    item.version,
    item.sha256.slice(0, HASH_SHOWN),
    `position ${item.position}`,
    ...shown(count(reach?.shown.get(item.number) ?? 0)),
  ])
  return table(
    [['kind', 'name', 'version', 'sha-256', 'published at', ...shown('people shown it')], ...rows],
    [SHOWN_COLUMN],
  )
}

function asJson(item: PolicyVersion, reach: NoticeReach | undefined) {
  const { number, body, current: _, ...version } = item
  return {
    ...version,
    ...(reach && { shown: reach.shown.get(number) ?? 0, people: reach.people }),
    body: JSON.parse(body ?? 'null'),
  }
}

/** The wording of a notice as people saw it, after what its readers found in it. */
function showing(item: PolicyVersion, reach: NoticeReach | undefined): string {
  const { wording, ...value } = JSON.parse(item.body ?? '{}')
  return [
    `${item.kind} ${idOf(item)}, published at position ${item.position}, sha-256 ${item.sha256}`,
    ...(reach === undefined
      ? []
      : [`${count(reach.shown.get(item.number) ?? 0)} of ${count(reach.people)} people have been shown it`]),
    JSON.stringify(value, undefined, 2),
    ...(typeof wording === 'string' ? ['', wording.trimEnd()] : []),
  ].join('\n')
}
