// Reading and checking policy files: the example is clean, and each way to break it is found where it is.
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Finding, Place } from '../../src/model/problem.ts'
import { mergeOverlay } from '../../src/policy/merge-overlay.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { type Broken, caseFolder, casePolicy, edited, written } from './broken-policy.ts'
import { folderFiles } from './folder-files.ts'

const overlay = folderFiles(join(caseFolder, 'policy-2018-01'))
const meridian2017 = 'agreements/meridian-2017.yaml'
const form2014 = 'notices/online-form/2014-03.md'
const form2016 = 'notices/online-form/2016-09.md'

function findingsOf({ files }: Broken): Finding[] {
  const { policy, findings } = readPolicy(files)
  expect(policy).toBeUndefined()
  return findings
}

/** Exactly one finding, at the marked place, whose message and remedy say these things. */
function expectFinding(broken: Broken, message: RegExp, remedy: RegExp): void {
  const findings = findingsOf(broken)
  expect(findings).toHaveLength(1)
  expect(findings[0]!.place).toEqual<Place>(broken.place)
  expect(findings[0]!.message).toMatch(message)
  expect(findings[0]!.remedy).toMatch(remedy)
}

test('the 2017 case and its 2018 overlay are read without findings', () => {
  const base = readPolicy(casePolicy)
  expect(base.findings).toEqual([])
  expect(base.policy?.notices.map(({ id }) => id)).toEqual([
    'members-letter@2017-04',
    'offline-card@2013-01',
    'offline-card@2016-03',
    'online-form@2014-03',
    'online-form@2015-06',
    'online-form@2016-09',
    'ward-pack@2013-05',
    'ward-pack@2015-02',
  ])
  const later = readPolicy(mergeOverlay(casePolicy, overlay))
  expect(later.findings).toEqual([])
  expect(later.policy?.notices).toHaveLength(10)
})

test('before 2018 no notice but the control letter tells anyone of politics', () => {
  const { policy } = readPolicy(casePolicy)
  const political = policy!.notices.filter(
    (notice) =>
      notice.purposes.some(({ purpose }) => purpose === 'dpv:PoliticalCampaign') ||
      notice.recipients.some(
        ({ entity, sector }) => entity === 'civic-progress-party' || sector === 'politics',
      ),
  )
  expect(political.map(({ id }) => id)).toEqual(['members-letter@2017-04'])
})

test('the order of the files changes nothing', () => {
  expect(readPolicy(new Map([...casePolicy].reverse()))).toEqual(readPolicy(casePolicy))
})

test('a byte order mark and Windows line ends are read without complaint, and change no value', () => {
  const windows = new Map(
    [...casePolicy].map(([file, text]) => [file, `\uFEFF${text.replaceAll('\n', '\r\n')}`]),
  )
  expect(readPolicy(windows)).toEqual(readPolicy(casePolicy))
})

const misshapen: [string, Broken, RegExp, RegExp][] = [
  [
    'a missing controller',
    {
      files: new Map([...casePolicy].filter(([file]) => file !== 'controller.yaml')),
      place: { file: 'controller.yaml' },
    },
    /no controller/,
    /id, name, jurisdiction, zone/,
  ],
  [
    'an unknown key, with the nearest one suggested',
    edited(meridian2017, 'recipient: ', '▸recipeint: x\nrecipient: '),
    /unknown key `recipeint`/,
    /Did you mean `recipient`\?/,
  ],
  [
    'an unknown key like none known',
    edited('controller.yaml', 'zone:', '▸telephone: x\nzone:'),
    /unknown key `telephone`/,
    /use one of id, name, jurisdiction, zone/,
  ],
  [
    'an unknown key deep in a list of a notice',
    edited(form2014, '  - sector: baby-food\n', '  - sector: baby-food\n    ▸qoute: x\n'),
    /unknown key `qoute`/,
    /Did you mean `quote`\?/,
  ],
  [
    'the key __proto__',
    edited('controller.yaml', 'zone:', '▸__proto__: {}\nzone:'),
    /unknown key `__proto__`/,
    /use one of/,
  ],
  [
    'a missing key',
    edited(meridian2017, /^[\s\S]*recipient: .*\n/, '▸'),
    /`recipient` is missing/,
    /Add `recipient:`/,
  ],
  [
    'a missing choice, with what it may be',
    edited(meridian2017, /^[\s\S]*\nform: agreement\n/, '▸recipient: meridian-data\n'),
    /`form` is missing/,
    /agreement, mou, purchase-order-addendum/,
  ],
  ['an empty value', edited(meridian2017, 'form: agreement', 'form:▸'), /`form` is empty/, /Write a value/],
  ['a blank text', edited('controller.yaml', 'Cradle Club Ltd', '▸"  "'), /`name` is blank/, /Write a text/],
  [
    'a number where text is meant',
    edited('entities/snugglewell.yaml', '"90010002"', '▸90010002'),
    /`registration.number` must be text, not the number 90010002/,
    /in quotes/,
  ],
  [
    'text where a list is meant',
    edited(meridian2017, '[post]', '▸post'),
    /`channels` must be a list, not text/,
    /\[one, two\]/,
  ],
  [
    'text where a number is meant',
    edited(meridian2017, 'Days: 40', 'Days: ▸forty'),
    /must be a whole number, not text/,
    /without quotes or units/,
  ],
  ['a number out of range', edited(meridian2017, 'Days: 40', 'Days: ▸-1'), /is below 0/, /at least 0/],
  [
    'text where true or false is meant',
    edited('datasets/members-2017.yaml', 'Likely: true', 'Likely: ▸yes'),
    /must be true or false/,
    /Write true or false/,
  ],
  [
    'text where keys are meant',
    edited('datasets/members-2017.yaml', /key:\n.*\n.*\n/, 'key: ▸member_no\n'),
    /`key` must be a group of keys/,
    /lines below/,
  ],
  [
    'a date that does not exist',
    edited(meridian2017, '2017-04-20', '▸2017-02-29'),
    /`2017-02-29` is not a date that exists/,
    /yyyy-mm-dd/,
  ],
  [
    'a date in another form',
    edited(meridian2017, '2017-04-20', '▸20/04/2017'),
    /is not a date/,
    /yyyy-mm-dd/,
  ],
  [
    'an end before its beginning',
    edited(meridian2017, 'effectiveTo: 2018', 'effectiveTo: ▸2016'),
    /`effectiveTo` does not lie after `effectiveFrom`/,
    /first day on which it no longer holds/,
  ],
  [
    'an unknown channel',
    edited(meridian2017, '[post]', '[post, ▸emial]'),
    /`emial` is not a value of `channels\[1\]`/,
    /Did you mean `email`\? Use one of post, email/,
  ],
  ['the same channel twice', edited(meridian2017, '[post]', '[post, ▸post]'), /listed twice/, /Keep it once/],
  [
    'an empty list that must say something',
    edited(meridian2017, '[post]', '▸[]'),
    /is an empty list/,
    /at least one/,
  ],
  [
    'an unknown DPV term',
    edited('purposes.yaml', 'dpv: dpv:PoliticalCampaign', 'dpv: ▸dpv:PoliticalCampain'),
    /`dpv:PoliticalCampain` is not a value/,
    /Did you mean `dpv:PoliticalCampaign`/,
  ],
  [
    'an unknown jurisdiction',
    edited('controller.yaml', 'jurisdiction: uk', 'jurisdiction: ▸us'),
    /`us` is not a value/,
    /uk, eu/,
  ],
  [
    'an unknown zone',
    edited('controller.yaml', 'Europe/London', '▸Europe/Lundon'),
    /not a time zone/,
    /IANA/,
  ],
  [
    'a purpose whose name is no id',
    edited('purposes.yaml', 'club-mail:', '▸Club mail:'),
    /`Club mail` is not an id/,
    /lower-case/,
  ],
  [
    'an unknown reason code',
    edited('determinations/political-signoff-meridian.yaml', 'G108', '▸G180'),
    /`G180` is not a value of `code`/,
    /Did you mean/,
  ],
  [
    'a column without a category',
    edited('datasets/members-2018.yaml', 'area: { type: integer, category: area,', 'area: ▸{ type: integer,'),
    /`fields.area.category` is missing/,
    /unclassified data is never shared/,
  ],
  [
    'a column of which nobody said whom it is about',
    edited(
      'datasets/members-2018.yaml',
      'email: { type: text, category: email, about: subject,',
      'email: ▸{ type: text, category: email,',
    ),
    /`fields.email.about` is missing/,
    /unclassified data is never shared/,
  ],
  [
    'a misspelt category',
    edited('datasets/members-2018.yaml', 'category: pregnancy', 'category: ▸pregnency'),
    /`pregnency` is not a category/,
    /Did you mean `pregnancy`\?/,
  ],
  [
    'a code column without values',
    edited('datasets/members-2018.yaml', 'area: { type: integer', 'area: ▸{ type: code'),
    /needs its values/,
    /values: \[/,
  ],
  [
    'a date format with two-digit years',
    edited('datasets/members-2017.yaml', 'zone:', 'dateFormat: ▸dd/mm/yy\nzone:'),
    /is not a date format/,
    /two-digit years are ambiguous/,
  ],
  [
    'a mention that says two things',
    edited(form2016, '  - brand: Acorn Baby\n', '  - ▸brand: Acorn Baby\n    sector: toys\n'),
    /exactly one of entity, brand, sector, generic; this one says 2/,
    /one list item for each/,
  ],
  [
    'a text that a terminal would show as another',
    edited('controller.yaml', 'name: Cradle Club Ltd', 'name: ▸"Cradle \\u202Ebulc Ltd"'),
    /invisible control characters/,
    /Type the text again/,
  ],
  [
    'a wording that a terminal would show as another',
    edited(form2016, '---\n\n# Joining', '---\n▸\n# \u202EJoining'),
    /wording holds invisible/,
    /Type the passage again/,
  ],
  [
    'a notice without front matter',
    written(form2016, '▸We share your details.\n'),
    /no front matter/,
    /`---`/,
  ],
  [
    'front matter that never ends',
    written(form2016, '▸---\nversion: "2016-09"\n'),
    /no front matter/,
    /another line `---`/,
  ],
  [
    'a notice without wording',
    edited(form2016, /\n---\n\n[\s\S]*$/, '\n---\n▸\n'),
    /no wording/,
    /people were shown/,
  ],
  [
    'a copied notice file whose version was not changed',
    edited(form2016, '"2016-09"', '▸"2015-06"'),
    /version `2015-06` stands in a file named 2016-09.md/,
    /Make the two agree/,
  ],
  ['an empty file', written('purposes.yaml', '▸'), /declares nothing/, /docs\/guide\/policy-files.md/],
  ['a file of comments', written('purposes.yaml', '▸# nothing yet\n'), /declares nothing/, /policy-files.md/],
  [
    'a list where keys are meant',
    written('purposes.yaml', '▸- baby-offers\n'),
    /the file must be a group of keys/,
    /./,
  ],
  ['a tab as indentation', written('purposes.yaml', 'insight:\n▸\ttext: Insight\n'), /a tab/, /spaces/],
  [
    'a key written twice',
    edited('purposes.yaml', 'postal-use:', '▸insight:\n  text: Another\npostal-use:'),
    /second time/,
    /Keep one of the two/,
  ],
  [
    'a colon in unquoted text',
    edited('purposes.yaml', 'text: Insight', 'text: ▸Insight: all of it'),
    /more than one `key: value`/,
    /quotes/,
  ],
  [
    'a second document',
    edited('controller.yaml', 'zone: Europe/London\n', 'zone: Europe/London\n▸---\nid: x\n'),
    /second document/,
    /file of its own/,
  ],
  [
    'an unknown YAML tag',
    edited('purposes.yaml', 'Insight', '▸!secret Insight'),
    /not YAML: Unresolved tag/,
    /./,
  ],
  ['an alias to nothing', written('purposes.yaml', '▸insight: *nothing\n'), /alias/, /Write the value out/],
  [
    'YAML merge keys, which would hide what is declared',
    written('purposes.yaml', 'a: &a\n  text: x\nb:\n  ▸<<: *a\n  text: y\n'),
    /unknown key `<<`/,
    /text, dpv/,
  ],
  [
    'a file in a folder that declares nothing',
    written('entity/tumble-toys.yaml', 'names: []'),
    /no declaration is read from this path/,
    /Did you mean entities/,
  ],
  [
    'a .yml file',
    written('entities/other.yml', 'names: []'),
    /no declaration is read/,
    /Rename it to end in .yaml/,
  ],
  [
    'a notice that is not in a folder',
    written('notices/form.md', 'x'),
    /no declaration is read/,
    /notices\/<notice>\/<version>.md/,
  ],
  [
    'a file name that is no id',
    written('entities/Tumble Toys.yaml', 'names: []'),
    /file name is not an id/,
    /lower-case/,
  ],
]

test.each(misshapen)('%s is found where it stands', (_, broken, message, remedy) => {
  expectFinding(broken, message, remedy)
})

test('aliases that multiply are refused before they are expanded', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(9)}]`)
  const bomb = written('purposes.yaml', `l0: &l0 [x]\n${levels.join('\n')}\n`)
  const [finding, ...others] = findingsOf(bomb)
  expect(others).toEqual([])
  expect(finding).toMatchObject({
    place: { file: 'purposes.yaml', line: 4 },
    message: /more than 20 YAML aliases/,
  })
})

test('nesting too deep for any stack, and a file too long, are findings and not crashes', () => {
  expect(findingsOf(written('purposes.yaml', '['.repeat(20_000)))).toMatchObject([
    {
      place: { line: 1 },
      message: expect.stringMatching(/nested too deeply/),
      remedy: expect.stringMatching(/brackets/),
    },
  ])
  expect(findingsOf(written('purposes.yaml', '#'.repeat(250_001)))).toMatchObject([
    { message: expect.stringMatching(/too long/) },
  ])
})

const unfitting: [string, Broken, RegExp, RegExp][] = [
  [
    'a quote that is not in the wording',
    edited(
      form2014,
      'quote: "We share your details with companies that make baby food',
      'quote: ▸"We share your details with companies that sell baby food',
    ),
    /does not stand in the wording/,
    /Copy the sentence/,
  ],
  [
    'a quote in other letter case',
    edited(form2014, 'rightToObject: "You', 'rightToObject: ▸"YOU'),
    /does not stand in the wording/,
    /letter by letter/,
  ],
  [
    'a quote that leaves out how the sentence begins',
    edited(
      form2014,
      /purposes:\n +- purpose: dpv:DirectMarketing\n +quote: ".*"/,
      'purposes:\n  - purpose: dpv:DirectMarketing\n    quote: ▸"send you offers for their products by post."',
    ),
    /only part of a sentence/,
    /Quote the whole sentence/,
  ],
  [
    'a quote for what is told of data that is not in the wording',
    edited(form2014, 'quote: "What we share is', 'quote: ▸"All we share is'),
    /does not stand in the wording/,
    /remove the claim/,
  ],
  [
    'an entity that is not in its quote',
    edited(
      'notices/ward-pack/2013-05.md',
      /entity: snugglewell\n( +)quote: /,
      'entity: meridian-data\n    quote: ▸',
    ),
    /does not name `meridian-data`/,
    /"Meridian Data Services Ltd"/,
  ],
  [
    'an unknown entity in a notice',
    edited('notices/ward-pack/2013-05.md', 'entity: tumble-toys', 'entity: ▸tumbel-toys'),
    /no entity `tumbel-toys`/,
    /Did you mean `tumble-toys`\?/,
  ],
  [
    'a brand nobody has',
    edited('notices/offline-card/2016-03.md', 'brand: Acorn Baby', 'brand: ▸Acorn Babies'),
    /no entity has the brand `Acorn Babies`/,
    /Did you mean `Acorn Baby`\?/,
  ],
  [
    'a brand that is not in its quote',
    edited(
      'notices/online-form/2015-06.md',
      /brand: Acorn Baby\n +quote: ".*"/,
      'brand: Acorn Baby\n    quote: ▸"We also share them with companies that make toys."',
    ),
    /does not name the brand/,
    /sector or generic/,
  ],
  [
    'an unconfirmed notice',
    edited(form2014, 'readBy: Priya Nair\nconfirmedBy: Tom Okafor', '▸readBy: Priya Nair'),
    /nobody has confirmed/,
    /second person/,
  ],
  [
    'a notice confirmed by its own reader',
    edited(form2014, 'confirmedBy: Tom Okafor', 'confirmedBy: ▸priya  nair'),
    /also confirmed it/,
    /second person/,
  ],
  [
    'two versions of a notice from one day on',
    edited(form2016, 'effectiveOn: 2016-09-01', 'effectiveOn: ▸2015-06-01'),
    /online-form@2015-06 takes effect on the same day/,
    /its own first day/,
  ],
  [
    'an attribution to a version before it existed',
    edited('attributions.yaml', 'from: 2014-03-01', 'from: ▸2014-02-28'),
    /took effect only on 2014-03-01/,
    /that day or later/,
  ],
  [
    'an attribution to an unknown notice',
    edited('attributions.yaml', 'notice: online-form@2014-03', 'notice: ▸online-form@2014-30'),
    /no notice `online-form@2014-30`/,
    /Did you mean `online-form@2014-03`/,
  ],
  [
    'an attribution on a route the notice was not used on',
    edited('attributions.yaml', '- route: ward\n  from: 2013-05-01', '- route: ▸wards\n  from: 2013-05-01'),
    /not used on the route `wards`/,
    /Did you mean `ward`\?/,
  ],
  [
    'attributions that overlap',
    edited(
      'attributions.yaml',
      /to: 2015-02-01\n([^-][\s\S]*?)from: 2015-02-01/,
      'to: 2015-02-02\n  notice: ward-pack@2013-05\n  grade: B\n  evidence: Packing lists\n  author: Priya Nair\n  secondReader: Tom Okafor\n- route: ward\n  from: ▸2015-02-01',
    ),
    /overlaps the rule for ward-pack@2013-05/,
    /first day it no longer holds/,
  ],
  [
    'an attribution read by its author only',
    edited('attributions.yaml', 'secondReader: Tom Okafor', 'secondReader: ▸PRIYA NAIR'),
    /same person/,
    /second person/,
  ],
  [
    'an agreement with an unknown recipient',
    edited(meridian2017, 'recipient: meridian-data', 'recipient: ▸meridian-dta'),
    /no entity `meridian-dta`/,
    /Did you mean `meridian-data`\? Declare it in entities/,
  ],
  [
    'an agreement with an unknown end client',
    edited(meridian2017, '[civic-progress-party]', '[▸other-party]'),
    /no entity `other-party`/,
    /Declare it in entities\/other-party.yaml/,
  ],
  [
    'an agreement for an unknown purpose',
    edited(meridian2017, 'ownUse: [insight]', 'ownUse: [▸insights]'),
    /no purpose `insights`/,
    /`insight`/,
  ],
  [
    'an agreement over a column nobody declares',
    edited(meridian2017, '[parent_name,', '[▸parents_name,'),
    /no dataset declares the column `parents_name`/,
    /Did you mean `parent_name`\?/,
  ],
  [
    'an assessment of an unknown purpose',
    edited('assessments/lia-baby-offers-acorn.yaml', 'purpose: baby-offers', 'purpose: ▸baby-offer'),
    /no purpose `baby-offer`/,
    /Did you mean `baby-offers`/,
  ],
  [
    'a determination of what nobody may decide away',
    edited('determinations/acorn-online-form-2014-03.yaml', 'code: N405', 'code: ▸N402'),
    /N402 RECIPIENT_NOT_IN_NOTICE cannot be determined away/,
    /remove the cause/i,
  ],
  [
    'a determination of a notice question without the notice',
    edited(
      'determinations/acorn-online-form-2014-03.yaml',
      'code: N405\nnotice: online-form@2014-03\n',
      'code: ▸N405\n',
    ),
    /asked of each notice version/,
    /Add `notice:/,
  ],
  [
    'a determination of a file question with a notice',
    edited(
      'determinations/political-signoff-meridian.yaml',
      'code: G108\n',
      'code: G108\n▸notice: members-letter@2017-04\n',
    ),
    /about the whole file/,
    /Remove `notice:`/,
  ],
  [
    'a determination for an unpublished notice',
    edited(
      'determinations/acorn-online-form-2014-03.yaml',
      'notice: online-form@2014-03',
      'notice: ▸online-form@2019-01',
    ),
    /no notice `online-form@2019-01`/,
    /notice@version/,
  ],
  [
    'a second answer to the same question',
    written(
      'determinations/z-again.yaml',
      casePolicy.get('determinations/acorn-ward-pack-2015-02.yaml')!.replace('N405', '▸N405'),
    ),
    /`acorn-ward-pack-2015-02` already answers this question/,
    /revokedOn/,
  ],
  [
    'a key column that is not declared',
    edited('datasets/members-2018.yaml', 'column: member_no', 'column: ▸member_nr'),
    /`member_nr` is not declared under `fields`/,
    /Did you mean `member_no`/,
  ],
  [
    'a birth date column of another type',
    edited('datasets/members-2018.yaml', 'bornOn: mother_born_on', 'bornOn: ▸children_born_on'),
    /declared as dates, not as date/,
    /holds one date/,
  ],
  [
    'a contact column that is not declared',
    edited('datasets/members-2018.yaml', 'email: email', 'email: ▸mail_to'),
    /`mail_to` is not declared/,
    /unclassified/,
  ],
  [
    'a name that another entity bears at the same time',
    edited(
      'entities/tumble-toys.yaml',
      'name: Tumble Toys Ltd',
      'name: Tumble Toys Ltd\n  - name: ▸snugglewell  NAPPIES Ltd',
    ),
    /also a name of `snugglewell` at the same time/,
    /`from` and `to`/,
  ],
  [
    'a name that is a brand of another entity at the same time',
    edited(
      'entities/tumble-toys.yaml',
      'name: Tumble Toys Ltd',
      'name: Tumble Toys Ltd\n  - name: ▸Acorn Baby',
    ),
    /also a name of `little-acorn-foods`/,
    /write the name in full/,
  ],
  [
    'two entities with one registration',
    edited('entities/tumble-toys.yaml', '"90010003"', '▸"90010002"'),
    /`snugglewell` has the same registration/,
    /one legal entity/,
  ],
]

test.each(unfitting)('%s is found where it stands, across files', (_, broken, message, remedy) => {
  expectFinding(broken, message, remedy)
})

test('an attribution that starts early is told both what it overlaps and that the version did not exist', () => {
  const broken = edited('attributions.yaml', 'from: 2015-06-01', 'from: ▸2015-05-31')
  const findings = findingsOf(broken)
  expect(findings.map(({ place }) => place)).toEqual([broken.place, broken.place])
})

test('a brand sold at a date belongs to either owner in turn, and to both at no time', () => {
  const sold = edited(
    'entities/little-acorn-foods.yaml',
    'from: 2010-01-01',
    'from: 2010-01-01\n    to: 2017-08-01',
  )
  const bought = (from: string) =>
    edited(
      'entities/tumble-toys.yaml',
      'names:',
      `brands:\n  - name: ▸Acorn Baby\n    from: ${from}\nnames:`,
      sold.files,
    )
  expect(readPolicy(bought('2017-08-01').files).findings).toEqual([])
  expectFinding(bought('2017-07-31'), /also a name of `little-acorn-foods`/, /its period/)
})

test('a brand bought only after a notice took effect names nobody in it', () => {
  const broken = edited('entities/little-acorn-foods.yaml', 'from: 2010-01-01', 'from: 2016-06-01')
  const findings = findingsOf(broken)
  expect(findings.map(({ place }) => place.file)).toEqual([
    'notices/offline-card/2016-03.md',
    'notices/online-form/2015-06.md',
  ])
  expect(findings[0]!.message).toBe('nobody held the brand `Acorn Baby` on 2016-03-20')
})

test('an old name counts in a notice of its time and not in a later one', () => {
  const renamed = (until: string) =>
    edited(
      'entities/snugglewell.yaml',
      'names:\n',
      `names:\n  - name: Snug & Well Ltd\n    from: ${until}\n`,
      casePolicy,
    )
  const old = (until: string) =>
    new Map([
      ...renamed(until).files,
      [
        'entities/snugglewell.yaml',
        renamed(until)
          .files.get('entities/snugglewell.yaml')!
          .replace('- name: SnuggleWell Nappies Ltd', `- name: SnuggleWell Nappies Ltd\n    to: ${until}`),
      ],
    ])
  expect(readPolicy(old('2017-01-01')).findings).toEqual([])
  const { findings } = readPolicy(old('2015-01-01'))
  expect(findings.map(({ message }) => message)).toEqual([
    '`SnuggleWell Nappies Ltd` was no name of `snugglewell` on 2015-06-01',
    '`SnuggleWell Nappies Ltd` was no name of `snugglewell` on 2016-09-01',
  ])
})

test('findings of several files come in reading order', () => {
  const one = edited('controller.yaml', 'jurisdiction: uk', 'jurisdiction: us\nzoen: x')
  const two = edited('agreements/meridian-2017.yaml', '[post]', '[]', one.files)
  expect(findingsOf(two).map(({ place }) => [place.file, place.line])).toEqual([
    ['agreements/meridian-2017.yaml', 8],
    ['controller.yaml', 3],
    ['controller.yaml', 4],
  ])
})

test('requests and other files in the folder are let be', () => {
  const more = new Map([
    ...casePolicy,
    ['requests/x.yaml', 'anything'],
    ['README.md', '# Policy'],
    ['.DS_Store', ''],
  ])
  expect(readPolicy(more)).toEqual(readPolicy(casePolicy))
})

test('whatever a file is damaged into, reading ends in a policy or in findings with place and remedy', () => {
  const files = [...casePolicy.keys()]
  const damage = fc.record({
    file: fc.constantFrom(...files),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(40),
    inserted: fc.oneof(
      fc.string(),
      fc.constantFrom('&a [*a, *a]', '<<: ', '\t', '"', '---\n', '!!set ', '? ', '|\n'),
    ),
  })
  fc.assert(
    fc.property(damage, ({ file, at, removed, inserted }) => {
      const text = casePolicy.get(file)!
      const cut = Math.floor(at * text.length)
      const damaged = text.slice(0, cut) + inserted + text.slice(cut + removed)
      const { policy, findings } = readPolicy(new Map([...casePolicy, [file, damaged]]))
      expect(policy === undefined).toBe(findings.length > 0)
      for (const { place, message, remedy } of findings) {
        expect(casePolicy.has(place.file)).toBe(true)
        expect(place.line === undefined || place.line >= 1).toBe(true)
        expect(message && remedy).toBeTruthy()
      }
    }),
    { numRuns: 60 },
  )
})
