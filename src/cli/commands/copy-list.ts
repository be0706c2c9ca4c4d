// fairshare copy list: the copies that were reported, and what became of each; and what no register can know.
import { listCopies } from '../../service/copies.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { copiesJson, copyListLines } from '../report/copy-report.ts'
import { atMost } from './argument-count.ts'

export const copyListCommand: Command = {
  name: 'copy list',
  summary: 'The copies that were reported, and whether each is destroyed',
  usage: '',
  example: 'copy list',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'copy list takes options only')
    const listed = await useExisting(configuration, listCopies)
    if (options.json === true) terminal.printJson(copiesJson(listed))
    else for (const line of copyListLines(listed)) terminal.print(line)
    return 0
  },
}
