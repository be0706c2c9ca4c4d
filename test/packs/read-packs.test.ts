// A folder of packs with one thing wrong is refused with one finding, at its file and line; put right, it is read.
import { describe, expect, it, test } from 'vitest'
import { packHash } from '../../src/decide/pack-hash.ts'
import { readPacks } from '../../src/packs/read-packs.ts'
import { smallPacks } from './small-packs.ts'

const long = Array.from({ length: 26 }, (_, index) => `word${index}`).join(' ')
const citation = (code: string) => `${code}:\n  authority: statute\n  law: GDPR Article 9\n  verified: true\n`

type Case = [what: string, file: string, text: string, by: string, place: string, message: string]
const conditions: Case[] = [
  [
    'an unknown fact',
    'rules/basis.yaml',
    'basis is unknown',
    'basos is unknown',
    'rules/basis.yaml:4:9',
    '`basos` is no fact and no definition; did you mean `basis`?',
  ],
  [
    'an unknown definition',
    'definitions.yaml',
    'often: onConsent',
    'often: onConsents',
    'definitions.yaml:2:8',
    '`onConsents` is no fact and no definition; did you mean `onConsent`?',
  ],
  [
    'a definition that leads to itself',
    'definitions.yaml',
    "onConsent: basis = 'consent'",
    'onConsent: onConsent',
    'definitions.yaml:1:1',
    'leads back to itself: onConsent → onConsent',
  ],
  [
    'definitions that lead to each other',
    'definitions.yaml',
    "basis = 'consent'",
    'consentVetoed or often',
    'definitions.yaml:1:1',
    'leads back to itself: onConsent → often → onConsent',
  ],
  [
    'a definition named as a fact',
    'definitions.yaml',
    '',
    'marketing: political\n',
    'definitions.yaml:3:1',
    '`marketing` is a fact already',
  ],
  [
    'a word of another vocabulary',
    'definitions.yaml',
    "'consent'",
    "'consents'",
    'definitions.yaml:1:20',
    "basis has no value 'consents'",
  ],
  [
    'a number for a word',
    'definitions.yaml',
    "basis = 'consent'",
    'basis = 1',
    'definitions.yaml:1:20',
    "expected a 'word' of its vocabulary",
  ],
  [
    'a comparison of two types',
    'definitions.yaml',
    "basis = 'consent'",
    'consentFrom > bornOn',
    'definitions.yaml:1:26',
    'consentFrom is an instant, bornOn is a date',
  ],
  [
    'a comparison of two vocabularies',
    'definitions.yaml',
    "basis = 'consent'",
    'basis = consentGrade',
    'definitions.yaml:1:20',
    'of another vocabulary',
  ],
  [
    'an instant that stands bare',
    'definitions.yaml',
    "basis = 'consent'",
    'consentFrom',
    'definitions.yaml:1:12',
    'consentFrom is an instant: compare it',
  ],
  [
    'a boolean that is compared',
    'definitions.yaml',
    "basis = 'consent'",
    'consentGiven = true',
    'definitions.yaml:1:12',
    'consentGiven is yes or no',
  ],
  [
    'a definition that is compared',
    'definitions.yaml',
    'onConsent and',
    'onConsent = true and',
    'definitions.yaml:2:8',
    'onConsent is a condition',
  ],
  [
    'a condition that ends too soon',
    'rules/basis.yaml',
    'basis is unknown',
    'basis is',
    'rules/basis.yaml:4:17',
    'expected "known" or "unknown"',
  ],
  [
    'a fault in the second line of a condition',
    'rules/basis.yaml',
    'basis is unknown',
    'basis is unknown or\n    consentGiven and nonsense',
    'rules/basis.yaml:5:22',
    '`nonsense` is no fact',
  ],
  [
    'a fault in a folded condition',
    'rules/basis.yaml',
    'basis is unknown',
    '>-\n    basis is unknown\n    or nonsense',
    'rules/basis.yaml:6:8',
    '`nonsense` is no fact',
  ],
  [
    'a field that reads a person',
    'rules/field.yaml',
    'not fieldInAgreement',
    'not fieldInAgreement or erasure',
    'rules/field.yaml:4:9',
    '`erasure` is a fact of one person, which a reason of a field cannot read',
  ],
  [
    'a file that reads a notice',
    'rules/basis.yaml',
    'basis is unknown',
    'not shown',
    'rules/basis.yaml:4:9',
    '`shown` is a fact of one notice, which a reason of a file cannot read',
  ],
  [
    'a wrong condition of a pack’s own',
    'one/law.yaml',
    '',
    '  when: consentGivn\n',
    'one/law.yaml:5:9',
    '`consentGivn` is no fact',
  ],
]
const rules: Case[] = [
  [
    'an unknown code with a rule',
    'rules/field.yaml',
    '',
    'F999:\n  question: power\n  moment: release\n  when: political\n  unknown: fires\n  remedy: Do.\n  explain: { marketer: A, person: B, regulator: C }\n',
    'rules/field.yaml:11:1',
    '`F999` is no reason code',
  ],
  [
    'a code defined in two files',
    'rules/field.yaml',
    '',
    'B501:\n  question: power\n  moment: release\n  when: shown\n  unknown: fires\n  remedy: Do.\n  explain: { marketer: A, person: B, regulator: C }\n',
    'rules/field.yaml:11:1',
    'B501 has a rule already, in rules/basis.yaml:1',
  ],
  [
    'a code defined twice in a file',
    'rules/basis.yaml',
    'B504:',
    'B501:',
    'rules/basis.yaml:11:1',
    'this key stands here a second time',
  ],
  [
    'a marketer’s text that is too long',
    'rules/field.yaml',
    'The request claims no lawful basis.',
    long,
    'rules/field.yaml:8:15',
    'has 26 words',
  ],
  [
    'a code in a text for people',
    'rules/field.yaml',
    'No legal ground was given.',
    'See B501 for why.',
    'rules/field.yaml:9:13',
    'names the code B501',
  ],
  [
    'silence without a reason',
    'rules/field.yaml',
    'unknown: fires',
    'unknown: silent',
    'rules/field.yaml:2:3',
    '`unknown: silent` without `because`',
  ],
  [
    'a key nobody knows',
    'rules/field.yaml',
    'remedy:',
    'remedie: Do.\n  remedy:',
    'rules/field.yaml:6:3',
    'unknown key `remedie`',
  ],
]
const law: Case[] = [
  [
    'a citation of no code',
    'one/law.yaml',
    '',
    citation('B599'),
    'one/law.yaml:5:1',
    '`B599` is no reason code',
  ],
  [
    'a citation without a rule',
    'one/law.yaml',
    '',
    citation('C705'),
    'one/law.yaml:5:1',
    'C705 is cited and has no rule',
  ],
  [
    'a citation given twice',
    'one/law.yaml',
    '',
    citation('B504'),
    'one/law.yaml:5:1',
    'this key stands here a second time',
  ],
  [
    'a rule that no pack cites',
    'one/law.yaml',
    'B504:',
    'B501:',
    'rules/basis.yaml:11:1',
    'B504 has a rule that no pack cites',
  ],
  [
    'a house rule that poses as law',
    'one/law.yaml',
    'statute',
    'house',
    'one/law.yaml:3:8',
    'a rule of the house is not the law',
  ],
  [
    'a citation that does not say whether it was read',
    'one/law.yaml',
    '  verified: true\n',
    '',
    'one/law.yaml:2:3',
    '`B504.verified` is missing',
  ],
]
const packs: Case[] = [
  [
    'packs that overlap',
    'one/pack.yaml',
    '2026-02-05',
    '2026-02-06',
    'two/pack.yaml:4:7',
    'one still holds on this day, until 2026-02-06',
  ],
  [
    'a pack without an end before another',
    'one/pack.yaml',
    "to: '2026-02-05'\n",
    '',
    'two/pack.yaml:4:7',
    'one still holds on this day',
  ],
  [
    'packs with a day between them',
    'one/pack.yaml',
    '2026-02-05',
    '2026-02-04',
    'two/pack.yaml:4:7',
    'no pack holds from 2026-02-04 until this day',
  ],
  [
    'packs that change over in two zones',
    'two/pack.yaml',
    'Europe/London',
    'Europe/Brussels',
    'two/pack.yaml:3:7',
    'ends at midnight in Europe/London',
  ],
  [
    'a pack that ends before it begins',
    'two/pack.yaml',
    "from: '2026-02-05'",
    "from: '2026-02-05'\nto: '2026-02-05'",
    'two/pack.yaml:5:5',
    '`to` is not after `from`',
  ],
  [
    'a day that does not exist',
    'two/pack.yaml',
    '2026-02-05',
    '2026-02-30',
    'two/pack.yaml:4:7',
    'is not a date that exists',
  ],
  [
    'a year beyond 2200',
    'two/pack.yaml',
    '2026-02-05',
    '2201-01-01',
    'two/pack.yaml:4:7',
    'is not a date that exists',
  ],
  [
    'packs that extend each other',
    'one/pack.yaml',
    '[house]',
    '[house, two]',
    'one/pack.yaml:6:10',
    'this pack extends itself: one → two → one',
  ],
  [
    'a folder that is not there',
    'two/pack.yaml',
    'house, one',
    'hause, one',
    'two/pack.yaml:5:11',
    'there is no folder `hause` to extend',
  ],
  [
    'a folder nobody extends',
    'three/law.yaml',
    '',
    citation('B501'),
    'three/law.yaml:1:1',
    '`three` is no pack, and no pack extends it',
  ],
  ['a file nothing reads', 'one/laws.yaml', '', 'B501: x', 'one/laws.yaml', 'nothing reads this file'],
  [
    'an unknown parameter',
    'one/pack.yaml',
    '',
    'parameters:\n  adultAgeYear: 18\n',
    'one/pack.yaml:8:3',
    'unknown key `adultAgeYear`',
  ],
  [
    'a parameter of the wrong type',
    'one/pack.yaml',
    '',
    'parameters:\n  adultAgeYears:\n    value: eighteen\n    source: House rule\n    authority: house\n    verified: true\n',
    'one/pack.yaml:9:12',
    '`parameters.adultAgeYears.value` must be a whole number, not text',
  ],
  [
    'a parameter beyond its range',
    'one/pack.yaml',
    '',
    'parameters:\n  adultAgeYears:\n    value: 0\n    source: House rule\n    authority: house\n    verified: true\n',
    'one/pack.yaml:9:12',
    '`parameters.adultAgeYears.value` is below 1',
  ],
  [
    'a parameter without a source',
    'one/pack.yaml',
    '',
    'parameters:\n  adultAgeYears:\n    value: 18\n    authority: house\n    verified: true\n',
    'one/pack.yaml:9:5',
    '`parameters.adultAgeYears.source` is missing',
  ],
]

test('a folder with nothing wrong gives its packs, oldest first, and each what it extends', () => {
  const { packs: found, findings } = readPacks(smallPacks())
  expect(findings).toEqual([])
  expect(found!.map(({ id, rules: given }) => [id, given.map(({ code }) => code)])).toEqual([
    ['one', ['B501', 'B504', 'F901']],
    ['two', ['B501', 'B504', 'F901']],
  ])
})

describe.each([
  ['conditions', conditions],
  ['rules', rules],
  ['law', law],
  ['packs', packs],
])('in %s', (_, cases) => {
  it.each(cases)('%s is refused', (_what, file, text, by, place, message) => {
    const { packs: found, findings } = readPacks(smallPacks(file, text, by))
    const told = findings.map(({ place: { file: name, line, column }, message: words }) => [
      [name, line, column].filter((part) => part !== undefined).join(':'),
      words,
    ])
    expect(told).toEqual([[place, expect.stringContaining(message)]])
    expect(found).toBeUndefined()
    for (const { remedy } of findings) expect(remedy).not.toBe('')
  })
})

test('a parameter that no folder gives is missing in every pack that does not have it', () => {
  const files = new Map(smallPacks())
  files.set(
    'house/parameters.yaml',
    files.get('house/parameters.yaml')!.replace(/\ncharitySoftOptIn:\n(?: .*\n)+/, '\n'),
  )
  expect(readPacks(files).findings.map(({ place, message }) => [place.file, message])).toEqual([
    ['one/pack.yaml', 'the parameter charitySoftOptIn is missing'],
    ['two/pack.yaml', 'the parameter charitySoftOptIn is missing'],
  ])
})

test('a pack that cites nothing is refused, as it would refuse nothing', () => {
  const files = new Map(smallPacks('two/pack.yaml', '[house, one]', '[numbers]'))
  files.set('numbers/parameters.yaml', files.get('house/parameters.yaml')!)
  expect(readPacks(files).findings.map(({ place, message }) => [place.file, message])).toEqual([
    ['two/pack.yaml', 'the pack cites no code, so it would refuse nothing'],
  ])
})

test('a pack’s own condition stands in place of the rule’s, in that pack and what extends it', () => {
  const { packs: found } = readPacks(smallPacks('one/law.yaml', '', '  when: consentVetoed\n'))
  expect(found!.map(({ rules: given }) => given.find(({ code }) => code === 'B504')!.when)).toEqual([
    { op: 'holds', of: { fact: 'consentVetoed' } },
    { op: 'holds', of: { fact: 'consentVetoed' } },
  ])
})

test('the hash of a pack changes with a word of it, and not with a comment or the order of its files', () => {
  const hashes = (files: ReturnType<typeof smallPacks>) => readPacks(files).packs!.map(packHash)
  const before = hashes(smallPacks())
  expect(hashes(smallPacks('one/law.yaml', '', '# read twice\n'))).toEqual(before)
  expect(hashes(new Map([...smallPacks()].reverse()))).toEqual(before)
  const changed = hashes(smallPacks('one/law.yaml', 'Article 6(1)', 'Article 6(1)(a)'))
  expect(changed[0]).not.toBe(before[0])
})
