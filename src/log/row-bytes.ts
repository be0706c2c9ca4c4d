// A delivered row as bytes that nobody can read two ways: every cell says whether it is there, and how long it is.
//
//   column list  count u16 ‖ per column: length u16 ‖ UTF-8 of its name
//   row          per cell: 0x00 for none, or 0x01 ‖ length u32 ‖ UTF-8
//
// All integers are big-endian; lengths are bytes of UTF-8.
import { concatBytes, utf8 } from './bytes.ts'

/** The first column of every delivered file: the row's short reference. */
export const refColumn = 'fairshare_ref'

const CELL_HEAD_BYTES = 5
/** UTF-8 takes at most so many bytes for one UTF-16 unit of a string. */
const UTF8_BYTES_MAX = 3
const U16_MAX = 0xffff
const ASCII_MAX = 0x7f
const encoder = new TextEncoder()

export function columnListBytes(columns: readonly string[]): Uint8Array {
  if (columns[0] !== refColumn) throw new Error(`the first column is ${refColumn}`)
  if (new Set(columns).size !== columns.length) throw new Error('no two columns have one name')
  const parts = [u16(columns.length)]
  for (const column of columns) {
    assertWellFormed(column)
    const name = utf8(column)
    parts.push(u16(name.length), name)
  }
  return concatBytes(parts)
}

/** At least as many bytes as `writeRowBytes` will write. */
export function rowBytesMax(cells: readonly (string | null)[]): number {
  let bytes = cells.length * CELL_HEAD_BYTES
  for (let i = 0; i < cells.length; i++) bytes += UTF8_BYTES_MAX * (cells[i]?.length ?? 0)
  return bytes
}

/** Writes the cells into `into` at `offset`, and says where they end. The caller has made room: `rowBytesMax`. */
export function writeRowBytes(cells: readonly (string | null)[], into: Uint8Array, offset: number): number {
  let at = offset
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!
    if (cell === null) {
      into[at++] = 0
      continue
    }
    const end = writeText(cell, into, at + CELL_HEAD_BYTES)
    const length = end - at - CELL_HEAD_BYTES
    into[at] = 1
    into[at + 1] = length >>> 24
    into[at + 2] = length >>> 16
    into[at + 3] = length >>> 8
    into[at + 4] = length
    at = end
  }
  return at
}

function writeText(text: string, into: Uint8Array, offset: number): number {
  // Most cells are short and ASCII; a call of the encoder takes longer than such a cell.
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > ASCII_MAX) {
      assertWellFormed(text)
      return offset + encoder.encodeInto(text, into.subarray(offset)).written
    }
    into[offset + i] = unit
  }
  return offset + text.length
}

/** Half a surrogate pair has no UTF-8: written as U+FFFD it would make two different cells one. */
function assertWellFormed(text: string): void {
  if (!text.isWellFormed()) throw new Error('a cell or column name holds half a surrogate pair')
}

function u16(value: number): Uint8Array {
  if (value > U16_MAX) throw new Error('more columns, or a longer name, than two bytes count')
  return Uint8Array.of(value >>> 8, value & 0xff)
}
