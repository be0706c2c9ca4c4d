// The reports as their readers meet them: figures that add up, words instead of codes, nothing that could harm or betray.
import { describe, expect, test } from 'vitest'
import type { CaseBeat, CasePerson, CaseRelease, CaseReport } from '../../src/cli/report/case-report.ts'
import { renderCheck, renderCoverage } from '../../src/cli/report/check-report.ts'
import { renderHtml } from '../../src/cli/report/html-report.ts'
import { style } from '../../src/cli/report/html-style.ts'
import { caseHolds } from '../../src/cli/report/tell-case.ts'
import { tellWhoHas } from '../../src/cli/report/tell-trust.ts'
import { renderTerminal } from '../../src/cli/report/terminal-report.ts'
import { keepsDataHome, wordsFor } from '../../src/cli/report/words-for.ts'
import { reasonCodes, reasons } from '../../src/model/reason.ts'
import type { CoverageRow } from '../../src/release/coverage.ts'
import { checkResult, fullSizeCase } from './full-size-case.ts'

const plain = { codes: false, color: false, width: 100 }
const anyCode = /\b[AGSNBPCTF]\d{3}\b/
const anySlug = new RegExp(`\\b(${reasonCodes.map((code) => reasons[code].slug).join('|')})\\b`)
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const forbidden = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
const grounds = /bereave|safety|lost|loss|S31[02]/i

describe('on the terminal', () => {
  const report = renderTerminal(fullSizeCase, plain)

  test('the groups of every beat add up to the total printed under them, and that is everyone considered', () => {
    const sections = sectionsOf(report)
    for (const beat of fullSizeCase.beats) {
      const lines = sections.find((section) => section[0]!.startsWith(labelOf(beat.id)))!
      const ruleAt = lines.findIndex((line) => /^ +─+$/.test(line))
      const groups = lines
        .slice(0, ruleAt)
        .flatMap((line) => figureAt(line, /^ +([\d,]+) {2}.*(may leave|waits|stays) /))
      const total = figureAt(lines[ruleAt + 1]!, /^ +([\d,]+) {2}people considered/)
      expect(groups).toHaveLength(beat.groups.length)
      expect([sum(groups)]).toEqual(total)
      expect(total).toEqual([beat.result.considered])
    }
  })

  test('the headline of a beat is the number that may leave and the number asked for', () => {
    expect(report).toContain('\n   0 of 1,065,220 may leave\n')
    expect(report).toContain('\n   790,000 of 1,077,220 may leave\n')
    expect(report).toContain('\n   140,000 of 1,077,220 may leave\n')
  })

  test('people who wait for a decision are told from people who may leave', () => {
    expect(report).toContain('0 of 1,065,220 may leave; 3,000 wait for a named person’s decision')
    expect(report).toMatch(/3,000 .* waits +were sent the letter/)
  })

  test('what speaks against the whole file stands apart, in words, and so does what the list tells', () => {
    expect(report).toContain('The file as a whole is refused, whoever is in it:')
    expect(report).toContain(
      '– Someone down the line would get the data whom the agreement does not authorise.',
    )
    expect(report).toContain(
      'The list tells the recipient: she lives in one of 106 areas; she has a child under five;',
    )
  })

  test('a reason that a named person has answered does not read as unanswered', () => {
    expect(report).toContain('Answered by a named person: Political use needs a named person’s sign-off.\n')
  })

  test('no code and no slug appears unless codes are asked for', () => {
    expect(report).not.toMatch(anyCode)
    expect(report).not.toMatch(anySlug)
  })

  test('codes come with their counts when asked for', () => {
    const withCodes = renderTerminal(fullSizeCase, { ...plain, codes: true })
    expect(withCodes).toMatch(/N402 +RECIPIENT_NOT_IN_NOTICE +868,000 +838,000/)
    expect(withCodes).toMatch(/A207 +END_CLIENT_NOT_AUTHORISED +the file/)
  })

  test('even with codes, the two grounds for not contacting someone are one row without a code', () => {
    const withCodes = renderTerminal(fullSizeCase, { ...plain, codes: true })
    expect(withCodes).toMatch(/withheld +must not be contacted +1,040 +1,040/)
    expect(withCodes).not.toMatch(grounds)
    expect(withCodes).not.toContain('C701)')
  })

  test.each([100, 80, 60])('no line of the story is longer than %i columns', (width) => {
    const story = renderTerminal(fullSizeCase, { ...plain, width }).split('What was made, how long')[0]!
    // A word that is longer than the line is a path in a command, which has to stay whole to be copied.
    const long = story.split('\n').filter((line) => line.length > width)
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([])
  })

  test('colour adds nothing but colour', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    const bleached = renderTerminal(fullSizeCase, { ...plain, color: true }).replace(/\x1b\[\d+m/g, '')
    expect(bleached).toBe(report)
  })

  test('answers that read the same share a line, whatever the codes behind them', () => {
    expect(report).toContain(
      '1, 1b, 2, 3, 4, 5  stays      There is no evidence that this person was shown any',
    )
    expect(report).toContain('3, 4, 5  may leave  Nothing recorded against it.')
  })

  test('time and memory come last', () => {
    expect(sectionsOf(report).at(-1)!.join('\n')).toContain('1 min 53 s in all; 1.21 GB of memory at most')
  })

  test('a report whose groups do not add up says so', () => {
    const [first, ...rest] = fullSizeCase.beats
    const short = { ...first!, groups: first!.groups.slice(1), asExpected: false }
    const text = renderTerminal({ ...fullSizeCase, beats: [short, ...rest] }, plain)
    expect(text).toContain(
      'Please report this: The groups add up to 197,220, not to the 1,065,220 considered.',
    )
    expect(text.replace(/\s+/g, ' ')).toContain('The sums done by hand in the example say otherwise.')
  })
})

describe('what left', () => {
  const acorn = fullSizeCase.beats[3]!
  const told = oneSpaced(renderTerminal(fullSizeCase, plain))
  const page = renderHtml(fullSizeCase)

  test('is told with its recipient, columns, approver, seal and the fingerprint the recipient computed', () => {
    const fingerprint = acorn.release!.roots.released.slice(0, 8)
    for (const says of [
      '790,000 left, sealed, as release 3-acorn-post@41',
      'Little Acorn Foods Ltd',
      '790,000 rows of 2 columns: parent name and home address.',
      'Dana Whitlock, who is not the one who asked.',
      'nobody but the recipient can open it. 41.9 MB.',
      `counted the same 790,000 rows and computed the same fingerprint: ${fingerprint}.`,
      'Decide 1.9 s, shape and seal 7.8 s, proof and delivery 2.7 s, open 6.0 s.',
    ]) {
      expect(told).toContain(says)
      expect(page).toContain(says)
    }
  })

  test('has its whole fingerprint only where it is unfolded', () => {
    const { released } = acorn.release!.roots
    expect(told).not.toContain(released)
    expect(page).toContain(released)
    expect(page.replace(/<details>.*?<\/details>/gs, '')).not.toContain(released)
  })

  test('is told for every beat of which something left, and for no other', () => {
    const left = fullSizeCase.beats.flatMap(({ release }) => (release === undefined ? [] : [release.rows]))
    expect(left).toEqual([790_000, 140_000, 789_000])
    expect([...told.matchAll(/([\d,]+) left, sealed/g)].map(([, rows]) => number(rows!))).toEqual(left)
    expect(page.match(/<div class="note release/g)).toHaveLength(left.length)
  })

  test('says when one person alone approved it, and when an earlier run made it', () => {
    const text = releasedAs({ approvalRule: 'sole-person', reused: true })
    expect(text).toContain('Dana Whitlock alone, which the policy allows here and says why.')
    expect(text).toContain('Made by an earlier run.')
    expect(text).not.toContain('who is not the one who asked')
  })

  test.each<[string, Partial<CaseRelease>, string]>([
    [
      'counted fewer rows',
      { opened: { ...acorn.release!.opened, rows: 789_999 } },
      'counted 789,999 rows, and 790,000 were sent',
    ],
    [
      'computed another fingerprint',
      { opened: { ...acorn.release!.opened, released: 'ab'.repeat(32) } },
      'computed the fingerprint abababab',
    ],
    [
      'did not vouch for it',
      { opened: { ...acorn.release!.opened, agrees: false } },
      'does not say that everything it checked was right',
    ],
    ['was sent more than might leave', { rows: 790_001 }, '790,001 rows left, and 790,000 might'],
  ])('is not praised when the recipient %s', (_, change, says) => {
    const text = releasedAs(change)
    expect(text).toContain('Please report this:')
    expect(text).toContain(says)
    expect(text).not.toContain('computed the same fingerprint')
    expect(caseHolds(withRelease(change))).toBe(false)
  })

  test('and was called back is told with what became of it', () => {
    const says =
      '1,000 people said stop after the file had left: 1,000 lines recalled from 3-acorn-post@41, all removed, receipt on record.'
    expect(told).toContain(says)
    expect(page).toContain(says)
  })

  test('and was called back is not told as gone before the recipient has said so', () => {
    const last = fullSizeCase.beats.at(-1)!
    const recalled = (change: Partial<CaseBeat['recalls'][number]>) =>
      oneSpaced(
        renderTerminal(
          { ...fullSizeCase, beats: [{ ...last, recalls: [{ ...last.recalls[0]!, ...change }] }] },
          plain,
        ),
      )
    expect(recalled({ acknowledged: false })).toContain(
      'recalled from 3-acorn-post@41, to be gone by 20 June 2018; no receipt yet.',
    )
    expect(recalled({ removed: 998 })).toContain('998 removed, 2 not found there, receipt on record.')
  })

  function withRelease(change: Partial<CaseRelease>): CaseReport {
    return { ...fullSizeCase, beats: [{ ...acorn, release: { ...acorn.release!, ...change } }] }
  }

  function releasedAs(change: Partial<CaseRelease>): string {
    return oneSpaced(renderTerminal(withRelease(change), plain))
  }
})

describe('“don’t trust us”', () => {
  const { trust } = fullSizeCase
  const told = renderTerminal(fullSizeCase, plain)
  const page = renderHtml(fullSizeCase)

  test('is a beat of its own: what holds, what was refused and where, what one person is told, what is not proven', () => {
    expect(told).toMatch(/^6 {2}Don’t trust us$/m)
    for (const text of [oneSpaced(told), page]) {
      expect(text).toContain('3 of 3 checks hold, 4 of 4 changes of one byte refused')
      for (const { place } of trust.trials) expect(text).toContain(place)
      expect(text).toContain('What Imogen Larkfield (M0093998) is told when she asks who has her data')
      expect(text).toContain(trust.limits)
    }
    expect(told).toMatch(/ {3}holds {4}the log: every entry/)
    expect(told).toMatch(/ {3}refused {2}in an entry of the log: tile\/entries\/000\.p\/66, leaf 40/)
  })

  test('has a sentence that was broken for the terminal in one piece again, and labels in a column of their own', () => {
    expect(page).toContain('by their legal names on the day of the release. What left without')
    expect(page).toContain('<dt>Delete</dt><dd>by 10 July 2018 (2018-07-10), by the agreement</dd>')
    expect(told).toMatch(/^ {8}delete {3}by 10 July 2018/m)
  })

  test.each([100, 80, 60])('has commands that can be copied from %i columns', (width) => {
    const joined = renderTerminal(fullSizeCase, { ...plain, width }).replace(/ \\\n +/g, ' ')
    for (const { command } of trust.commands) {
      expect(joined).toMatch(new RegExp(`^ +${command.replace(/[.*+?^$()|[\]\\]/g, '\\$&')}$`, 'm'))
      expect(page).toContain(`<code>${command}</code>`)
    }
  })

  test('says which check fails and which change went unnoticed', () => {
    const [check, ...checks] = trust.checks
    const [trial, ...trials] = trust.trials
    const broken: CaseReport = {
      ...fullSizeCase,
      trust: {
        ...trust,
        checks: [{ ...check!, holds: false }, ...checks],
        trials: [{ ...trial!, refused: false }, ...trials],
      },
    }
    for (const text of [renderTerminal(broken, plain), renderHtml(broken)]) {
      expect(text).toContain('Please report this: 2 of 3 checks hold, 3 of 4 changes of one byte refused')
    }
    expect(renderTerminal(broken, plain)).toMatch(/ {3}fails {8}the log: every entry/)
    expect(caseHolds(fullSizeCase)).toBe(true)
    expect(caseHolds(broken)).toBe(false)
    expect(caseHolds({ ...fullSizeCase, trust: { ...trust, checks: [] } })).toBe(false)
    expect(caseHolds({ ...fullSizeCase, trust: { ...trust, trials: [] } })).toBe(false)
  })

  test('tells nothing of a protected person, not even that nobody has her record', () => {
    const marian = {
      name: 'Marian Eastholme',
      memberNo: 'M0067638',
      lines: ['Nobody: said to be a bereavement.'],
    }
    const report = { ...fullSizeCase, trust: { ...trust, whoHas: marian } }
    expect(tellWhoHas(report).lines.join()).toMatch(/^Must not be contacted\./)
    for (const text of [renderTerminal(report, { ...plain, codes: true }), renderHtml(report)]) {
      expect(text).not.toContain('Nobody: said')
      expect(text.replace(style, '')).not.toMatch(grounds)
    }
  })
})

describe('a protected person', () => {
  const marian = fullSizeCase.persons.find(({ name }) => name === 'Marian Eastholme')!
  const masked: CasePerson = {
    ...marian,
    beats: marian.beats.map((beat) => ({ ...beat, words: 'This person must not be contacted.', codes: [] })),
  }

  test.each([
    ['with codes and grounds still in the report value', marian],
    ['with grounds masked before', masked],
  ])('has a card that says only that she must not be contacted, %s', (_, person) => {
    const report = { ...fullSizeCase, persons: [person] }
    for (const text of [renderTerminal(report, { ...plain, codes: true }), renderHtml(report)]) {
      expect(text).toContain('Marian Eastholme')
      expect(text.toLowerCase()).toContain('must not be contacted')
      expect(text.replace(style, '')).not.toMatch(grounds)
    }
  })
})

describe('as a page', () => {
  const page = renderHtml(fullSizeCase)
  const body = page.slice(page.indexOf('<body>'))

  test('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/https?:|<script|<link|<img|<iframe|@import|javascript:| on\w+=/i)
    expect(
      [...page.matchAll(/\b(?:href|src)="([^"]*)"/g)].filter(([, target]) => !target!.startsWith('#')),
    ).toEqual([])
    expect([...page.matchAll(/url\(([^)]*)\)/g)].map(([, target]) => target)).toEqual(['#hatch'])
    expect(page).toContain('default-src &#39;none&#39;')
  })

  test('is well formed: every element is closed in order', () => {
    expect(unclosed(page)).toEqual([])
  })

  test('has one first heading, and no heading skips a level', () => {
    const levels = [...body.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    expect(levels[0]).toBe(1)
    expect(levels.every((level, index) => index === 0 || level - levels[index - 1]! <= 1)).toBe(true)
  })

  test('has landmarks, and every reference on it leads somewhere', () => {
    for (const landmark of ['<header', '<nav', '<main', '<footer']) expect(body).toContain(landmark)
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const wanted = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)].map(([, id]) => id)
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('has a caption for every table and a scope for every heading cell', () => {
    expect(body.match(/<table/g)).toHaveLength(body.match(/<caption>/g)!.length)
    expect([...body.matchAll(/<th\b[^>]*>/g)].filter(([cell]) => !/ scope="(row|col)"/.test(cell))).toEqual(
      [],
    )
  })

  test('prints the same sums as the terminal', () => {
    const tables = [...body.matchAll(/<table class="groups">.*?<\/table>/gs)].map(([table]) => table)
    expect(tables).toHaveLength(fullSizeCase.beats.length)
    tables.forEach((table, index) => {
      const [rows, foot] = table.split('<tfoot>')
      const cells = (part: string) =>
        [...part.matchAll(/<td class="number">([\d,]+)/g)].map(([, figure]) => number(figure!))
      expect(cells(foot!)).toEqual([fullSizeCase.beats[index]!.result.considered])
      expect([sum(cells(rows!))]).toEqual(cells(foot!))
    })
  })

  test('shows codes only where they are unfolded', () => {
    const unfolded = body.replace(/<details>.*?<\/details>/gs, '')
    expect(unfolded).not.toMatch(anyCode)
    expect(body).toContain('<code>N402</code>')
  })

  test('says what it does not prove', () => {
    expect(body).toContain('It never says “lawful”. It says: no recorded reason to refuse')
    expect(body).toContain('Nothing here shows what left by any other way.')
  })

  test.each(['light', 'dark'] as const)('has text that stands out from its ground in %s', (scheme) => {
    const colors = palette(scheme)
    const pairs = [
      ['ink', 'paper'],
      ['ink', 'card'],
      ['ink', 'wash'],
      ['quiet', 'paper'],
      ['quiet', 'card'],
      ['accent', 'paper'],
      ['accent', 'card'],
      ['on-accent', 'accent'],
    ] as const
    for (const [text, ground] of pairs)
      expect(contrast(colors(text), colors(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })
})

describe('texts from outside', () => {
  const evil =
    '"><script>alert(1)</script><img src=x onerror=alert(2)>\' & \x1b[2J\x1b]0;owned\x07\u202egnp.exe\nnext'
  const hostile: CaseReport = {
    ...fullSizeCase,
    title: evil,
    madeOn: evil,
    publications: [{ title: evil, lines: [evil], impact: [evil] }],
    made: [{ path: evil, what: evil }],
    timings: [{ step: evil, records: 1, seconds: 1, reused: false }],
    trust: {
      ...fullSizeCase.trust,
      checks: [{ says: evil, holds: true }],
      trials: [{ says: evil, refused: true, place: evil }],
      whoHas: { name: evil, memberNo: 'M1', lines: [evil, '', `  for      ${evil}`] },
      limits: evil,
      commands: [{ path: evil, what: evil, command: evil }],
    },
    beats: fullSizeCase.beats.map((beat) => ({
      ...beat,
      release: {
        ...fullSizeCase.beats[3]!.release!,
        release: evil,
        recipient: evil,
        approvedBy: evil,
        columns: [evil],
        folder: evil,
        roots: { released: evil, decided: evil },
        opened: { rows: 1, released: evil, agrees: true },
      },
      recalls: [{ ...fullSizeCase.beats.at(-1)!.recalls[0]!, release: evil, dueOn: evil }],
      title: evil,
      story: evil,
      groups: beat.groups.map((group) => ({ ...group, says: evil })),
      result: {
        ...beat.result,
        tells: [evil],
        fields: [{ name: evil, treatment: 'keep', keptIn: 1, codes: [] }],
        packs: { release: [evil], collection: [evil] },
        request: { ...beat.result.request, title: evil, recipient: evil },
      },
    })),
    persons: fullSizeCase.persons.map((person) => ({
      name: evil,
      memberNo: evil,
      card: evil,
      beats: person.beats.map((beat) => ({ ...beat, words: evil, codes: [evil] })),
    })),
  }

  test('are data on the page, never markup', () => {
    const page = renderHtml(hostile)
    expect(page).not.toMatch(/<script|<img/i)
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)')
    expect(unclosed(page)).toEqual([])
  })

  test('cannot steer the terminal or turn its reading direction', () => {
    const texts = [
      renderTerminal(hostile, { ...plain, codes: true }),
      renderCheck(hostile.beats[0]!.result, { codes: true }),
      renderCoverage([{ ...coverageRow, recipient: evil, purpose: evil }], { codes: true }),
      renderHtml(hostile),
    ]
    for (const text of texts) expect(text).not.toMatch(forbidden)
  })
})

describe('a check', () => {
  const [party, control, , post] = fullSizeCase.beats.map(({ result }) =>
    renderCheck(result, { codes: false }),
  )

  test.each(fullSizeCase.beats.map(({ id, result }) => [id, result] as const))(
    'of %s counts every record once',
    (_, result) => {
      const text = renderCheck(result, { codes: false })
      const table = text.slice(text.indexOf('Record by record'), text.indexOf('What to do next'))
      const rows = table.split('\n').flatMap((line) => figureAt(line, /^ *([\d,]+) {4}\S/))
      const total = table.split('\n').flatMap((line) => figureAt(line, /^([\d,]+) {2}records considered/))
      expect([sum(rows)]).toEqual(total)
      expect(total).toEqual([result.considered])
    },
  )

  test('answers under the three questions and the vetoes', () => {
    for (const question of ['Justified?', 'Aware?', 'Power?', 'Vetoes:']) expect(party).toContain(question)
    expect(party).toMatch(/^0 of 1,065,220 may leave\. 1,065,220 stay\.$/m)
    expect(party).toContain('The file as a whole is refused')
    expect(party).toContain('7 fields asked for; only parent name and home address would remain')
  })

  test('says of those with nothing against them that they are held back with the file', () => {
    expect(control).toContain('The file as a whole waits for a named person')
    expect(control).toMatch(/3,000 +no recorded reason to refuse of their own; held back with the file/)
    expect(post).toMatch(/790,000 +no recorded reason to refuse$/m)
  })

  test('puts the remedy that needs no disclosure first', () => {
    const remedy = wordsFor('N401').remedy
    expect(keepsDataHome(remedy)).toBe(true)
    expect(remedy.indexOf('the data stay with you')).toBeLessThan(remedy.indexOf('Look for records'))
    expect(party).toMatch(
      /1\. Offer to send it for the recipient: for 1,020,000 people that would disclose nothing/,
    )
  })

  test('never offers to write to people who said stop', () => {
    for (const code of reasonCodes.filter((code) => wordsFor(code).question === 'veto')) {
      expect(keepsDataHome(wordsFor(code).remedy), code).toBe(false)
    }
  })

  test('shows codes only when asked', () => {
    expect(party).not.toMatch(anyCode)
    const withCodes = renderCheck(fullSizeCase.beats[0]!.result, { codes: true })
    expect(withCodes.replace(/\s+/g, ' ')).toContain('whom the agreement does not authorise. [A207]')
    expect(withCodes).toMatch(/A207 +END_CLIENT_NOT_AUTHORISED +the file/)
    expect(withCodes).toMatch(/N403 +PURPOSE_NOT_IN_NOTICE +868,000/)
  })

  test.each(['S310', 'S312', 'S311'] as const)(
    'of one protected person reads the same whatever the ground (%s)',
    (code) => {
      const { request } = fullSizeCase.beats[3]!.result
      const alone = { request, tells: [], packs: ['uk-gdpr-2018'] }
      const text = renderCheck(checkResult({ ...alone, parts: [[1, code]] }), { codes: true })
      expect(text).not.toMatch(grounds)
      expect(text).toBe(renderCheck(checkResult({ ...alone, parts: [[1, 'S310', 'S312']] }), { codes: true }))
    },
  )

  test('counts a record that only loses a field among those that may leave', () => {
    const { request } = fullSizeCase.beats[3]!.result
    const text = renderCheck(
      checkResult({
        request,
        tells: [],
        packs: ['uk-gdpr-2018'],
        parts: [[2, 'F902'], [1]],
        cut: ['home_address'],
      }),
      { codes: false },
    )
    expect(text).toContain('3 of 3 may leave.')
    expect(text).toMatch(
      /2 +A field is left out because the purpose does not need it\. The rest of the record may go\./,
    )
    expect(text).toMatch(/1 +no recorded reason to refuse/)
  })

  test('says in how many records a field stays, where notices differ in what they told', () => {
    const { result } = fullSizeCase.beats[3]!
    const [name, address] = result.fields
    const fields = [name!, { ...address!, keptIn: 450_000, codes: ['F903' as const] }]
    const text = renderCheck({ ...result, fields }, { codes: false })
    expect(text).toContain('2 fields asked for: parent name and home address (in 450,000 records).')
  })

  test('says when lines of the file could not be read', () => {
    const { result } = fullSizeCase.beats[3]!
    const text = renderCheck({ ...result, dataset: { ...result.dataset, rejected: 12 } }, { codes: false })
    expect(text).toContain('12 lines of the file could not be read')
  })

  test.each([
    [1, 'One contact point in the file cannot be read'],
    [1_204, '1,204 contact points in the file cannot be read'],
    [0, undefined],
  ])('says how many contact points no “stop” can be found by: %i', (unusableContacts, words) => {
    const { result } = fullSizeCase.beats[3]!
    const text = renderCheck(
      { ...result, dataset: { ...result.dataset, unusableContacts } },
      { codes: false },
    )
    if (words === undefined) expect(text).not.toContain('contact point')
    else expect(text).toContain(words)
  })

  test('has words, a remedy and a question for every code there is', () => {
    for (const code of reasonCodes) {
      const { says, remedy, question } = wordsFor(code)
      expect(
        [says, remedy, question].every((text) => text.length > 3),
        code,
      ).toBe(true)
      expect(says.split(' ').length, code).toBeLessThanOrEqual(25)
    }
  })
})

const coverageRow: CoverageRow = {
  recipient: 'Little Acorn Foods Ltd',
  purpose: 'baby-offers',
  channel: 'post',
  basis: 'legitimate-interests',
  considered: 1_077_220,
  mayGo: 790_000,
  review: 0,
  file: [],
  blockers: [
    { code: 'N401', count: 152_000 },
    { code: 'S312', count: 640 },
    { code: 'S304', count: 500 },
    { code: 'S310', count: 400 },
  ],
}

describe('coverage', () => {
  test('says how many may go and what blocks the rest, protected people in one row', () => {
    const text = renderCoverage([coverageRow], { codes: false })
    expect(text).toContain('Little Acorn Foods Ltd, baby-offers, by post (legitimate interests)')
    expect(text).toContain('790,000 of 1,077,220 may go')
    expect(text).toMatch(/1,040 +This person must not be contacted\./)
    expect(text.match(/must not be contacted/g)).toHaveLength(1)
    expect(text).not.toMatch(anyCode)
  })

  test('names what holds back the whole file with its remedy', () => {
    const text = renderCoverage(
      [{ ...coverageRow, mayGo: 0, file: [{ code: 'A201', slug: 'AGREEMENT_MISSING' }] }],
      { codes: true },
    )
    expect(text).toContain('– There is no agreement with this recipient. [A201]')
    expect(text).toContain('→ Agree in writing with the recipient')
    expect(text).not.toMatch(grounds)
  })

  test('says when there is nothing to count', () => {
    expect(renderCoverage([], { codes: false })).toContain('Nothing to count')
  })
})

function oneSpaced(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function labelOf(id: string): string {
  return `${id.split('-')[0]} `
}

function sectionsOf(report: string): string[][] {
  return report.split(/^─+\n/m).map((section) => section.split('\n'))
}

function figureAt(line: string, pattern: RegExp): number[] {
  const figure = pattern.exec(line)?.[1]
  return figure === undefined ? [] : [number(figure)]
}

function number(figure: string): number {
  return Number(figure.replaceAll(',', ''))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** Tags left open or closed out of turn. */
function unclosed(page: string): string[] {
  const void_ = ['meta', 'br']
  const open: string[] = []
  const wrong: string[] = []
  for (const [tag, slash, name] of page
    .replace(/<style>.*?<\/style>/s, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (void_.includes(name!) || tag.endsWith('/>')) continue
    if (slash === '') open.push(name!)
    else if (open.pop() !== name) wrong.push(tag)
  }
  return [...wrong, ...open]
}

function palette(scheme: 'light' | 'dark'): (name: string) => string {
  const at = style.indexOf('prefers-color-scheme: dark')
  const part = scheme === 'light' ? style.slice(0, at) : style.slice(at)
  return (name) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(part)![1]!
}

/** WCAG 2 contrast ratio of two #rrggbb colours. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
