// CSV files as tables: UTF-8 with or without a byte order mark; comma, semicolon or tab; LF or CRLF; quotes as in RFC 4180.
// A record that is not UTF-8, or otherwise spoiled, is rejected by itself; only an unusable header spoils the file.
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { OpenTable, RejectedRecord, RowBatch, TableFile } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import { checkColumns, placesOf } from './check-columns.ts'
import { type CsvLimits, CsvScanner, csvLimits } from './csv-scanner.ts'
import { fileProblem } from './file-problem.ts'
import { changedWhileRead, hashFile } from './hash-file.ts'
import { openPlain } from './open-plain.ts'

const CHUNK_BYTES = 1 << 19
const HEADER_BYTES_MAX = 1 << 20

type Header = { columns: string[]; delimiter: number; endsAt: number; lines: number }

export async function openCsv(file: TableFile, limits: CsvLimits = csvLimits): Promise<OpenTable> {
  const { sha256, sizeBytes } = await hashFile(file.path)
  const header = readHeader(await firstBytes(file.path), file)
  checkColumns(header.columns, file.path)
  return {
    columns: header.columns,
    sha256,
    sizeBytes,
    read(wanted, onReject) {
      return readRecords(file.path, header, placesOf(wanted, header.columns), {
        sha256,
        sizeBytes,
        limits,
        onReject,
      })
    },
  }
}

async function* readRecords(
  path: string,
  header: Header,
  wanted: number[],
  options: {
    sha256: string
    sizeBytes: number
    limits: CsvLimits
    onReject: (rejected: RejectedRecord) => void
  },
): AsyncIterable<RowBatch> {
  const layout = {
    delimiter: header.delimiter,
    columnCount: header.columns.length,
    wanted,
    firstLine: header.lines + 1,
  }
  const scanner = new CsvScanner(layout, options.limits, options.onReject)
  const digest = createHash('sha256')
  let readBytes = 0
  const batches = function* () {
    for (let batch = scanner.next(); batch !== undefined; batch = scanner.next())
      yield Object.assign(batch, { done: Math.min(1, readBytes / options.sizeBytes) })
  }
  const file = await openPlain(path)
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: CHUNK_BYTES })) {
      digest.update(chunk)
      const before = readBytes
      readBytes += chunk.length
      if (readBytes <= header.endsAt) continue
      scanner.push(before < header.endsAt ? chunk.subarray(header.endsAt - before) : chunk)
      yield* batches()
    }
  } catch (error) {
    throw fileProblem(error, path)
  }
  scanner.end()
  yield* batches()
  if (digest.digest('hex') !== options.sha256) throw changedWhileRead(path)
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await openPlain(path)
  try {
    const bytes = Buffer.alloc(HEADER_BYTES_MAX)
    let filled = 0
    for (;;) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled)
      filled += bytesRead
      if (bytesRead === 0 || filled === bytes.length) return bytes.subarray(0, filled)
    }
  } finally {
    await handle.close()
  }
}

function readHeader(bytes: Buffer, file: TableFile): Header {
  const unreadable = (detail: string) => new Problem('file.unreadable', `${file.path} ${detail}`)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw unreadable('is UTF-16; save it as UTF-8')
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (bytes.length === start) throw unreadable('is empty')
  const endsAt = headerEnd(bytes, start)
  if (endsAt === undefined) throw unreadable(`has no end to its first line within ${HEADER_BYTES_MAX} bytes`)
  const line = bytes.subarray(start, endsAt)
  if (!isUtf8(line)) throw unreadable('is not UTF-8: the first wrong byte is in line 1')
  if (line.includes(0)) throw unreadable('is not text: line 1 holds a NUL byte')
  const text = line.toString().replace(/\r?\n$/, '')
  if (text.includes('\r')) throw unreadable('ends its lines with CR alone; save it with LF or CRLF')
  const delimiter = file.delimiter ?? likeliestDelimiter(text)
  const columns = splitHeader(text, delimiter)
  if (columns === undefined)
    throw unreadable('has a quote in line 1 that is not closed or stands inside a name')
  return { columns, delimiter: delimiter.charCodeAt(0), endsAt, lines: text.split('\n').length }
}

/** Offset after the header's line break, which may not be the first: a quoted name may hold one. */
function headerEnd(bytes: Buffer, start: number): number | undefined {
  let quoted = false
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] === 34) quoted = !quoted
    else if (bytes[i] === 10 && !quoted) return i + 1
  }
  return bytes.length < HEADER_BYTES_MAX ? bytes.length : undefined
}

function likeliestDelimiter(header: string): string {
  const outside = header.replace(/"(?:[^"]|"")*"/g, '')
  const count = (delimiter: string) => outside.split(delimiter).length
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best))
}

function splitHeader(text: string, delimiter: string): string[] | undefined {
  const names: string[] = []
  let rest = text
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
    const end = quoted === null ? rest.indexOf(delimiter) : quoted[0].length
    const name =
      quoted === null ? rest.slice(0, end < 0 ? rest.length : end) : quoted[1]!.replaceAll('""', '"')
    if (quoted === null && name.includes('"')) return undefined
    names.push(name.trim())
    rest = end < 0 ? '' : rest.slice(end)
    if (rest === '') return names
    if (!rest.startsWith(delimiter)) return undefined
    rest = rest.slice(1)
  }
}
