// Files made, shaped and read back for the tests of shaping: real readers, real encoders, files in a folder of their own.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDelivered } from '../../src/adapters/files/open-delivered.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { parquetEncoder } from '../../src/adapters/parquet/parquet-encoder.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import type { OpenTable } from '../../src/intake/table-reader.ts'
import type { DatasetField, FieldTransform, Policy } from '../../src/model/policy.ts'
import type { RecordsFormat } from '../../src/model/release.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { planShape, type ShapePlan } from '../../src/release/shape/plan-shape.ts'
import { type ShapeOptions, shapeRows } from '../../src/release/shape/shape-rows.ts'

export type Cell = string | null
export type Format = RecordsFormat

export const folder = await mkdtemp(join(tmpdir(), 'fairshare-shape-'))
const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })
let files = 0

/** A field of type text and of no particular category unless told otherwise. */
export function field(name: string, more: Partial<DatasetField> = {}): DatasetField {
  return { name, type: 'text', category: 'own-words', about: 'subject', ...more }
}

export type Case = {
  fields: DatasetField[]
  transforms?: FieldTransform[]
  dateFormat?: string
  recipient?: string
  purpose?: string
}

/** The policy as far as shaping reads it, and a request for these fields. */
export function declared({ fields, transforms, dateFormat, recipient = 'acorn', purpose = 'offers' }: Case): {
  request: SharingRequest
  policy: Policy
} {
  const policy: Policy = {
    controller: { id: 'club', name: 'Club Ltd', jurisdiction: 'uk', zone: 'Europe/London' },
    entities: [],
    purposes: [],
    notices: [],
    attributions: [],
    processing: [],
    prohibitions: [],
    workOrders: [],
    copyGrants: [],
    feeds: [],
    agreements: [
      {
        id: 'acorn-2018',
        recipient,
        form: 'agreement',
        effectiveFrom: 20180101,
        purposes: [purpose],
        channels: ['post'],
        fields: fields.map(({ name }) => name),
        endClients: [],
        ownUse: [],
        consideration: 'none',
        ...(transforms && { transforms }),
      },
    ],
    assessments: [],
    determinations: [],
    datasets: [
      {
        id: 'members',
        location: 'members.csv',
        format: 'csv',
        ...(dateFormat !== undefined && { dateFormat }),
        key: { column: 'member_no', kind: 'member' },
        contact: {},
        source: { tells: 'she is a member', categories: [] },
        childrenLikely: false,
        fields: [field('member_no', { category: 'identifier' }), ...fields],
      },
    ],
  }
  const request: SharingRequest = {
    id: 'post',
    dataset: 'members',
    recipient,
    role: 'controller',
    onBehalfOf: [],
    purpose,
    channels: ['post'],
    fields: fields.map(({ name }) => name),
    consideration: 'none',
    requestedBy: 'Lee Marsh',
    releaseAt: Date.UTC(2018, 5, 12) * 1000,
    useWindowDays: 28,
  }
  return { request, policy }
}

/** A CSV file with a column of member numbers and then the fields, every cell in quotes. */
export async function datasetFile(fields: readonly DatasetField[], rows: readonly Cell[][]): Promise<string> {
  const quote = (cell: Cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)
  const lines = rows.map((row, index) => [`M${index + 1}`, ...row.map(quote)].join(','))
  const path = newPath('csv')
  await writeFile(
    path,
    `${[['member_no', ...fields.map(({ name }) => quote(name))].join(','), ...lines].join('\n')}\n`,
  )
  return path
}

export function newPath(ending: string): string {
  return join(folder, `${++files}.${ending}`)
}

export function openTable(path: string): Promise<OpenTable> {
  return reader.open({ path, format: path.endsWith('.parquet') ? 'parquet' : 'csv' })
}

export function refOf(member: number): string {
  return `R${String(member).padStart(7, '0')}`
}

/** Every record of the file with every field, unless told otherwise. */
export function everyone(count: number, fields: number): ShapeOptions['members'] {
  return {
    count,
    ordinals: Float64Array.from({ length: count }, (_, index) => index + 1),
    fields: new Float64Array(count).fill(2 ** fields - 1),
  }
}

export const testKey = Buffer.alloc(32, 7)

export async function shapeInto(
  path: string,
  plan: ShapePlan,
  members: ShapeOptions['members'],
  more: Partial<ShapeOptions> = {},
) {
  const given: Cell[][] = []
  const shaped = shapeRows({
    table: more.table ?? (await openTable(path)),
    plan,
    members,
    refs: refOf,
    pseudonymKey: testKey,
    encoders: { parquet: parquetEncoder, xlsx: xlsxEncoder },
    onRow: (_, cells) => given.push([...cells]),
    ...more,
  })
  const chunks: Uint8Array[] = []
  for await (const chunk of shaped.chunks) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), chunks, given, ...shaped.counts() }
}

/** The cells as the recipient reads them: row by row, the reference first. */
export async function readBack(
  bytes: Uint8Array,
  format: Format,
): Promise<{ columns: string[]; rows: Cell[][] }> {
  const path = newPath(format)
  await writeFile(path, bytes)
  const delivered = await openDelivered(path, format)
  const rows: Cell[][] = []
  for await (const batch of delivered.rows())
    for (let row = 0; row < batch.count; row++) rows.push(batch.columns.map((column) => column[row]!))
  return { columns: delivered.columns, rows }
}

/** One column of cells, as they are delivered. */
export async function shapeColumn(
  column: DatasetField,
  cells: readonly Cell[],
  more: Omit<Case, 'fields'> & { key?: Uint8Array } = {},
) {
  const { request, policy } = declared({ ...more, fields: [column] })
  const plan = planShape(request, policy, 1, 'csv')
  const path = await datasetFile(
    [column],
    cells.map((cell) => [cell]),
  )
  const options = more.key === undefined ? {} : { pseudonymKey: more.key }
  const { given, neutralised, dropped } = await shapeInto(path, plan, everyone(cells.length, 1), options)
  return { cells: given.map((row) => row[1]!), neutralised: neutralised[1], dropped: dropped[1], plan }
}
