// A mapping made ready to run: each row of a file becomes one event, or a reason why it cannot.
// Everything that repeats is looked up once: dates, names, routes.
import { type EventColumns, eventKinds, isRefusing } from '../model/event.ts'
import { type Instant, type Interval, undatedInterval } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { channels, grades, jurisdictions } from '../model/vocabulary.ts'
import { noticeAttribution } from './attribute-notice.ts'
import type { KnownNames } from './known-names.ts'
import { type CellMapping, type ImportMapping, isRequired, type MappedScope, scopes } from './mapping.ts'
import { isUnreadable, type TimeReading, timeReader, type UnreadableTime, unshared } from './read-time.ts'
import type { RowBatch } from './table-reader.ts'

export type FactMapper = {
  /** Columns of the file it needs, in the order `map` expects them. */
  columns: readonly string[]
  /** Writes row `row` as event `at` of `out`, all but its subject; the reason when it cannot. */
  map(batch: RowBatch, row: number, out: EventColumns, at: number): string | undefined
  /** The reference of the row's person, undefined when the cell is empty. */
  person(batch: RowBatch, row: number): string | undefined
  /** How many dates of a no it could not read, and took all the same. */
  unreadDates(): number
  /** The name that makes an address a contact point. */
  name(batch: RowBatch, row: number): string | undefined
}

/** Names in one file: more distinct values than this and the column holds no names. */
const CACHED_MAX = 10_000

const ABSENT = 0
const UNKNOWN = -1

/** Reads one cell of the mapping; UNKNOWN when it holds no known name, ABSENT when it is empty. */
type CellReader = (batch: RowBatch, row: number) => number

/** `now`: a no without a date was said at any time up to then. */
export function factMapper(mapping: ImportMapping, names: KnownNames, now: Instant): FactMapper {
  const columns: string[] = []
  const placeOf = (column: string): number => {
    if (!columns.includes(column)) columns.push(column)
    return columns.indexOf(column)
  }
  const person = placeOf(mapping.person.column)
  const name = mapping.person.name === undefined ? undefined : placeOf(mapping.person.name)
  const time = timeOf(mapping, names, placeOf)
  const vocabulary = vocabularies(mapping, names)
  const isAttributed = mapping.notice === 'attributed'
  const attribution = isAttributed ? attributedNotice(mapping, names, placeOf) : undefined
  const cells = scopes.flatMap((scope) => {
    const spec = mapping[scope]
    if (spec === undefined || (scope === 'notice' && isAttributed)) return []
    const read = cellReader(spec, vocabulary[scope], placeOf, scope)
    return [{ scope, read, required: isRequired(mapping.kind, scope), unknown: unknownReason(scope, spec) }]
  })
  const grade = mapping.grade === undefined ? undefined : cellReader(mapping.grade, gradeOf, placeOf, 'grade')
  const jurisdiction = cellReader(
    mapping.jurisdiction ?? names.jurisdiction,
    jurisdictionOf,
    placeOf,
    'jurisdiction',
  )
  const kind = eventKinds[mapping.kind].number
  const undated = undatedReadings(now)
  const keepsRoute = eventKinds[mapping.kind].columns.some((column) => column === 'route')

  return {
    columns,
    person: (batch, row) => batch.columns[person]![row]?.trim() || undefined,
    unreadDates: undated.unread,
    name: (batch, row) => (name === undefined ? undefined : (batch.columns[name]![row] ?? undefined)),
    map(batch, row, out, at) {
      for (const cell of cells) {
        const value = cell.read(batch, row)
        if (value === UNKNOWN) return cell.unknown
        if (value === ABSENT && cell.required) return `${cell.scope} is empty`
        if (cell.scope !== 'route' || keepsRoute) out[cell.scope][at] = value
      }
      const refuses = isRefusing({ kind: mapping.kind, qualifier: out.qualifier[at]! })
      const stated = time(batch, row)
      const reading = undated.reading(stated, refuses)
      if (isUnreadable(reading)) return reading.reason
      let gradeNumber = grade === undefined ? 0 : grade(batch, row)
      if (attribution !== undefined) {
        const attributed = attribution(batch, row, reading)
        if (typeof attributed === 'string') return isUnreadable(stated) ? stated.reason : attributed
        out.notice[at] = attributed.notice
        // A rule's evidence is no better for being asserted with more confidence, nor the reverse.
        gradeNumber = gradeNumber === UNKNOWN ? UNKNOWN : Math.max(gradeNumber, attributed.grade)
      }
      if (gradeNumber === UNKNOWN || gradeNumber === ABSENT) return 'grade is not A, B or C'
      const jurisdictionNumber = jurisdiction(batch, row)
      if (jurisdictionNumber <= ABSENT)
        return `jurisdiction is not one of ${Object.keys(jurisdictions).join(', ')}`
      out.kind[at] = kind
      out.earliest[at] = reading.earliest
      out.latest[at] = reading.latest
      out.grade[at] = gradeNumber
      out.source[at] = names.source
      out.jurisdiction[at] = jurisdictionNumber
      out.statedText[at] = reading.exact ? undefined : reading.text
      return undefined
    },
  }
}

function timeOf(
  mapping: ImportMapping,
  names: KnownNames,
  placeOf: (column: string) => number,
): (batch: RowBatch, row: number) => TimeReading | UnreadableTime {
  const { at } = mapping
  const read = timeReader(at.format, at.zone ?? names.zone)
  if ('value' in at) {
    const reading = read(at.value)
    if (isUnreadable(reading)) throw new Problem('mapping.invalid', `at.value: ${reading.reason}`)
    return () => reading
  }
  const place = placeOf(at.column)
  return (batch, row) => {
    const text = batch.columns[place]![row] ?? null
    return text === null ? NO_TIME : read(text)
  }
}

const NO_TIME: UnreadableTime = { reason: 'no date or time', undated: true }

/**
 * An event without a date is kept: what allows happened at no time anyone can rely on, and refuses by that; what refuses
 * counts from the beginning of time. A date that cannot be read is rejected with its line, unless its event refuses: a no
 * is not lost over its date.
 */
function undatedReadings(now: Instant) {
  const always: Interval = { earliest: undatedInterval.earliest, latest: now }
  let unread = 0
  return {
    unread: () => unread,
    reading(reading: TimeReading | UnreadableTime, refuses: boolean): TimeReading | UnreadableTime {
      if (!isUnreadable(reading) || (!refuses && reading.undated !== true)) return reading
      if (reading.undated !== true) unread++
      return { ...(refuses ? always : undatedInterval), exact: true, ambiguous: false, text: '' }
    },
  }
}

function attributedNotice(mapping: ImportMapping, names: KnownNames, placeOf: (column: string) => number) {
  const attribute = noticeAttribution(names.attributions, names.notices, names.zone)
  const { route } = mapping
  if (route === undefined) throw new Problem('mapping.invalid', 'an attributed notice needs route')
  if (typeof route === 'string') return (_: RowBatch, __: number, at: TimeReading) => attribute(route, at)
  const place = placeOf(route.column)
  return (batch: RowBatch, row: number, at: TimeReading) => {
    const text = (batch.columns[place]![row] ?? '').trim()
    return attribute(named(text, route.values) ?? '', at)
  }
}

type Vocabulary = (name: string) => number | undefined

function vocabularies(mapping: ImportMapping, names: KnownNames): Record<MappedScope, Vocabulary> {
  const of =
    (map: ReadonlyMap<string, number>): Vocabulary =>
    (name) =>
      map.get(name)
  return {
    route: of(names.routes),
    notice: of(names.notices),
    purpose: of(names.purposes),
    recipient: of(names.recipients),
    channel: own(channels),
    qualifier: own(eventKinds[mapping.kind].qualifiers),
  }
}

function own(numbers: Readonly<Record<string, number>>): Vocabulary {
  return (name) => (Object.hasOwn(numbers, name) ? numbers[name] : undefined)
}

const gradeOf = own(grades)
const jurisdictionOf = own(jurisdictions)

function cellReader(
  spec: CellMapping,
  vocabulary: Vocabulary,
  placeOf: (column: string) => number,
  what: string,
): CellReader {
  const known = (name: string): number => {
    const number = vocabulary(name)
    if (number === undefined)
      throw new Problem('mapping.invalid', `${what}: ${name} is not known or not published`)
    return number
  }
  if (typeof spec === 'string') {
    const constant = known(spec)
    return () => constant
  }
  const { values } = spec
  // A value the mapping itself names must exist; a value the file names is the file's fault, record by record.
  if (values !== undefined) Object.values(values).forEach(known)
  const place = placeOf(spec.column)
  const cache = new Map<string, number>()
  const look = (text: string): number => {
    const trimmed = text.trim()
    if (trimmed === '') return ABSENT
    const name = named(trimmed, values)
    return name === undefined ? UNKNOWN : (vocabulary(name) ?? UNKNOWN)
  }
  return (batch, row) => {
    const text = batch.columns[place]![row] ?? null
    if (text === null) return ABSENT
    const cached = cache.get(text)
    if (cached !== undefined) return cached
    const number = look(text)
    if (cache.size < CACHED_MAX) cache.set(unshared(text), number)
    return number
  }
}

/** The name a text stands for: itself, unless the mapping lists what the source writes. */
function named(text: string, values: Readonly<Record<string, string>> | undefined): string | undefined {
  if (values === undefined) return text
  return Object.hasOwn(values, text) ? values[text] : undefined
}

/** Names the column, never the cell: it may hold anything, a name included. */
function unknownReason(scope: MappedScope, spec: CellMapping): string {
  return typeof spec === 'string' ? `${scope} is not known` : `${scope} is not known (column ${spec.column})`
}
