// Parquet and JSON files as tables, read by a DuckDB in memory that may open this one file and nothing else.
// DuckDB's own messages can quote cells, so none of them leaves this file.
import { open } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { OpenTable, RejectedRecord, RowBatch, TableFile } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import { checkColumns, placesOf } from '../files/check-columns.ts'
import { changedWhileRead, hashFile } from '../files/hash-file.ts'
import { readSlices } from './parquet-slices.ts'

/** A file as DuckDB sees it: what to select from, and how each column becomes text. */
type Source = {
  relation: string
  records: number
  columns: { name: string; text: string }[]
  /** SQL for why a record cannot be used, NULL when it can; absent where every record can. */
  fault?: string
  /** The same with `file_row_number`, where the format has it and no column is named so. */
  numbered?: string
}

export async function openParquetOrJson(file: TableFile, temporaryFolder: string): Promise<OpenTable> {
  const { sha256, sizeBytes } = await hashFile(file.path)
  if (sizeBytes === 0) throw new Problem('file.unreadable', `${file.path} is empty`)
  const source = await withConnection(file, temporaryFolder, (connection) =>
    file.format === 'parquet' ? parquetSource(connection, file) : jsonSource(connection, file),
  )
  const columns = source.columns.map((column) => column.name)
  checkColumns(columns, file.path)
  return {
    columns,
    sha256,
    sizeBytes,
    read(wanted, onReject) {
      const texts = placesOf(wanted, columns).map((place) => source.columns[place]!.text)
      return readRecords(file, temporaryFolder, { source, texts, sha256, sizeBytes, onReject })
    },
  }
}

async function* readRecords(
  file: TableFile,
  temporaryFolder: string,
  reading: Reading,
): AsyncIterable<RowBatch> {
  const { source, texts, sizeBytes } = reading
  const { records, numbered } = source
  // One thread where order is all that tells whose cell it is; it works while this one does.
  const { connection, close } = await connect(file, temporaryFolder, numbered === undefined ? 2 : 1)
  const query = (sql: string) => rowsOf(connection, file, sql)
  const changed = () => changedWhileRead(file.path)
  try {
    if (numbered === undefined && file.format === 'parquet') await refuseLong(connection, file, reading)
    if (numbered === undefined) yield* readStream(connection, file, reading)
    else yield* readSlices({ path: file.path, relation: numbered, texts, records, sizeBytes, changed, query })
  } finally {
    close()
  }
  if ((await hashFile(file.path)).sha256 !== reading.sha256) throw changed()
}

type Reading = {
  source: Source
  texts: string[]
  sha256: string
  sizeBytes: number
  onReject: (rejected: RejectedRecord) => void
}

/** DuckDB hands over 2,048 records at a time, and a few kilobytes of Parquet can stand for gigabytes of them. */
const STREAMED_RECORD_BYTES_MAX = 32 << 10

async function refuseLong(
  connection: DuckDBConnection,
  file: TableFile,
  { source, texts }: Reading,
): Promise<void> {
  const bytes = texts.map((text) => `coalesce(strlen(${text}), 0)`).join(' + ') || '0'
  const [longest] = await rowsOf(connection, file, `SELECT max(${bytes}) FROM ${source.relation}`)
  if (Number(longest?.[0]) > STREAMED_RECORD_BYTES_MAX)
    throw new Problem(
      'file.unreadable',
      `${file.path} has a column file_row_number, and records of more than ${STREAMED_RECORD_BYTES_MAX} bytes: name the column otherwise`,
    )
}

async function* readStream(
  connection: DuckDBConnection,
  file: TableFile,
  { source, texts, onReject }: Reading,
): AsyncIterable<RowBatch> {
  let recordsRead = 0
  const sql = `SELECT ${[source.fault ?? 'NULL::VARCHAR', ...texts].join(', ')} FROM ${source.relation}`
  const result = await readable(file, () => connection.stream(sql))
  for (;;) {
    const chunk = await readable(file, () => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) break
    const faults = chunk.getColumnValues(0) as (string | null)[]
    const cells = texts.map((_, index) => chunk.getColumnValues(index + 1) as (string | null)[])
    const batch = batchOf(faults, cells, recordsRead, onReject)
    recordsRead += chunk.rowCount
    if (batch.count > 0) yield { ...batch, done: Math.min(1, recordsRead / source.records) }
  }
}

function batchOf(
  faults: (string | null)[],
  cells: (string | null)[][],
  before: number,
  onReject: (rejected: RejectedRecord) => void,
): Omit<RowBatch, 'done'> {
  const numbers = new Float64Array(faults.length)
  let count = 0
  for (let row = 0; row < faults.length; row++) {
    const reason = faults[row]
    if (typeof reason === 'string') {
      onReject({ line: before + row + 1, reason })
      continue
    }
    if (count !== row) for (const column of cells) column[count] = column[row]!
    numbers[count++] = before + row + 1
  }
  return { count, columns: cells, recordNumbers: numbers, lines: numbers }
}

async function parquetSource(connection: DuckDBConnection, file: TableFile): Promise<Source> {
  const path = literal(exactPath(file.path))
  // Without hive_partitioning=false a folder named year=2017 would add a column that is not in the file.
  const relation = `read_parquet(${path}, hive_partitioning=false)`
  const described = await rowsOf(connection, file, `DESCRIBE SELECT * FROM ${relation}`)
  const counted = await rowsOf(connection, file, `SELECT count(*) FROM ${relation}`)
  const columns = described.map(([name, type]) => ({
    name: String(name),
    text: parquetText(String(name), String(type)),
  }))
  const taken = columns.some(({ name }) => name.toLowerCase() === 'file_row_number')
  return {
    relation,
    records: Number(counted[0]?.[0]),
    columns,
    ...(!taken && { numbered: `read_parquet(${path}, hive_partitioning=false, file_row_number=true)` }),
  }
}

/** SQL that writes a column as the text the port promises. */
function parquetText(name: string, type: string): string {
  const column = `"${name.replaceAll('"', '""')}"`
  const text = () => {
    if (type === 'VARCHAR') return column
    if (type === 'TIMESTAMP WITH TIME ZONE')
      return `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
    if (type.startsWith('TIMESTAMP')) return `replace(CAST(${column} AS VARCHAR), ' ', 'T')`
    // pandas turns whole numbers into floats as soon as one is missing: 1001.0 is still member 1001.
    if (type === 'DOUBLE' || type === 'FLOAT')
      return `CASE WHEN ${column} = trunc(${column}) AND abs(${column}) < 9007199254740992 THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`
    return `CAST(${column} AS VARCHAR)`
  }
  return `nullif(${text()}, '')`
}

async function jsonSource(connection: DuckDBConnection, file: TableFile): Promise<Source> {
  const path = literal(exactPath(file.path))
  const isArray = await startsWithBracket(file.path)
  // One object per line can lose a line; an array that breaks off is lost from there, so it spoils the file.
  const relation = isArray
    ? `read_json_objects(${path}, format='array', hive_partitioning=false)`
    : `read_json_objects(${path}, format='newline_delimited', ignore_errors=true, hive_partitioning=false)`
  const keys = await rowsOf(
    connection,
    file,
    `SELECT key FROM (SELECT DISTINCT unnest(json_keys(json)) AS key FROM ${relation}) ORDER BY key`,
  )
  const counted = await rowsOf(connection, file, `SELECT count(*), count(json) FROM ${relation}`)
  if (Number(counted[0]?.[0]) > 0 && Number(counted[0]?.[1]) === 0)
    throw new Problem(
      'file.unreadable',
      `${file.path} holds no JSON objects: give an array of objects, or one per line`,
    )
  return {
    relation,
    records: Number(counted[0]?.[0]),
    columns: keys.map(([key]) => ({
      name: String(key),
      text: `nullif(json_extract_string(json, ${literal(pointer(String(key)))}), '')`,
    })),
    fault: `CASE WHEN json IS NULL THEN 'it is not valid JSON in UTF-8'
      WHEN json_type(json) <> 'OBJECT' THEN 'it is not a JSON object'
      WHEN len(list_distinct(json_keys(json))) <> len(json_keys(json)) THEN 'it has the same key twice' END`,
  }
}

/** RFC 6901; unlike a JSON path it leaves nothing in a key to be interpreted. */
function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** An absolute path in which DuckDB finds no pattern and no protocol such as https://. */
function exactPath(path: string): string {
  return resolve(path).replace(/[[*?]/g, (character) => `[${character}]`)
}

/** Only this file; a path that has to be written as a pattern is searched for, from the last folder before it. */
function allowed(path: string): string {
  if (exactPath(path) === path) return `allowed_paths = [${literal(path)}]`
  const plain = path.slice(0, path.search(/[[*?]/))
  return `allowed_directories = [${literal(plain.slice(0, plain.lastIndexOf(sep) + 1))}]`
}

async function startsWithBracket(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096)
    return buffer
      .toString('latin1', 0, bytesRead)
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart()
      .startsWith('[')
  } finally {
    await handle.close()
  }
}

async function withConnection<T>(
  file: TableFile,
  temporaryFolder: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await connect(file, temporaryFolder)
  try {
    return await work(connection)
  } finally {
    close()
  }
}

async function connect(
  file: TableFile,
  temporaryFolder: string,
  threads = 2,
): Promise<{ connection: DuckDBConnection; close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: '512MB',
    temp_directory: temporaryFolder,
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`SET ${allowed(resolve(file.path))}`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function rowsOf(connection: DuckDBConnection, file: TableFile, sql: string): Promise<unknown[][]> {
  return readable(file, async () => (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][])
}

/** What DuckDB cannot read in the file is the file's Problem; what it cannot parse in our SQL is a bug. */
async function readable<T>(file: TableFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (/^(Parser|Binder|Catalog|Permission) Error/.test(message)) throw error
    const place = /at byte (\d+) in record\/value (\d+)/.exec(message)
    const where = place === null ? '' : `: it breaks off or is malformed in record ${place[2]}`
    const format = file.format === 'parquet' ? 'a complete Parquet file' : 'complete JSON'
    throw new Problem('file.unreadable', `${file.path} is not ${format}${where}`)
  }
}
