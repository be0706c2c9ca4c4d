// fairshare packs diff: what one pack has that another has not, and what it says otherwise.
import { diffPacks } from '../../packs/diff-packs.ts'
import { type Command, required } from '../command.ts'
import { diffLines } from '../report/pack-report.ts'
import { atMost } from './argument-count.ts'
import { packNamed } from './packs-show.ts'

export const packsDiffCommand: Command = {
  name: 'packs diff',
  summary: 'Show what changes from one rule pack to another: rules, law, words, numbers',
  usage: '<pack> <pack>',
  example: 'packs diff uk-dpa1998 uk-gdpr-2018',
  options: {},
  async run({ options, terminal, arguments: given }) {
    atMost(2, given, 'two packs, please')
    const [before, after] = [packNamed(required(given[0], '<pack>')), packNamed(required(given[1], '<pack>'))]
    const diff = diffPacks(before, after)
    if (options.json === true) terminal.printJson({ from: before.id, to: after.id, ...diff })
    else for (const line of diffLines(diff, [before, after])) terminal.print(line)
    return 0
  },
}
