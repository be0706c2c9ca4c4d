// The people as one narrow DuckDB table in member order: whole numbers and dates only, all else is derived from it.
import { cellGroups, cellNotices, type GroupId, joiningDays, noticeRoutes, type SizedCase } from './cells.ts'
import { memberNumbers } from './member-numbers.ts'

/**
 * Table `person`: number (of the member, from 1), index (place in cell order), cell, in_group (place in the group,
 * from 0), joined_on. Nothing may be joined to it later: the engine keeps the order of a scan, not that of a join.
 */
export function personTableSql(sized: SizedCase): string {
  return `
create table person as
with cells(cell, first, group_first, joined_from, joined_days) as (values
  ${sized.cells.map((_, at) => cellRow(sized, at)).join(',\n  ')}
), placed as (
  select number, ${memberNumbers(sized).indexSql('number')} as index
  from range(1, ${sized.members + sized.joiners + 1}) t(number)
), celled as (
  select number, index, ${cellSql(sized)} as cell from placed
)
select number::integer as number, index::integer as index, cell,
  (index - group_first)::integer as in_group,
  joined_from + ((index - first) * 7919 % joined_days)::integer as joined_on
from celled join cells using (cell)
order by number;`
}

/** SQL: she is in one of these groups. */
export function inGroups(...groups: GroupId[]): string {
  const cells = cellGroups.flatMap((group, cell) => (groups.includes(group) ? [cell] : []))
  return `cell in (${cells.join(', ')})`
}

/** SQL: the notice she was shown; null where nothing shows one. */
export const noticeSql = byCell(cellNotices)

/** SQL: the route by which she was shown it. */
export const routeSql = byCell(cellNotices.map((notice) => notice && noticeRoutes[notice]))

/** SQL: a whole number from 0 below `below`, settled by who she is and what is asked. */
export function pick(what: keyof typeof multipliers, below: number): string {
  return `((index + 1)::bigint * ${multipliers[what]} % 2147483647 % ${below})`
}

/** Multipliers of well-known generators modulo 2³¹ − 1, one per question, so that the answers do not move together. */
const multipliers = {
  area: 16807,
  firstName: 48271,
  lastName: 69621,
  street: 630360016,
  house: 742938285,
  postcode: 950706376,
  motherBorn: 1226874159,
  childBorn: 62089911,
  siblings: 1343714438,
  siblingGap: 39373,
  phone: 40014,
  expected: 40692,
} as const

function byCell(texts: readonly (string | undefined)[]): string {
  const list = texts.map((text) => (text === undefined ? 'null' : `'${text}'`)).join(', ')
  return `list_extract([${list}], cell + 1)`
}

function cellRow(sized: SizedCase, at: number): string {
  const cell = sized.cells[at]!
  const [from, to] = cell.joined ?? joiningDays[cell.notice ?? 'no-evidence']
  const days = `date '${to}' - date '${from}' + 1`
  return `(${at}, ${cell.first}, ${sized.groups[cell.group].first}, date '${from}', ${days})`
}

/** Which cell an index falls into; an empty cell ends where the one before it does and is never met. */
function cellSql(sized: SizedCase): string {
  const ends = sized.cells.map((cell, at) => `when index < ${cell.first + cell.people} then ${at}`)
  return `case ${ends.join(' ')} end`
}
