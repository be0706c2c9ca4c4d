// Workbooks made wrong: the archive byte by byte, and each part of it as XML within an archive that is right. Every cell of a person holds the
// canary.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import { openXlsx } from '../../src/adapters/xlsx/xlsx-reader.ts'
import { makeWorkbook, text } from '../adapters/make-workbook.ts'
import { canary, holdsCanary } from '../canary.ts'
import { type FuzzTarget, TAKEN, VIOLATION } from './fuzz-target.ts'

const marks = [
  ...['<', '>', '/>', '&', '"', '<row>', '</row>', '<c>', '</c>', '<c t="s"><v>', '<f>', '<v>1E+400</v>'],
  ...[
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '<?a',
    '_x0000_',
    '_xD800_',
    'r="A9999999"',
  ],
  ...[
    't="e"',
    's="99999"',
    'xmlns:x="y"',
    '<x:c>',
    'hidden="1"',
    '<mergeCell ref="A1"/>',
    'ref="A1:XFD1048576"',
  ],
]
const records = ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x06\x07', '\xff\xff\xff\xff']

/** `folder`: where the files are written that are read. */
export function xlsxTargets(folder: string): FuzzTarget[] {
  const [typed, shared] = workbooks()
  const part = (name: string, from: Uint8Array, level: 0 | 6 = 0): FuzzTarget => {
    const parts = unzipSync(from)
    const read = (bytes: Buffer) => readAll(folder, zipSync({ ...parts, [name]: bytes }, { level }))
    return { kind: `xlsx ${name.replace(/^.*\//, '')}`, corpus: [parts[name]!], words: marks, read }
  }
  return [
    { kind: 'table xlsx', corpus: workbooks(), words: records, read: (bytes) => readAll(folder, bytes) },
    part('xl/worksheets/sheet1.xml', typed),
    part('xl/sharedStrings.xml', shared),
    part('xl/styles.xml', typed),
    part('xl/workbook.xml', shared),
    part('xl/_rels/workbook.xml.rels', shared),
  ]
}

/** What is said of a record that is left out must not repeat it either. */
async function readAll(folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'people.xlsx')
  writeFileSync(path, bytes)
  const table = await openXlsx({ path, format: 'xlsx' })
  let said = ''
  const wanted = table.columns.slice(0, 2)
  for await (const batch of table.read(wanted, ({ reason }) => {
    if (holdsCanary(reason)) said = reason
  }))
    if (batch.columns.some((cells) => cells.length !== batch.count)) return `${VIOLATION}: a batch with a gap`
  return said === '' ? TAKEN : `${VIOLATION}: a reason repeats what a cell held`
}

function workbooks(): [typed: Uint8Array, shared: Uint8Array, ours: Uint8Array] {
  const name = (row: number) => `${canary} ${row}`
  const line = (row: number) =>
    `<row r="${row}"><c r="A${row}"><v>${1000 + row}</v></c><c r="B${row}" t="inlineStr"><is><t>${name(row)}</t></is></c><c r="C${row}" s="1"><v>${31000 + row}</v></c><c r="D${row}" t="b"><v>1</v></c></row>`
  const lines = Array.from({ length: 12 }, (_, row) => line(row + 2)).join('')
  const head = `<row r="1">${['id', 'name', 'born', 'yes'].map(text).join('')}</row>`
  const typed = makeWorkbook({
    formats: ['yyyy-mm-dd'],
    rows: head + lines,
    before: '<cols><col min="1" max="4" width="9"/></cols>',
  })
  const cell = (at: number) => `<c t="s"><v>${at}</v></c>`
  const shared = makeWorkbook({
    strings: ['id', 'name', ...Array.from({ length: 8 }, (_, row) => name(row))]
      .map((item) => `<si><t>${item}</t></si>`)
      .join(''),
    rows: [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]
      .map((row) => `<row>${row.map(cell).join('')}</row>`)
      .join(''),
  })
  const encoder = xlsxEncoder(['id', 'name'])
  for (let row = 0; row < 12; row++) encoder.add([`R${row}`, name(row)])
  return [typed, shared, encoder.end() ?? new Uint8Array(0)]
}
