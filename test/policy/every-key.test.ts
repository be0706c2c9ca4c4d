// What agreements, entities, notices, datasets and the files of duties may say beyond the 2017 case: read, refused where it
// is broken, published item by item, compared in words. The policy is the one of docs/guide/policy-files.md.
import { expect, test } from 'vitest'
import { isCountry } from '../../src/model/country.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Policy } from '../../src/model/policy.ts'
import { isMaintenance, purposeTerms, purposeWithin } from '../../src/model/purpose.ts'
import { diffPolicy } from '../../src/policy/diff-policy.ts'
import type { PolicyFiles } from '../../src/policy/merge-overlay.ts'
import { policyFromItems, policyItems } from '../../src/policy/policy-items.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import { writeRequest } from '../../src/policy/write-request.ts'
import { type Broken, edited as editedIn, written as writtenIn } from './broken-policy.ts'
import { guideExamples } from './guide-examples.ts'

const agreement = 'agreements/harbour-2019.yaml'
const processor = 'agreements/tidewater-2019.yaml'
const joint = 'agreements/harbour-fair-2019.yaml'
const harbour = 'entities/harbour-press.yaml'
const tidewater = 'entities/tidewater-mailing.yaml'
const notice = 'notices/sign-up/2019-02.md'
const readers = 'datasets/readers.yaml'
const grant = 'copy-grants/migration-2019.yaml'
const order = 'work-orders/migration-2019.yaml'
const courtOrder = 'requests/court-order.yaml'

const edited = (file: string, from: string, to: string) => editedIn(file, from, to, guideExamples)
const written = (file: string, text: string) => writtenIn(file, text, guideExamples)
const policy = policyOf(guideExamples)

/** Several edits of one file. */
function reworked(file: string, ...edits: [from: string | RegExp, to: string][]): Broken {
  const text = edits.reduce((before, [from, to]) => {
    const after = before.replace(from, () => to)
    if (after === before) throw new Error(`the text to replace is not in ${file}`)
    return after
  }, guideExamples.get(file)!)
  return written(file, text)
}

function policyOf(files: PolicyFiles): Policy {
  const { policy: read, findings } = readPolicy(files)
  expect(findings).toEqual([])
  return read!
}

test('an agreement says of what kind it is, what allows it, and how much of it may be used', () => {
  expect(policy.agreements.find(({ id }) => id === 'harbour-2019')).toMatchObject({
    kind: 'sharing',
    subProcessors: ['tidewater-mailing'],
    reviewBy: 20191201,
    uses: 'ongoing',
    recordsMax: 50_000,
    resupplyAfterDays: 30,
    transfer: { mechanism: 'adequacy' },
  })
  expect(policy.agreements.find(({ id }) => id === 'tidewater-2019')).toMatchObject({
    kind: 'processing',
    actsFor: 'end-clients',
    instructions: 'Schedule 2, print and post; nothing is kept',
  })
  expect(policy.agreements.find(({ id }) => id === 'harbour-fair-2019')).toMatchObject({ kind: 'joint' })
})

test('an entity says where data would be held, whose group it is, when it was suspended and what became of it', () => {
  expect(policy.entities.find(({ id }) => id === 'harbour-press')).toMatchObject({
    country: 'GB',
    group: 'harbour',
    suspensions: [{ from: 20190701, to: 20190715 }],
  })
  expect(policy.entities.find(({ id }) => id === 'tidewater-mailing')).toMatchObject({
    country: 'IE',
    changes: [{ on: 20210401, how: 'absorbed', into: 'harbour-press' }],
  })
})

test('what a file does not say is absent, and nothing stands in its place', () => {
  const [fair] = policy.agreements.filter(({ id }) => id === 'harbour-fair-2019')
  expect(Object.keys(fair!)).not.toContain('power')
  expect(Object.keys(fair!)).not.toContain('uses')
  const without = new Map([...guideExamples].filter(([file]) => !duties.includes(file)))
  expect(policyOf(without)).toMatchObject({
    processing: [],
    prohibitions: [],
    workOrders: [],
    copyGrants: [],
    feeds: [],
  })
})

const duties = ['processing.yaml', 'prohibitions.yaml', order, grant, 'feeds.yaml']

test('the files of duties are read: processing, prohibitions, work orders, copy grants, feeds', () => {
  expect(policy.processing).toEqual([
    {
      id: 'book-offers/2019-03-01',
      purpose: 'book-offers',
      recipients: ['harbour-press', 'tidewater-mailing'],
      from: 20190301,
      to: 20210301,
    },
  ])
  expect(policy.prohibitions).toMatchObject([{ id: 'undertaking-2021', recipient: 'harbour-press' }])
  expect(policy.workOrders).toMatchObject([
    { id: 'migration-2019', dataset: 'readers', fields: ['full_name', 'home_address'] },
  ])
  expect(policy.copyGrants).toMatchObject([
    { id: 'migration-2019', workOrder: 'migration-2019', deleteBy: 20190620 },
  ])
  expect(policy.feeds).toEqual([
    { source: 'tps', everyHours: 672, channels: ['call'] },
    { source: 'webshop', everyHours: 24 },
  ])
})

test('a dataset says when it was taken, from whom it was obtained, and who else’s law may reach its people', () => {
  expect(policy.datasets.find(({ format }) => format !== 'xlsx')).toMatchObject({
    retainUntil: 'keep_until',
    collectedOn: 'joined_on',
    takenAt: instantFromIso('2019-03-11T18:00:00Z'),
    jurisdictions: ['uk', 'eu'],
    obtained: { on: 20181101, dueDiligence: { until: 20201020 } },
    contact: { name: 'full_name', address: 'home_address' },
  })
})

test('all of it goes to the register item by item and comes back the same', () => {
  const items = policyItems(policy)
  expect(policyFromItems(items.toReversed())).toEqual(policy)
  expect(items.filter(({ kind }) => kind === 'processing').map(({ name }) => name)).toEqual([
    'book-offers/2019-03-01',
  ])
  expect(items.filter(({ kind }) => kind === 'feed').map(({ name }) => name)).toEqual(['tps', 'webshop'])
})

test('what changes is said in words: added, changed with old and new value, and removed', () => {
  const { files } = edited('feeds.yaml', 'everyHours: 24', 'everyHours: 12')
  const prohibited = new Map([...files].filter(([file]) => file !== 'prohibitions.yaml'))
  expect(diffPolicy(policy, policyOf(prohibited)).flatMap(({ lines }) => lines)).toEqual([
    'feed webshop: changed',
    'every hours: 24 → 12',
    'prohibition undertaking-2021: no longer declared',
  ])
  const { files: taken } = edited(readers, '2019-03-11T18:00:00Z', '2019-03-12T06:00:00Z')
  expect(diffPolicy(policy, policyOf(taken)).flatMap(({ lines }) => lines)).toEqual([
    'dataset readers: changed',
    'taken at: 2019-03-11T18:00:00Z → 2019-03-12T06:00:00Z',
  ])
  const { files: more } = edited(agreement, 'recordsMax: 50000', 'recordsMax: 20170101')
  expect(diffPolicy(policy, policyOf(more)).flatMap(({ lines }) => lines)).toEqual([
    'agreement harbour-2019: changed',
    'records max: 50000 → 20170101',
  ])
  const first = diffPolicy(undefined, policy).map(({ kind, lines }) => [kind, lines[0]])
  expect(first).toContainEqual([
    'processing',
    'processing book-offers/2019-03-01: new; from 2019-03-01; purpose book-offers; recipients harbour-press, tidewater-mailing; to 2021-03-01',
  ])
})

const broken: [string, Broken, RegExp, RegExp][] = [
  ['UK for a country', edited(harbour, 'country: GB', 'country: ▸UK'), /`UK` is not a country/, /Write `GB`/],
  [
    'a country in small letters',
    edited(tidewater, 'country: IE', 'country: ▸ie'),
    /`ie` is not a country/,
    /two capitals/,
  ],
  [
    'a country that is none',
    edited('controller.yaml', 'country: GB', 'country: ▸XX'),
    /`XX` is not a country/,
    /ISO 3166/,
  ],
  [
    'a suspension that ends before it begins',
    edited(harbour, 'to: 2019-07-15', 'to: ▸2019-06-15'),
    /does not lie after/,
    /later date/,
  ],
  [
    'an unknown way to change',
    edited(tidewater, 'how: absorbed', 'how: ▸absorpt'),
    /`absorpt` is not a value of `changes\[0\].how`/,
    /Did you mean `absorbed`/,
  ],
  [
    'an unknown successor',
    edited(tidewater, 'into: harbour-press', 'into: ▸harbor-press'),
    /no entity `harbor-press`/,
    /Did you mean `harbour-press`/,
  ],
  [
    'an entity that became itself',
    edited(tidewater, 'into: harbour-press', 'into: ▸tidewater-mailing'),
    /cannot have become itself/,
    /remove `into`/,
  ],
  [
    'instructions outside a processing agreement',
    edited(processor, 'kind: processing\ninstructions: ', 'kind: sharing\ninstructions: ▸'),
    /only an agreement of kind processing has `instructions`/,
    /Write `kind: processing`/,
  ],
  [
    'an essence without joint control',
    edited(joint, 'kind: joint\nessence: ', 'essence: ▸'),
    /only an agreement of kind joint/,
    /Write `kind: joint`/,
  ],
  [
    'end clients to act for, and none',
    reworked(processor, [/endClients: .*\n/, ''], ['actsFor: ', 'actsFor: ▸']),
    /acts for its end clients, and there are none/,
    /remove `actsFor`/,
  ],
  [
    'an unknown sub-processor',
    edited(agreement, 'subProcessors: [', 'subProcessors: [▸x-'),
    /no entity `x-tidewater-mailing`/,
    /Did you mean `tidewater-mailing`/,
  ],
  [
    'a review before it began',
    edited(agreement, 'reviewBy: 2019', 'reviewBy: ▸2018'),
    /`reviewBy` lies before `effectiveFrom`/,
    /on or after/,
  ],
  ['a limit of nobody', edited(agreement, 'Max: 50000', 'Max: ▸0'), /`recordsMax` is below 1/, /at least 1/],
  [
    'a transfer that names nothing',
    reworked(agreement, [/mechanism: adequacy\n.*\n/, '▸mechanism: adequacy\n']),
    /`transfer.reference` is missing/,
    /Add `reference:`/,
  ],
  [
    'an expectation of a DPIA',
    reworked('assessments/lia-book-offers.yaml', ['kind: lia', 'kind: dpia'], ['expected: ', 'expected: ▸']),
    /asks what people expect/,
    /kind: lia/,
  ],
  [
    'processors of whom the wording says nothing',
    edited(notice, 'processors: Companies that print', 'processors: ▸Companies that post'),
    /does not stand in the wording/,
    /remove the claim/,
  ],
  [
    'half a sentence about processors',
    reworked(notice, [/processors: .*/, 'processors: ▸handle your address for that alone.']),
    /only part of a sentence/,
    /whole sentence/,
  ],
  [
    'a soft opt-in that nobody was told of',
    edited(notice, 'quote: We may e-mail you about books like', 'quote: ▸We may e-mail you of books like'),
    /does not stand in the wording/,
    /Copy the sentence/,
  ],
  [
    'a refusal that nobody was offered',
    edited(notice, 'refusal: Tick here', 'refusal: ▸Click here'),
    /does not stand in the wording/,
    /Copy the sentence/,
  ],
  [
    'a soft opt-in without a way to refuse',
    reworked(notice, [/ {2}refusal: .*\n/, ''], ['  obtained: sale', '  ▸obtained: sale']),
    /`softOptIn.refusal` is missing/,
    /Add `refusal:`/,
  ],
  [
    'a defect of an unknown kind',
    edited(notice, 'kind: prominence', 'kind: ▸prominent'),
    /`prominent` is not a value/,
    /Did you mean `prominence`/,
  ],
  [
    'an unknown form of consent',
    edited(notice, 'consentForm: separate', 'consentForm: ▸implicit'),
    /`implicit` is not a value/,
    /Did you mean `explicit`/,
  ],
  [
    'a last day that is no date column',
    edited(readers, 'retainUntil: keep_until', 'retainUntil: ▸full_name'),
    /declared as text, not as date/,
    /holds one date/,
  ],
  [
    'a day of collection in no column',
    edited(readers, 'collectedOn: joined_on', 'collectedOn: ▸joined'),
    /`joined` is not declared/,
    /Did you mean `joined_on`/,
  ],
  [
    'a name without an address',
    edited(readers, '  name: full_name\n  address: home_address\n', '  name: ▸full_name\n'),
    /a name alone reaches nobody/,
    /Add `address:`/,
  ],
  [
    'an address without a name',
    edited(readers, '  name: full_name\n  address: home_address\n', '  address: ▸home_address\n'),
    /an address alone is no contact point/,
    /Add `name:`/,
  ],
  [
    'a contact name in no column',
    edited(readers, '  name: full_name\n', '  name: ▸fullname\n'),
    /`fullname` is not declared/,
    /Did you mean `full_name`/,
  ],
  [
    'a file taken at no instant',
    edited(readers, '2019-03-11T18:00:00Z', '▸2019-03-11'),
    /`2019-03-11` is not an instant/,
    /time and zone/,
  ],
  [
    'a law nobody knows',
    edited(readers, '[uk, eu]', '[uk, ▸us]'),
    /`us` is not a value of `jurisdictions\[1\]`/,
    /uk, eu/,
  ],
  [
    'screened data that are no free text',
    reworked(readers, ['category: free-text', 'category: preferences'], ['screened: {', 'screened: ▸{']),
    /only free text is screened/,
    /remove `screened`/,
  ],
  [
    'processing for an unknown purpose',
    edited('processing.yaml', 'purpose: book-offers', 'purpose: ▸book-offer'),
    /no purpose `book-offer`/,
    /Did you mean `book-offers`/,
  ],
  [
    'processing for an unknown recipient',
    edited('processing.yaml', '[harbour-press,', '[▸harbour,'),
    /no entity `harbour`/,
    /entities\/harbour.yaml/,
  ],
  [
    'one purpose twice from one day',
    written(
      'processing.yaml',
      `${guideExamples.get('processing.yaml')}- purpose: book-offers\n  recipients: [harbour-press]\n  from: ▸2019-03-01\n`,
    ),
    /starts on the same day/,
    /recipients of both/,
  ],
  [
    'a prohibition without an id',
    edited('prohibitions.yaml', 'undertaking-2021:', '▸Undertaking 2021:'),
    /is not an id/,
    /enforcement-notice-2019/,
  ],
  [
    'a prohibition for an unknown recipient',
    edited('prohibitions.yaml', 'recipient: harbour-press', 'recipient: ▸habour-press'),
    /no entity `habour-press`/,
    /Did you mean `harbour-press`/,
  ],
  [
    'a copy of an unknown dataset',
    edited(grant, 'dataset: readers', 'dataset: ▸reader'),
    /no dataset `reader`/,
    /Did you mean `readers`\? Declare it in datasets\/reader.yaml/,
  ],
  [
    'a copy that ends before it begins',
    edited(grant, 'until: 2019-06-17', 'until: ▸2019-06-03'),
    /does not lie after `from`/,
    /later date/,
  ],
  [
    'a copy deleted before its grant ends',
    edited(grant, 'deleteBy: 2019-06-20', 'deleteBy: ▸2019-06-10'),
    /`deleteBy` lies before `until`/,
    /on or after/,
  ],
  [
    'a copy under no work order',
    edited(grant, 'workOrder: migration-2019', 'workOrder: ▸migration-2018'),
    /no work order `migration-2018`/,
    /Did you mean `migration-2019`/,
  ],
  [
    'a copy for another contractor than its work order',
    edited(grant, 'recipient: tidewater-mailing', 'recipient: ▸harbour-press'),
    /work order migration-2019 is about `tidewater-mailing`/,
    /to the contractor and of the dataset of its work order/,
  ],
  [
    'a copy that is granted before the work begins',
    edited(grant, 'from: 2019-06-03', 'from: ▸2019-06-02'),
    /begins only on 2019-06-03/,
    /within the days of its work order/,
  ],
  [
    'a copy that outlasts the work',
    reworked(
      grant,
      ['until: 2019-06-17', 'until: ▸2019-07-02'],
      ['deleteBy: 2019-06-20', 'deleteBy: 2019-07-03'],
    ),
    /ends on 2019-07-01/,
    /within the days of its work order/,
  ],
  [
    'a work order for an unknown purpose',
    edited(order, 'purpose: system-repair', 'purpose: ▸system-repairs'),
    /no purpose `system-repairs`/,
    /Did you mean `system-repair`/,
  ],
  [
    'a work order for marketing',
    edited(order, 'purpose: system-repair', 'purpose: ▸book-offers'),
    /`book-offers` is no work on the systems/,
    /dpv:RepairImpairments/,
  ],
  [
    'a work order for an open purpose',
    edited(order, 'purpose: system-repair', 'purpose: ▸reader-research'),
    /`reader-research` is no work on the systems/,
    /dpv:RepairImpairments/,
  ],
  [
    'a work order with a column nobody declares',
    edited(order, 'fields: [full_name, home_address]', 'fields: [full_name, ▸home_adress]'),
    /declares no column `home_adress`/,
    /Did you mean `home_address`/,
  ],
  [
    'a work order that ends before it begins',
    edited(order, 'until: 2019-07-01', 'until: ▸2019-06-03'),
    /does not lie after `from`/,
    /later date/,
  ],
  ['a work order for nobody', edited(order, 'people: [Noor Haddad]', 'people: ▸[]'), /people/, /./],
  [
    'a source twice',
    edited('feeds.yaml', 'source: tps', 'source: ▸webshop'),
    /`webshop` is declared twice/,
    /channels of both/,
  ],
  [
    'the telephone preference screen in capitals',
    edited('feeds.yaml', 'source: tps', 'source: ▸TPS'),
    /is the source `tps`/,
    /Write `source: tps`/,
  ],
  [
    'a feed without a rhythm',
    edited('feeds.yaml', 'everyHours: 24', 'everyHours: ▸0'),
    /is below 1/,
    /at least 1/,
  ],
]

test.each(broken)('%s is found where it stands', (_, { files, place }, message, remedy) => {
  const { policy: read, findings } = readPolicy(files)
  expect(read).toBeUndefined()
  expect(findings.map((finding) => finding.place)).toEqual([place])
  expect(findings[0]!.message).toMatch(message)
  expect(findings[0]!.remedy).toMatch(remedy)
})

test('a request says how data leave and what it claims, and is written as it is read', () => {
  const { request } = readRequest(guideExamples.get(courtOrder)!, courtOrder, policy)
  expect(request).toMatchObject({
    instrument: { by: 'High Court', on: 20190603 },
    condition: { kind: 'law', reference: 'Article 9(2)(f)' },
    exemption: { by: 'Ines Carver' },
    anonymous: false,
    subProcessors: ['tidewater-mailing'],
  })
  const { id: _, ...rest } = request!
  const all = {
    ...rest,
    delivery: 'hosted',
    matching: true,
    releaseAt: '2019-06-12T09:00:00Z',
  } as const
  const again = readRequest(writeRequest(all), courtOrder, policy)
  expect(again.findings).toEqual([])
  expect(again.request).toEqual({ ...request, delivery: 'hosted', matching: true })
})

const brokenRequests: [string, Broken, RegExp, RegExp][] = [
  [
    'an unknown sub-processor of a request',
    edited(courtOrder, '[tidewater-mailing]', '[▸tidewater]'),
    /no entity `tidewater`/,
    /entities\//,
  ],
  [
    'a claim of nobody',
    reworked(courtOrder, ['  by: Ines Carver\n', ''], ['  paragraph', '  ▸paragraph']),
    /`exemption.by` is missing/,
    /Add `by:`/,
  ],
  [
    'an order of no day',
    edited(courtOrder, 'on: 2019-06-03', 'on: ▸3 June 2019'),
    /is not a date/,
    /yyyy-mm-dd/,
  ],
  [
    'an unknown condition',
    edited(courtOrder, 'kind: law', 'kind: ▸lawful'),
    /`lawful` is not a value of `condition.kind`/,
    /Did you mean `law`/,
  ],
  [
    'an unknown way to deliver',
    edited(courtOrder, 'useWindowDays: 14', 'useWindowDays: 14\ndelivery: ▸encrypted'),
    /`encrypted` is not a value of `delivery`/,
    /sealed, hosted, in-place, plain/,
  ],
]

test.each(brokenRequests)('%s is found where it stands', (_, { files, place }, message, remedy) => {
  const { request, findings } = readRequest(files.get(courtOrder)!, courtOrder, policy)
  expect(request).toBeUndefined()
  expect(findings.map((finding) => finding.place)).toEqual([place])
  expect(findings[0]!.message).toMatch(message)
  expect(findings[0]!.remedy).toMatch(remedy)
})

test('countries are the 249 codes of ISO 3166, in capitals', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountry)
  expect(codes).toHaveLength(249)
  expect(['GB', 'IE', 'GG', 'XK', 'EU', 'gb', 'GBR', ''].map(isCountry)).toEqual([
    ...[true, true, true, false, false, false, false, false],
  ])
})

test('work on the systems is maintenance; a service for the people in them is not', () => {
  const maintained = purposeTerms.filter(isMaintenance)
  expect(maintained).toEqual([
    'dpv:IncreaseServiceRobustness',
    'dpv:RepairImpairments',
    'dpv:TechnicalServiceProvision',
  ])
  expect(purposeWithin('dpv:TechnicalServiceProvision', 'dpv:ServiceProvision')).toBe(true)
  expect(purposeWithin('dpv:RepairImpairments', 'dpv:ServiceProvision')).toBe(false)
  expect(purposeWithin('dpv:PoliticalCampaign', 'dpv:Marketing')).toBe(false)
})
