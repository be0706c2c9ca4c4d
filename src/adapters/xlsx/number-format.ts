// What a number in a cell is shown as, by its format code: a date, digits filled up with zeros, or the number itself.
// A format is a small language (ECMA-376 Part 1, 18.8.31); only its first section is read, which is that of positive numbers.

export type NumberFormat =
  | { as: 'number' }
  /** As many digits at least. */
  | { as: 'padded'; digits: number }
  /** Signs between its digits, which the value does not have: 00-000. */
  | { as: 'masked' }
  /** Which parts of an instant are shown. */
  | { as: 'date'; year: boolean; month: boolean; day: boolean; time: boolean }
  /** Hours beyond a day: [h]:mm. */
  | { as: 'duration' }

/** `code` is absent for the formats that every workbook has and no file spells out. */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  const known = code ?? builtIn(id)
  return known === undefined ? plain : formatOf(known)
}

const plain: NumberFormat = { as: 'number' }

/** Dates and times (18.8.30); 27 to 36 and 50 to 58 are dates where Chinese, Japanese, Korean or Thai is spoken. */
function builtIn(id: number): string | undefined {
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'yyyy-mm-dd'
  return builtInDates.get(id)
}

const builtInDates = new Map([
  [14, 'm/d/yyyy'],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, 'm/d/yyyy h:mm'],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
])

function formatOf(code: string): NumberFormat {
  const section = firstSection(code)
  if (/^0{2,}$/.test(section)) return { as: 'padded', digits: section.length }
  if (/\[(?:h+|m+|s+)\]/i.test(section)) return { as: 'duration' }
  const bare = section.replace(/\[[^\]]*\]/g, '').replace(/AM\/PM|A\/P/gi, 'h')
  if (/general/i.test(bare)) return plain
  if (/[ymdhs]/i.test(bare)) return dateFormat(bare)
  const whole = bare.replace(/[.][0#?]*/g, '').replace(/e[+-]0+/gi, '')
  return /0[^0#?]*0/.test(whole) ? { as: 'masked' } : plain
}

/** What stands in quotes or after a backslash, or is a space of some width, becomes one mark that means nothing. */
function firstSection(code: string): string {
  return code.replace(/"[^"]*"?|\\.|_.|\*./gs, '~').split(';')[0]!
}

function dateFormat(bare: string): NumberFormat {
  const tokens = bare.toLowerCase().match(/y+|e+|b+|m+|d+|h+|s+/g) ?? []
  const isMinute = (at: number) => tokens[at - 1]?.[0] === 'h' || tokens[at + 1]?.[0] === 's'
  return {
    as: 'date',
    year: tokens.some(([first]) => first === 'y' || first === 'e' || first === 'b'),
    month: tokens.some(([first], at) => first === 'm' && !isMinute(at)),
    // Three or four letters are the name of the day in the week.
    day: tokens.some((token) => token === 'd' || token === 'dd'),
    time: tokens.some(([first]) => first === 'h' || first === 's'),
  }
}
