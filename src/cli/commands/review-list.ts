// fairshare review list: the questions a decision leaves to a person, one for each code and notice version.
import { listQuestionsOf } from '../../service/review-questions.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { reviewJson, reviewLines } from '../report/review-report.ts'
import { atMost } from './argument-count.ts'

export const reviewListCommand: Command = {
  name: 'review list',
  summary: 'The questions that hold back records of a request, with samples, and what was answered',
  usage: '<request id>',
  example: 'review list 3-acorn-post',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one request')
    const request = required(given[0], 'a request')
    const list = await useExisting(configuration, (app) => listQuestionsOf(app, request))
    if (options.json === true) terminal.printJson(reviewJson(list))
    else for (const line of reviewLines(list)) terminal.print(line)
    return list.questions.length === 0 ? 0 : 1
  },
}
