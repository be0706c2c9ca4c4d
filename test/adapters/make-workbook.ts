// Workbooks made by hand, part by part, for the tests of reading them: what no spreadsheet program would write among them.
import { type Zippable, zipSync } from 'fflate'

export type MadeWorkbook = {
  /** What stands inside `sheetData`. */
  rows?: string
  /** Inside `worksheet`, before and after `sheetData`. */
  before?: string
  after?: string
  /** `si` elements. */
  strings?: string
  /** Format codes of the cells' styles; style 0 is General. */
  formats?: readonly string[]
  /** The `workbookPr` and `sheets` of the workbook. */
  workbook?: string
  /** Parts put in, replaced, or (undefined) taken out. */
  parts?: Record<string, string | Uint8Array | undefined>
  level?: 0 | 1
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const relations = (inner: string) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`
export const relation = (id: string, type: string, target: string, more = '') =>
  `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"${more}/>`

export const oneSheet = '<sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets>'

export function makeWorkbook(made: MadeWorkbook): Uint8Array {
  const parts: Record<string, string | Uint8Array | undefined> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `<workbook ${main} xmlns:r="${office}">${made.workbook ?? oneSheet}</workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      relation('r1', 'worksheet', 'worksheets/sheet1.xml') +
        relation('r2', 'worksheet', 'worksheets/sheet2.xml') +
        relation('r8', 'sharedStrings', 'sharedStrings.xml') +
        relation('r9', 'styles', 'styles.xml'),
    ),
    'xl/sharedStrings.xml': `<sst ${main}>${made.strings ?? ''}</sst>`,
    'xl/styles.xml': stylesOf(made.formats ?? []),
    'xl/worksheets/sheet1.xml': sheetOf(made),
    ...made.parts,
  }
  const files: Zippable = {}
  for (const [name, content] of Object.entries(parts))
    if (content !== undefined) files[name] = typeof content === 'string' ? Buffer.from(content) : content
  return zipSync(files, { level: made.level ?? 1 })
}

export function sheetOf({ before = '', rows = '', after = '' }: MadeWorkbook): string {
  return `<worksheet ${main}>${before}<sheetData>${rows}</sheetData>${after}</worksheet>`
}

function stylesOf(formats: readonly string[]): string {
  const codes = formats.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code}"/>`)
  const styles = formats.map((_, index) => `<xf numFmtId="${164 + index}"/>`)
  return `<styleSheet ${main}><numFmts>${codes.join('')}</numFmts><cellXfs><xf numFmtId="0"/>${styles.join('')}</cellXfs></styleSheet>`
}

/** Rows of inline texts. */
export function textRows(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `<row>${cells.map(text).join('')}</row>`).join('')
}

export function text(value: string): string {
  return `<c t="inlineStr"><is><t>${value}</t></is></c>`
}
