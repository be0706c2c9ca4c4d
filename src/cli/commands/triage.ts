// fairshare triage: of whom was called back, the words spoken before the release and recorded after it, and whose promise was missed.
import { instantToIso } from '../../model/instant.ts'
import { type LateWord, type ReleaseTriage, triageLate } from '../../release/triage-late.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { lateClassWords, renderTriage } from '../report/triage-report.ts'
import { atMost } from './argument-count.ts'

export const triageCommand: Command = {
  name: 'triage',
  summary:
    'Tell why people were called back too late: a feed that was wrong, a delay of ours, or nobody’s fault',
  usage: '',
  example: 'triage',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'triage takes no argument')
    const triaged = await useExisting(configuration, async (app) =>
      triageLate(await app.decisionContext(() => '')),
    )
    if (options.json === true) terminal.printJson(triaged.map(asJson))
    else terminal.print(renderTriage(triaged))
    return 0
  },
}

function asJson({ releaseAt, late, ...release }: ReleaseTriage) {
  return { ...release, releaseAt: instantToIso(releaseAt), late: late.map(wordAsJson) }
}

function wordAsJson({ saidAt, recordedAt, completeTo, ...word }: LateWord) {
  return {
    ...word,
    ...(saidAt !== undefined && { saidAt: instantToIso(saidAt) }),
    recordedAt: instantToIso(recordedAt),
    ...(completeTo && { completeTo: { ...completeTo, at: instantToIso(completeTo.at) } }),
    ...lateClassWords[word.class],
  }
}
