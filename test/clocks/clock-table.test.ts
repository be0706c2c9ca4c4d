// Every row of the table, computed once and then once more from nothing but its own result.
import { expect, test } from 'vitest'
import { clockInputs, dutyNamed } from '../../src/clocks/clock-inputs.ts'
import { computeClock, recomputeClock } from '../../src/clocks/compute-clock.ts'
import { clockLaw, clockRows, shortDue } from './clock-law.ts'

const compute = (row: (typeof clockRows)[number]) => computeClock(dutyNamed(row.duty), row.inputs, clockLaw)

test('the table covers every duty, both jurisdictions, and every kind of answer', () => {
  expect(clockRows.length).toBeGreaterThanOrEqual(50)
  expect([...new Set(clockRows.map(({ duty }) => duty))].sort()).toEqual(Object.keys(clockInputs).sort())
  expect(new Set(clockRows.map(({ inputs }) => inputs.jurisdiction))).toEqual(new Set(['uk', 'eu']))
  expect(new Set(clockRows.map((row) => compute(row).due.state))).toEqual(
    new Set(['on', 'at', 'promptly', 'open', 'no-duty', 'refused']),
  )
})

test.each(clockRows.map((row, index) => ({ name: `${index + 1} ${row.duty}: ${row.why}`, row })))(
  '$name',
  ({ row }) => {
    const result = compute(row)
    expect(shortDue(result.due)).toBe(row.due)
    if (row.marks !== undefined)
      expect(
        Object.fromEntries(Object.entries(result.marks).map(([name, due]) => [name, shortDue(due)])),
      ).toEqual(row.marks)
    expect(result.inputs).toEqual(row.inputs)
    const stored = JSON.parse(JSON.stringify(result))
    expect(recomputeClock(stored)).toEqual(stored)
  },
)

test('every step names its law, who says it, and whether it was verified', () => {
  for (const row of clockRows)
    for (const step of compute(row).steps) {
      expect(step.says).toMatch(/\S/)
      expect(step.law).toMatch(/\S/)
      expect(step.gives).toMatch(/\S/)
      expect(step.authority).toMatch(/^(statute|case|guidance|industry|house)$/)
      expect(step.verified).toBeTypeOf('boolean')
    }
})

test('every rule that ships is read by some row', () => {
  const read = new Set(
    clockRows.flatMap((row) =>
      compute(row).pack.rules.map(({ rule, jurisdiction }) => `${rule} ${jurisdiction}`),
    ),
  )
  expect(
    clockLaw.rules
      .map(({ rule, jurisdiction }) => `${rule} ${jurisdiction}`)
      .filter((name) => !read.has(name)),
  ).toEqual([])
})
