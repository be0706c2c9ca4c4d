// fairshare coverage: how many people may go today, per recipient, purpose and channel, and what blocks the rest.
import { instantFromIso } from '../../model/instant.ts'
import type { Dataset, Policy } from '../../model/policy.ts'
import { Problem } from '../../model/problem.ts'
import { coverage } from '../../release/coverage.ts'
import { locateBeside } from '../../service/read-request-file.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { renderCoverage } from '../report/check-report.ts'

export const coverageCommand: Command = {
  name: 'coverage',
  summary: 'How many people may go today to whom, by what; what blocks the rest',
  usage: '[--dataset <id>] [--policy <folder>]',
  example:
    'coverage --dataset members-2018 --policy examples/baby-club-2017/policy --on 2018-06-12T09:00:00+01:00',
  options: {
    dataset: {
      type: 'string',
      value: 'id',
      says: 'dataset to count (needed when the policy declares several)',
    },
    policy: {
      type: 'string',
      value: 'folder',
      says: 'folder the dataset locations are relative to (default: here)',
    },
    on: { type: 'string', value: 'instant', says: 'as of this instant (default: now)' },
    codes: { type: 'boolean', says: 'show the reason codes' },
  },
  async run({ options, terminal, configuration }) {
    return useApp(configuration, async (app) => {
      const context = await app.decisionContext(
        locateBeside(optional(options.policy) ?? '.', configuration.home),
      )
      const on = optional(options.on)
      const rows = await coverage(
        context,
        datasetNamed(optional(options.dataset), context.policy),
        on === undefined ? Date.now() * 1000 : instantFromIso(on),
        (step) => terminal.progress(step),
      )
      if (options.json === true) terminal.printJson({ rows })
      else terminal.print(renderCoverage(rows, { codes: options.codes === true }))
      return 0
    })
  },
}

function datasetNamed(id: string | undefined, policy: Policy): Dataset {
  const found =
    id === undefined && policy.datasets.length === 1
      ? policy.datasets[0]
      : policy.datasets.find((dataset) => dataset.id === id)
  if (found !== undefined) return found
  throw new Problem(
    'usage.invalid',
    `--dataset is one of ${policy.datasets.map((dataset) => dataset.id).join(', ')}`,
  )
}
