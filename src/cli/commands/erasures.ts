// fairshare erasures: who asked to be erased, until when the evidence is kept, and which keys were destroyed.
import { dateToIso, instantToIso } from '../../model/instant.ts'
import { type ErasureList, readErasureList } from '../../service/erasures.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { erasureLines } from '../report/erasure-report.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const erasuresCommand: Command = {
  name: 'erasures',
  summary: 'Who asked to be erased: suppressed, evidence kept until when, keys destroyed',
  usage: '[--person <kind:reference>]',
  example: 'erasures',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'this person alone (default: everybody)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'erasures takes options only, such as --person')
    const person = options.person === undefined ? undefined : personOf(options)
    const list = await useExisting(configuration, (app) => readErasureList(app, person))
    if (options.json === true) terminal.printJson(asJson(list))
    else for (const line of erasureLines(list)) terminal.print(line)
    return 0
  },
}

function asJson({ zone, asked, destroyed, unfinished }: ErasureList) {
  return {
    zone,
    asked: asked.map(({ askedAt, heldUntil, hold, ...erasure }) => ({
      ...erasure,
      askedAt: instantToIso(askedAt),
      heldUntil: dateToIso(heldUntil),
      ...(hold && { hold: { ...hold, until: dateToIso(hold.until) } }),
    })),
    destroyed: destroyed.map(({ position, actor, body, unrecoverableAt }) => {
      const { at, lastBackupUnrecoverableOn, ...counts } = body
      return {
        ...{ position, actor, ...counts, at: instantToIso(at) },
        ...(lastBackupUnrecoverableOn !== undefined && {
          lastBackupUnrecoverableOn: dateToIso(lastBackupUnrecoverableOn),
        }),
        ...(unrecoverableAt !== undefined && { unrecoverableAt: instantToIso(unrecoverableAt) }),
      }
    }),
    unfinishedEpochs: unfinished,
  }
}
