// What the delivered columns of a release are: which fields, under which name, and how each leaves.
import { fieldTransform } from '../../decide/field-transform.ts'
import { refColumn, transformFits, transformWords } from '../../model/delivered-column.ts'
import type { ColumnType, DatasetField, FieldTransform, Policy } from '../../model/policy.ts'
import type { RecordsFormat } from '../../model/release.ts'
import { fieldsMax, type SharingRequest } from '../../model/request.ts'
import type { FieldTreatment } from '../../model/verdict.ts'
import { neutralised } from './neutralise.ts'

export type ShapedColumn = {
  /** As delivered: the column's own name, in CSV and Parquet neutralised like a cell, as a spreadsheet opens the header too. */
  name: string
  type: ColumnType | 'reference'
  category: string
  treatment: FieldTreatment
  /** How it was coarsened or what stands in its place, in words. */
  note?: string
  /** Absent for the reference. */
  source?: ColumnSource
}

export type ColumnSource = {
  /** Name in the dataset. */
  field: string
  /** Bit of the field in the masks: its place in the request. */
  bit: number
  transform?: FieldTransform
  /** Of a `code`: what it may say. */
  values?: readonly string[]
}

export type ShapePlan = {
  format: RecordsFormat
  /** Column of the dataset that identifies people; read, never delivered for being it, when no field leaves. */
  key: string
  dateFormat: string | undefined
  recipient: string
  purpose: string
  /** `fairshare_ref` first, then fields in the order of the request. */
  columns: readonly ShapedColumn[]
}

/** `fieldsSeen`: OR of the members' field bits; a field nobody's notice covers is no column at all. */
export function planShape(
  request: SharingRequest,
  policy: Policy,
  fieldsSeen: number,
  format: RecordsFormat,
): ShapePlan {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) throw new Error(`no dataset ${request.dataset} in the policy`)
  if (request.fields.length > fieldsMax) throw new Error(`more than ${fieldsMax} fields in a request`)
  const columns = request.fields.flatMap((name, bit): ShapedColumn[] => {
    if (!hasBit(fieldsSeen, 2 ** bit)) return []
    const field = dataset.fields.find((item) => item.name === name)
    if (field === undefined) throw new Error(`no field ${name} in dataset ${dataset.id}`)
    const delivered = shapedColumn(field, bit, fieldTransform(name, request, policy))
    return [format === 'xlsx' ? delivered : { ...delivered, name: neutralised(field.name) }]
  })
  return {
    format,
    key: dataset.key.column,
    dateFormat: dataset.dateFormat,
    recipient: request.recipient,
    purpose: request.purpose,
    columns: [
      {
        name: refColumn,
        type: 'reference',
        category: 'identifier',
        treatment: 'keep',
        note: 'line of this file',
      },
      ...columns,
    ],
  }
}

/**
 * True when the bit that weighs `weight` (2 to the bit) is set. The operators of the language know 32 bits, so it is shifted
 * down by division first. A negative mask is 32 bits with the highest one set.
 */
export function hasBit(mask: number, weight: number): boolean {
  return (((mask < 0 ? mask + 2 ** 32 : mask) / weight) & 1) === 1
}

function shapedColumn(field: DatasetField, bit: number, transform: FieldTransform | undefined): ShapedColumn {
  if (transform !== undefined && !transformFits(transform, field.type))
    throw new Error(`the transform of ${field.name} does not fit its type ${field.type}`)
  return {
    name: field.name,
    type: field.type,
    category: field.category,
    treatment: transform?.as ?? 'keep',
    ...(transform && { note: transformWords(transform) }),
    source: {
      field: field.name,
      bit,
      ...(transform && { transform }),
      ...(field.values && { values: field.values }),
    },
  }
}
