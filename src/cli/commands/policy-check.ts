// fairshare policy check: everything that is wrong with a policy folder, each with its place and what to do.
import type { Policy } from '../../model/policy.ts'
import type { Finding } from '../../model/problem.ts'
import { checkPolicyFolders } from '../../service/policy-folders.ts'
import { type Command, required } from '../command.ts'
import { findingLines } from '../report/finding-lines.ts'
import { itemCount } from '../report/item-count.ts'
import { atMost } from './argument-count.ts'
import type { listOption } from './file-options.ts'

export const overlayOption = {
  type: 'string',
  value: 'folder',
  multiple: true,
  says: 'overlay: files added to the folder or put in place of its own; repeat for each',
} as const

export const policyCheckCommand: Command = {
  name: 'policy check',
  summary: 'Find every mistake in a policy folder, with its place and remedy',
  usage: '<folder> [--also <overlay folder>]',
  example: 'policy check examples/baby-club-2017/policy --also examples/baby-club-2017/policy-2018-01',
  options: { also: overlayOption },
  async run({ options, terminal, arguments: given }) {
    const { policy, findings, files } = await checkPolicyFolders(policyFolders(given, options.also))
    const summary = {
      findings: findings.length,
      files,
      items: policy === undefined ? undefined : itemCounts(policy),
    }
    if (options.json === true) terminal.printJson({ findings, summary })
    else for (const line of checkLines(findings, policy, files)) terminal.print(line)
    return findings.length === 0 ? 0 : 1
  },
}

/** The folder named, then its overlays. */
export function policyFolders(
  given: readonly string[],
  also: Parameters<typeof listOption>[0],
): readonly string[] {
  atMost(1, given, 'one folder, please; an overlay is named with --also <folder>')
  const overlays = Array.isArray(also) ? also.map(String) : []
  return [required(given[0], '<folder>'), ...overlays]
}

function checkLines(findings: readonly Finding[], policy: Policy | undefined, files: number): string[] {
  if (findings.length > 0 || policy === undefined) {
    return findingLines(findings, files)
  }
  const items = Object.entries(itemCounts(policy))
    .filter(([, number]) => number > 0)
    .map(([what, number]) => itemCount(number, what))
  return [`No findings in ${files} files: ${items.join(', ')}.`]
}

function itemCounts(policy: Policy): Record<string, number> {
  const { entities, purposes, notices, attributions, agreements, assessments, determinations, datasets } =
    policy
  const { processing, prohibitions, workOrders, copyGrants, feeds } = policy
  return {
    entities: entities.length,
    purposes: purposes.length,
    'notice versions': notices.length,
    attributions: attributions.length,
    agreements: agreements.length,
    assessments: assessments.length,
    determinations: determinations.length,
    datasets: datasets.length,
    'processing records': processing.length,
    prohibitions: prohibitions.length,
    'work orders': workOrders.length,
    'copy grants': copyGrants.length,
    feeds: feeds.length,
  }
}
