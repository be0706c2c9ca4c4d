// fairshare feed: a source is complete up to an instant; what relies on it may go on until the next word is due.
import { isUnreadable, timeReader } from '../../intake/read-time.ts'
import { Problem } from '../../model/problem.ts'
import { stateCompleteness } from '../../register/state-completeness.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { recordedLines } from './recorded-lines.ts'

export const feedCommand: Command = {
  name: 'feed',
  summary: 'Record that all a source knew up to an instant is in the register',
  usage: '<source> --complete-to <instant>',
  example: 'feed stop-page --complete-to 2018-06-12T09:00:00Z',
  options: {
    'complete-to': { type: 'string', value: 'instant', says: 'with its zone, as 2018-06-12T09:00:00Z' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one source at a time')
    const source = required(given[0], '<source>')
    const completeTo = instantOption(required(options['complete-to'], '--complete-to <instant>'))
    const { actor } = configuration
    const recorded = await useExisting(configuration, ({ register }) =>
      stateCompleteness(register, { source, completeTo, actor }),
    )
    for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
    return 0
  },
}

/** A day or a local time would leave open up to when the source was complete. */
export function instantOption(text: string): number {
  const reading = timeReader('iso', undefined)(text)
  if (isUnreadable(reading) || !reading.exact)
    throw new Problem('time.invalid', '--complete-to is one instant, such as 2018-06-12T09:00:00Z')
  return reading.earliest
}
