// The form of a person's receipt, member by member, and the ranges in which its numbers mean what was hashed.
import { eventKindNames, eventKinds } from '../model/event.ts'
import {
  type ClosedEvent,
  type CommittedFields,
  closedWord,
  type Enrolment,
  type EventWords,
  type Issued,
  isCheckedText,
  type OpenedEvent,
  type OpenedRelease,
  type OpenedRow,
  type OpenedVerdict,
  type PathJson,
  type PersonReceipt,
  type ReleaseWords,
} from '../model/person-receipt.ts'
import { channels, grades, jurisdictions } from '../model/vocabulary.ts'
import { count, listOf, matching, members, oneOf, type Shape, sha256, text } from './document-shape.ts'
import { releaseId } from './release-documents.ts'

const INT4_MAX = 2 ** 31 - 1
const UINT4_MAX = 2 ** 32 - 1
/** As many as a commitment counts in one byte. */
const MASK_WORDS_MAX = 255

/** Beyond its range a number would be hashed as another. */
export function within(least: number, most: number): Shape<number> {
  return (value, at) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? undefined
      : { at, found: `is no whole number from ${least} to ${most}` }
}

const number = within(0, INT4_MAX)
export const ordinal = within(0, INT4_MAX)
export const instant = within(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
const position = within(1, Number.MAX_SAFE_INTEGER)
const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not a register id')

/** An empty text is hashed as none, and a lone surrogate as another character. */
const statedText: Shape<string> = (value, at) =>
  typeof value === 'string' && value !== '' && value.isWellFormed() ? undefined : { at, found: 'is no text' }

function coded(vocabulary: Readonly<Record<string, number>>, absent: boolean): Shape<number> {
  const known = new Set([...Object.values(vocabulary), ...(absent ? [0] : [])])
  return (value, at) =>
    typeof value === 'number' && known.has(value) ? undefined : { at, found: 'is no number of its table' }
}

const kinds = Object.fromEntries(eventKindNames.map((name) => [name, eventKinds[name].number]))

const numbers = members<CommittedFields>(
  {
    kind: coded(kinds, false),
    earliest: instant,
    latest: instant,
    grade: coded(grades, false),
    source: number,
    jurisdiction: coded(jurisdictions, true),
    route: number,
    notice: number,
    purpose: number,
    recipient: number,
    channel: coded(channels, true),
    basis: number,
    qualifier: number,
  },
  { statedText },
)

export const eventFields: Shape<CommittedFields> = (value, at) => {
  const fault = numbers(value, at)
  if (fault !== undefined) return fault
  // Its form has just been held over it.
  const { kind, qualifier, earliest, latest } = value as CommittedFields
  if (latest < earliest) return { at: `${at}.latest`, found: 'is before the earliest' }
  const name = eventKindNames.find((candidate) => eventKinds[candidate].number === kind)!
  return coded(eventKinds[name].qualifiers, true)(qualifier, `${at}.qualifier`)
}

export const eventWords = members<EventWords>(
  { kind: text, earliest: text, latest: text, grade: text },
  {
    source: text,
    jurisdiction: text,
    channel: text,
    qualifier: text,
    route: text,
    notice: text,
    purpose: text,
    recipient: text,
  },
)

const path = listOf(sha256)
const inLog = { position, path, entry: text, proof: text }

const enrolment = members<Enrolment>({ ...inLog, index: ordinal }, {})
const openedEvent = members<OpenedEvent>(
  { ...inLog, ord: ordinal, fields: eventFields, words: eventWords },
  {},
)
const closedEvent = members<ClosedEvent>(
  { ...inLog, ord: ordinal, commitment: sha256, word: oneOf(closedWord) },
  {},
)
const event: Shape<OpenedEvent | ClosedEvent> = (value, at) =>
  (isClosed(value) ? closedEvent : openedEvent)(value, at)

/** What gives a commitment is opened by nothing else in it. */
function isClosed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'commitment')
}

const prefixPath = members<PathJson>(
  {
    result: oneOf('inclusion', 'non-inclusion-leaf', 'non-inclusion-parent'),
    depth: within(0, 256),
    copath: path,
  },
  { leaf: members<NonNullable<PathJson['leaf']>>({ key: sha256, commitment: sha256 }, {}) },
)

const masks: Shape<number[]> = (value, at) =>
  listOf(count)(value, at) ??
  (Array.isArray(value) && value.length <= MASK_WORDS_MAX ? undefined : { at, found: 'has too many words' })

export const verdict = members<OpenedVerdict>(
  {
    outcome: within(0, 3),
    fields: within(0, UINT4_MAX),
    masks,
    words: members<OpenedVerdict['words']>({ outcome: text, reasons: listOf(text) }, {}),
  },
  {},
)

const row = members<OpenedRow>(
  {
    decided: members<OpenedRow['decided']>({ commitment: sha256, proof: prefixPath }, {}),
    released: members<OpenedRow['released']>({ proof: prefixPath }, { commitment: sha256 }),
  },
  { verdict },
)

export const releaseWords = members<ReleaseWords>(
  { recipient: text, purpose: text, releasedAt: text },
  { deliveredAt: text, abandonedAt: text, removed: oneOf('amended', 'recalled') },
)

const release = members<OpenedRelease>(
  {
    release: releaseId,
    words: releaseWords,
    rows: listOf(row),
  },
  {
    sealed: members<NonNullable<OpenedRelease['sealed']>>(
      { position, body: text, salt: sha256, entry: text, proof: text },
      {},
    ),
  },
)

const checked: Shape<string> = (value, at) =>
  typeof value === 'string' && isCheckedText(value)
    ? undefined
    : { at, found: 'is no text that can be shown' }

const instantForm = /^(?!0000)(\d{4}-\d\d-\d\dT([01]\d|2[0-3])(:[0-5]\d){2})(\.\d{1,9})?Z$/

/** On a day there was: some readers of dates take 30 February for 2 March. */
const instantText: Shape<string> = (value, at) => {
  const [, second] = (typeof value === 'string' && instantForm.exec(value)) || []
  const read = second === undefined ? Number.NaN : Date.parse(`${second}Z`)
  return !Number.isNaN(read) && new Date(read).toISOString().startsWith(second!)
    ? undefined
    : { at, found: 'is no instant in UTC' }
}

export const issued = members<Issued>(
  {
    at: instantText,
  },
  { checked },
)

export const registerNamed = members<PersonReceipt['register']>(
  { id: uuid, origin: text, verifierKey: text },
  {},
)
export const subjectNumber = within(1, INT4_MAX)

export const personReceiptShape: Shape<PersonReceipt> = members<PersonReceipt>(
  {
    format: oneOf('fairshare/person-receipt@v1'),
    register: registerNamed,
    subject: subjectNumber,
    secret: sha256,
    enrolment,
    events: listOf(event),
    releases: listOf(release),
    issued,
    signature: text,
  },
  {},
)
