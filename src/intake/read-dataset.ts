// A customer dataset as the decision needs it: who each row is, dates and codes as integers, no personal value.
// Read twice: once for the keys, so that everybody is enrolled and a key that comes twice is known before any row leaves.

import { randomUUID } from 'node:crypto'
import { type ColumnType, type Dataset, type DatasetField, decidableTypes } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { RefIndex } from '../register/ref-index.ts'
import { type ContactKind, contactKey, isContactKind, REF_KEY_BYTES } from '../register/ref-key.ts'
import type { Register } from '../register/register.ts'
import { loadSuppressed } from '../register/suppression.ts'
import { appendWithNewcomers, Newcomers } from './newcomers.ts'
import { foldedKeys, personKeys } from './normalise-contact.ts'
import { type OnProgress, progressReporter } from './progress.ts'
import {
  dateReader,
  isTimeFormat,
  isUnreadable,
  type TimeFormat,
  timeFormats,
  timeReader,
} from './read-time.ts'
import { RejectList } from './reject-list.ts'
import type { RejectSink } from './reject-sink.ts'
import { datasetFile, type OpenTable, type RowBatch, type TableReader } from './table-reader.ts'

type DatasetColumn = { name: string; type: ColumnType }

export type DatasetReading = {
  /** Rows that `chunks` will hold; records = rows + rejected. */
  rows: number
  rejected: number
  enrolled: number
  sha256: string
  /** Contact points that no suppression can be compared with, counted as `chunks` is read. */
  unusable: () => number
  /** Lookup keys of contact points on the suppression list, end to end, each once, found as `chunks` is read. */
  suppressed: () => Uint8Array
  /** Declared columns of decidable types, in order of declaration. */
  columns: DatasetColumn[]
  /**
   * COPY text, \N for null: `roleColumns`, then `columns`. The ordinal is the
   * number of the record in the file, from 1; a rejected record leaves a gap. Both rows of a key that comes twice are
   * duplicates. To be read once; fails with `file.unreadable` at its end if the file has changed.
   */
  chunks: AsyncIterable<Uint8Array>
}

/** Columns every dataset has, in this order, NULL where the file has nothing to say. */
export const roleColumns = [
  { name: 'ordinal', type: 'integer' },
  { name: 'subject', type: 'integer' },
  { name: 'duplicate', type: 'utinyint' },
  { name: 'born_on', type: 'integer' },
  { name: 'expecting_on', type: 'integer' },
  { name: 'retain_until', type: 'integer' },
  { name: 'collected_by', type: 'bigint' },
  { name: 'email_key', type: 'bigint' },
  { name: 'phone_key', type: 'bigint' },
  { name: 'address_key', type: 'bigint' },
] as const

export type DatasetReadingOptions = {
  refs: RefIndex
  /** Of dates, and of telephone numbers, without one. */
  zone: string
  country: string | undefined
  /** Who has people enrolled that the register does not know yet. */
  actor: string
  /** False: nobody is enrolled, and rows of people the register does not know are left out. */
  enrol?: boolean
  rejects?: RejectSink
  onProgress?: OnProgress
}

export async function readDataset(
  register: Register,
  reader: TableReader,
  dataset: Dataset,
  path: string,
  options: DatasetReadingOptions,
): Promise<DatasetReading> {
  dateFormatOf(dataset)
  const table = await openAsDataset(reader, dataset, path)
  checkColumnsDeclared(dataset, table)
  const people = await identifyPeople(register, table, dataset, options)
  const fields = dataset.fields.filter((field) => decidableTypes.has(field.type))
  const readDay = dateReader(dateFormatOf(dataset))
  const contacts = contactColumns(register, dataset, options.country, await loadSuppressed(register))
  return {
    rows: people.rows,
    rejected: people.rejected,
    enrolled: people.enrolled,
    sha256: table.sha256,
    unusable: contacts.unusable,
    suppressed: contacts.suppressed,
    columns: fields.map(({ name, type }) => ({ name, type })),
    chunks: projectRows(table, people.subjects, [
      ...roleCells(dataset, dataset.zone ?? options.zone),
      ...contacts.cells,
      ...fields.map((field) => ({ names: [field.name], write: cellWriter(field, readDay) })),
    ]),
  }
}

async function openAsDataset(reader: TableReader, dataset: Dataset, path: string): Promise<OpenTable> {
  try {
    return await reader.open(datasetFile(dataset, path))
  } catch (error) {
    if (error instanceof Problem && error.code === 'file.missing')
      throw new Problem('dataset.missing', `${dataset.id}: ${path}`)
    throw error
  }
}

function checkColumnsDeclared(dataset: Dataset, table: OpenTable): void {
  const { key, bornOn, expectingOn, retainUntil, collectedOn, contact } = dataset
  const roles = [key.column, bornOn, expectingOn, retainUntil, collectedOn, ...Object.values(contact)]
  const declared = new Set(dataset.fields.map((field) => field.name))
  for (const role of roles) if (role !== undefined) declared.add(role)
  const missing = [...declared].filter((name) => !table.columns.includes(name))
  if (missing.length > 0)
    throw new Problem('dataset.invalid', `${dataset.id}: the file has no column ${missing.join(', ')}`)
  const undeclared = table.columns.filter((name) => !declared.has(name))
  if (undeclared.length > 0)
    throw new Problem('dataset.unclassified', `${dataset.id}: ${undeclared.slice(0, 50).join(', ')}`)
}

// --- first reading: who ------------------------------------------------------------------------------------------

type People = { subjects: RowSubjects; rows: number; rejected: number; enrolled: number }

async function identifyPeople(
  register: Register,
  table: OpenTable,
  dataset: Dataset,
  options: DatasetReadingOptions,
): Promise<People> {
  const report = progressReporter(options.onProgress)
  const subjects = new RowSubjects()
  const { column, kind } = dataset.key
  const newcomers = new Newcomers(options.refs, new RefIndex(), foldedKeys(register.keys, kind))
  const rejects = new RejectList(options.rejects)
  let enrolled = 0
  const enrol = async () => {
    if (newcomers.waiting === 0 || options.enrol === false) return
    enrolled += await enrolPeople(register, newcomers, options.actor, isContactKind(kind))
  }
  if (kind === 'address') throw new Problem('dataset.invalid', `${dataset.id}: an address alone is no key`)
  const keyOf = personKeys(register.keys, kind, options.country)
  const batches = table.read([dataset.key.column], (rejected) => rejects.add(rejected))
  rejects.start()
  try {
    for await (const batch of batches) {
      const keys = batch.columns[0]!
      for (let row = 0; row < batch.count; row++) {
        const value = keys[row]?.trim()
        const key = value ? keyOf(value) : undefined
        subjects.push(key === undefined ? NOBODY : newcomers.find(key, value))
        if (key === undefined) {
          const reason = `no ${value ? `usable ${kind}` : 'key'} in column ${column}`
          rejects.add({ line: batch.lines[row]!, reason })
        }
      }
      rejects.flush()
      if (newcomers.waiting >= ENROL_ROWS) await enrol()
      report(batch.recordNumbers[batch.count - 1] ?? 0, batch.done)
    }
  } finally {
    rejects.finish()
  }
  await enrol()
  const rows = subjects.settle(newcomers)
  return { subjects, rows, rejected: rejects.count, enrolled }
}

/** People enrolled at a time. */
const ENROL_ROWS = 100_000

/**
 * Contact points of erased people that stand in a file again: enrolled, they are marked by the suppression list, and no record
 * that has one of them leaves.
 */
export async function enrolSuppressed(
  register: Register,
  { refs, actor }: Pick<DatasetReadingOptions, 'refs' | 'actor'>,
  keys: Uint8Array,
): Promise<void> {
  const newcomers = new Newcomers(refs, new RefIndex())
  for (let at = 0; at < keys.length; at += REF_KEY_BYTES) newcomers.find(keys.slice(at, at + REF_KEY_BYTES))
  if (newcomers.waiting > 0) await enrolPeople(register, newcomers, actor, true)
}

async function enrolPeople(
  register: Register,
  newcomers: Newcomers,
  actor: string,
  enrolContacts: boolean,
): Promise<number> {
  const taken = newcomers.take()
  // At random: a hash of the keys would tell, by trying, which one is missing among them when its person is erased.
  const idempotencyKey = randomUUID()
  const draft = { kind: 'enrolment', actor, idempotencyKey, contentHash: '', enrolContacts }
  return (await appendWithNewcomers(register, newcomers, taken, draft)).enrolled
}

/** A row that was rejected, though the file gave it. */
const NOBODY = 0

/** The subject of every row the file yields, in order. */
class RowSubjects {
  #numbers = new Int32Array(1 << 16)
  #length = 0
  /** How often each subject comes, up to 2. */
  #times = new Uint8Array(0)

  push(subject: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Int32Array(2 * this.#length)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#length++] = subject
  }

  at(row: number): number {
    return this.#numbers[row]!
  }

  isDuplicate(subject: number): boolean {
    return this.#times[subject] === 2
  }

  /** Gives newcomers their subjects and counts everybody; returns how many rows are somebody's. */
  settle(newcomers: Newcomers): number {
    const numbers = this.#numbers.subarray(0, this.#length)
    let highest = 0
    for (let row = 0; row < numbers.length; row++) {
      if (numbers[row]! < 0) numbers[row] = newcomers.subjectOf(numbers[row]!)
      highest = Math.max(highest, numbers[row]!)
    }
    this.#times = new Uint8Array(highest + 1)
    let rows = 0
    for (const subject of numbers) {
      if (subject === NOBODY) continue
      rows++
      this.#times[subject] = Math.min(2, this.#times[subject]! + 1)
    }
    return rows
  }
}

// --- second reading: what ----------------------------------------------------------------------------------------

/** What one column of the table is made from: columns of the file, at most two, and their cells as an integer. */
type CellsOf = {
  names: readonly string[]
  write: (first: string | null, second: string | null) => number | undefined
}

const nothing: CellsOf = { names: [], write: () => undefined }

function roleCells(dataset: Dataset, zone: string): CellsOf[] {
  const format = dateFormatOf(dataset)
  const date = dateReader(format)
  const time = timeReader(format, zone)
  const day = (name: string | undefined, unread: number): CellsOf =>
    name === undefined
      ? nothing
      : { names: [name], write: (text) => date(text) ?? (isStated(text) ? unread : undefined) }
  const collected = (text: string | null) => {
    const reading = text === null ? undefined : time(text)
    return reading === undefined || isUnreadable(reading) ? undefined : reading.latest
  }
  return [
    day(dataset.bornOn, LATEST_DATE),
    day(dataset.expectingOn, LATEST_DATE),
    day(dataset.retainUntil, EARLIEST_DATE),
    dataset.collectedOn === undefined ? nothing : { names: [dataset.collectedOn], write: collected },
  ]
}

/** The keys of contact points, as the register holds them of whoever objected under one. */
function contactColumns(
  register: Register,
  { contact }: Dataset,
  country: string | undefined,
  isSuppressed: ((key: Uint8Array) => boolean) | undefined,
): { cells: CellsOf[] } & Pick<DatasetReading, 'unusable' | 'suppressed'> {
  let unusable = 0
  const suppressed = new Map<number, Uint8Array>()
  const column = (kind: ContactKind, names: readonly (string | undefined)[]): CellsOf => {
    const known = names.filter((name) => name !== undefined)
    // A name alone, or an address alone, is nobody.
    if (known.length < names.length) return nothing
    const keyOf = personKeys(register.keys, kind, country)
    return {
      names: known,
      write(value, name) {
        if (value === null || value.trim() === '') return undefined
        const key = keyOf(value, name ?? '')
        if (key === undefined) {
          unusable++
          return undefined
        }
        const number = contactKey(key)
        if (isSuppressed?.(key)) suppressed.set(number, key)
        return number
      },
    }
  }
  const cells = [
    column('email', [contact.email]),
    column('phone', [contact.phone]),
    column('address', [contact.address, contact.name]),
  ]
  return {
    cells,
    unusable: () => unusable,
    suppressed: () => new Uint8Array(Buffer.concat([...suppressed.values()])),
  }
}

async function* projectRows(
  table: OpenTable,
  subjects: RowSubjects,
  cells: readonly CellsOf[],
): AsyncIterable<Uint8Array> {
  const wanted = [...new Set(cells.flatMap(({ names }) => names))]
  const writers = cells.map(({ names, write }) => {
    const [first, second] = names.map((name) => wanted.indexOf(name))
    return { first, second, write }
  })
  let row = 0
  // The first reading listed what is rejected here again.
  for await (const batch of table.read(wanted, () => {})) {
    const text = copyText(batch, row, subjects, writers)
    row += batch.count
    if (text !== '') yield Buffer.from(text, 'latin1')
  }
}

/**
 * Of a birth date that is stated and cannot be read, the youngest reading counts; of a day a child is expected, one that is
 * still to come; the day until which a record may be kept is past. All refuse: an unreadable cell must not let a child or
 * a pregnancy pass for neither.
 */
const LATEST_DATE = 99991231
const EARLIEST_DATE = 19000101

/** Zeros and ends of time that databases put where nothing is known, in the orders dates are written. */
const sentinel =
  /^(?:(?:1900|1970)-01-01|0000-00-00|9999-12-31|0?1[./-]0?1[./-](?:1900|1970)|00[./-]00[./-]0000|31[./-]12[./-]9999)/

function isStated(text: string | null): boolean {
  return text !== null && text.trim() !== '' && !sentinel.test(text.trim())
}

type CellWriter = { first: number | undefined; second: number | undefined; write: CellsOf['write'] }

function copyText(
  batch: RowBatch,
  firstRow: number,
  subjects: RowSubjects,
  writers: readonly CellWriter[],
): string {
  let text = ''
  for (let row = 0; row < batch.count; row++) {
    const subject = subjects.at(firstRow + row)
    if (subject === NOBODY) continue
    text += `${batch.recordNumbers[row]}\t${subject}\t${subjects.isDuplicate(subject) ? 1 : 0}`
    for (let column = 0; column < writers.length; column++) {
      const { first, second, write } = writers[column]!
      const value = write(cellAt(batch, first, row), cellAt(batch, second, row))
      text += value === undefined ? '\t\\N' : `\t${value}`
    }
    text += '\n'
  }
  return text
}

function cellAt(batch: RowBatch, column: number | undefined, row: number): string | null {
  return column === undefined ? null : batch.columns[column]![row]!
}

/** A cell as an integer; undefined = unknown. */
function cellWriter(
  field: DatasetField,
  readDay: (text: string | null) => number | undefined,
): CellsOf['write'] {
  if (field.type === 'date') return readDay
  if (field.type === 'boolean') return readBoolean
  if (field.type === 'integer') return readInteger
  const codes = new Map((field.values ?? []).map((value, index) => [value, index + 1]))
  return (text) => (text === null ? undefined : (codes.get(text) ?? codes.get(text.trim())))
}

const booleans = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, 1] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, 0] as const),
])

function readBoolean(text: string | null): number | undefined {
  return text === null ? undefined : (booleans.get(text) ?? booleans.get(text.trim().toLowerCase()))
}

/** Up to 15 digits: all of them exact in a double, and in int8. */
function readInteger(text: string | null): number | undefined {
  if (text === null || !/^\s*[+-]?\d{1,15}\s*$/.test(text)) return undefined
  // Adding 0 makes −0 plain.
  return Number(text) + 0
}

function dateFormatOf(dataset: Dataset): TimeFormat | undefined {
  const { dateFormat } = dataset
  if (dateFormat === undefined || isTimeFormat(dateFormat)) return dateFormat
  throw new Problem('dataset.invalid', `${dataset.id}: dateFormat must be one of ${timeFormats.join(', ')}`)
}
