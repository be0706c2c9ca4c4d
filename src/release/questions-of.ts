// The questions behind a decision: one for each code, notice version, recipient and purpose, however many records it holds
// back; and what nobody may answer.
import { isSystematic, type ReasonCode, reasons } from '../model/reason.ts'

/** Records under one notice whose reasons are the same. `weighing`: those no determination has answered. */
export type ReasonedGroup = {
  notice: string | undefined
  weighing: readonly ReasonCode[]
  count: number
}

export type Question = {
  /** `N405:food-notice@2`, or the code alone for one of the file: unique within a request. */
  id: string
  code: ReasonCode
  notice?: string
  /** Records it holds back; a code of the file holds back all of them. */
  count: number
  /** Of these, the records that nothing else holds back: they leave when the answer is "allow". */
  alone: number
}

export type Undeterminable = {
  code: ReasonCode
  count: number
  /** A code without override; or one that may be answered, but not for people of whom no notice is on record. */
  why: 'no-override' | 'no-notice'
}

export type Questions = { questions: Question[]; undeterminable: Undeterminable[] }

/** In order of precedence, then by notice. `file`: codes of the file that no determination has answered. */
export function questionsOf(groups: readonly ReasonedGroup[], file: readonly ReasonCode[]): Questions {
  const considered = sum(groups)
  // G110 follows from the records' own reasons: an answer to one of them may do away with it.
  const stopped = file.filter((code) => code !== 'G110')
  const free = sum(groups.filter(({ weighing }) => blocking(weighing).length === 0))
  const questions: Question[] = []
  const undeterminable: Undeterminable[] = []
  for (const code of file) {
    if (reasons[code].override === 'determination')
      questions.push({ id: code, code, count: considered, alone: file.length === 1 ? free : 0 })
    else undeterminable.push({ code, count: considered, why: 'no-override' })
  }
  for (const { code, notice, among } of heldBack(groups)) {
    const count = sum(among)
    if (reasons[code].override === 'never') undeterminable.push({ code, count, why: 'no-override' })
    else if (notice === undefined) undeterminable.push({ code, count, why: 'no-notice' })
    else {
      const alone =
        stopped.length === 0 ? sum(among.filter((group) => blocking(group.weighing).length === 1)) : 0
      questions.push({ id: `${code}:${notice}`, code, notice, count, alone })
    }
  }
  return { questions, undeterminable }
}

/** Reasons that keep a record from leaving, as opposed to those that only cost it a field. */
export function blocking(codes: readonly ReasonCode[]): ReasonCode[] {
  return codes.filter((code) => reasons[code].effect !== 'transform')
}

/** The codes of whose records a question about a code of the file is: G110 counts systematic failures, others the file. */
export function isAbout(fileCode: ReasonCode, weighing: readonly ReasonCode[]): boolean {
  return fileCode !== 'G110' || weighing.some(isSystematic)
}

/** A code that nobody may answer is one row, whatever the notice. */
function heldBack(groups: readonly ReasonedGroup[]) {
  const order = Object.keys(reasons)
  const rows = new Map<string, { code: ReasonCode; notice: string | undefined; among: ReasonedGroup[] }>()
  for (const group of groups) {
    for (const code of blocking(group.weighing)) {
      const notice = reasons[code].override === 'never' ? undefined : group.notice
      const key = `${String(order.indexOf(code)).padStart(3, '0')} ${notice ?? ''}`
      const row = rows.get(key) ?? { code, notice, among: [] }
      row.among.push(group)
      rows.set(key, row)
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function sum(groups: readonly { count: number }[]): number {
  return groups.reduce((total, { count }) => total + count, 0)
}
