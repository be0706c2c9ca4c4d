// fairshare who-has: which organisations have one person's record, by legal name.
import { dateToIso, instantToIso } from '../../model/instant.ts'
import type { Disclosure } from '../../rights/who-has.ts'
import { whoHas } from '../../rights/who-has.ts'
import { subjectOf } from '../../service/person-rights.ts'
import { readPublishedNames } from '../../service/published-names.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { whoHasLines } from '../report/who-has-report.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const whoHasCommand: Command = {
  name: 'who-has',
  summary: 'Which organisations have one person’s record, since when, for what, and until when',
  usage: '--person <kind:reference>',
  example: 'who-has --person member:M0000042',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose record' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'who-has takes options only, such as --person')
    const person = personOf(options)
    const { disclosures, zone } = await useExisting(configuration, async ({ register }) => ({
      ...(await whoHas(register, await subjectOf(register, person))),
      zone: (await readPublishedNames(register)).zone ?? 'UTC',
    }))
    if (options.json === true) terminal.printJson({ disclosures: disclosures.map(asJson) })
    else for (const line of whoHasLines(disclosures, zone)) terminal.print(line)
    return 0
  },
}

function asJson({ committedAt, deliveredAt, removal, deleteBy, ...disclosure }: Disclosure) {
  return {
    ...disclosure,
    committedAt: instantToIso(committedAt),
    ...(deliveredAt !== undefined && { deliveredAt: instantToIso(deliveredAt) }),
    ...(deleteBy !== undefined && { deleteBy: dateToIso(deleteBy) }),
    ...(removal && {
      removal: {
        ...removal,
        foundAt: instantToIso(removal.foundAt),
        ...(removal.askedAt !== undefined && { askedAt: instantToIso(removal.askedAt) }),
        ...(removal.dueAt !== undefined && { dueAt: instantToIso(removal.dueAt) }),
      },
    }),
  }
}
