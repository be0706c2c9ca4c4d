// What every form of `explain` says, worked out once: text, Markdown, HTML and JSON hold the same words.
import { dateToIso } from '../../model/instant.ts'
import { writeExpression } from '../../packs/write-expression.ts'
import type { Explanation } from '../../release/explain-person.ts'
import type { Evidence, ExplainedFact, ExplainedReason, Ground } from '../../release/explain-reason.ts'
import { changeWords, factValue, instantWords } from './fact-words.ts'
import { whatWords, whenWords } from './history-lines.ts'
import { markSentences, type WordingPart } from './mark-sentences.ts'
import { fieldWords } from './readable.ts'
import { packTitles } from './words-for.ts'

export type ToldEvidence = { when: string; what: string; known: string; flag: string | undefined }
export type ToldFact = {
  name: string
  means: string
  value: string
  evidence: ToldEvidence[]
  note: string | undefined
}
export type ToldGround = { where: string | undefined; fields: string[]; facts: ToldFact[]; changes: string[] }

export type ToldReason = {
  words: string
  code: string | undefined
  name: string | undefined
  law: string | undefined
  answered: boolean
  condition: string | undefined
  grounds: ToldGround[]
  remedy: string
  whose: string | undefined
}

export type ToldNotice = {
  title: string
  parts: WordingPart[]
  sentences: readonly string[]
  shown: ToldEvidence[]
}

export type ToldExplanation = {
  asked: string
  verdict: string
  notes: string[]
  file: { headline: string; reasons: ToldReason[] }
  headings: { heading: string; reasons: ToldReason[] }[]
  outlook: string | undefined
  /** Facts with something on record behind them, each once. */
  facts: (ToldFact & { where: string | undefined })[]
  notice: ToldNotice | undefined
  fields: { how: string; names: string[] }[]
  caveat: string
}

export function tellExplanation(explanation: Explanation): ToldExplanation {
  const { reasons, zone } = explanation
  const headings = [...headingOf].flatMap(([question, heading]) => {
    const under = reasons.filter((reason) => reason.question === question)
    return under.length === 0 ? [] : [{ heading, reasons: under.map((reason) => tellReason(reason, zone)) }]
  })
  return {
    asked: askedWords(explanation),
    verdict: `This record ${stoppedByFile(explanation) ? 'stays' : verdicts[explanation.outcome]}.`,
    notes: notesOf(explanation),
    file: tellFile(explanation),
    headings,
    outlook: outlookOf(explanation),
    facts: factsOnce(headings.flatMap((under) => under.reasons)),
    notice: tellNotice(explanation),
    fields: tellFields(explanation),
    caveat: `No recorded reason to refuse is not the same as lawful. Judged by: ${packTitles(explanation.packs).join('; ')}. Times are those of ${zone}.`,
  }
}

/** A reason that is not named has a heading of its own: under any other it could be told from the rest. */
const headingOf = new Map([
  [undefined, 'Not named here'],
  ['veto', 'What the person said'],
  ['justified', 'Justified?'],
  ['aware', 'Aware?'],
  ['power', 'Power?'],
] as const)

const verdicts = {
  allow: 'may go: no recorded reason to refuse',
  transform: 'may go with fewer fields',
  review: 'waits for a person to decide',
  deny: 'stays',
}

function stopping({ file }: Explanation): readonly ExplainedReason[] {
  return file.filter(({ cleared }) => !cleared)
}

function stoppedByFile(explanation: Explanation): boolean {
  return stopping(explanation).length > 0
}

function askedWords({ request, zone }: Explanation): string {
  const { recipient, onBehalfOf, purpose, channels, releaseAt } = request
  const behind = onBehalfOf.length === 0 ? '' : ` on behalf of ${onBehalfOf.join(', ')}`
  return `${request.id}: to ${recipient}${behind}, for ${purpose}, by ${channels.join(', ')}, released ${instantWords(releaseAt, zone)}`
}

function notesOf(explanation: Explanation): string[] {
  const { rows, outcome } = explanation
  return [
    ...(stoppedByFile(explanation) ? [`By itself the record ${verdicts[outcome]}.`] : []),
    ...(rows === 0
      ? ['The person is not in this dataset; what follows is what the register alone says.']
      : []),
  ]
}

function tellFile(explanation: Explanation): ToldExplanation['file'] {
  const denied = stopping(explanation).some(({ effect }) => effect === 'deny')
  const headline = stoppedByFile(explanation)
    ? `The file as a whole ${denied ? 'is refused' : 'waits for a person'}, whoever is in it`
    : 'Of the file as a whole'
  return { headline, reasons: explanation.file.map((reason) => tellReason(reason, explanation.zone)) }
}

function tellReason(reason: ExplainedReason, zone: string): ToldReason {
  const { code, slug, words, remedy, cleared, when, grounds } = reason
  return {
    words,
    code,
    name: slug?.replaceAll('_', ' ').toLowerCase(),
    law: lawWords(reason),
    answered: cleared,
    condition: when && writeExpression(when),
    grounds: grounds.map((ground) => tellGround(ground, zone)),
    remedy,
    whose: cleared ? undefined : whoseWords(reason),
  }
}

function lawWords({ law, authority, verified }: ExplainedReason): string | undefined {
  if (law === undefined) return undefined
  const doubt = verified ? '' : ' (cited from memory: check before relying on it)'
  return `${authority === 'house' ? '' : `${authority}: `}${law}${doubt}`
}

function whoseWords({ by }: ExplainedReason): string | undefined {
  if (by === 'person') return 'Only the person can change this.'
  return by === 'another-request'
    ? 'Nothing about this request would change it; another request might.'
    : undefined
}

function tellGround({ record, subject, fields, facts, changes }: Ground, zone: string): ToldGround {
  const which = subject === undefined ? '' : ` (subject ${subject})`
  // What a request asks for is not a way out of it, unless there is no other.
  const own = changes.filter(({ by }) => by !== 'another-request')
  return {
    where: record === 'this' ? undefined : `under another record of the same person${which}`,
    fields: fields.map(fieldWords),
    facts: facts.map((fact) => tellFact(fact, zone)),
    changes: (own.length > 0 ? own : changes).map((change) => changeWords(change, facts, zone)),
  }
}

function tellFact(fact: ExplainedFact, zone: string): ToldFact {
  return {
    name: fact.name,
    means: fact.means,
    value: factValue(fact, zone),
    evidence: fact.evidence.map((event) => tellEvidence(event, zone)),
    note: fact.elsewhere ? 'It was said under somebody else’s record.' : undefined,
  }
}

function tellEvidence(event: Evidence, zone: string): ToldEvidence {
  const named = { ...event, actor: '' }
  return {
    when: whenWords(named, zone),
    what: whatWords(named),
    known: `grade ${event.grade}, from ${event.source}; recorded ${instantWords(event.recordedAt, zone)}${lagWords(event)}, position ${event.position}`,
    flag: event.afterEnquiry ? 'Recorded after the enquiry was opened.' : undefined,
  }
}

function lagWords({ lagDays }: Evidence): string {
  if (lagDays === undefined) return ''
  return lagDays === 0 ? ', within a day' : `, ${lagDays} ${lagDays === 1 ? 'day' : 'days'} later`
}

/** Two reasons may have read the same fact; its evidence is told once for each enrolment. */
function factsOnce(reasons: readonly ToldReason[]): ToldExplanation['facts'] {
  const found = new Map<string, ToldExplanation['facts'][number]>()
  for (const { where, facts } of reasons.flatMap(({ grounds }) => grounds)) {
    for (const fact of facts) {
      if (fact.evidence.length === 0 && fact.note === undefined) continue
      found.set(`${where} ${fact.name}`, { ...fact, where })
    }
  }
  return [...found.values()]
}

function outlookOf({ organisationCanAct, reasons }: Explanation): string | undefined {
  if (organisationCanAct === undefined) return undefined
  if (organisationCanAct)
    return 'Each reason has something the organisation can do about it, or a named person can decide. Whether that is enough, only a new check says.'
  const personal = reasons.filter(({ by, cleared }) => by === 'person' && !cleared).length
  const whose =
    personal === 0
      ? ''
      : personal === 1
        ? ' One of the reasons only the person can change.'
        : ` ${personal} of the reasons only the person can change.`
  return `Nothing the organisation does would be enough for this request.${whose}`
}

function tellNotice({ notice, zone }: Explanation): ToldNotice | undefined {
  if (notice === undefined) return undefined
  return {
    title: `${notice.id}, in use from ${dateToIso(notice.effectiveOn)}`,
    parts: markSentences(notice.wording, notice.sentences),
    sentences: notice.sentences,
    shown: notice.shown.map((event) => tellEvidence(event, zone)),
  }
}

const otherForms = {
  drop: 'Left out in any case',
  coarsen: 'Less precise than in the file, under the agreement',
  pseudonymise: 'A pseudonym in its place, under the agreement',
}

function tellFields({ fields }: Explanation): ToldExplanation['fields'] {
  return Object.entries(otherForms).flatMap(([form, how]) => {
    const names = Object.entries(fields).filter(([, treatment]) => treatment === form)
    return names.length === 0 ? [] : [{ how, names: names.map(([name]) => name) }]
  })
}
