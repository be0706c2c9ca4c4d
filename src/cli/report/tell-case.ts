// A case put into words once, for the terminal and for the page: headlines, sums, cards. The two only lay it out.
import { isMasked, isReasonCode } from '../../model/reason.ts'
import { count } from '../terminal.ts'
import type { CaseBeat, CasePerson, CaseReport } from './case-report.ts'
import { countReasons, sum } from './count-reasons.ts'
import { isProtectedPerson, mustNotBeContacted, readsAsProtected } from './protected-person.ts'
import { day, fieldWords, firstSentence, listed, people } from './readable.ts'
import { type ReleaseTelling, releaseProblems, tellRecall, tellRelease } from './tell-release.ts'
import { type TrustTelling, tellTrust, trustHolds } from './tell-trust.ts'
import { packTitles, wordsFor } from './words-for.ts'

export type GroupAnswer = 'may leave' | 'waits' | 'stays'

export type GroupTelling = {
  says: string
  people: number
  answer: GroupAnswer
  /** Of the people considered, 0 to 1. */
  share: number
}

export type BeatTelling = {
  /** "1b" of `1b-party-control`. */
  label: string
  id: string
  day: string
  title: string
  story: string
  considered: number
  mayLeave: number
  /** Held until a named person decides. */
  waits: number
  headline: string
  /** What speaks against the file as a whole, whoever is in it. */
  file: readonly { says: string; refuses: boolean }[]
  /** File reasons a named person has answered, without the half that says nobody has. */
  answered: readonly string[]
  tells: string | undefined
  fields: string
  judgedBy: string
  groups: readonly GroupTelling[]
  /** Of the groups as shown; never taken from the engine's own total. */
  sum: number
  /** Whether the groups add up to everyone considered, and those who may leave to the headline, as by hand. */
  agrees: boolean
  agreement: string
  codes: readonly CodeTelling[]
  seconds: number
  release: ReleaseTelling | undefined
  recalls: readonly string[]
}

export type CodeTelling = {
  code: string
  slug: string
  count: number | undefined
  primary: number | undefined
}

export type PersonTelling = {
  name: string
  memberNo: string
  card: string
  /** One per beat, in order. */
  answers: readonly { label: string; mayLeave: boolean }[]
  /** Beats next to each other with the same answer share a line. */
  lines: readonly { beats: string; mayLeave: boolean; words: string; codes: readonly string[] }[]
}

export type CaseTelling = {
  size: string
  howToRead: readonly string[]
  bare: { headline: string; words: string }
  beats: readonly BeatTelling[]
  trust: TrustTelling
  persons: readonly PersonTelling[]
  notProven: readonly string[]
}

/** `codes`: whether the reader will see codes, so that only what looks the same to her shares a line. */
export function tellCase(report: CaseReport, { codes }: { codes: boolean }): CaseTelling {
  const { bareExport } = report
  return {
    size: `${people(report.people)}, ${count(report.joiners)} who joined later, ${count(report.events)} recorded facts about what they were told and what they answered`,
    howToRead: [
      'Each number that may leave stands beside the number asked for, and the groups below it add up: everyone is counted exactly once, under the reason that weighs most.',
      '“May leave” means that there is no recorded reason to refuse; “stays” means that there is at least one, and the words say which.',
      'Where a file left, its fingerprint stands beside it: a short text computed from every row, and another one as soon as a single letter is.',
    ],
    bare: {
      headline: `${count(bareExport.rows)} of ${count(bareExport.rows)} leave`,
      words: `${bareExport.columns} columns of everyone, copied to a file, and nobody was asked.`,
    },
    beats: report.beats.map(tellBeat),
    trust: tellTrust(report),
    persons: report.persons.map((person) => tellPerson(person, codes)),
    notProven: [
      'It never says “lawful”. It says: no recorded reason to refuse, under the rules named with each answer. A reason nobody recorded is not in it.',
      'It says what may leave through Fairshare. Nothing here shows what left by any other way.',
      'It is no better than what was written down: whoever reads a notice, or attributes it to a period, can be wrong.',
      'People, companies and notices are invented; only the shape of the case is real.',
    ],
  }
}

/** The sums agree with those done by hand, what arrived is what was sent, and nothing was taken on trust. */
export function caseHolds({ beats, trust }: CaseReport): boolean {
  return (
    beats.every(
      ({ asExpected, release, released }) =>
        asExpected && (release === undefined || releaseProblems(release, released).length === 0),
    ) && trustHolds(trust)
  )
}

function labelOf(id: string): string {
  return id.split('-')[0] ?? id
}

function tellBeat(beat: CaseBeat): BeatTelling {
  const { result } = beat
  const waits = result.outcomes.review
  const groups = beat.groups.map((group) => ({
    says: group.says,
    people: group.people,
    answer: answerOf(group.mayLeave, beat.released, waits),
    share: result.considered === 0 ? 0 : group.people / result.considered,
  }))
  const weighing = result.file.filter(({ cleared }) => !cleared)
  return {
    id: beat.id,
    label: labelOf(beat.id),
    day: day(result.request.releaseAt, result.zone),
    title: withoutDay(beat.title, day(result.request.releaseAt, result.zone)),
    story: beat.story,
    considered: result.considered,
    mayLeave: beat.released,
    waits,
    headline: headlineOf(beat.released, waits, result.considered),
    file: weighing.map(({ code, effect }) => ({ says: wordsFor(code).says, refuses: effect === 'deny' })),
    answered: result.file
      .filter(({ cleared }) => cleared)
      .map(({ code }) => firstSentence(wordsFor(code).says)),
    tells: result.tells.length === 0 ? undefined : `${result.tells.join('; ')}.`,
    fields: tellFields(result.fields),
    judgedBy: packTitles([...result.packs.collection, ...result.packs.release]).join('; '),
    groups,
    ...tellSum(beat, groups),
    codes: tellCodes(result),
    seconds: result.seconds.decide,
    release: tellRelease(beat),
    recalls: beat.recalls.map(tellRecall),
  }
}

export function headlineOf(mayLeave: number, waits: number, considered: number): string {
  const may = `${count(mayLeave)} of ${count(considered)} may leave`
  if (waits === 0) return may
  return `${may}; ${count(waits)} ${waits === 1 ? 'waits' : 'wait'} for a named person’s decision`
}

/** Whoever has no reason of her own may still be held back with the file. */
function answerOf(mayLeave: boolean, released: number, waits: number): GroupAnswer {
  if (!mayLeave) return 'stays'
  if (released > 0) return 'may leave'
  return waits > 0 ? 'waits' : 'stays'
}

function tellSum(beat: CaseBeat, groups: readonly GroupTelling[]) {
  const total = sum(groups.map((group) => group.people))
  const leaving = sum(groups.filter(({ answer }) => answer === 'may leave').map((group) => group.people))
  const problems = [
    total === beat.result.considered
      ? undefined
      : `The groups add up to ${count(total)}, not to the ${count(beat.result.considered)} considered.`,
    leaving === beat.released
      ? undefined
      : `The groups that may leave add up to ${count(leaving)}, not to ${count(beat.released)}.`,
    beat.asExpected ? undefined : 'The sums done by hand in the example say otherwise.',
  ].filter((problem) => problem !== undefined)
  return {
    sum: total,
    agrees: problems.length === 0,
    agreement:
      problems.length === 0
        ? 'Adds up, and agrees with the sum done by hand.'
        : `Please report this: ${problems.join(' ')}`,
  }
}

/** A field may stay in some records and not in others, as notices differ, and stay in another form than the file has. */
export function tellFields(fields: CaseBeat['result']['fields']): string {
  const kept = fields.filter(({ treatment }) => treatment !== 'drop')
  const named = kept.map(({ name, note, codes, keptIn }) => {
    const limits = [note ?? '', codes.length === 0 ? '' : `in ${count(keptIn)} records`].filter(
      (one) => one !== '',
    )
    return limits.length === 0 ? fieldWords(name) : `${fieldWords(name)} (${limits.join('; ')})`
  })
  const cut = fields.filter(({ treatment }) => treatment === 'drop').map(({ name }) => fieldWords(name))
  const asked = `${fields.length === 1 ? '1 field' : `${fields.length} fields`} asked for`
  if (cut.length === 0) return `${asked}: ${listed(named)}`
  const left = named.length === 0 ? 'none would remain' : `only ${listed(named)} would remain`
  return `${asked}; ${left}, without ${listed(cut, 'or')}`
}

/** File codes, then record codes; a reason whose ground is withheld has neither code nor slug. */
export function tellCodes(result: CaseBeat['result']): CodeTelling[] {
  const file = result.file.map(({ code, slug, cleared }) => ({
    code: `${code}${cleared ? ' (answered)' : ''}`,
    slug,
    count: undefined,
    primary: undefined,
  }))
  const records = countReasons(result).map(({ code, slug, count, primary }) => ({
    code: code ?? 'withheld',
    slug: slug ?? 'must not be contacted',
    count,
    primary,
  }))
  return [...file, ...records]
}

/** Titles may start with their day, which both layouts show apart. */
function withoutDay(title: string, date: string): string {
  return title.startsWith(date) ? title.slice(date.length).replace(/^[\s:,–—-]+/, '') : title
}

/** Where a person is protected, even her own sentence is withheld: who she is would say why. */
function tellPerson(person: CasePerson, withCodes: boolean): PersonTelling {
  const isProtected = isProtectedPerson(person)
  return {
    name: person.name,
    memberNo: person.memberNo,
    card: isProtected
      ? 'Must not be contacted. Nothing about this person leaves, to anyone, and nobody is told why: not here either.'
      : person.card,
    answers: person.beats.map(({ beat, mayLeave }) => ({ label: labelOf(beat), mayLeave })),
    lines: joinLines(
      person.beats.map((beat) => (isProtected ? maskBeat(beat) : nameNoGround(beat))),
      withCodes,
    ),
  }
}

function maskBeat(beat: CasePerson['beats'][number]): CasePerson['beats'][number] {
  return { ...beat, words: mustNotBeContacted, codes: [] }
}

/** Every masked ground reads like a protection; of somebody who has none, it was the request's. */
function nameNoGround(beat: CasePerson['beats'][number]): CasePerson['beats'][number] {
  return readsAsProtected(beat.words) ? { ...beat, words: 'a ground that is told to nobody here' } : beat
}

function joinLines(beats: CasePerson['beats'], withCodes: boolean): PersonTelling['lines'] {
  const lines: { beats: string; mayLeave: boolean; words: string; codes: readonly string[] }[] = []
  for (const { beat, mayLeave, words, codes } of beats) {
    const shown = withCodes ? codes.filter((code) => !(isReasonCode(code) && isMasked(code))) : []
    const last = lines.at(-1)
    const same = last?.mayLeave === mayLeave && last.words === words && last.codes.join() === shown.join()
    if (last !== undefined && same) last.beats += `, ${labelOf(beat)}`
    else lines.push({ beats: labelOf(beat), mayLeave, words, codes: shown })
  }
  return lines
}
