// What a workbook is made of, as far as reading one table needs it: which sheet, the texts cells share, the formats of numbers.
// Whatever could make the table another than the one somebody sees, or run, refuses: macros, several sheets, a password.
import { type NumberFormat, numberFormat } from './number-format.ts'
import { type Attributes, readXml, type XmlHandlers } from './read-xml.ts'
import { noSharedStrings, readSharedStrings, type SharedStrings } from './shared-strings.ts'
import type { Refuse } from './unreadable.ts'
import type { ZipPart, ZipParts } from './zip-parts.ts'

export type Workbook = {
  sheet: ZipPart
  strings: SharedStrings
  /** By the number in a cell's `s`. */
  formats: readonly NumberFormat[]
  is1904: boolean
  /** Sheets of any kind, hidden ones among them. */
  sheetCount: number
}

const SMALL_BYTES_MAX = 16 << 20
const STRINGS_BYTES_MAX = 2 ** 31
/** 1,048,576 rows of 16 cells of 200 characters. */
export const sheetBytesMax = 2 ** 32

/** `sheet`: its name; absent = the only one that is not hidden. */
export async function readWorkbook(
  parts: ZipParts,
  sheet: string | undefined,
  refuse: Refuse,
): Promise<Workbook> {
  refuseOthers(parts, refuse)
  const root = await relationsOf(parts, '', refuse)
  const main = [...root.values()].find(({ type }) => type === 'officeDocument')?.part
  const part = main === undefined ? undefined : parts.find(main)
  if (main === undefined || part === undefined) throw refuse('is not a workbook: it has no sheets')
  if (/\.bin$/i.test(main)) throw refuse('is a binary workbook (.xlsb): save it as .xlsx')
  const relations = await relationsOf(parts, main, refuse)
  const { sheets, is1904 } = await readSheets(parts, part, refuse)
  const one = (type: string) => {
    const target = [...relations.values()].find((relation) => relation.type === type)?.part
    return target === undefined ? undefined : parts.find(target)
  }
  const strings = one('sharedStrings')
  return {
    sheet: chosenSheet(parts, relations, sheets, sheet, refuse),
    strings:
      strings === undefined
        ? noSharedStrings
        : await readSharedStrings(parts.stream(strings, STRINGS_BYTES_MAX), refuse),
    formats: await readFormats(parts, one('styles'), refuse),
    is1904,
    sheetCount: sheets.length,
  }
}

function refuseOthers(parts: ZipParts, refuse: Refuse): void {
  for (const name of parts.names()) {
    if (name.endsWith('vbaproject.bin') || name.includes('/macrosheets/'))
      throw refuse('holds macros: save it as .xlsx, which has none')
  }
  if (parts.find('content.xml') !== undefined && parts.find('mimetype') !== undefined)
    throw refuse('is an OpenDocument file: save it as .xlsx')
  if (parts.find('[Content_Types].xml') === undefined)
    throw refuse('is not a workbook: it is another kind of ZIP file')
}

// --- which part is what ------------------------------------------------------------------------------------------

/** `type` is the last word of the relation's name, which both families of namespaces share. */
type Relation = { type: string; part: string }

/** The relations of a part by their id; of the package when the name is empty. Links to elsewhere are none. */
async function relationsOf(parts: ZipParts, of: string, refuse: Refuse): Promise<Map<string, Relation>> {
  const slash = of.lastIndexOf('/') + 1
  const folder = of.slice(0, slash)
  const part = parts.find(`${folder}_rels/${of.slice(slash)}.rels`)
  const relations = new Map<string, Relation>()
  if (part === undefined) return relations
  await readSmall(parts, part, refuse, {
    open(name, { Id, Type, Target, TargetMode }, depth) {
      if (depth !== 2 || name !== 'Relationship' || TargetMode === 'External') return
      if (Id === undefined || Type === undefined || Target === undefined) return
      if (relations.has(Id)) throw refuse('holds two relations of one name')
      relations.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), part: resolved(folder, Target) })
    },
  })
  return relations
}

/** A path within the package; one that climbs out of it names nothing that is there. */
function resolved(folder: string, target: string): string {
  const path: string[] = []
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') path.pop()
    else if (step !== '' && step !== '.') path.push(step)
  }
  return path.join('/')
}

async function readSmall(
  parts: ZipParts,
  part: ZipPart,
  refuse: Refuse,
  handlers: XmlHandlers,
): Promise<void> {
  const xml = readXml(handlers, refuse)
  for await (const chunk of parts.stream(part, SMALL_BYTES_MAX)) xml.write(chunk)
  xml.end()
}

// --- sheets ------------------------------------------------------------------------------------------------------

type Sheet = { name: string; relation: string; hidden: boolean }

async function readSheets(
  parts: ZipParts,
  workbook: ZipPart,
  refuse: Refuse,
): Promise<{ sheets: Sheet[]; is1904: boolean }> {
  const sheets: Sheet[] = []
  let is1904 = false
  await readSmall(parts, workbook, refuse, {
    open(name, attributes, depth) {
      if (depth === 2 && name === 'workbookPr') is1904 = isTrue(attributes.date1904)
      if (depth !== 3 || name !== 'sheet') return
      const hidden = attributes.state !== undefined && attributes.state !== 'visible'
      sheets.push({ name: attributes.name ?? '', relation: relationId(attributes) ?? '', hidden })
    },
  })
  return { sheets, is1904 }
}

export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on'
}

/** `r:id`, under whatever prefix. */
function relationId(attributes: Attributes): string | undefined {
  const name = Object.keys(attributes).find((key) => key.endsWith(':id'))
  return name === undefined ? undefined : attributes[name]
}

function chosenSheet(
  parts: ZipParts,
  relations: ReadonlyMap<string, Relation>,
  sheets: readonly Sheet[],
  wanted: string | undefined,
  refuse: Refuse,
): ZipPart {
  const found = sheets.filter(({ name, hidden }) => (wanted === undefined ? !hidden : name === wanted))
  const [sheet] = found
  if (sheet === undefined || found.length > 1) {
    const names = sheets.filter(({ hidden }) => !hidden).map(({ name }) => `"${name.slice(0, 31)}"`)
    const said = `the sheets ${names.slice(0, 20).join(', ')}`
    if (wanted !== undefined) throw refuse(`has no sheet of the name that is asked for: it has ${said}`)
    throw refuse(
      names.length === 0 ? 'has no sheet that is not hidden' : `has ${said}: say which one is meant`,
    )
  }
  const relation = relations.get(sheet.relation)
  const part = relation?.type === 'worksheet' ? parts.find(relation.part) : undefined
  if (part === undefined) throw refuse('has a sheet that is no table of cells')
  return part
}

// --- formats -----------------------------------------------------------------------------------------------------

const FORMATS_MAX = 1 << 16

async function readFormats(
  parts: ZipParts,
  styles: ZipPart | undefined,
  refuse: Refuse,
): Promise<NumberFormat[]> {
  const codes = new Map<number, string>()
  const ids: number[] = []
  let list = ''
  if (styles === undefined) return []
  await readSmall(parts, styles, refuse, {
    open(name, attributes, depth) {
      if (depth === 2) list = name
      if (depth !== 3) return
      const id = Number(attributes.numFmtId ?? 0)
      if (list === 'numFmts' && name === 'numFmt') codes.set(id, attributes.formatCode ?? '')
      if (list === 'cellXfs' && name === 'xf') ids.push(id)
      if (ids.length > FORMATS_MAX) throw refuse('has more formats than a workbook may have')
    },
  })
  return ids.map((id) => numberFormat(id, codes.get(id)))
}
