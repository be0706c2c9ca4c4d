// The story of a history that went wrong: what it was found by, and only what concerns the people it names.
import type { Violation } from './check-history.ts'
import type { History } from './history.ts'

export function tellHistory(history: History, violations: readonly Violation[]): string {
  const people = new Set(violations.map(({ person }) => person))
  const all = people.has(0)
  const spoken = history.operations
    .filter((operation) => all || operation.people.some((person) => people.has(person)))
    .sort((a, b) => a.invoked - b.invoked)
    .map(({ client, says, people: who, invoked, acknowledged }) => {
      const answer = acknowledged ? `${acknowledged.at}: position ${acknowledged.position}` : 'no answer'
      return `  ${invoked} … ${answer}: ${who.join(' and ')} ${says} (${client})`
    })
  const left = history.left.map(
    ({ release, decidedAt, pointAt, documents, rows, removals, followedUpTo, marks }) =>
      [
        `  ${release}: decided at ${decidedAt}, point ${pointAt}, followed up to ${followedUpTo}`,
        ...marks.map(({ at, position }) => `    passed ${position} after tick ${at}`),
        `    ${documents.join(', ')}`,
        `    rows of ${rows.join(' ')}; removed ${removals.map((one) => one.join(' ')).join(' | ') || 'nobody'}`,
      ].join('\n'),
  )
  return [
    ...violations.map(
      ({ kind, person, words }) => `${kind}: ${person === 0 ? '' : `person ${person} `}${words}`,
    ),
    ...['what was said, by tick:', ...spoken, 'what left:', ...left],
  ].join('\n')
}
