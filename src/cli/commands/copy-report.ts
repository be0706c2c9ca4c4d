// fairshare copy report: somebody holds a copy that no release of ours made. It is recorded, and is to be destroyed.
import { isUnreadable, timeReader } from '../../intake/read-time.ts'
import { type CopySource, copySources } from '../../model/custody.ts'
import { dateToIso, type Instant, instantToIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { reasons } from '../../model/reason.ts'
import type { CopyReport } from '../../release/report-copy.ts'
import { reportCopyTo } from '../../service/copies.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { copyReportLines } from '../report/copy-report.ts'
import { atMost } from './argument-count.ts'
import { listOption } from './file-options.ts'

export const copyReportCommand: Command = {
  name: 'copy report',
  summary: 'Record that somebody holds a copy which no release of yours made',
  usage: '--holder <entity> --dataset <id> --made-at <instant> --place <where> --by <name>',
  example:
    'copy report --holder tidewater-mailing --dataset readers --made-at 2019-06-05T14:00:00Z --place "A laptop" --by "Ines Carver"',
  options: {
    holder: { type: 'string', value: 'entity', says: 'who has it, by its id in the policy' },
    dataset: { type: 'string', value: 'id', says: 'of which dataset it is' },
    'made-at': { type: 'string', value: 'instant', says: 'when it was made, with its zone' },
    place: { type: 'string', recorded: true, value: 'where', says: 'where it lies' },
    by: { type: 'string', recorded: true, value: 'name', says: 'who reports it' },
    records: { type: 'string', value: 'n', says: 'how many people are in it (left out: nobody knows)' },
    'work-order': { type: 'string', value: 'id', says: 'the work order it was made under' },
    source: {
      type: 'string',
      value: 'whence',
      says: `how it became known: ${copySources.join(', ')} (default operator)`,
    },
    fields: {
      type: 'string',
      multiple: true,
      value: 'a,b',
      says: 'the columns in it (left out: nobody knows)',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'copy report takes options only')
    const report = reportOf(options)
    const reported = await useExisting(configuration, (app) => reportCopyTo(app, report))
    if (options.json === true)
      terminal.printJson({
        ...reported,
        body: {
          ...reported.body,
          madeAt: instantToIso(reported.body.madeAt),
          deleteBy: dateToIso(reported.body.deleteBy),
        },
        recordedAt: instantToIso(reported.recordedAt),
        reasons: reported.body.codes.map((code) => ({ code, name: reasons[code].slug })),
      })
    else for (const line of copyReportLines(reported)) terminal.print(line)
    return 0
  },
}

function reportOf(options: Invocation['options']): CopyReport {
  const records = optional(options.records)
  const workOrder = optional(options['work-order'])
  return {
    holder: required(options.holder, '--holder <entity>'),
    dataset: required(options.dataset, '--dataset <id>'),
    madeAt: madeAtOf(required(options['made-at'], '--made-at <instant>')),
    place: required(options.place, '--place <where>'),
    by: required(options.by, '--by <name>'),
    source: sourceOf(optional(options.source) ?? 'operator'),
    fields: listOption(options.fields),
    ...(records !== undefined && { records: recordsOf(records) }),
    ...(workOrder !== undefined && { workOrder }),
  }
}

/** A day would leave open whether it was made before the work order began. */
function madeAtOf(text: string): Instant {
  const reading = timeReader('iso', undefined)(text)
  if (isUnreadable(reading) || !reading.exact)
    throw new Problem('time.invalid', '--made-at is one instant, such as 2018-06-12T09:00:00Z')
  return reading.earliest
}

function sourceOf(text: string): CopySource {
  const source = copySources.find((known) => known === text)
  if (source === undefined) throw new Problem('value.invalid', `--source is one of ${copySources.join(', ')}`)
  return source
}

function recordsOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Problem('value.invalid', '--records is a whole number of people')
  return Number(text)
}
