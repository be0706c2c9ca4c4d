// Free text that a spreadsheet would execute when it opens the file gets an apostrophe in front, which shows it as text.

/** The cell as it may stand in a file that somebody opens in a spreadsheet. */
export function neutralised(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell
}

/**
 * True when a spreadsheet may take the cell for a formula: it starts with = + - @, tab, CR, LF or a form of them that
 * normalises to one (full-width, small, raised, lowered), or with one of these after spaces and characters nobody sees, which some programs trim before they look.
 */
export function isFormula(cell: string): boolean {
  const first = cell.charCodeAt(0)
  // Letters, digits and most signs of ASCII start nothing; an empty cell's NaN falls through to the pattern.
  if (first > SPACE && first < DELETE)
    return first === EQUALS || first === PLUS || first === MINUS || first === AT
  return formula.test(cell)
}

const SPACE = 0x20
const DELETE = 0x7f
const EQUALS = 0x3d
const PLUS = 0x2b
const MINUS = 0x2d
const AT = 0x40

const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫⁼⁺₌₊]/u
