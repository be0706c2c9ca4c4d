// An event match → SQL over the table of its kind: which events count, and the newest of them for each enrolment.
import { undatedInterval } from '../model/instant.ts'
import type { Value } from './expression.ts'
import type { DecisionPlan, PlannedNotice } from './plan.ts'
import type { Condition, ResolvedMatch } from './resolve-match.ts'

/** Newest first; recorded later wins a tie: the order of `latestOf` in gather. */
export const newestFirst = 'order by latest desc, earliest desc, position desc, ord desc'

export function newestPerSubject(match: ResolvedMatch, columns: readonly string[]): string {
  return newestAmong(match, columns, '')
}

/** The same of showings. Nearly everyone has one, and the projection knows who has more: only theirs are put in order. */
export function newestShowing(match: ResolvedMatch, columns: readonly string[]): string {
  const only = `select subject, earliest, latest, ${columns.join(', ')} from presentation anti join repeated_showing using (subject) where ${matchSql(match)}`
  const several = newestAmong(match, columns, ' and subject in (select subject from repeated_showing)')
  return `${only} union all ${several}`
}

function newestAmong(match: ResolvedMatch, columns: readonly string[], also: string): string {
  return `select subject, earliest, latest, ${columns.join(', ')} from ${match.kind} where ${matchSql(match)}${also} qualify row_number() over (partition by subject ${newestFirst}) = 1`
}

/** A fact of the notice whose number stands in `column`, written out: there are a handful, and a join would cost more. */
export function perNotice(
  plan: DecisionPlan,
  column: string,
  say: (notice: PlannedNotice) => Value,
  otherwise: 'null' | 'false' | '0' = 'null',
): string {
  const cases = [...plan.notices.values()]
    .filter(({ number }) => number !== 0)
    .map((notice) => `when ${notice.number} then ${say(notice) ?? 'null'}`)
  return cases.length === 0 ? otherwise : `(case ${column} ${cases.join(' ')} else ${otherwise} end)`
}

export function matchSql(match: ResolvedMatch): string {
  const { earliest, latest } = undatedInterval
  const undated = `earliest = ${earliest} and latest = ${latest}`
  const time = {
    surely: `latest <= ${match.releaseAt}`,
    possibly: `earliest <= ${match.releaseAt}`,
    unclear: `earliest <= ${match.releaseAt} and latest > ${match.releaseAt} and not (${undated})`,
    undated,
  }
  return [time[match.counts], ...match.conditions.map(conditionSql)].join(' and ')
}

/** Facts are never NULL here by accident: an absent scope is tested as absent, not left to three-valued logic. */
function conditionSql({ column, test, numbers }: Condition): string {
  const list = numbers.length === 0 ? '(null)' : `(${numbers.join(', ')})`
  switch (test) {
    case 'in':
      return numbers.length === 0 ? 'false' : `${column} in ${list}`
    case 'in-or-absent':
      return numbers.length === 0 ? `${column} is null` : `(${column} is null or ${column} in ${list})`
    case 'not-in':
      return numbers.length === 0 ? `${column} is not null` : `${column} not in ${list}`
    case 'absent':
      return `${column} is null`
    case 'at-most':
      return `${column} <= ${numbers[0]}`
  }
}
