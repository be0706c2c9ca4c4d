// Rows as a workbook of one sheet: every cell a text, so that nothing is computed and no digit is lost; the first row stays in view.
// The same rows always give the same bytes.
import { Zip, ZipDeflate } from 'fflate'
import { Problem } from '../../model/problem.ts'
import { type RowEncoder, sheetLimits } from '../../release/shape/row-encoder.ts'
import { escaped } from './escaped-text.ts'
import { columnName } from './sheet-rows.ts'

export function xlsxEncoder(columns: readonly string[]): RowEncoder {
  const archive = new Archive()
  for (const [name, text] of Object.entries(fixedParts)) archive.part(name).push(Buffer.from(text), true)
  const sheet = archive.part('xl/worksheets/sheet1.xml')
  const names = columns.map((_, column) => columnName(column))
  let xml = sheetStart(columns.length)
  let rows = 0
  let sheetBytes = 0
  addRow(columns)

  function addRow(cells: readonly (string | null)[]): void {
    if (rows > sheetLimits.records) throw tooLarge()
    const line = String(++rows)
    xml += `<row r="${line}">`
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!
      if (cell !== null && cell !== '')
        xml += cellStart + names[i] + line + cellType + escaped(cell) + cellEnd
    }
    xml += '</row>'
  }

  function flush(isLast: boolean): void {
    const bytes = Buffer.from(xml)
    sheetBytes += bytes.length
    // The archive has no room for a larger size.
    if (sheetBytes > 0xffff_ffff) throw tooLarge()
    sheet.push(bytes, isLast)
    xml = ''
  }

  return {
    add: addRow,
    take() {
      if (xml.length >= CHUNK_CHARACTERS) flush(false)
      return archive.take()
    },
    end() {
      xml += sheetEnd
      flush(true)
      archive.end()
      return archive.take()
    },
  }
}

const CHUNK_CHARACTERS = 1 << 18

function tooLarge(): Problem {
  return new Problem(
    'format.unfit',
    `a sheet takes ${sheetLimits.records} records below its column names, and 4 GB`,
  )
}

/** Named for what it is to whoever opens the file; the instant is the earliest a ZIP can say, as the clock would be another every time. */
class Archive {
  #chunks: Uint8Array[] = []
  readonly #zip = new Zip((error, chunk) => {
    if (error !== null) throw error
    this.#chunks.push(chunk)
  })

  part(name: string): ZipDeflate {
    const part = new ZipDeflate(name, { level: 6 })
    part.mtime = new Date(1980, 0, 1)
    this.#zip.add(part)
    return part
  }

  take(): Uint8Array | undefined {
    if (this.#chunks.length === 0) return undefined
    const taken = Buffer.concat(this.#chunks)
    this.#chunks = []
    return taken
  }

  end(): void {
    this.#zip.end()
  }
}

// --- the parts ---------------------------------------------------------------------------------------------------

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packaging = 'http://schemas.openxmlformats.org/package/2006'
const mime = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Format 49 is "Text": whoever edits a cell does not turn it into a number, a date or a formula. */
const fixedParts = {
  '[Content_Types].xml': `${head}<Types xmlns="${packaging}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${mime}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${mime}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${mime}.styles+xml"/></Types>`,
  '_rels/.rels': `${head}<Relationships xmlns="${packaging}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="records" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packaging}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="49" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
}

function sheetStart(columns: number): string {
  return `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="${columns}" width="20" customWidth="1"/></cols><sheetData>`
}

const cellStart = '<c r="'
const cellType = '" t="inlineStr"><is><t xml:space="preserve">'
const cellEnd = '</t></is></c>'
const sheetEnd = '</sheetData></worksheet>'
