// fairshare packs check: everything that is wrong with a folder of rule packs, each with its place and what to do.
import { checkPacksFolder } from '../../service/check-packs.ts'
import { packsFolder } from '../../service/shipped-packs.ts'
import type { Command } from '../command.ts'
import { findingLines } from '../report/finding-lines.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const packsCheckCommand: Command = {
  name: 'packs check',
  summary: 'Find every mistake in a folder of rule packs, with its place and remedy',
  usage: '[<folder>]',
  example: 'packs check packs',
  options: {},
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'one folder, please; without any, the packs of this program are checked')
    const { packs, findings, files } = await checkPacksFolder(given[0] ?? packsFolder)
    const ids = packs?.map(({ id }) => id)
    if (options.json === true)
      terminal.printJson({ findings, summary: { findings: findings.length, files, packs: ids } })
    else if (ids === undefined) for (const line of findingLines(findings, files)) terminal.print(line)
    else terminal.print(`No findings in ${files} files: ${count(ids.length)} packs, ${ids.join(', ')}.`)
    return findings.length === 0 ? 0 : 1
  },
}
