// One person explained: facts with their evidence, what would have to change, and nothing of a masked ground in any form.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explanationHtml } from '../../src/cli/report/explanation-html.ts'
import { explanationJson } from '../../src/cli/report/explanation-json.ts'
import { explanationLines } from '../../src/cli/report/explanation-lines.ts'
import { explanationMarkdown } from '../../src/cli/report/explanation-markdown.ts'
import { markSentences } from '../../src/cli/report/mark-sentences.ts'
import { tellExplanation } from '../../src/cli/report/tell-explanation.ts'
import { isMaskedFact } from '../../src/decide/masked-fact.ts'
import { type Instant, instantFromIso } from '../../src/model/instant.ts'
import type { Policy } from '../../src/model/policy.ts'
import { isMasked, reasonCodes, reasons } from '../../src/model/reason.ts'
import { linkPeople } from '../../src/register/link-people.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { protectSubject } from '../../src/register/protect-subject.ts'
import { recordConsent } from '../../src/register/record-consent.ts'
import { seedRecord } from '../../src/register/seed-record.ts'

import { type Explanation, explainPerson } from '../../src/release/explain-person.ts'
import type { Reader } from '../../src/release/masked-reason.ts'
import { newDatabase, newFolder } from './club-places.ts'
import { type Club, day, foundClub, memberNo, requestOf, start, statement } from './small-club.ts'

const [PLAIN, SAFETY, BEREAVED, CANARY, CHILD, OBJECTED, TWICE, PARENT] = [1, 2, 3, 4, 5, 6, 7, 8] as const
const [MATE_OF_OBJECTED, LINKED_SAFETY, MATE_OF_SAFETY] = [9, 10, 11] as const
const masked = [SAFETY, BEREAVED, CANARY, CHILD, TWICE]
const others = ['marketer', 'person'] as const
const forms = ['text', 'markdown', 'html', 'json'] as const

const folder = newFolder('explain')
let club: Club
const asked = new Map<string, Explanation>()
type Form = (typeof forms)[number]

/** Everybody was told and said yes on one day, too long ago; what is said since differs. */
beforeAll(async () => {
  const home = join(folder.path, 'home')
  club = await foundClub({
    ...{ home, databaseUrl: await newDatabase(), people: 12, clock: { at: start } },
    policy: worded,
    consentAt: () => instantFromIso('2017-11-01T09:00:00Z'),
  })
  writeFileSync(club.dataFile, withBirthDates(readFileSync(club.dataFile, 'utf8')))
  await recordWhatWasSaid()
})
afterAll(async () => {
  await club.close()
  folder.remove()
})

const sentence = 'We share your details with Little Acorn Foods Ltd.'

/** The club's notice and dataset, with a wording to mark and a column of birth dates. */
const worded: Pick<Policy, 'notices' | 'datasets'> = {
  notices: [
    {
      ...{
        notice: 'form',
        version: '2017-01',
        id: 'form@2017-01',
        effectiveOn: 20170101,
        routes: ['online'],
      },
      ...{ language: 'en-GB', materialChange: true, list: 'closed', consentForm: 'separate' },
      wording: `Welcome to the club.\n\n${sentence.replace('with ', 'with\n')} They write to you.\n`,
      recipients: [{ entity: 'acorn', quote: sentence }],
      purposes: [{ purpose: 'dpv:DirectMarketing', quote: 'They write to you.' }],
      channels: [{ channel: 'email', quote: '' }],
      ...{
        categories: ['name', 'email', 'purchases'],
        rightToObject: 'You may object.',
        readBy: 'Dana Whitlock',
      },
    },
  ],
  datasets: [
    {
      ...{ id: 'members', location: 'members.csv', format: 'csv', contact: {}, childrenLikely: false },
      key: { column: 'member_no', kind: 'member' },
      source: { tells: 'she is a member', categories: ['purchases'] },
      bornOn: 'born_on',
      fields: [
        { name: 'member_no', type: 'text', category: 'identifier', about: 'subject' },
        { name: 'full_name', type: 'text', category: 'name', about: 'subject' },
        { name: 'email', type: 'text', category: 'email', about: 'subject' },
        { name: 'home_address', type: 'text', category: 'postal-address', about: 'household' },
        { name: 'born_on', type: 'date', category: 'birth-date', about: 'subject' },
      ],
    },
  ],
}

function withBirthDates(csv: string): string {
  return csv
    .split('\r\n')
    .map((line, index) => {
      if (line === '') return line
      if (index === 0) return `${line},born_on`
      return `${line},${[CHILD, TWICE].includes(index as 5) ? '2009-03-04' : '1980-03-04'}`
    })
    .join('\r\n')
}

async function recordWhatWasSaid(): Promise<void> {
  const { register } = club.app
  const at = start - 86_400_000_000
  for (const subject of [SAFETY, TWICE, LINKED_SAFETY]) {
    await protectSubject(register, { ...statement(subject, at), qualifier: 'safety', source: 'shelter' })
  }
  await protectSubject(register, { ...statement(BEREAVED, at), qualifier: 'bereavement', source: 'ward' })
  await seedRecord(register, { ...statement(CANARY, at), qualifier: 'canary', source: 'decoys' })
  for (const subject of [OBJECTED, PARENT]) {
    await objectToProcessing(register, { ...statement(subject, at), qualifier: 'marketing' })
  }
  await recordConsent(register, {
    ...statement(PARENT, at),
    ...{ qualifier: 'given-by-parent', purpose: 'offers', recipient: 'acorn', channel: 'email' },
    notice: 'form@2017-01',
  })
  const pairs = [
    [OBJECTED, MATE_OF_OBJECTED],
    [LINKED_SAFETY, MATE_OF_SAFETY],
  ] as const
  await linkPeople(register, {
    links: pairs.map(([a, b]) => ({ a, b, says: 'same', confidence: 100 })),
    ...{ because: 'one address', actor: 'dpo' },
  })
}

async function explained(subject: number, reader: Reader, enquiryOpenedAt?: Instant): Promise<Explanation> {
  const key = [subject, reader, enquiryOpenedAt].join(' ')
  const known = asked.get(key)
  if (known !== undefined) return known
  const explanation = await explainPerson(
    await club.context(),
    requestOf('letter', start),
    { kind: 'member', value: memberNo(subject) },
    reader,
    enquiryOpenedAt === undefined ? {} : { enquiryOpenedAt },
  )
  asked.set(key, explanation)
  return explanation
}

/** As the command would give it, with codes. */
async function page(subject: number, reader: Reader, form: Form): Promise<string> {
  return formOf(await explained(subject, reader), form)
}

function formOf(explanation: Explanation, form: Form): string {
  const told = tellExplanation(explanation)
  if (form === 'html') return explanationHtml(told, { codes: true })
  if (form === 'markdown') return explanationMarkdown(told, { codes: true })
  return form === 'json'
    ? JSON.stringify(explanationJson(explanation), undefined, 2)
    : explanationLines(told, { codes: true }).join('\n')
}

describe('a masked ground', () => {
  test.each(others)('cannot be told from another one, nor from two of them, by a %s', async (reader) => {
    for (const form of forms) {
      const shown = new Set<string>()
      for (const subject of masked) shown.add(await page(subject, reader, form))
      expect(shown.size).toBe(1)
      expect([...shown][0]).not.toBe(await page(PLAIN, reader, form))
    }
  })

  test.each(others)(
    'is the same to a %s under which enrolment of the person it was recorded',
    async (reader) => {
      for (const form of forms) {
        expect(await page(LINKED_SAFETY, reader, form)).toBe(await page(MATE_OF_SAFETY, reader, form))
      }
    },
  )

  test.each(others)('leaves no trace in what a %s reads', async (reader) => {
    for (const form of forms) {
      for (const subject of [...masked, MATE_OF_SAFETY, PARENT]) {
        const bytes = (await page(subject, reader, form)).replace(/<style>.*?<\/style>/s, '')
        expect([form, subject, traces.filter((trace) => trace.test(bytes)).map(String)]).toEqual([
          form,
          subject,
          [],
        ])
      }
    }
  })

  test('is all there for a regulator, with the events behind it', async () => {
    const text = await page(BEREAVED, 'regulator', 'text')
    expect(text).toMatch(/S312 bereavement/)
    expect(text).toMatch(/must not be contacted \(bereavement\)/)
    expect(text).toMatch(/from ward; recorded/)
    expect(await page(CHILD, 'regulator', 'html')).toContain('C701')
    expect(await page(CANARY, 'regulator', 'markdown')).toContain('S311')
    expect(JSON.parse(await page(PARENT, 'regulator', 'json')).evidence.facts.consentByParent).toBe(true)
  })

  test('is found by a fact that is masked itself', () => {
    const open = ['bereaved', 'atRisk', 'fictitious', 'bornOn', 'expectingOn', 'consentByParent'].filter(
      (name) => !isMaskedFact(name),
    )
    expect(open).toEqual([])
    expect(['erasure', 'notice', 'consentGiven', 'basis'].filter(isMaskedFact)).toEqual([])
  })
})

/** Whatever stands for a masked ground in code, tables and words. */
const traces: readonly RegExp[] = [
  ...reasonCodes.filter(isMasked).flatMap((code) => [code, reasons[code].slug, slugWords(code)]),
  ...['bereaved', 'atRisk', 'fictitious', 'bornOn', 'born_on', 'expecting', 'reachesAdult', 'byParent'],
  ...[
    'parent',
    'protection(?! act)',
    'bereave',
    'safety',
    'shelter',
    'ward\\b',
    'decoys',
    'canary',
    'seed',
    'test row',
  ],
  ...['child', 'health', 'pregnan', 'eighteen', 'under age', 'real person', '2009', 'birth'],
].map((trace) => new RegExp(trace, 'i'))

function slugWords(code: (typeof reasonCodes)[number]): string {
  return reasons[code].slug.replaceAll('_', ' ')
}

describe('an explanation', () => {
  const json = async (subject: number) => JSON.parse(await page(subject, 'marketer', 'json'))

  test('names the facts a reason read, in words, with the event behind each', async () => {
    const { reasons: found } = await json(PLAIN)
    const expired = found.find(({ code }: { code: string }) => code === 'B510')
    expect(expired.condition).toContain('consentTo < consentAtMin')
    const fact = expired.grounds[0].facts.find(({ name }: { name: string }) => name === 'consentTo')
    expect(fact).toMatchObject({
      means: 'the latest possible instant of the oldest consent needed',
      says: '2017-11-01T09:00:00+00:00',
      evidence: [
        {
          ...{ kind: 'consent', says: 'said yes to acorn for offers by email, asked under form@2017-01' },
          ...{ grade: 'A', source: 'web form', lagDays: 223, afterEnquiry: false },
        },
      ],
    })
    expect(fact.evidence[0].actor).toBeUndefined()
  })

  test('says of a condition what it would have to be, and whose that is to change', async () => {
    const { reasons: found, organisationCanAct } = await json(PLAIN)
    const [ground] = found.find(({ code }: { code: string }) => code === 'B510').grounds
    expect(ground.changes).toContainEqual({
      by: 'person',
      says: 'It would have to be no earlier than 2017-12-12T10:00:00+00:00 (a consent given before this instant is older than the house limit): the latest possible instant of the oldest consent needed.',
    })
    expect(organisationCanAct).toBe(true)
  })

  test('says of a “stop” that only the person can change it', async () => {
    const text = await page(OBJECTED, 'marketer', 'text')
    expect(text).toContain('What the person said\n  • This person said stop to marketing.')
    expect(text).toContain('Only the person can change this.')
    expect(text).toContain('Nothing the organisation does would be enough')
    expect((await json(OBJECTED)).organisationCanAct).toBe(false)
  })

  test('says that a reason comes from another enrolment, and to a regulator alone which', async () => {
    const text = await page(MATE_OF_OBJECTED, 'person', 'text')
    expect(text).toContain('Found under another record of the same person:')
    expect(text).not.toContain(`subject ${OBJECTED}`)
    expect(await page(MATE_OF_OBJECTED, 'regulator', 'text')).toContain(
      `under another record of the same person (subject ${OBJECTED})`,
    )
    const [ground] = (await json(MATE_OF_OBJECTED)).reasons[0].grounds
    expect([ground.record, ground.subject]).toEqual(['other', undefined])
  })

  test('flags what was recorded once an enquiry was open', async () => {
    const flag = 'Recorded after the enquiry was opened.'
    for (const form of ['text', 'markdown', 'html'] as const) {
      const opened = async (at: Instant) =>
        formOf(await explained(PLAIN, 'marketer', at), form).replaceAll(/\s+/g, ' ')
      expect(await opened(start)).toContain(flag)
      expect(await opened(start + day)).not.toContain(flag)
      expect(await page(PLAIN, 'marketer', form)).not.toContain(flag)
    }
  })

  test('shows the wording with the sentence that mattered, and how it was shown', async () => {
    expect(await page(PLAIN, 'person', 'html')).toContain(
      'Welcome to the club.\n\n<mark>We share your details with\nLittle Acorn Foods Ltd.</mark> <mark>They write',
    )
    expect(await page(PLAIN, 'person', 'markdown')).toContain(
      '> Welcome to the club.\n>\n> **We share your details with Little Acorn Foods Ltd.** **They write to you.**',
    )
    const text = await page(PLAIN, 'person', 'text')
    expect(text).toContain('What the person was shown: form@2017-01, in use from 2017-01-01')
    expect(text).toContain('2017-11-01 09:00:00: was shown form@2017-01 (online)')
    expect(text).toContain('»We share your details with Little Acorn Foods Ltd.« »They write to you.«')
  })

  test('is a page that loads nothing', async () => {
    const html = await page(PLAIN, 'regulator', 'html')
    expect(html).toContain('default-src &#39;none&#39;')
    expect(html).not.toMatch(/<script|<link|<img|https?:|url\([^#]/)
    expect(html).toContain('prefers-color-scheme: dark')
  })

  test('marks the sentence that mattered in the notice that was shown, wherever its lines break', () => {
    const wording = 'Hello.\nWe share\n  it with Acorn. Bye.'
    expect(markSentences(wording, ['We share it with Acorn.', 'with Acorn.', 'Not there.'])).toEqual([
      { text: 'Hello.\n', matters: false },
      { text: 'We share\n  it with Acorn.', matters: true },
      { text: ' Bye.', matters: false },
    ])
  })

  test('marks a sentence whatever signs stand in it', () => {
    const sentence = 'We e-mail (you) [and/or] them: $5? a+b|c* {1} ^2 \\ #&~ – every week.'
    expect(markSentences(`${sentence} Bye.`, [sentence])).toEqual([
      { text: sentence, matters: true },
      { text: ' Bye.', matters: false },
    ])
  })
})
