// `--checked`: how it was made sure that who asks is the person it is about. It stands in what is handed out, and nowhere else.
import { isCheckedText } from '../../model/person-receipt.ts'
import { Problem } from '../../model/problem.ts'
import { type Invocation, type OptionSpec, optional } from '../command.ts'

export const checkedOption: OptionSpec = {
  type: 'string',
  value: 'how',
  says: 'how you made sure who asks, e.g. "passport shown at the desk"; it stands in the file',
}

export function checkedOf(options: Invocation['options']): string | undefined {
  const checked = optional(options.checked)
  if (options.checked === undefined || (checked !== undefined && isCheckedText(checked))) return checked
  throw new Problem('usage.invalid', '--checked takes 1 to 500 characters, none of them a control character')
}
