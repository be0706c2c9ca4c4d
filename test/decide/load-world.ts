// Puts a generated world into a set engine the way the projection holds it.
import { createProjection, projectionColumns } from '../../src/decide/projection-schema.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { type EventKind, eventKindNames, type RegisterEvent } from '../../src/model/event.ts'
import type { Person } from './random-world.ts'

export const worldTable = 'dataset_1'

export async function loadWorld(engine: SetEngine, people: readonly Person[]): Promise<void> {
  for (const table of [...eventKindNames, 'projected', 'dataset_file', worldTable]) {
    await engine.run(`drop table if exists ${table}`)
  }
  await engine.run(createProjection())
  await engine.run(
    `create table ${worldTable} (ordinal integer, subject integer, duplicate utinyint, born_on integer, expecting_on integer, "f_near" boolean)`,
  )
  await engine.load(
    worldTable,
    ['ordinal', 'subject', 'duplicate', 'born_on', 'expecting_on', 'f_near'],
    lines(
      people.map(({ subject, columns, selected }) => [
        subject,
        subject,
        columns.duplicate ? 1 : 0,
        columns.born_on,
        columns.expecting_on,
        selected === undefined ? undefined : String(selected),
      ]),
    ),
  )
  const events = people.flatMap((person) => person.events)
  for (const kind of eventKindNames) {
    const columns = projectionColumns(kind)
    await engine.load(
      kind,
      columns,
      lines(events.filter((event) => event.kind === kind).map((event) => row(kind, event))),
    )
  }
}

function row(kind: EventKind, event: RegisterEvent): (number | undefined)[] {
  return projectionColumns(kind).map((column) => {
    const value = event[column as keyof RegisterEvent] as number
    const always = ['position', 'ord', 'subject', 'earliest', 'latest', 'grade', 'source'].includes(column)
    return value === 0 && !always ? undefined : value
  })
}

function lines(rows: (number | string | undefined)[][]): Uint8Array[] {
  const text = rows.map((cells) => `${cells.map((cell) => cell ?? '\\N').join('\t')}\n`).join('')
  return [new TextEncoder().encode(text)]
}
