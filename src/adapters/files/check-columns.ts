// What every format asks of a file's column names, and where each wanted column stands among them.
import { Problem } from '../../model/problem.ts'

/** What a spreadsheet holds at most. Each is looked for among the others. */
const COLUMNS_MAX = 16_384

/** Refuses nameless and repeated columns, and a first line that is a person's record instead of a header. */
export function checkColumns(columns: readonly string[], path: string): void {
  if (columns.length > COLUMNS_MAX)
    throw new Problem('file.unreadable', `${path} has more than ${COLUMNS_MAX} columns`)
  const nameless = columns.indexOf('')
  if (nameless >= 0) throw new Problem('file.unreadable', `column ${nameless + 1} of ${path} has no name`)
  // Before any name is repeated in a message: without a header the "names" are someone's personal data.
  if (columns.some(looksLikeData))
    throw new Problem(
      'file.unreadable',
      `the first line of ${path} looks like a record, not like column names`,
    )
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index)
  if (repeated !== undefined)
    throw new Problem('file.unreadable', `two columns of ${path} are named ${repeated}`)
}

/** Where each wanted column stands; a Problem that names what there is when one is absent. */
export function placesOf(wanted: readonly string[], columns: readonly string[]): number[] {
  const absent = wanted.filter((name) => !columns.includes(name))
  // Where none of several is there, the first line may be a record and its names somebody's.
  if (absent.length > 1 && absent.length === wanted.length)
    throw new Problem('mapping.invalid', `no column ${absent.join(', ')}, nor any other of those asked for`)
  if (absent.length > 0)
    throw new Problem(
      'mapping.invalid',
      `no column ${absent.join(', ')}; the file has ${columns.slice(0, 50).join(', ')}`,
    )
  return wanted.map((name) => columns.indexOf(name))
}

/** Numbers, dates, telephone numbers and e-mail addresses do not name columns. */
function looksLikeData(name: string): boolean {
  return name.includes('@') || /^[\d\s/().:+-]+$/.test(name)
}
