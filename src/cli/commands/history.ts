// fairshare history: what one person was told and answered, in words, in the order it was recorded.
import { instantToIso } from '../../model/instant.ts'
import type { NamedEvent } from '../../register/name-events.ts'
import { readNamedHistory } from '../../service/named-history.ts'
import { readPublishedNames } from '../../service/published-names.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { historyLines } from '../report/history-lines.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const historyCommand: Command = {
  name: 'history',
  summary: 'What one person was told and answered, in the order recorded',
  usage: '--person <kind:reference>',
  example: 'history --person member:M0000042',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose history' },
    grounds: { type: 'boolean', says: 'also say why somebody must not be contacted' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'history takes options only, such as --person')
    const person = personOf(options)
    const { events, zone } = await useExisting(configuration, async ({ register }) => ({
      events: await readNamedHistory(register, person),
      zone: (await readPublishedNames(register)).zone ?? 'UTC',
    }))
    const shown = options.grounds === true ? events : events.map(withoutGround)
    if (options.json === true) terminal.printJson({ events: shown.map(asJson) })
    else for (const line of historyLines(shown, zone)) terminal.print(line)
    return 0
  },
}

/** Whoever looks over a shoulder, or reads a log of outputs, need not learn of a death or a danger. */
function withoutGround(event: NamedEvent): NamedEvent {
  if (event.kind !== 'protection') return event
  const { qualifier: _, ...rest } = event
  return rest
}

function asJson({ earliest, latest, recordedAt, ...event }: NamedEvent) {
  return {
    ...event,
    earliest: instantToIso(earliest),
    latest: instantToIso(latest),
    recordedAt: instantToIso(recordedAt),
  }
}
