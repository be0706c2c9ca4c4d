// Facts from a file into the register, slice by slice: the same file twice changes nothing, and an import that was
// killed goes on where it stopped, because every slice is one batch whose key says file, mapping and slice.
import { type EventColumns, type EventKind, eventColumns, eventKinds } from '../model/event.ts'
import { Problem } from '../model/problem.ts'
import { loadRefIndex } from '../register/find-subject.ts'
import { RefIndex } from '../register/ref-index.ts'
import { isContactKind } from '../register/ref-key.ts'
import type { Register } from '../register/register.ts'
import { dropPresentFacts } from './drop-present-facts.ts'
import { hashMeaning, hashNames, knownNames } from './known-names.ts'
import { type FactMapper, factMapper } from './map-facts.ts'
import type { ImportMapping } from './mapping.ts'
import { appendWithNewcomers, Newcomers, type Unenrolled } from './newcomers.ts'
import { foldedKeys, type PersonKeys, personKeys } from './normalise-contact.ts'
import { type OnProgress, progressReporter } from './progress.ts'
import { RejectList } from './reject-list.ts'
import type { RejectSink } from './reject-sink.ts'
import type { OpenTable, RowBatch, TableFile, TableReader } from './table-reader.ts'

export type ImportOptions = {
  file: TableFile
  mapping: ImportMapping
  actor: string
  rejects: RejectSink
  onProgress?: OnProgress
  /** Events in one batch; also what is lost to a crash and done again. */
  sliceRows?: number
}

/** records = events + alreadyThere + rejected, of this call. */
export type ImportResult = {
  records: number
  /** Appended by this call. */
  events: number
  /** Facts the register had: from this file before, or the same fact from an earlier one. */
  alreadyThere: number
  rejected: number
  /** People enrolled by this call. */
  enrolled: number
  /** Batches appended by this call. */
  batches: number
  /** True when this import had been completed before, and the file was not read again. */
  repeated: boolean
  sha256: string
}

const SLICE_ROWS = 100_000

export async function importFacts(
  register: Register,
  reader: TableReader,
  options: ImportOptions,
): Promise<ImportResult> {
  const { mapping } = options
  const table = await reader.open(options.file)
  const names = await knownNames(register, mapping)
  const mapper = factMapper(mapping, names, register.now())
  const anyNames = `import:${table.sha256}:${hashMeaning(mapping, names)}`
  const whole = await findWhole(register, anyNames)
  if (whole !== undefined) return repeatedResult({ records: whole, rejected: 0 }, table.sha256)
  const earlier = await findEarlier(register, `${anyNames}:${hashNames(names)}`)
  if (earlier.completed !== undefined) return repeatedResult(earlier.completed, table.sha256)
  const keys = personKeys(register.keys, mapping.person.kind, names.country)
  return new FactImport(register, options, { table, mapper, keys, earlier, source: names.source }).run()
}

/** What this same import has appended already, in a run that ended early. */
type Earlier = {
  /** Key of the import; slices add `:1`, `:2`, …, its end adds `:complete:records:rejected`. */
  key: string
  slices: ReadonlyMap<number, { events: number }>
  /** Position of its first slice; events before it are of other imports. */
  firstPosition: number | undefined
  completed: { records: number; rejected: number } | undefined
}

/** Records of this import, if it was completed once, under whatever names, without rejecting any. */
async function findWhole(register: Register, anyNames: string): Promise<number | undefined> {
  const rows = await register.store.query<{ suffix: string }>(
    `select substr(idempotency_key, $2::int4) as suffix from register.batch
      where kind = 'import' and event_count = 0 and starts_with(idempotency_key, $1)`,
    [`${anyNames}:`, anyNames.length + 2],
  )
  const end = rows
    .map(({ suffix }) => /^[0-9a-f]+:complete:(\d+):0$/.exec(suffix))
    .find((match) => match !== null)
  return end === undefined ? undefined : Number(end[1])
}

async function findEarlier(register: Register, key: string): Promise<Earlier> {
  const rows = await register.store.query<{ suffix: string; position: number; event_count: number }>(
    `select substr(idempotency_key, $2::int4) as suffix, position, event_count from register.batch
      where kind = 'import' and starts_with(idempotency_key, $1) order by position`,
    [`${key}:`, key.length + 2],
  )
  const end = rows.map((row) => /^complete:(\d+):(\d+)$/.exec(row.suffix)).find((match) => match !== null)
  return {
    key,
    slices: new Map(rows.map((row) => [Number(row.suffix), { events: row.event_count }])),
    firstPosition: rows[0]?.position,
    completed: end && { records: Number(end[1]), rejected: Number(end[2]) },
  }
}

function repeatedResult(
  { records, rejected }: { records: number; rejected: number },
  sha256: string,
): ImportResult {
  const nothing = { events: 0, enrolled: 0, batches: 0 }
  return { ...nothing, records, rejected, alreadyThere: records - rejected, repeated: true, sha256 }
}

/** Up to `sliceRows` events that become one batch. */
type Slice = { number: number; events: EventColumns; newcomers: Unenrolled }

function emptySlice(rows: number): EventColumns {
  return { ...eventColumns(rows), count: 0 }
}

class FactImport {
  readonly #register: Register
  readonly #options: ImportOptions
  readonly #table: OpenTable
  readonly #mapper: FactMapper
  readonly #keys: PersonKeys
  readonly #earlier: Earlier
  readonly #source: number
  readonly #sliceRows: number
  readonly #rejects: RejectList
  #newcomers = new Newcomers(new RefIndex(), new RefIndex())
  #lookForPresent: { kind: EventKind; source: number; before: number } | undefined
  #sliceNumber = 1
  #events: EventColumns
  /** The append under way: the next slice is mapped meanwhile. */
  #appending: Promise<void> = Promise.resolve()
  #result: ImportResult

  constructor(
    register: Register,
    options: ImportOptions,
    parts: { table: OpenTable; mapper: FactMapper; keys: PersonKeys; earlier: Earlier; source: number },
  ) {
    this.#register = register
    this.#options = options
    this.#table = parts.table
    this.#mapper = parts.mapper
    this.#keys = parts.keys
    this.#earlier = parts.earlier
    this.#source = parts.source
    this.#sliceRows = options.sliceRows ?? SLICE_ROWS
    this.#rejects = new RejectList(options.rejects)
    this.#events = emptySlice(this.#sliceRows)
    this.#result = { ...repeatedResult({ records: 0, rejected: 0 }, parts.table.sha256), repeated: false }
  }

  async run(): Promise<ImportResult> {
    // A column that is not in the file is refused here, before anything is listed or written.
    const batches = this.#table.read(this.#mapper.columns, (rejected) => this.#rejects.add(rejected))
    this.#newcomers = new Newcomers(
      await loadRefIndex(this.#register),
      new RefIndex(),
      foldedKeys(this.#register.keys, this.#options.mapping.person.kind),
    )
    this.#lookForPresent = await this.#whereToLook()
    this.#rejects.start()
    try {
      await this.#takeAll(batches)
    } finally {
      this.#rejects.finish()
      // Also when reading failed: a transaction must not outlive the call that began it.
      await this.#appending
    }
    this.#result.rejected = this.#rejects.count
    this.#result.records += this.#rejects.count
    await this.#complete()
    return this.#result
  }

  async #takeAll(batches: AsyncIterable<RowBatch>): Promise<void> {
    const report = progressReporter(this.#options.onProgress)
    for await (const batch of batches) {
      for (let row = 0; row < batch.count; row++) {
        const reason = this.#mapRow(batch, row)
        if (reason !== undefined) this.#rejects.add({ line: batch.lines[row]!, reason })
        else if (this.#events.count === this.#sliceRows) await this.#flush()
      }
      this.#rejects.flush()
      report(this.#result.records + this.#rejects.count, batch.done)
    }
    if (this.#events.count > 0) await this.#flush()
  }

  #mapRow(batch: RowBatch, row: number): string | undefined {
    const at = this.#events.count
    const { column, kind } = this.#options.mapping.person
    const person = this.#mapper.person(batch, row)
    if (person === undefined) return `no reference of a person in column ${column}`
    const reason = this.#mapper.map(batch, row, this.#events, at)
    if (reason !== undefined) return reason
    const key = this.#keys(person, this.#mapper.name(batch, row))
    if (key === undefined) return `no usable ${kind} in column ${column}`
    // People of a slice that is in the register are enrolled; who was erased since stays erased.
    if (!this.#earlier.slices.has(this.#sliceNumber))
      this.#events.subject[at] = this.#newcomers.find(key, person)
    this.#events.count++
    this.#result.records++
    return undefined
  }

  /** Hands the slice over and starts the next; waits for the one before. */
  async #flush(): Promise<void> {
    const number = this.#sliceNumber++
    const before = this.#earlier.slices.get(number)
    if (before !== undefined) {
      this.#result.alreadyThere += this.#events.count
      this.#events.count = 0
      return
    }
    if (number === 1) this.#refuseWrongFormat()
    const slice = { number, events: this.#events, newcomers: this.#newcomers.take() }
    await this.#appending
    this.#events = emptySlice(this.#sliceRows)
    this.#appending = this.#append(slice)
    // Awaited at the next slice or the end; until then a failure is not unhandled.
    this.#appending.catch(() => {})
  }

  /** Thousands of refusals from the beginning of time could not be taken back: a format that fits no date is a mistake. */
  #refuseWrongFormat(): void {
    if (2 * this.#mapper.unreadDates() > this.#events.count)
      throw new Problem('mapping.invalid', 'at: most dates of this file are not of this format')
  }

  async #append({ number, events, newcomers }: Slice): Promise<void> {
    const stated = events.count
    if (this.#lookForPresent !== undefined)
      await dropPresentFacts(this.#register, events, this.#lookForPresent)
    this.#result.alreadyThere += stated - events.count
    if (events.count === 0 && newcomers.count === 0) return
    const key = `${this.#earlier.key}:${number}`
    const appended = await appendWithNewcomers(this.#register, this.#newcomers, newcomers, {
      kind: 'import',
      actor: this.#options.actor,
      idempotencyKey: key,
      contentHash: key,
      events,
      enrolContacts: isContactKind(this.#options.mapping.person.kind),
    })
    if (appended.repeated) {
      this.#result.alreadyThere += events.count
      return
    }
    this.#result.events += events.count
    this.#result.enrolled += appended.enrolled
    this.#result.batches++
  }

  /** Only facts of other imports count as present: rows this file holds twice are two rows, resumed or not. */
  async #whereToLook(): Promise<{ kind: EventKind; source: number; before: number } | undefined> {
    const { store } = this.#register
    const { kind } = this.#options.mapping
    const before = this.#earlier.firstPosition ?? Number.MAX_SAFE_INTEGER
    // A source has no facts from before it was named: of a new one there is nothing to search.
    const [any] = await store.query<{ found: boolean }>(
      `select exists (select 1 from register.event
                       where position > (select position from register.term where number = $2) and position < $3
                         and kind = $1 and source = $2) as found`,
      [eventKinds[kind].number, this.#source, before],
    )
    return any?.found ? { kind, source: this.#source, before } : undefined
  }

  /** After the last slice is durable, so that the mark never stands for rows that are not there. */
  async #complete(): Promise<void> {
    const { records, rejected } = this.#result
    const key = `${this.#earlier.key}:complete:${records}:${rejected}`
    await this.#register.append({
      kind: 'import',
      actor: this.#options.actor,
      idempotencyKey: key,
      contentHash: key,
    })
  }
}
