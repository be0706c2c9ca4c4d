// Mappings as people write them, and what is said when they are wrong.
import { describe, expect, it } from 'vitest'
import { readMapping } from '../../src/intake/mapping.ts'
import { isProblem } from '../../src/model/problem.ts'

const good = `source: crm-joins
kind: presentation
person: { column: member_no, kind: member }
at: { column: joined_on, format: dd/mm/yyyy, zone: Europe/London }
grade: B
route: { column: route, values: { web: online, WEB: online } }
notice: attributed
`

function faults(yaml: string): { line: number | undefined; message: string }[] {
  try {
    readMapping('joins.yaml', yaml)
  } catch (error) {
    if (!isProblem(error)) throw error
    expect(error.code).toBe('mapping.invalid')
    return error.findings.map(({ place, message }) => ({ line: place.line, message }))
  }
  return []
}

describe('a mapping', () => {
  it('is read from YAML', () => {
    expect(readMapping('joins.yaml', good)).toEqual({
      source: 'crm-joins',
      kind: 'presentation',
      person: { column: 'member_no', kind: 'member' },
      at: { column: 'joined_on', format: 'dd/mm/yyyy', zone: 'Europe/London' },
      grade: 'B',
      route: { column: 'route', values: { web: 'online', WEB: 'online' } },
      notice: 'attributed',
    })
  })

  it.each([
    ['an unknown key', good.replace('grade: B', 'grade: B\ngrad: C'), 6, /unknown key grad/],
    ['an unknown key inside', good.replace('kind: member', 'kind: member, nmae: x'), 3, /unknown key nmae/],
    ['an unknown key of a column', good.replace('column: route,', 'column: route, colour: x,'), 6, /colour/],
    ['an unknown kind', good.replace('kind: presentation', 'kind: consnt'), 2, /presentation, consent/],
    ['an unknown format', good.replace('dd/mm/yyyy', 'dd/mm/yy'), 4, /dd\/mm\/yyyy/],
    ['an unknown zone', good.replace('Europe/London', 'Europe/Londn'), 4, /zone/],
    ['a column the kind does not have', `${good}purpose: news\n`, 8, /has no purpose/],
    ['a missing column', good.replace('notice: attributed\n', ''), 1, /needs notice/],
    ['no grade', good.replace('grade: B\n', '').replace('attributed', 'web@1'), 1, /grade is missing/],
    ['attribution without a route', good.replace(/route: .*\n/, ''), 6, /needs route/],
    ['a key that comes twice', `${good}grade: C\n`, 8, /not YAML/],
    ['broken YAML', 'source: [', 1, /not YAML/],
    ['a NUL in a name', good.replace('crm-joins', '"crm\\0joins"'), 1, /invisible control characters/],
    ['half a character', good.replace('crm-joins', '"crm\\ud800"'), 1, /invisible control characters/],
    ['an alias in a list', `${good.replace('grade: B', 'grade: &- B')}sources: [*-]\n`, undefined, /alias/],
    ['an alias', `${good.replace('grade: B', 'grade: &g B')}source2: *g\n`, undefined, /alias/],
  ])('with %s names the place', (_, yaml, line, message) => {
    expect(faults(yaml)).toContainEqual({ line, message: expect.stringMatching(message) })
  })

  it('that is empty or a list is refused', () => {
    expect(faults('')).toHaveLength(1)
    expect(faults('- a')).toHaveLength(1)
  })
})
