// fairshare replay: does a decision on record come out again, from the facts it kept, and from the register as it stood then.
import { instantToIso } from '../../model/instant.ts'
import { replayRequest } from '../../service/replay-request.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { replayLines } from '../report/replay-report.ts'
import { atMost } from './argument-count.ts'

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Make a decision on record once more, and compare it byte by byte',
  usage: '<request id>[@<position>] [--facts]   |   <position> [--facts]',
  example: 'replay 3-acorn-post --facts',
  options: {
    facts: {
      type: 'boolean',
      says: 'work the facts out again, too: from the register as it stood, and the file of people',
    },
    policy: {
      type: 'string',
      value: 'folder',
      says: 'folder that dataset locations are relative to (default: where the check found the file)',
    },
  },
  async run({ arguments: given, options, terminal, configuration }) {
    atMost(1, given, 'one decision')
    const decision = required(given[0], 'a decision')
    const policyFolder = optional(options.policy)
    const replay = await useExisting(configuration, (app) =>
      replayRequest(app, {
        ...{ decision, facts: options.facts === true },
        ...(policyFolder !== undefined && { policyFolder }),
        onStep: (step) => terminal.progress(step),
      }),
    )
    if (options.json === true) terminal.printJson({ ...replay, decidedAt: instantToIso(replay.decidedAt) })
    else for (const line of replayLines(replay)) terminal.print(line)
    return replay.answer === 'identical' ? 0 : 1
  },
}
