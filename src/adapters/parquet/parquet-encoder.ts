// Rows as Parquet: every column UTF-8 text that may be null, row group by row group, the same rows always the same bytes.
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { RowEncoder } from '../../release/shape/row-encoder.ts'

type Cell = string | null

export function parquetEncoder(columns: readonly string[]): RowEncoder {
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    createdBy: CREATED_BY,
    // Statistics would repeat cells outside of their pages.
    statistics: false,
  })
  let group = emptyGroup(columns)
  let rows = 0
  let characters = 0

  function writeGroup(): void {
    const columnData = columns.map((name, index) => ({ name, data: group[index]!, offsetIndex: false }))
    writer.write({ columnData, rowGroupSize: GROUP_ROWS })
    group = emptyGroup(columns)
    rows = 0
    characters = 0
  }

  return {
    add(cells) {
      for (let i = 0; i < columns.length; i++) {
        const cell = cells[i]!
        group[i]!.push(cell)
        if (cell !== null) characters += cell.length
      }
      rows++
    },
    take() {
      if (rows < GROUP_ROWS && characters < GROUP_CHARACTERS) return undefined
      writeGroup()
      return taken(bytes)
    },
    end() {
      if (rows > 0) writeGroup()
      writer.finish()
      return taken(bytes)
    },
  }
}

const CREATED_BY = 'fairshare'

/** A row group is written, and later read, as a whole. */
const GROUP_ROWS = 65_536
const GROUP_CHARACTERS = 1 << 24

function emptyGroup(columns: readonly string[]): Cell[][] {
  return columns.map(() => [])
}

function schemaOf(columns: readonly string[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      (name): SchemaElement => ({
        name,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        repetition_type: 'OPTIONAL',
      }),
    ),
  ]
}

/** A copy of what was written since the last time; the writer goes on at the same offset of the file. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}
