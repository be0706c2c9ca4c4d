// One cell of one column as it leaves: typed cells as they are, free text neutralised, transforms done, the rest left empty.
import { createHmac } from 'node:crypto'
import { dateReader, isTimeFormat } from '../../intake/read-time.ts'
import { dateToIso } from '../../model/instant.ts'
import type { ColumnType } from '../../model/policy.ts'
import { crockford } from './crockford.ts'
import { isFormula } from './neutralise.ts'
import type { ShapedColumn, ShapePlan } from './plan-shape.ts'
import { sheetLimits } from './row-encoder.ts'

/** Cells of a column that were given an apostrophe, and cells that were left empty. */
export type CellCounts = { neutralised: number; dropped: number }

/** null = left empty. */
export type CellShaper = (cell: string) => string | null

/** Shapes the cells of a column other than the reference, and counts what it did to them. */
export function cellShaper(
  column: ShapedColumn,
  plan: ShapePlan,
  pseudonymKey: Uint8Array,
  counts: CellCounts,
): CellShaper {
  const shape = shaperOf(column, plan, pseudonymKey, counts)
  if (plan.format !== 'xlsx') return shape
  return (cell) => {
    const shaped = shape(cell)
    if (shaped === null || shaped.length <= sheetLimits.cellLength) return shaped
    counts.dropped++
    return null
  }
}

function shaperOf(
  column: ShapedColumn,
  plan: ShapePlan,
  pseudonymKey: Uint8Array,
  counts: CellCounts,
): CellShaper {
  const { source, type } = column
  if (source === undefined || type === 'reference') throw new Error('the reference is not in the dataset')
  const { transform } = source
  if (transform?.as === 'pseudonymise') return pseudonyms(plan, source.field, pseudonymKey)
  const asText = textShaper(plan, counts)
  if (transform !== undefined) {
    const coarsen = coarsener(transform.to, type, plan)
    return (cell) => {
      const coarse = coarsen(cell)
      if (coarse !== undefined) return coarse === '' ? null : asText(coarse)
      counts.dropped++
      return null
    }
  }
  const typed = typedReader(column, plan)
  return typed === undefined ? asText : (cell) => typed(cell) ?? asText(cell)
}

// --- free text ---------------------------------------------------------------------------------------------------

function textShaper({ format }: ShapePlan, counts: CellCounts): CellShaper {
  return (cell) => {
    // No CSV reader and no database takes a NUL for text.
    if (cell.includes('\0')) {
      counts.dropped++
      return null
    }
    // A workbook says of each cell that it is text: nothing is run, and no sign has to stand in front.
    if (format === 'xlsx' || !isFormula(cell)) return cell
    counts.neutralised++
    return `'${cell}`
  }
}

// --- typed cells -------------------------------------------------------------------------------------------------

/** A cell as it may leave untouched, dates as ISO; undefined when it does not read as its type. */
type Reader = (cell: string) => string | undefined

function typedReader(column: ShapedColumn, plan: ShapePlan): Reader | undefined {
  if (column.type === 'date') return isoDates(plan, false)
  if (column.type === 'dates') return isoDates(plan, true)
  if (column.type === 'integer') return matching(integer)
  if (column.type === 'boolean') return matching(boolean)
  if (column.type === 'code') {
    const values = new Set(column.source?.values ?? [])
    return (cell) => (values.has(cell) || values.has(cell.trim()) ? cell : undefined)
  }
  return column.category === 'phone'
    ? (cell) => (cell.length <= PHONE_CHARACTERS_MAX && phone.test(cell) ? cell : undefined)
    : undefined
}

function matching(pattern: RegExp): Reader {
  return (cell) => (pattern.test(cell) ? cell : undefined)
}

const integer = /^ *[+-]?\d{1,15} *$/
const boolean = /^ *(?:true|false|yes|no|[tfyn01]) *$/i
/** A longer cell is no number: it is text, and the pattern would take hours over one of a megabyte. */
const PHONE_CHARACTERS_MAX = 512
/** Begins like a number, holds three digits or more, and no letters but those of an extension. */
const phone = /^ *\+?(?=[\d(])(?=(?:[^\d]*\d){3})[\d ()./-]+(?:(?:x|ext\.?) *\d+)? *$/i

// --- dates -------------------------------------------------------------------------------------------------------

/** One ISO date, or with `several` those of a cell, as the dataset's format reads them; undefined if it reads any not. */
function isoDates(plan: ShapePlan, several: boolean): Reader {
  const { dateFormat } = plan
  if (dateFormat !== undefined && !isTimeFormat(dateFormat)) throw new Error(`no date format ${dateFormat}`)
  const read = dateReader(dateFormat)
  const one = (text: string) => {
    const date = read(text)
    return date === undefined ? undefined : dateToIso(date)
  }
  return remembering(several ? (cell) => eachDate(cell, one) : one)
}

const BETWEEN_DATES = ';'

function eachDate(cell: string, one: Reader): string | undefined {
  const dates: string[] = []
  for (const part of cell.split(BETWEEN_DATES)) {
    const date = one(part)
    if (date === undefined) return undefined
    dates.push(date)
  }
  return dates.join(BETWEEN_DATES)
}

/** Dates repeat; past this many the memory costs more than the reading. */
const REMEMBERED_MAX = 65_536

function remembering(read: Reader): Reader {
  const known = new Map<string, string | undefined>()
  return (cell) => {
    const before = known.get(cell)
    if (before !== undefined || known.has(cell)) return before
    const result = read(cell)
    if (known.size < REMEMBERED_MAX) known.set(cell, result)
    return result
  }
}

// --- transforms --------------------------------------------------------------------------------------------------

type Coarsening = Extract<
  NonNullable<NonNullable<ShapedColumn['source']>['transform']>,
  { as: 'coarsen' }
>['to']

/** What is left of a cell, '' of a blank one; undefined when it cannot be read and so must not leave at all. */
function coarsener(to: Coarsening, type: ColumnType, plan: ShapePlan): Reader {
  if (to === 'first-2') return (cell) => firstCharacters(cell, 2)
  if (to === 'first-4') return (cell) => firstCharacters(cell, 4)
  if (to === 'tens') return (cell) => band(cell, 10)
  if (to === 'hundreds') return (cell) => band(cell, 100)
  const iso = isoDates(plan, type === 'dates')
  const cut = cutDate[to]
  return remembering((cell) => {
    if (cell.trim() === '') return ''
    return iso(cell)?.split(BETWEEN_DATES).map(cut).join(BETWEEN_DATES)
  })
}

const cutDate: Record<'year' | 'month' | 'decade', (iso: string) => string> = {
  year: (iso) => iso.slice(0, 4),
  month: (iso) => iso.slice(0, 7),
  decade: (iso) => `${iso.slice(0, 3)}0s`,
}

/** Of code points, so that none is cut in half. */
function firstCharacters(cell: string, count: number): string {
  return [...cell.trim()].slice(0, count).join('')
}

function band(cell: string, width: number): string | undefined {
  const trimmed = cell.trim()
  if (trimmed === '') return ''
  if (!/^\+?\d{1,15}$/.test(trimmed)) return undefined
  const number = Number(trimmed)
  const low = number - (number % width)
  return `${low}-${low + width - 1}`
}

/** 128 bits of a keyed hash: nobody without the key can try values, and no two values meet. */
function pseudonyms(plan: ShapePlan, field: string, key: Uint8Array): CellShaper {
  // No part before the value can hold a NUL, so no two questions are the same text.
  const context = ['fairshare/v1/pseudonym', plan.recipient, plan.purpose, field, ''].join('\0')
  return (cell) => {
    const value = cell.trim()
    if (value === '') return null
    const digest = createHmac('sha256', key)
      .update(context + value)
      .digest()
    return `p_${crockford(digest.subarray(0, PSEUDONYM_BYTES))}`
  }
}

const PSEUDONYM_BYTES = 16
