// fairshare release: an approved answer becomes a sealed delivery, or goes on where an earlier run stopped.
import { Problem } from '../../model/problem.ts'
import { type RecordsFormat, recordsFormats } from '../../model/release.ts'
import { abandonRequest } from '../../release/abandon-release.ts'
import { readReleases } from '../../release/read-release.ts'
import { type ReleaseResult, releaseRequest } from '../../release/release-request.ts'
import type { App } from '../../service/open-app.ts'
import { locateAgain } from '../../service/read-request-file.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { renderRelease } from '../report/release-report.ts'
import { atMost } from './argument-count.ts'

export const releaseCommand: Command = {
  name: 'release',
  summary: 'Release what was approved: commit, shape, seal, log, deliver',
  usage: '[<request id>] [--policy <folder>] [--format csv|parquet|xlsx]',
  example: 'release 3-acorn-post',
  options: {
    policy: {
      type: 'string',
      value: 'folder',
      says: 'folder that dataset locations are relative to (default: where the check found the file)',
    },
    abandon: {
      type: 'string',
      value: 'reason',
      says: 'give up what was begun for this request and has not left, for this reason',
    },
    format: { type: 'string', value: 'csv|parquet|xlsx', says: 'format of the records (default csv)' },
  },
  async run(invocation) {
    const { arguments: given, options, terminal, configuration } = invocation
    atMost(1, given, 'one request')
    const format = formatOption(optional(options.format))
    const because = optional(options.abandon)
    if (because !== undefined) return abandon(invocation, required(given[0], 'a request'), because)
    const results = await useExisting(configuration, async (app) => {
      const requests = given[0] === undefined ? await unfinished(app) : [given[0]]
      const results: ReleaseResult[] = []
      for (const request of requests) results.push(await releaseOne(app, invocation, request, format))
      return results
    })
    if (options.json === true) terminal.printJson(given[0] === undefined ? results : results[0])
    else if (results.length === 0)
      terminal.print('No release is half done. Name a request to release it: fairshare release <request id>')
    else for (const result of results) terminal.print(renderRelease(result))
    return results.every(({ released }) => released > 0) ? 0 : 1
  },
}

async function abandon({ configuration, options, terminal }: Invocation, request: string, because: string) {
  const given = await useExisting(configuration, async (app) => {
    const context = await app.decisionContext(await locateAgain(app, optional(options.policy)))
    return abandonRequest(context, request, because)
  })
  if (options.json === true) terminal.printJson({ abandoned: given })
  else if (given.length === 0) terminal.print(`Nothing was begun for ${request} that has not left.`)
  else
    terminal.print(`Given up: ${given.join(', ')}. Nothing left. Check and approve again for a new answer.`)
  return given.length > 0 ? 0 : 1
}

async function releaseOne(
  app: App,
  { options, terminal }: Invocation,
  request: string,
  format: RecordsFormat,
): Promise<ReleaseResult> {
  const context = await app.decisionContext(await locateAgain(app, optional(options.policy)))
  return releaseRequest(context, request, { format, onStep: (step) => terminal.progress(step) })
}

/** Committed and not delivered: what a crash or a full disk left. */
async function unfinished({ register }: App): Promise<string[]> {
  const states = await readReleases(register.store)
  return states.flatMap(({ committed, delivered, abandoned }) =>
    committed !== undefined && delivered === undefined && abandoned === undefined
      ? [committed.body.request.id]
      : [],
  )
}

function formatOption(text = 'csv'): RecordsFormat {
  const format = recordsFormats.find((name) => name === text)
  if (format !== undefined) return format
  throw new Problem('usage.invalid', `--format is one of ${recordsFormats.join(', ')}`)
}
