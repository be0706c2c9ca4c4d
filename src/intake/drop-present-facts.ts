// Facts the register has from an earlier import of the same source: found by one query, taken out of the slice.
import { type EventColumns, type EventKind, eventKinds, scopeColumns } from '../model/event.ts'
import { undatedInterval } from '../model/instant.ts'
import type { Register } from '../register/register.ts'

const intervals = ['earliest', 'latest'] as const

/** `before`: events from this position on do not count. Removes the rows of `events` that are there, keeping order. */
export async function dropPresentFacts(
  register: Register,
  events: EventColumns,
  where: { kind: EventKind; source: number; before: number },
): Promise<void> {
  const present = await findPresent(register, events, where)
  if (present.size === 0) return
  let kept = 0
  for (let row = 0; row < events.count; row++) {
    if (present.has(row)) continue
    if (kept !== row) moveRow(events, row, kept)
    kept++
  }
  events.count = kept
}

/** Newcomers have numbers below 0 and thus nothing in the register. */
async function findPresent(
  register: Register,
  events: EventColumns,
  { kind, source, before }: { kind: EventKind; source: number; before: number },
): Promise<Set<number>> {
  const scope = eventKinds[kind].columns
  const compared = [
    'e.earliest = f.earliest',
    // A no without a date lasts until it was imported: the same one in a later file is the same one.
    `(e.latest = f.latest or (e.earliest = ${undatedInterval.earliest} and greatest(e.latest, f.latest) < ${undatedInterval.latest}))`,
    ...scope.map((column) => `coalesce(e.${column}, 0) = f.${column}`),
  ]
  const arrays = [
    '$4::int4[]',
    '$5::int8[]',
    '$6::int8[]',
    ...scope.map((_, index) => `$${7 + index}::int4[]`),
  ]
  const rows = await register.store.query<{ row: number }>(
    `select (f.row - 1)::int4 as row
       from unnest(${arrays.join(', ')}) with ordinality as f (subject, ${[...intervals, ...scope].join(', ')}, row)
      where exists (select 1 from register.event e
                     where e.subject = f.subject and e.kind = $1 and e.source = $2 and e.position < $3
                       and ${compared.join(' and ')})`,
    [
      eventKinds[kind].number,
      source,
      before,
      list(events.subject, events.count),
      ...intervals.map((column) => list(events[column], events.count)),
      ...scope.map((column) => list(events[column], events.count)),
    ],
  )
  return new Set(rows.map(({ row }) => row))
}

function list(column: Int32Array | Float64Array, count: number): number[] {
  return Array.from(column.subarray(0, count))
}

function moveRow(events: EventColumns, from: number, to: number): void {
  for (const column of [
    'subject',
    'kind',
    ...intervals,
    'grade',
    'source',
    'jurisdiction',
    ...scopeColumns,
  ] as const)
    events[column][to] = events[column][from]!
  events.statedText[to] = events.statedText[from]
}
