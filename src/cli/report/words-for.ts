// The words behind a reason code, as its rule states them for people who send mail rather than read law.
import type { Question } from '../../decide/rule.ts'
import type { ReasonCode } from '../../model/reason.ts'
import { shippedPacks } from '../../service/shipped-packs.ts'

export type ReasonWords = {
  /** One sentence about one person, or about the file. */
  says: string
  /** What to do about it; where something needs no disclosure, that comes first. */
  remedy: string
  question: Question
}

export type WordsFor = (code: ReasonCode) => ReasonWords

/** The newest pack speaks: packs differ in what they cite, hardly in their words. */
export function wordsFor(code: ReasonCode): ReasonWords {
  const rule = shippedPacks()
    .flatMap(({ rules }) => rules.filter((candidate) => candidate.code === code))
    .at(-1)
  if (rule === undefined) throw new Error(`no pack has a rule for ${code}`)
  return {
    says: rule.explain.marketer,
    remedy: keepingDataHomeFirst(rule.remedy),
    question: rule.question,
  }
}

/** "Judged by: United Kingdom, Data Protection Act 1998", from pack ids; an unknown id stands for itself. */
export function packTitles(ids: readonly string[]): string[] {
  return [...new Set(ids)].map((id) => shippedPacks().find((pack) => pack.id === id)?.title ?? id)
}

/** Whether a remedy offers to write for the recipient, so that nothing is disclosed at all. */
export function keepsDataHome(remedy: string): boolean {
  return /stay with you|send (it|the mailing) yourselves/.test(remedy)
}

function keepingDataHomeFirst(remedy: string): string {
  const sentences = remedy.split(/(?<=\.) (?=[A-Z])/)
  return [
    ...sentences.filter(keepsDataHome),
    ...sentences.filter((sentence) => !keepsDataHome(sentence)),
  ].join(' ')
}
