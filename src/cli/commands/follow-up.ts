// fairshare follow-up: people who said stop after a release left are recalled, each release by a removal file.
import { followUp } from '../../release/follow-up.ts'
import { locateAgain } from '../../service/read-request-file.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { renderFollowUp } from '../report/release-report.ts'

export const followUpCommand: Command = {
  name: 'follow-up',
  summary: 'Recall people who said stop after a release left',
  usage: '[--policy <folder>]',
  example: 'follow-up',
  options: {
    policy: {
      type: 'string',
      value: 'folder',
      says: 'folder that dataset locations are relative to (default: where the check found the file)',
    },
  },
  async run({ options, terminal, configuration }) {
    const results = await useExisting(configuration, async (app) => {
      const context = await app.decisionContext(await locateAgain(app, optional(options.policy)))
      return followUp(context, { onStep: (step) => terminal.progress(step) })
    })
    if (options.json === true) terminal.printJson(results)
    else terminal.print(renderFollowUp(results))
    return 0
  },
}
