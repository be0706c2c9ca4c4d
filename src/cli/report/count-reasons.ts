// Reasons with their counts, for a reader who may not learn why somebody must not be contacted:
// bereavement, safety and seeded rows are one row without a code, so that not even a file of one person gives the ground away.
import type { SetDecision } from '../../decide/decide-set.ts'
import type { ReasonCode } from '../../model/reason.ts'

export type CountedReason = {
  /** A code of the row, for its words; shown only where `code` is. */
  of: ReasonCode
  /** Absent where the ground is not the reader's. */
  code: ReasonCode | undefined
  slug: string | undefined
  /** Records it touched. */
  count: number
  /** Records for which it weighs most; these add up over all rows. */
  primary: number
}

const protections: readonly ReasonCode[] = ['S311', 'S312', 'S310']

export function isProtection(code: string): boolean {
  return protections.some((protection) => protection === code)
}

/** In order of precedence; the protections stand together where the first of them stood. */
export function countReasons({ reasons, groups }: Pick<SetDecision, 'reasons' | 'groups'>): CountedReason[] {
  const first = reasons.find(({ code }) => isProtection(code))
  return reasons.flatMap((reason): CountedReason[] => {
    if (!isProtection(reason.code)) return [{ of: reason.code, ...reason }]
    if (reason !== first) return []
    const touched = groups.filter(({ codes }) => codes.some(isProtection))
    const weighing = reasons.filter(({ code }) => isProtection(code))
    return [
      {
        of: 'S312',
        code: undefined,
        slug: undefined,
        count: sum(touched.map(({ count }) => count)),
        primary: sum(weighing.map(({ primary }) => primary)),
      },
    ]
  })
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
