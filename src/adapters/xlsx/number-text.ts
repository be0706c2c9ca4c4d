// A number in a cell as the text somebody reads there, or why there is none. Excel keeps 15 digits: what had more is lost already.
import type { NumberFormat } from './number-format.ts'

/** `fault` goes on after "cell C17": it holds nothing of the cell. */
export type CellText = { text: string | null } | { fault: string }

export function numberText(raw: string, format: NumberFormat, is1904: boolean): CellText {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(raw))
    return { fault: 'is a number that cannot be read' }
  const value = Number(raw)
  if (format.as === 'date') return dateText(value, format, is1904)
  if (format.as === 'duration') return { fault: `is a length of time${asText}` }
  if (format.as === 'masked')
    return { fault: `is a number that is shown with other signs than it has${asText}` }
  const plain = plainNumber(value)
  if ('text' in plain && plain.text !== null && format.as === 'padded' && /^\d+$/.test(plain.text))
    return { text: plain.text.padStart(format.digits, '0') }
  return plain
}

const asText = ': format the column as text and enter it again'

function plainNumber(value: number): CellText {
  if (Number.isInteger(value)) {
    if (Math.abs(value) >= 1e15)
      return { fault: `is a number of more than 15 digits, of which Excel has lost some${asText}` }
    return { text: String(value) }
  }
  // 1.1 stands in the file as 1.1000000000000001.
  const text = String(Number(value.toPrecision(15)))
  return /e|inf/i.test(text) ? { fault: `is a number that cannot be written out${asText}` } : { text }
}

// --- dates -------------------------------------------------------------------------------------------------------

const DAY_MS = 86_400_000
/** 9999-12-31. */
const SERIAL_MAX = 2_958_465

/** Only as much of it as is shown: the day in a cell that says Mar-85 was never typed. */
function dateText(serial: number, shown: Extract<NumberFormat, { as: 'date' }>, is1904: boolean): CellText {
  if (!(serial >= 0 && serial < SERIAL_MAX + 1)) return { fault: 'is a date that does not exist' }
  const milliseconds = Math.round(serial * DAY_MS)
  const isTimeAlone = !shown.year && !shown.month && !shown.day && milliseconds < DAY_MS
  if (isTimeAlone) return { text: timeOf(new Date(milliseconds)) }
  const date = dateOfSerial(milliseconds, is1904)
  if (date === undefined) return { fault: 'is a date that does not exist' }
  const [year = '', month = '', day = ''] = date.toISOString().slice(0, 10).split('-')
  if (!shown.year && (shown.month || shown.day)) return { text: `--${month}-${day}` }
  if (shown.year && !shown.day) return { text: shown.month ? `${year}-${month}` : year }
  return { text: shown.time ? `${year}-${month}-${day}T${timeOf(date)}` : `${year}-${month}-${day}` }
}

/** Day 60 of the system of 1900 is a 29th of February that never was; those before it count from a day later. */
function dateOfSerial(milliseconds: number, is1904: boolean): Date | undefined {
  if (is1904) return new Date(Date.UTC(1904, 0, 1) + milliseconds)
  const day = Math.floor(milliseconds / DAY_MS)
  if (day === 0 || day === 60) return undefined
  return new Date(Date.UTC(1899, 11, day < 60 ? 31 : 30) + milliseconds)
}

function timeOf(date: Date): string {
  const time = date.toISOString().slice(11, 23)
  return time.endsWith('.000') ? time.slice(0, 8) : time
}
