// Parquet files of text columns, as releases deliver them, read back a row group at a time.
// Not for bytes of just anyone: a damaged page header can keep the library busy for ever, so the hash of a delivered file is checked
// before it is read. What is not such a file is refused as a whole, in words that quote nothing of it.
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
} from 'hyparquet'
import { Problem } from '../../model/problem.ts'
import { fileProblem } from '../files/file-problem.ts'

type Cell = string | null

export async function parquetColumns(path: string): Promise<string[]> {
  return columnsOf((await openParquet(path)).metadata, path)
}

/** Columns of each row group, all as long as it has rows. An empty text is null. */
export async function* readParquetFile(path: string): AsyncIterable<Cell[][]> {
  const { file, metadata } = await openParquet(path)
  const columns = columnsOf(metadata, path)
  let rowStart = 0
  for (const group of metadata.row_groups) {
    if (!isPlausible(group)) throw unreadable(path)
    const rowEnd = rowStart + Number(group.num_rows)
    yield await readGroup(path, { file, metadata, rowStart, rowEnd }, columns)
    rowStart = rowEnd
  }
}

async function openParquet(path: string): Promise<{ file: AsyncBuffer; metadata: FileMetaData }> {
  try {
    const file = await asyncBufferFromFile(path)
    return { file, metadata: await parquetMetadataAsync(file) }
  } catch (error) {
    const problem = fileProblem(error, path)
    throw problem instanceof Problem ? problem : unreadable(path)
  }
}

function columnsOf(metadata: FileMetaData, path: string): string[] {
  const [root, ...columns] = metadata.schema
  const flat = columns.every(
    ({ type, converted_type, num_children, repetition_type }) =>
      type === 'BYTE_ARRAY' && converted_type === 'UTF8' && !num_children && repetition_type !== 'REPEATED',
  )
  if (!flat || root?.num_children !== columns.length) throw unreadable(path)
  return columns.map(({ name }) => name)
}

/** Held against what a release's file can have, before the library makes room for what these counts say. */
function isPlausible({ num_rows, columns }: FileMetaData['row_groups'][number]): boolean {
  return (
    num_rows >= 0n &&
    num_rows <= GROUP_ROWS_MAX &&
    columns.every(({ meta_data }) => meta_data !== undefined && meta_data.num_values === num_rows)
  )
}

const GROUP_ROWS_MAX = 65_536n

type Range = { file: AsyncBuffer; metadata: FileMetaData; rowStart: number; rowEnd: number }

async function readGroup(path: string, range: Range, columns: readonly string[]): Promise<Cell[][]> {
  try {
    const rows = range.rowEnd - range.rowStart
    const group = columns.map((): Cell[] => [])
    await parquetRead({
      ...range,
      parsers: { stringFromBytes: exactText },
      // Nothing may be thrown in here: nobody would catch it. Pieces of one column come in order.
      onChunk({ columnName, columnData }) {
        const cells = group[columns.indexOf(columnName)]
        for (let i = 0; i < columnData.length; i++) {
          const cell: unknown = columnData[i]
          cells?.push(typeof cell === 'string' && cell !== '' ? cell : null)
        }
      },
    })
    if (group.some((cells) => cells.length !== rows)) throw unreadable(path)
    return group
  } catch {
    throw unreadable(path)
  }
}

/** The library's own reader drops a byte order mark in front of a cell, and replaces what is not UTF-8. */
function exactText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && utf8.decode(bytes)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function unreadable(path: string): Problem {
  return new Problem('file.unreadable', `${path} is not a complete Parquet file of text columns`)
}
