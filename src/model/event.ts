// What a register keeps of people: the kinds of event, their columns, and events as columns.
// The register's `event` table and the projection's tables are both made from `eventKinds`; a test holds them to it.

/** Columns every event has, whatever its kind. */
export const commonColumns = ['subject', 'earliest', 'latest', 'grade', 'source'] as const

/** Columns some kinds use; 0 (NULL in SQL) means absent: for a veto, "all of them". */
export const scopeColumns = [
  'route',
  'notice',
  'purpose',
  'recipient',
  'channel',
  'basis',
  'qualifier',
] as const
export type ScopeColumn = (typeof scopeColumns)[number]

type EventKindSpec = {
  number: number
  /** The command and library verb that records it. */
  verb: string
  columns: readonly ScopeColumn[]
  /** What `qualifier` says for this kind. */
  qualifiers: Readonly<Record<string, number>>
  means: string
}

/** Kind → number, verb, columns. Append only. */
export const eventKinds = {
  presentation: {
    number: 1,
    verb: 'present',
    columns: ['route', 'notice'],
    qualifiers: {},
    means: 'this person was shown this version of a privacy notice',
  },
  consent: {
    number: 2,
    verb: 'record',
    columns: ['notice', 'purpose', 'recipient', 'channel', 'qualifier'],
    qualifiers: { given: 1, refused: 2, 'given-by-parent': 3 },
    means: 'asked under this notice, the person said yes or no; no recipient = nobody was named',
  },
  withdrawal: {
    number: 3,
    verb: 'withdraw',
    columns: ['purpose', 'recipient', 'channel'],
    qualifiers: {},
    means: 'the person took consent back; an absent column means all',
  },
  objection: {
    number: 4,
    verb: 'object',
    columns: ['recipient', 'channel', 'qualifier'],
    qualifiers: { marketing: 1, general: 2 },
    means: 'the person objected (Article 21); an absent column means all',
  },
  restriction: {
    number: 5,
    verb: 'restrict',
    columns: ['qualifier'],
    qualifiers: { on: 1, lifted: 2 },
    means: 'processing is restricted (Article 18), or the restriction was lifted',
  },
  erasure: {
    number: 6,
    verb: 'erase',
    columns: ['qualifier'],
    qualifiers: { requested: 1, done: 2 },
    means: 'erasure was asked for or done (Article 17)',
  },
  protection: {
    number: 7,
    verb: 'protect',
    columns: ['qualifier'],
    qualifiers: { bereavement: 1, safety: 2 },
    means: 'this person must not be contacted; the ground is never shown to requesters',
  },
  identity_doubt: {
    number: 8,
    verb: 'doubt',
    columns: ['qualifier'],
    qualifiers: { open: 1, resolved: 2 },
    means: 'this enrolment may be two people, or one of two enrolments of one person',
  },
  dispute: {
    number: 9,
    verb: 'dispute',
    columns: ['qualifier'],
    qualifiers: { open: 1, settled: 2 },
    means: 'the person disputes that the data are accurate (Article 16), or that was settled',
  },
  absence: {
    number: 10,
    verb: 'absent',
    columns: ['qualifier'],
    qualifiers: { deceased: 1, 'gone-away': 2, back: 3 },
    means: 'the person has died or moved away, or can be reached again',
  },
  listing: {
    number: 11,
    verb: 'list-number',
    columns: ['qualifier'],
    qualifiers: { tps: 1, ctps: 2, 'tps-ended': 3 },
    means: 'a screen found the person’s number on a telephone preference register, or no longer there',
  },
  seed: {
    number: 12,
    verb: 'seed',
    columns: ['qualifier'],
    qualifiers: { canary: 1, test: 2 },
    means: 'this enrolment is nobody: a canary or a test row, never counted and never released by a decision',
  },
} as const satisfies Record<string, EventKindSpec>

export type EventKind = keyof typeof eventKinds
export const eventKindNames = Object.keys(eventKinds) as EventKind[]

/** Events that can only make a record stay: a no, a stop, a doubt; not a showing, a yes, or the end of a restriction. */
export function isRefusing({ kind, qualifier }: Pick<RegisterEvent, 'kind' | 'qualifier'>): boolean {
  switch (kind) {
    case 'presentation':
      return false
    case 'consent':
      return qualifier === eventKinds.consent.qualifiers.refused
    case 'restriction':
      return qualifier !== eventKinds.restriction.qualifiers.lifted
    case 'identity_doubt':
      return qualifier !== eventKinds.identity_doubt.qualifiers.resolved
    case 'dispute':
      return qualifier !== eventKinds.dispute.qualifiers.settled
    case 'absence':
      return qualifier !== eventKinds.absence.qualifiers.back
    case 'listing':
      return qualifier !== eventKinds.listing.qualifiers['tps-ended']
    default:
      return true
  }
}

export function eventKindByNumber(number: number): EventKind {
  const found = eventKindNames.find((name) => eventKinds[name].number === number)
  if (found === undefined) throw new Error(`event kind ${number} is not known to this version`)
  return found
}

/** One event as read back from the register: numbers only; 0 = absent. */
export type RegisterEvent = {
  position: number
  ord: number
  kind: EventKind
  subject: number
  earliest: number
  latest: number
  grade: number
  source: number
} & Record<ScopeColumn, number>

/** Many events of any kind, column by column, so that a million cost arrays and not objects. All same length. */
export type EventColumns = {
  count: number
  subject: Int32Array
  kind: Uint8Array
  earliest: Float64Array
  latest: Float64Array
  grade: Uint8Array
  source: Int32Array
  jurisdiction: Uint8Array
  /** What the source said about time, kept where it was not one exact instant. */
  statedText: (string | undefined)[]
} & Record<ScopeColumn, Int32Array>

export function eventColumns(count: number): EventColumns {
  const numbers = () => new Int32Array(count)
  return {
    count,
    subject: numbers(),
    kind: new Uint8Array(count),
    earliest: new Float64Array(count),
    latest: new Float64Array(count),
    grade: new Uint8Array(count),
    source: numbers(),
    jurisdiction: new Uint8Array(count),
    statedText: [],
    route: numbers(),
    notice: numbers(),
    purpose: numbers(),
    recipient: numbers(),
    channel: numbers(),
    basis: numbers(),
    qualifier: numbers(),
  }
}
