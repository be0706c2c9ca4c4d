// "Don’t trust us", in words: what was checked from the files alone, what a single changed byte did, what one person is told.
import { count } from '../terminal.ts'
import type { CaseReport, CaseTrust } from './case-report.ts'
import { isProtectedPerson } from './protected-person.ts'

export type TrustTelling = {
  label: string
  title: string
  /** "3 of 3 checks hold, 4 of 4 changes of one byte refused" */
  short: string
  headline: string
  agrees: boolean
  checks: readonly { says: string; answer: string; holds: boolean }[]
  trials: readonly { says: string; answer: string; refused: boolean; place: string }[]
  asks: string
  told: readonly ToldLine[]
  limits: string
  commands: CaseTrust['commands']
  seconds: number
}

/** A line of an answer to a person; with a label where the answer has one. An empty text parts two recipients. */
export type ToldLine = { label?: string; text: string }

export function tellTrust(report: CaseReport): TrustTelling {
  const { checks, trials, limits, commands, seconds } = report.trust
  const whoHas = tellWhoHas(report)
  const holding = checks.filter(({ holds }) => holds).length
  const refused = trials.filter((trial) => trial.refused).length
  const short = `${ofAll(holding, checks.length)} checks hold, ${ofAll(refused, trials.length)} changes of one byte refused`
  const agrees = trustHolds(report.trust)
  return {
    label: '6',
    title: 'Don’t trust us',
    short,
    headline: agrees ? short : `Please report this: ${short}`,
    agrees,
    checks: checks.map(({ says, holds }) => ({ says, holds, answer: holds ? 'holds' : 'fails' })),
    trials: trials.map((trial) => ({ ...trial, answer: trial.refused ? 'refused' : 'not noticed' })),
    asks: `What ${whoHas.name} (${whoHas.memberNo}) is told when she asks who has her data`,
    told: toldLines(whoHas.lines),
    limits,
    commands,
    seconds,
  }
}

/** Nothing checked is nothing held. */
export function trustHolds({ checks, trials }: CaseTrust): boolean {
  return (
    checks.length > 0 &&
    trials.length > 0 &&
    checks.every(({ holds }) => holds) &&
    trials.every(({ refused }) => refused)
  )
}

/** What a protected person is told, she is told herself: who has her record, or that nobody has, is nothing for a report. */
export function tellWhoHas({ trust, persons }: CaseReport): CaseTrust['whoHas'] {
  const person = persons.find(({ memberNo }) => memberNo === trust.whoHas.memberNo)
  if (person === undefined || !isProtectedPerson(person)) return trust.whoHas
  return {
    ...trust.whoHas,
    lines: ['Must not be contacted. What she is told, she is told herself: not here.'],
  }
}

/** Lines come with labels in a column of their own, and may be broken in the middle of a sentence. */
function toldLines(lines: readonly string[]): ToldLine[] {
  const told: (ToldLine & { whole: boolean })[] = []
  for (const line of lines) {
    const [, label, value] = /^\s+(\p{L}+) {2,}(.+)$/u.exec(line) ?? []
    const last = told.at(-1)
    if (label !== undefined && value !== undefined) told.push({ label, text: value, whole: true })
    else if (last !== undefined && !last.whole && /^\S/.test(line)) {
      last.text += ` ${line}`
      last.whole = endsSentence(line)
    } else
      told.push({ text: line.trim(), whole: line.trim() === '' || /^\s/.test(line) || endsSentence(line) })
  }
  return told.map(({ label, text }) => (label === undefined ? { text } : { label, text }))
}

function endsSentence(line: string): boolean {
  return /[.:!?]$/.test(line)
}

function ofAll(part: number, all: number): string {
  return `${count(part)} of ${count(all)}`
}
