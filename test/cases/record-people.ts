// The people of a case as both evaluators take them: a record each for the reference, rows of tables for the set engine.
import type { PersonRecord } from '../../src/decide/person-record.ts'
import { isUnreadable, readDate, type TimeFormat, timeReader } from '../../src/intake/read-time.ts'
import type { RegisterEvent } from '../../src/model/event.ts'
import type { Dataset, DatasetField } from '../../src/model/policy.ts'
import type { CasePerson } from './case-shapes.ts'
import type { CaseNumbers } from './name-numbers.ts'
import { numberEvents } from './number-events.ts'
import type { Case } from './read-case.ts'

/** A person, with the numbers of the enrolments around them: mates, and others who share a contact point. */
export type CaseRecord = {
  name: string
  person: CasePerson
  record: PersonRecord
  sharers: { contact: 'email' | 'phone' | 'address'; subject: number; events: RegisterEvent[] }[]
  /** Cells that `select` may read; undefined = unknown. */
  cells: Record<string, number | boolean | undefined>
}

/** Enrolments of one person of a case stand this far from those of the next. */
export const subjectStep = 100

export function recordPerson(
  { name, person }: { name: string; person: CasePerson },
  subject: number,
  { policy, requests }: Case,
  numbers: CaseNumbers,
): CaseRecord {
  const dataset = policy.datasets.find(({ id }) => id === requests[0]!.dataset)!
  const zone = policy.controller.zone
  const disclosed = (list: CasePerson['disclosures']) =>
    list.map(({ recipient, at }) => ({ recipient: numbers.recipients.get(recipient) ?? -1, at }))
  const sharers = Object.entries(person.shares).map(([contact, events], index) => ({
    contact: contact as 'email' | 'phone' | 'address',
    subject: subject + 50 + index,
    events: numberEvents(events, subject + 50 + index, numbers, zone),
  }))
  return {
    name,
    person,
    sharers,
    cells: Object.fromEntries(dataset.fields.map((field) => [field.name, cellOf(field, person, dataset)])),
    record: {
      subject,
      events: numberEvents(person.events, subject, numbers, zone),
      columns: {
        born_on: dateIn(dataset.bornOn, person, dataset),
        expecting_on: dateIn(dataset.expectingOn, person, dataset),
        retain_until: dateIn(dataset.retainUntil, person, dataset),
        collected_by: collectedBy(person, dataset, zone),
        duplicate: person.twice,
        changed: person.changed,
      },
      sharers: sharers.flatMap(({ events }) => events),
      disclosures: disclosed(person.disclosures),
      linkDoubtful: person.linkDoubtful,
      mates: person.mates.map((mate, index) => ({
        subject: subject + 1 + index,
        events: numberEvents(mate.events, subject + 1 + index, numbers, zone),
        disclosures: disclosed(mate.disclosures),
        linkDoubtful: mate.linkDoubtful,
      })),
    },
  }
}

function dateIn(column: string | undefined, { columns }: CasePerson, dataset: Dataset): number | undefined {
  const text = column === undefined ? undefined : columns[column]
  if (text === undefined) return undefined
  const date = readDate(text, dataset.dateFormat as TimeFormat | undefined)
  if (date === undefined)
    throw new Error(`${column} says ${text}, no date; leave it out, or ask test/intake about such cells`)
  return date
}

function collectedBy({ columns }: CasePerson, dataset: Dataset, home: string): number | undefined {
  const text = dataset.collectedOn === undefined ? undefined : columns[dataset.collectedOn]
  if (text === undefined) return undefined
  const reading = timeReader(dataset.dateFormat as TimeFormat | undefined, dataset.zone ?? home)(text)
  if (isUnreadable(reading)) throw new Error(`${dataset.collectedOn} says ${text}: ${reading.reason}`)
  return reading.latest
}

function cellOf(field: DatasetField, person: CasePerson, dataset: Dataset): number | boolean | undefined {
  const text = person.columns[field.name]
  if (text === undefined) return undefined
  switch (field.type) {
    case 'boolean':
      return text === 'true'
    case 'integer':
      return Number(text)
    case 'date':
      return dateIn(field.name, person, dataset)
    case 'code':
      return (field.values ?? []).indexOf(text) + 1 || undefined
    default:
      return undefined
  }
}
