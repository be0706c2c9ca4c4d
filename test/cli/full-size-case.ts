// The 2017 case at full size as a report value, with the numbers of the example's README written out, so that the
// layouts are tested without an engine. Hostile texts stand in for what a policy file or a customer file might hold.
import { createHash } from 'node:crypto'
import type {
  CaseBeat,
  CaseGroup,
  CaseRelease,
  CaseReport,
  CaseTrust,
} from '../../src/cli/report/case-report.ts'
import type { ReasonGroup } from '../../src/decide/decide-set.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import { type ReasonCode, reasonCodes, reasons } from '../../src/model/reason.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { type Outcome, outcomes } from '../../src/model/verdict.ts'
import type { CheckResult } from '../../src/release/check-request.ts'

type Part = [count: number, ...codes: ReasonCode[]]

type Fixture = {
  request: SharingRequest
  parts: readonly Part[]
  file?: readonly ReasonCode[]
  cleared?: readonly ReasonCode[]
  tells: readonly string[]
  cut?: readonly string[]
  packs: readonly string[]
}

export function checkResult({
  request,
  parts,
  file = [],
  cleared = [],
  tells,
  cut = [],
  packs,
}: Fixture): CheckResult {
  const groups = parts.map(([count, ...codes]): ReasonGroup => {
    const weighing = codes.filter((code) => !cleared.includes(code))
    return {
      notice: undefined,
      codes,
      weighing,
      primary: weighing[0],
      outcome: outcomeOf(weighing),
      fields: 0,
      count,
    }
  })
  const considered = total(groups)
  const recordOutcomes = Object.fromEntries(
    outcomes.map((outcome) => [outcome, total(groups.filter((group) => group.outcome === outcome))]),
  ) as Record<Outcome, number>
  const fileReasons = file.map((code) => ({
    code,
    slug: reasons[code].slug,
    effect: reasons[code].effect === 'deny' ? ('deny' as const) : ('review' as const),
    cleared: cleared.includes(code),
  }))
  const weighing = fileReasons.filter((reason) => !reason.cleared)
  const none = { deny: 0, review: 0, transform: 0, allow: 0 }
  const weighed = weighing.some(({ effect }) => effect === 'deny')
    ? { ...none, deny: considered }
    : weighing.length > 0
      ? { ...none, deny: recordOutcomes.deny, review: considered - recordOutcomes.deny }
      : recordOutcomes
  return {
    considered,
    outcomes: weighed,
    recordOutcomes,
    file: fileReasons,
    reasons: reasonCodes.flatMap((code) => {
      const count = total(groups.filter(({ codes }) => codes.includes(code)))
      const primary = total(groups.filter((group) => group.primary === code))
      return count === 0 ? [] : [{ code, slug: reasons[code].slug, count, primary }]
    }),
    groups,
    systematicPercent: 0,
    clusters: false,
    request,
    zone: 'Europe/London',
    position: 214,
    eventsProjected: 0,
    packs: { release: packs.slice(-1), collection: packs },
    packHashes: {},
    tells,
    fields: request.fields.map((name) => ({
      name,
      treatment: cut.includes(name) ? ('drop' as const) : ('keep' as const),
      keptIn: cut.includes(name) ? 0 : recordOutcomes.allow + recordOutcomes.transform || considered,
      codes: cut.includes(name) ? (['F902'] as const) : [],
    })),
    dataset: {
      table: 'dataset_1',
      sha256: '0'.repeat(64),
      rows: considered,
      rejected: 0,
      enrolled: 0,
      reused: false,
      unusableContacts: 0,
    },
    artefact: { path: 'decisions/x.parquet', sha256: '1'.repeat(64), sizeBytes: 9_400_000 },
    seconds: { projection: 0.1, dataset: 0.2, decide: 0.6, artefact: 0.7 },
  }
}

function outcomeOf(codes: readonly ReasonCode[]): Outcome {
  return (
    (['deny', 'review', 'transform'] as const).find((effect) =>
      codes.some((code) => reasons[code].effect === effect),
    ) ?? 'allow'
  )
}

function total(groups: readonly { count: number }[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

const sevenFields = [
  'parent_name',
  'home_address',
  'child_presence',
  'mother_born_on',
  'children_born_on',
  'email',
  'phone',
]

const partyRequest: SharingRequest = {
  id: '1-party-2017',
  title: 'A broker asks for the list, for a party, five weeks before the election',
  dataset: 'members-2017',
  recipient: 'meridian-data',
  role: 'agent',
  onBehalfOf: ['civic-progress-party', 'groundgame-software'],
  purpose: 'political-mailing',
  channels: ['post'],
  basis: 'legitimate-interests',
  fields: sevenFields,
  select: 'marginal_area = true and child_presence = true',
  consideration: 'paid',
  agreement: 'meridian-2017',
  requestedBy: 'Lee Marsh',
  releaseAt: instantFromIso('2017-05-05T09:00:00Z'),
  useWindowDays: 40,
}

const acornRequest: SharingRequest = {
  id: '3-acorn-post',
  title: 'A named baby brand, by post',
  dataset: 'members-2018',
  recipient: 'little-acorn-foods',
  role: 'controller',
  onBehalfOf: [],
  purpose: 'baby-offers',
  channels: ['post'],
  basis: 'legitimate-interests',
  fields: ['parent_name', 'home_address'],
  consideration: 'paid',
  agreement: 'acorn-2018',
  necessity: 'An offer by post needs a name and an address and nothing more.',
  requestedBy: 'Lee Marsh',
  releaseAt: instantFromIso('2018-06-12T08:00:00Z'),
  useWindowDays: 28,
}

const selected = [
  'she lives in one of 106 areas',
  'she has a child under five',
  'she is expecting or has a young child',
]
const source = ['she is expecting or has a young child']

const vetoes: readonly Part[] = [
  [41_870, 'S301'],
  [2_310, 'S304'],
  [640, 'S312'],
  [400, 'S310'],
]
const vetoGroups: readonly CaseGroup[] = [
  group('no-evidence', 'no evidence of any notice', 152_000),
  group('said-stop', 'said stop', 41_870),
  group('erased', 'erased', 2_310),
  group('no-contact', 'must not be contacted', 1_040),
]
const doubts: readonly Part[] = [
  [24_500, 'C708'],
  [3_200, 'C701'],
  [18_400, 'C707'],
  [9_150, 'T802'],
  [4_750, 'T806'],
]
const doubtGroups: readonly CaseGroup[] = [
  group('list-omits-brand', 'shown a closed list of names that omits the brand', 30_000),
  group('expecting', 'expecting: the list would reveal her health', 24_500),
  group('under-18', 'under 18', 3_200),
  group('age-unknown', 'age unknown', 18_400),
  group('unclear-dates', 'unclear when she was shown the notice', 9_150),
  group('identity-unclear', 'unclear who she is', 4_750),
]

function group(id: string, says: string, people: number, mayLeave = false): CaseGroup {
  return { id, says, people, mayLeave }
}

/** Little Acorn's, approved by a second person; the roots are those of nothing, but differ from one release to the next. */
function toAcorn(sent: Pick<CaseRelease, 'release' | 'rows' | 'sizeBytes'>): CaseRelease {
  const roots = {
    released: sha256Of(`released ${sent.release}`),
    decided: sha256Of(`decided ${sent.release}`),
  }
  return {
    ...sent,
    recipient: 'Little Acorn Foods Ltd',
    approvedBy: 'Dana Whitlock',
    approvalRule: 'second-person',
    columns: ['fairshare_ref', 'parent_name', 'home_address'],
    folder: `.fairshare/baby-club-2017/outbox/little-acorn-foods/${sent.release}`,
    roots,
    opened: { rows: sent.rows, released: roots.released, agrees: true },
    seconds: { commit: 1.92, shapeAndSeal: 7.84, proof: 2.31, deliver: 0.42, open: 6.05 },
    reused: false,
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const beats: readonly CaseBeat[] = [
  {
    id: '1-party-2017',
    title: '5 May 2017: a broker asks for the party, by post',
    story:
      'Five weeks before an election a data broker asks for the whole file, on behalf of a political party. It wants to write to mothers of young children in 106 areas.',
    result: checkResult({
      request: partyRequest,
      parts: [
        [838_000, 'N402', 'N403', 'C704', 'F902'],
        [30_000, 'N407', 'N402', 'N403', 'F902'],
        [152_000, 'N401'],
        ...vetoes,
      ],
      file: ['G101', 'G102', 'G105', 'G108', 'G110', 'A204', 'A207', 'A208', 'B513'],
      tells: selected,
      cut: ['child_presence', 'mother_born_on', 'children_born_on', 'email', 'phone'],
      packs: ['uk-dpa1998'],
    }),
    released: 0,
    groups: [group('told-of-no-party', 'told of no party', 868_000), ...vetoGroups],
    asExpected: true,
    seconds: 2.31,
    recalls: [],
  },
  {
    id: '1b-party-control',
    title: '19 May 2017: the same letters, asked for properly',
    story:
      'The same request in good order, after 3,000 people were sent a letter that names the party. The rules can say yes: these 3,000 are not refused for what they were told.',
    result: checkResult({
      request: {
        ...partyRequest,
        id: '1b-party-control',
        fields: ['parent_name', 'home_address'],
        releaseAt: instantFromIso('2017-05-19T09:00:00Z'),
      },
      parts: [
        [3_000],
        [835_000, 'N402', 'N403'],
        [30_000, 'N407', 'N402', 'N403'],
        [152_000, 'N401'],
        ...vetoes,
      ],
      file: ['G108', 'G110'],
      cleared: ['G108'],
      tells: selected,
      packs: ['uk-dpa1998'],
    }),
    released: 0,
    groups: [
      group('had-the-letter', 'were sent the letter that names the party', 3_000, true),
      group('told-of-no-party', 'told of no party', 865_000),
      ...vetoGroups,
    ],
    asExpected: true,
    seconds: 1.9,
    recalls: [],
  },
  {
    id: '2-party-2018',
    title: '1 February 2018: after the policy changed',
    story:
      'In January 2018 the notices gained the words “political parties”. A new sentence does not travel back to people who were never shown it.',
    result: checkResult({
      request: {
        ...partyRequest,
        id: '2-party-2018',
        dataset: 'members-2018',
        releaseAt: instantFromIso('2018-02-01T09:00:00Z'),
      },
      parts: [
        [15_000, 'F902'],
        [835_000, 'N404', 'N402', 'F902'],
        [30_000, 'N407', 'N402'],
        [152_000, 'N401'],
        ...vetoes,
      ],
      file: ['G101', 'G108', 'G110', 'A203', 'A207'],
      tells: selected,
      cut: ['child_presence', 'mother_born_on', 'children_born_on', 'email', 'phone'],
      packs: ['uk-dpa1998'],
    }),
    released: 0,
    groups: [
      group('told-of-no-party', 'told of no party', 865_000),
      group('had-the-letter', 'were sent the letter that names the party', 3_000),
      group('joined-after', 'joined after the policy changed', 12_000),
      ...vetoGroups,
    ],
    asExpected: true,
    seconds: 2.02,
    recalls: [],
  },
  {
    id: '3-acorn-post',
    title: '12 June 2018: a named baby brand, by post',
    story:
      'A baby food brand that the notices name asks for names and addresses, and nothing else. A named person has decided where a notice names only the kind of company.',
    result: checkResult({
      request: acornRequest,
      parts: [
        [450_000],
        [340_000, 'N405'],
        [30_000, 'N407', 'N402'],
        ...doubts,
        [152_000, 'N401'],
        ...vetoes,
      ],
      cleared: ['N405'],
      tells: source,
      packs: ['uk-dpa1998', 'uk-gdpr-2018'],
    }),
    released: 790_000,
    groups: [
      group('may-have-it', 'told, adult, clear, and not objecting', 790_000, true),
      ...doubtGroups,
      ...vetoGroups,
    ],
    asExpected: true,
    seconds: 1.74,
    release: toAcorn({ release: '3-acorn-post@41', rows: 790_000, sizeBytes: 41_870_216 }),
    recalls: [],
  },
  {
    id: '4-acorn-email',
    title: '12 June 2018: the same brand, by e-mail, with consent',
    story:
      'For e-mail a notice is not enough: the person must have said yes to this very brand, by e-mail, and not too long ago.',
    result: checkResult({
      request: {
        ...acornRequest,
        id: '4-acorn-email',
        channels: ['email'],
        basis: 'consent',
        fields: ['parent_name', 'email'],
      },
      parts: [
        [140_000],
        [30_000, 'N407', 'N402'],
        [12_400, 'B509'],
        [38_000, 'B512'],
        [61_200, 'B510'],
        [597_400, 'B504', 'P601'],
        [1_000, 'T802'],
        [152_000, 'N401'],
        ...vetoes,
      ],
      tells: source,
      packs: ['uk-dpa1998', 'uk-gdpr-2018'],
    }),
    released: 140_000,
    groups: [
      group('said-yes', 'said yes to this brand by e-mail, within the house limit', 140_000, true),
      group('withdrawn', 'took the yes back', 12_400),
      group('too-old', 'said yes too long ago', 61_200),
      group('unclear-answer', 'unclear when she said yes', 1_000),
      group('bundled', 'ticked a bundled box that named nobody', 38_000),
      group('no-yes', 'never said yes to this brand by e-mail', 597_400),
      group('list-omits-brand', 'shown a closed list of names that omits the brand', 30_000),
      ...vetoGroups,
    ],
    asExpected: true,
    seconds: 1.88,
    release: {
      ...toAcorn({ release: '4-acorn-email@52', rows: 140_000, sizeBytes: 8_214_902 }),
      columns: ['fairshare_ref', 'parent_name', 'email'],
    },
    recalls: [],
  },
  {
    id: '5-acorn-post-after',
    title: '13 June 2018: the day after 1,000 people said stop',
    story:
      'The brand asks again by post. Between 09:41 and 17:00 of the day before, 1,000 people said stop; the answer is exactly 1,000 smaller.',
    result: checkResult({
      request: {
        ...acornRequest,
        id: '5-acorn-post-after',
        releaseAt: instantFromIso('2018-06-13T09:00:00Z'),
      },
      parts: [
        [449_000],
        [340_000, 'N405'],
        [1_000, 'S301'],
        [30_000, 'N407', 'N402'],
        ...doubts,
        [152_000, 'N401'],
        ...vetoes,
      ],
      cleared: ['N405'],
      tells: source,
      packs: ['uk-dpa1998', 'uk-gdpr-2018'],
    }),
    released: 789_000,
    groups: [
      group('may-have-it', 'told, adult, clear, and not objecting', 789_000, true),
      group('says-stop-now', 'said stop on 12 June 2018', 1_000),
      ...doubtGroups,
      ...vetoGroups,
    ],
    asExpected: true,
    seconds: 1.7,
    release: toAcorn({ release: '5-acorn-post-after@1066', rows: 789_000, sizeBytes: 41_817_304 }),
    recalls: [
      {
        release: '3-acorn-post@41',
        beat: '3-acorn-post',
        recipient: 'Little Acorn Foods Ltd',
        asked: 1_000,
        removed: 1_000,
        acknowledged: true,
        dueOn: '2018-06-20',
      },
    ],
  },
]

const trust: CaseTrust = {
  checks: [
    { says: 'the log: every entry, the tree over them and the signed checkpoint', holds: true },
    {
      says: 'the release of 12 June 2018: signature, files, place in the log, and all 790,000 rows',
      holds: true,
    },
    { says: 'Imogen Larkfield’s receipt: what the register holds of her is what the log has', holds: true },
  ],
  trials: [
    {
      says: 'in the sealed records of 3-acorn-post@41',
      refused: true,
      place: 'records.csv.age, in or after byte 20,971,520',
    },
    {
      says: 'in the agreement’s end date in manifest.json',
      refused: true,
      place: 'manifest.json, signature',
    },
    { says: 'in an entry of the log', refused: true, place: 'tile/entries/000.p/66, leaf 40' },
    { says: 'in the receipt of a person', refused: true, place: 'events[0].commitment' },
  ],
  whoHas: {
    name: 'Imogen Larkfield',
    memberNo: 'M0093998',
    lines: [
      'One organisation was given this person’s record, in 3 releases, or is about to be.',
      '',
      'Little Acorn Foods Ltd',
      '  for      Offers of baby food.',
      '  by       post',
      '  what     parent name and home address',
      '  state    delivered on 12 June 2018; the recipient’s signed receipt says it was opened on 12 June 2018',
      '  delete   by 10 July 2018 (2018-07-10), by the agreement',
      '  release  3-acorn-post@41',
      '',
      'These are the actual recipients, as GDPR Article 15(1)(c) has it (CJEU C-154/21), by their legal names on the day of the',
      'release. What left without going through this register is not in it.',
    ],
  },
  limits:
    'None of this proves that nothing left by another way: a copy made beside the register leaves no trace in it.',
  commands: [
    {
      path: '.fairshare/baby-club-2017/log',
      what: 'the log, from its files alone',
      command:
        'fairshare verify .fairshare/baby-club-2017/log --key .fairshare/baby-club-2017/receipts/log.vkey',
    },
    {
      path: '.fairshare/baby-club-2017/outbox/little-acorn-foods/3-acorn-post@41',
      what: 'a delivery, without being able to read it',
      command: 'fairshare verify .fairshare/baby-club-2017/outbox/little-acorn-foods/3-acorn-post@41',
    },
  ],
  seconds: 12.4,
}

type Line = [mayLeave: boolean, words: string, ...codes: string[]]

function person(
  name: string,
  memberNo: string,
  card: string,
  lines: readonly Line[],
): CaseReport['persons'][number] {
  return {
    name,
    memberNo,
    card,
    beats: lines.map(([mayLeave, words, ...codes], index) => ({
      beat: beats[index]!.id,
      mayLeave,
      words,
      codes,
    })),
  }
}

const noParty: Line = [
  false,
  'The notice this person saw does not mention this recipient, by name or by kind.',
  'N402',
]
const noEvidence: Line = [
  false,
  'There is no evidence that this person was shown any privacy notice.',
  'N401',
]
const laterNotice: Line = [
  false,
  'Only a later notice would cover this, and this person was never shown it.',
  'N404',
  'N402',
]
const notInFile: Line = [false, 'Had not joined yet.']
const noYes: Line = [false, 'This person has not said yes to this recipient.', 'B504', 'P601']
const underAge: Line = [false, 'This person is under eighteen.', 'C701']
const bereaved: Line = [false, 'The register records a bereavement: a loss, for her safety.', 'S312', 'N402']
const nothing: Line = [true, 'Nothing recorded against it.']

export const fullSizeCase: CaseReport = {
  title: 'The baby club, 2017',
  people: 1_065_220,
  joiners: 12_000,
  events: 3_096_940,
  bareExport: { rows: 1_065_220, columns: 12, seconds: 0.94, sizeBytes: 91_240_112 },
  publications: [
    {
      title: 'Published on 1 May 2017: 7 notice versions, 6 organisations, 3 agreements',
      lines: ['notice online-form 2014-03: new'],
      impact: [],
    },
    {
      title: 'Published on 17 January 2018: two notices changed',
      lines: [
        'notice online-form 2018-01: new; takes effect 2018-01-17 on online',
        'newly mentions the sector political-parties',
      ],
      impact: ['adds political parties; 0 of 1,065,220 people have been shown it'],
    },
  ],
  beats,
  trust,
  persons: [
    person(
      'Imogen Larkfield',
      'M0093998',
      'Joined online in 2015, was shown a form that names the baby brand, and in spring 2018 said yes to its e-mail.',
      [noParty, noParty, laterNotice, nothing, nothing, nothing],
    ),
    person(
      'Bridget Thornapple',
      'M0002018',
      'Filled in a card from a ward pack; nothing shows which notice, if any, she was shown.',
      [noEvidence, noEvidence, [...noEvidence, 'F902'], noEvidence, noEvidence, noEvidence],
    ),
    person(
      'Nadia Winterbourne',
      'M1067238',
      'Joined online in January 2018 under the notice that adds political parties; never asked about e-mail from the brand.',
      [notInFile, notInFile, [false, 'The file as a whole is refused.', 'A207'], nothing, noYes, nothing],
    ),
    person(
      'Orla Fennimere',
      'M0056958',
      'Said stop on 12 June 2018 at 09:41:07; the next list no longer has her.',
      [noParty, noParty, laterNotice, nothing, noYes, [false, 'This person said stop to marketing.', 'S301']],
    ),
    person(
      'Keziah Marlowbeck',
      'M0761358',
      'Is seventeen on 12 June 2018; her own record is a child’s record.',
      [noParty, noParty, laterNotice, underAge, underAge, underAge],
    ),
    person(
      'Marian Eastholme',
      'M0067638',
      'Lost her baby in 2016: nothing about her leaves, to anyone, and nobody is told why.',
      [bereaved, bereaved, bereaved, bereaved, bereaved, bereaved],
    ),
  ],
  timings: [
    { step: 'make the customer file', records: 1_065_220, seconds: 5.2, reused: false },
    { step: 'import what people were told and answered', records: 3_096_940, seconds: 61.4, reused: false },
    { step: 'bring the projection up to date', records: 3_096_940, seconds: 9.8, reused: false },
    { step: 'decide six requests', records: 6_438_880, seconds: 11.6, reused: false },
  ],
  totalSeconds: 112.6,
  peakRssBytes: 1_214_000_000,
  made: [
    { path: '.fairshare/baby-club-2017/report.html', what: 'this report as one page' },
    { path: '.fairshare/baby-club-2017/decisions', what: 'every decision, record by record' },
  ],
  madeOn: 'Linux x64, 2 cores',
}
