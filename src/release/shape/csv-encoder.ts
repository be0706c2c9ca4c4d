// Rows as CSV: RFC 4180, UTF-8 without a byte order mark, CRLF, quotes only where a reader needs them.
import type { RowEncoder } from './row-encoder.ts'

export function csvEncoder(columns: readonly string[]): RowEncoder {
  let text = `${columns.map(headerCell).join(',')}\r\n`
  return {
    add(cells) {
      let line = ''
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!
        if (i > 0) line += ','
        if (cell !== null) line += special.test(cell) ? quoted(cell) : cell
      }
      text += `${line}\r\n`
    },
    take() {
      if (text.length < CHUNK_CHARACTERS) return undefined
      return flush()
    },
    end: flush,
  }
  function flush(): Uint8Array | undefined {
    if (text === '') return undefined
    const bytes = Buffer.from(text, 'utf8')
    text = ''
    return bytes
  }
}

const CHUNK_CHARACTERS = 1 << 20

const special = /[",\r\n]/

function quoted(cell: string): string {
  return cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : `"${cell}"`
}

/** A reader that guesses the delimiter from the first line must not take one from within a name. */
function headerCell(name: string): string {
  return /[",;\t\r\n]/.test(name) ? quoted(name) : name
}
