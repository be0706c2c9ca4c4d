// fairshare policy publish: what changed becomes new immutable versions; the same again changes nothing.

import type { PolicyChange } from '../../policy/diff-policy.ts'
import type { NoticeImpact } from '../../service/publication-impact.ts'
import { type PublishedFolders, publishPolicyFolders } from '../../service/publish-policy-folders.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { overlayOption, policyFolders } from './policy-check.ts'

/** Beyond so many, a list of names says more than the details; `--full` gives those. */
const CHANGES_TOLD_MAX = 20

const signs = { added: '+', changed: '~', removed: '−' } as const

export const policyPublishCommand: Command = {
  name: 'policy publish',
  summary: 'Publish a policy folder: what changed, and how many people have been told',
  usage: '<folder> [--also <overlay folder>] [--by <name>]',
  example: 'policy publish examples/baby-club-2017/policy --by "Priya Nair"',
  options: {
    also: overlayOption,
    full: { type: 'boolean', says: 'every detail of every change, however many' },
    by: { type: 'string', recorded: true, value: 'name', says: 'who publishes; stands in the register' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    const folders = policyFolders(given, options.also)
    const by = optional(options.by) ?? configuration.actor
    const published = await useApp(configuration, (app) => publishPolicyFolders(app, folders, by))
    const { publication, changes, impact } = published
    if (options.json === true) terminal.printJson({ ...publication, changes, impact })
    else for (const line of publicationLines(published, options.full === true)) terminal.print(line)
    return 0
  },
}

function publicationLines({ publication, changes, impact }: PublishedFolders, full: boolean): string[] {
  const { position, published, retired, unchanged } = publication
  if (position === undefined)
    return [`Nothing changed: all ${unchanged} items are in force as they stand here.`]
  const counts = [
    `${published.length} published`,
    ...(retired.length > 0 ? [`${retired.length} retired`] : []),
    `${unchanged} unchanged`,
  ]
  return [
    ...(full || changes.length <= CHANGES_TOLD_MAX ? tellChanges(changes) : listChanges(changes)),
    ...tellImpact(impact),
    '',
    `Published at position ${position}: ${counts.join(', ')}.`,
  ]
}

function tellChanges(changes: readonly PolicyChange[]): string[] {
  return changes.flatMap(({ change, lines: [headline, ...rest] }) => [
    `${signs[change]} ${headline}`,
    ...rest.map((line) => `    ${line}`),
  ])
}

/** One line for all items of a kind that were added, changed or removed. */
function listChanges(changes: readonly PolicyChange[]): string[] {
  const names = new Map<string, string[]>()
  for (const { change, kind, name } of changes) {
    const heading = `${signs[change]} ${kind}`
    names.set(heading, [...(names.get(heading) ?? []), name])
  }
  return [...names].map(([heading, list]) => `${heading}: ${list.join(', ')}`)
}

function tellImpact(impact: readonly NoticeImpact[]): string[] {
  if (impact.length === 0) return []
  if (impact.every(({ people }) => people === 0))
    return ['', 'Nobody is enrolled yet, so nobody is on record as told.']
  return ['', 'Who has been told:', ...impact.map(({ says }) => `  ${says}`)]
}
