// The rows of a sheet out of its XML, cell by cell. A cell that is not what somebody typed or sees there (a formula, an error, a number
// that Excel has cut, a row that is hidden) spoils its record, and the record is left out with the place; a sheet whose cells do not
// stand where they say they stand is refused as a whole.

import { sheetLimits } from '../../release/shape/row-encoder.ts'
import { unescaped } from './escaped-text.ts'
import type { NumberFormat } from './number-format.ts'
import { type CellText, numberText } from './number-text.ts'
import { type Attributes, readXml, type XmlSink } from './read-xml.ts'
import { isUnseen } from './shared-strings.ts'
import type { Refuse } from './unreadable.ts'
import { isTrue, type Workbook } from './workbook.ts'

export type SheetRow = {
  /** As the spreadsheet counts, from 1. */
  line: number
  /** From column A on; nothing after the last cell that holds something. */
  cells: (string | null)[]
  /** Why the row cannot be used. */
  fault: string | undefined
}

export type SheetReader = XmlSink & {
  /** Rows that are whole by now and hold something. */
  take(): SheetRow[]
  /** Columns that nobody sees, from 0, both ends included. Known before the first row. */
  hiddenColumns: readonly [from: number, to: number][]
}

const ROWS_MAX = sheetLimits.records + 1
const COLUMNS_MAX = 16_384

export function sheetReader(
  book: Pick<Workbook, 'strings' | 'formats' | 'is1904'>,
  refuse: Refuse,
): SheetReader {
  const hiddenColumns: [number, number][] = []
  const results = new FormulaRanges(refuse)
  let rows: SheetRow[] = []
  let row: SheetRow = { line: 0, cells: [], fault: undefined }
  let isData = false
  let isRow = false
  let isHidden = false
  let cell = emptyCell()

  function openRow({ r, hidden, ht }: Attributes): void {
    const line = r === undefined ? row.line + 1 : Number(r)
    if (!Number.isInteger(line) || line <= row.line || line > ROWS_MAX)
      throw refuse('has rows that do not stand in their order')
    row = { line, cells: [], fault: undefined }
    isHidden = isTrue(hidden) || (ht !== undefined && Number(ht) === 0)
    cell = emptyCell()
    isRow = true
  }

  function openCell({ r, s, t }: Attributes): void {
    const column = r === undefined ? cell.column + 1 : columnOf(r, row.line)
    if (column === undefined || column <= cell.column || column >= COLUMNS_MAX)
      throw refuse('has cells that do not stand in their order')
    cell = emptyCell()
    cell.column = column
    cell.type = t ?? 'n'
    cell.style = s === undefined ? 0 : Number(s)
  }

  /** One that comes twice would be one number made of two. */
  function openValue(): void {
    if (cell.value !== '') throw refuse('has a cell with two values')
    cell.at = 'value'
  }

  function closeCell(): void {
    const { column } = cell
    const isResult = cell.isFormula || results.has(row.line, column)
    const read = isResult ? aFormula : cellText(cell, book)
    if ('fault' in read) row.fault ??= `cell ${columnName(column)}${row.line} ${read.fault}`
    else if (read.text === null || read.text === '') return
    while (row.cells.length < column) row.cells.push(null)
    row.cells.push('text' in read ? read.text : null)
  }

  function closeRow(): void {
    isRow = false
    if (row.cells.length === 0) return
    if (isHidden) row.fault = 'it is hidden, perhaps by a filter: show it, or delete it'
    rows.push(row)
  }

  const xml = readXml(
    {
      open(name, attributes, depth) {
        if (depth === 2) isData = name === 'sheetData'
        if (depth === 3 && name === 'col') hideColumns(attributes, hiddenColumns)
        if (!isData) return
        if (depth === 3 && name === 'row') openRow(attributes)
        else if (!isRow) return
        else if (depth === 4 && name === 'c') openCell(attributes)
        else if (depth === 5 && name === 'f') {
          cell.isFormula = true
          results.add(attributes, row.line)
        } else if (depth === 5 && name === 'v') openValue()
        else if (depth > 5 && isUnseen(name)) cell.unseen ||= depth
        else if (depth > 5 && name === 't' && cell.unseen === 0) cell.at = 'inline'
      },
      close(name, depth) {
        if (!isRow) return
        if (depth === 5 || name === 't') cell.at = undefined
        if (depth === cell.unseen) cell.unseen = 0
        if (depth === 4 && name === 'c') closeCell()
        else if (depth === 3 && name === 'row') closeRow()
      },
      text(text) {
        if (cell.at === 'value') cell.value += text
        else if (cell.at === 'inline') cell.inline += text
      },
    },
    refuse,
  )
  return {
    ...xml,
    hiddenColumns,
    take() {
      const taken = rows
      rows = []
      return taken
    },
  }
}

// --- one cell ----------------------------------------------------------------------------------------------------

type Cell = {
  column: number
  type: string
  style: number
  isFormula: boolean
  /** What the text that comes next belongs to. */
  at: 'value' | 'inline' | undefined
  /** Depth of the element whose text is not part of the cell, 0 for none. */
  unseen: number
  value: string
  inline: string
}

function emptyCell(): Cell {
  return {
    column: -1,
    type: 'n',
    style: 0,
    isFormula: false,
    at: undefined,
    unseen: 0,
    value: '',
    inline: '',
  }
}

const aFormula: CellText = { fault: 'is a formula: copy the column and paste it as values' }

function cellText(
  cell: Cell,
  { strings, formats, is1904 }: Pick<Workbook, 'strings' | 'formats' | 'is1904'>,
): CellText {
  const { type, value } = cell
  if (type === 'inlineStr') return plainText(unescaped(cell.inline))
  if (value === '') return { text: null }
  if (type === 's') {
    const shared = strings.at(/^\d{1,9}$/.test(value) ? Number(value) : -1)
    return shared === undefined ? { fault: 'has a text that is not in the file' } : plainText(shared)
  }
  if (type === 'str') return plainText(unescaped(value))
  if (type === 'n') return numberText(value.trim(), formats[cell.style] ?? general, is1904)
  return rareText(type, value.trim())
}

const general: NumberFormat = { as: 'number' }

function rareText(type: string, value: string): CellText {
  if (type === 'b' && (value === '1' || value === 'true')) return { text: 'true' }
  if (type === 'b' && (value === '0' || value === 'false')) return { text: 'false' }
  if (type === 'd' && /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z?)?$/.test(value))
    return { text: value }
  if (type === 'e') return { fault: 'holds an error of the spreadsheet, such as #N/A' }
  return { fault: 'is of a kind that cannot be read' }
}

function plainText(text: string): CellText {
  if (text.includes('\0')) return { fault: 'holds a NUL character' }
  if (text.length > sheetLimits.cellLength)
    return { fault: `has more than ${sheetLimits.cellLength} characters` }
  return { text }
}

// --- places ------------------------------------------------------------------------------------------------------

/** From 0; undefined when the reference is of another row, or none. */
function columnOf(reference: string, line: number): number | undefined {
  let column = 0
  let at = 0
  for (; at < reference.length && at < 4; at++) {
    const letter = reference.charCodeAt(at) - 64
    if (letter < 1 || letter > 26) break
    column = 26 * column + letter
  }
  return at > 0 && at < 4 && reference.slice(at) === String(line) ? column - 1 : undefined
}

export function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26))
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter
}

function hideColumns({ min, max, hidden, width }: Attributes, into: [number, number][]): void {
  if (isTrue(hidden) || (width !== undefined && Number(width) === 0))
    into.push([Number(min) - 1, Number(max) - 1])
}

/** Cells that a formula of another cell fills stand in the file like cells somebody typed. */
class FormulaRanges {
  readonly #refuse: Refuse
  #ranges: { top: number; bottom: number; left: number; right: number }[] = []

  constructor(refuse: Refuse) {
    this.#refuse = refuse
  }

  add({ t, ref }: Attributes, line: number): void {
    if (ref === undefined || (t !== 'array' && t !== 'dataTable')) return
    const [, left, top, right, bottom] = /^([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?$/.exec(ref) ?? []
    if (left === undefined || top === undefined) throw this.#refuse('has a formula without a place')
    if (right === undefined || bottom === undefined) return
    this.#ranges = this.#ranges.filter((range) => range.bottom >= line)
    if (this.#ranges.length === RANGES_MAX) throw this.#refuse('has more formulas than can be followed')
    const number = (letters: string) => columnOf(`${letters}1`, 1) ?? 0
    this.#ranges.push({ top: Number(top), bottom: Number(bottom), left: number(left), right: number(right) })
  }

  has(line: number, column: number): boolean {
    return this.#ranges.some(
      ({ top, bottom, left, right }) => line >= top && line <= bottom && column >= left && column <= right,
    )
  }
}

const RANGES_MAX = 1000
