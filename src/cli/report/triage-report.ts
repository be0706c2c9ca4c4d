// Late words by release: how many of each class, what to do about them, and one line for each.
import { instantToIso } from '../../model/instant.ts'
import type { LateClass, LateWord, ReleaseTriage } from '../../release/triage-late.ts'
import { count, table } from '../terminal.ts'

/** What it means, and what to do. */
export const lateClassWords: Readonly<Record<LateClass, { means: string; remedy: string }>> = {
  'feed-wrong': {
    means: 'the source had said it was complete to a later time',
    remedy:
      'Examine the feed before the next release relies on it, and look through what else left on its word. Assess whether this is a personal data breach (GDPR Article 33): `fairshare clock breach-to-regulator`.',
  },
  'recorded-late': {
    means: 'it lay with us for longer than we promise',
    remedy:
      'Find out what held it up, send the removal today and ask for its receipt. Assess whether this is a personal data breach (GDPR Article 33): `fairshare clock breach-to-regulator`.',
  },
  'in-time': {
    means: 'it came as soon as its channel brings it',
    remedy: 'No promise was missed: the removal does what is needed. Send it, and ask for its receipt.',
  },
  unclear: {
    means: 'when it was said is not known well enough',
    remedy: 'Find out the day from whoever took it down; record it with that day, and look again.',
  },
}

export function renderTriage(triaged: readonly ReleaseTriage[]): string {
  const late = triaged.filter((release) => release.late.length > 0)
  if (late.length === 0) return 'Nobody was called back for a word that was spoken before a release.'
  return late.map(renderRelease).join('\n\n')
}

function renderRelease({ release, recipient, releaseAt, recalled, late, counts }: ReleaseTriage): string {
  const classes = Object.entries(counts) as [LateClass, number][]
  return [
    `${release} to ${recipient}, released ${instantToIso(releaseAt)}: ${count(recalled)} called back, ${count(late.length)} ${late.length === 1 ? 'word' : 'words'} from before it.`,
    ...classes
      .filter(([, number]) => number > 0)
      .flatMap(([name, number]) => [
        `  ${count(number)} ${name}: ${lateClassWords[name].means}.`,
        `    ${lateClassWords[name].remedy}`,
      ]),
    ...table(late.map(rowOf)).map((line) => `  ${line}`),
  ].join('\n')
}

function rowOf(word: LateWord): string[] {
  const { subject, source, saidAt, recordedAt, daysLate, promised, completeTo } = word
  return [
    `person ${subject}`,
    word.class,
    source,
    saidAt === undefined ? 'no date' : `said by ${instantToIso(saidAt)}`,
    `recorded ${instantToIso(recordedAt)}`,
    daysLate === undefined ? '' : `${daysLate} days late`,
    word.class === 'feed-wrong'
      ? `complete to ${instantToIso(completeTo!.at)}, it said at ${completeTo!.position}${word.reliedOn ? ', before the release' : ''}`
      : `promised within ${promised.hours} h (${promised.source})`,
  ]
}
