// fairshare packs reasons: every reason a decision may give, as one page of Markdown.
import { describeReasons } from '../../packs/describe-reasons.ts'
import { shippedPacks } from '../../service/shipped-packs.ts'
import type { Command } from '../command.ts'

export const packsReasonsCommand: Command = {
  name: 'packs reasons',
  summary: 'Every reason a decision may give, as a page of Markdown',
  usage: '',
  example: 'packs reasons > docs/reasons.md',
  options: {},
  async run({ options, terminal }) {
    const page = describeReasons(shippedPacks())
    if (options.json === true) terminal.printJson({ page })
    else terminal.print(page.trimEnd())
    return 0
  },
}
