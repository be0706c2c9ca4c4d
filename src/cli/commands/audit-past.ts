// fairshare audit-past: decide a file that was already sent, as of the day it went.
import { dateFromIso, instantFromIso, wholeDay } from '../../model/instant.ts'
import { checkRequest } from '../../release/check-request.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { renderCheck } from '../report/check-report.ts'
import { checkCommand, checkJson, prepareFile } from './check.ts'

const { on: _on, ...whatWasAsked } = checkCommand.options

export const auditPastCommand: Command = {
  name: 'audit-past',
  summary: 'Decide a file that was already sent, as of the day it went',
  usage: '--file <sent.csv> --to <recipient> --for <purpose> --by <channel> --on <date>',
  example: 'audit-past --file sent.csv --to meridian-data --for political-mailing --by post --on 2017-05-05',
  options: {
    file: { type: 'string', value: 'file', says: 'the file as it was sent' },
    on: {
      type: 'string',
      value: 'date',
      says: 'the instant it went, or the day: then whoever said stop that day counts',
    },
    ...whatWasAsked,
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const path = required(options.file ?? invocation.arguments[0], '--file <sent.csv>')
    const on = required(options.on, '--on <date>')
    return useApp(invocation.configuration, async (app) => {
      const published = await app.decisionContext(() => path)
      const releaseAt = /^\d{4}-\d{2}-\d{2}$/.test(on)
        ? wholeDay(dateFromIso(on), published.policy.controller.zone).latest - 1
        : instantFromIso(on)
      const { on: _, ...rest } = options
      const { context, request } = await prepareFile(
        { ...invocation, options: rest },
        path,
        published,
        releaseAt,
      )
      const result = await checkRequest(context, request, { onStep: (step) => terminal.progress(step) })
      if (options.json === true) terminal.printJson({ ...checkJson(result), sentOn: on })
      else terminal.print(renderCheck(result, { codes: options.codes === true, past: true }))
      return result.outcomes.deny === 0 && result.outcomes.review === 0 ? 0 : 1
    })
  },
}
