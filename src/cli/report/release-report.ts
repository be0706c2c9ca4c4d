// What a release did, for a terminal: how many, where it lies, what to do next.

import { instantToIso } from '../../model/instant.ts'
import type { FollowUpResult } from '../../release/follow-up.ts'
import type { ReleaseResult } from '../../release/release-request.ts'
import { count } from '../terminal.ts'

export function renderRelease(result: ReleaseResult): string {
  const { release, recipient, released, considered, folder, roots, removedSinceDecision, repeated } = result
  if (released === 0 || roots === undefined)
    return `${release}: nobody may leave of ${count(considered)} considered. No file was made; the answer is on record.`
  const seconds = Object.values(result.seconds).reduce((sum, part) => sum + part, 0)
  const since =
    removedSinceDecision > 0
      ? [`  ${count(removedSinceDecision)} left out because of what was recorded since it was checked`]
      : []
  return [
    `${release}: ${count(released)} of ${count(considered)} records released to ${recipient}${repeated ? ', earlier' : `, in ${seconds.toFixed(1)} s`}.`,
    ...since,
    ...(result.recalls.length > 0 ? [renderFollowUp(result.recalls)] : []),
    `  ${folder}`,
    `  released ${roots.released}`,
    `  decided  ${roots.decided}`,
    repeated
      ? 'It was made earlier; nothing new was sealed. People who said stop since: `fairshare follow-up`.'
      : 'Send the folder. The recipient opens it with `fairshare open`, and you record its receipt with `fairshare receive`.',
  ].join('\n')
}

export function renderFollowUp(results: readonly FollowUpResult[]): string {
  if (results.length === 0) return 'Nobody has to be recalled from any release.'
  return results
    .map(
      ({ release, removal, recipient, count: lines, folder, dueAt }) =>
        `${release}: ${count(lines)} ${lines === 1 ? 'line' : 'lines'} to be removed by ${recipient} until ${instantToIso(dueAt)} (removal ${removal}).\n  ${folder}`,
    )
    .join('\n')
}
