// Recording one statement by or about one person: names become numbers, and the numbers one event in one batch.
import { randomUUID } from 'node:crypto'
import { canonicalHash } from '../model/canonical.ts'
import { type EventKind, eventColumns, eventKinds, type ScopeColumn } from '../model/event.ts'
import type { Instant, Interval } from '../model/instant.ts'
import { isProblem, Problem } from '../model/problem.ts'
import {
  bases,
  type Channel,
  channels,
  type EvidenceGrade,
  grades,
  type Jurisdiction,
  jurisdictions,
  type LegalBasis,
  numberOf,
  type TermKind,
} from '../model/vocabulary.ts'
import type { Appended, BatchDraft } from './batch.ts'
import { findSubject } from './find-subject.ts'
import { foldedKeyOf, isContactRef, type PersonRef, refKeyOf, refKeyText } from './ref-key.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'
import { termNumbers } from './term-numbers.ts'

/** What every verb is told. */
export type Statement = {
  person: PersonRef | { subject: number }
  /** When it happened: the true instant lies within. */
  at: Interval
  grade: EvidenceGrade
  /** Where the statement comes from: a system, a file, a letter. */
  source: string
  /** Who records it. */
  actor: string
  jurisdiction?: Jurisdiction
  /** What the source said about the time, where that was not one exact instant. */
  statedText?: string
  /** A repetition with the same key and content changes nothing; without a key every call is a new statement. */
  idempotencyKey?: string
  /** Otherwise an unknown person is a `person.not_found` Problem. */
  enrolIfUnknown?: boolean
}

/** What the statement is about, by name; `notice` is `name@version`. */
export type Scope = {
  route?: string
  notice?: string
  purpose?: string
  recipient?: string
  channel?: Channel
  basis?: LegalBasis
  qualifier?: string
}

export type Recorded = { position: number; recordedAt: Instant; repeated: boolean }

export async function recordEvent(
  register: Register,
  kind: EventKind,
  statement: Statement & Scope,
): Promise<Recorded> {
  const numbers = await scopeNumbers(register, kind, statement)
  const source = (await termNumbers(register, 'source', [statement.source])).get(statement.source)!
  const draft = {
    kind,
    actor: statement.actor,
    idempotencyKey: statement.idempotencyKey ?? randomUUID(),
    contentHash: contentHash(kind, statement),
    ...(kind === 'erasure' && { extra: (session: StoreSession) => foldLate(register, session, statement) }),
  }
  const append = async (): Promise<Appended> => {
    const person = await locate(register, statement)
    const events = oneEvent(kind, statement, numbers, source, person.subject)
    return register.append({ ...draft, ...person.enrol, events })
  }
  const { position, recordedAt, repeated } = await append().catch((error: unknown) => {
    // Two callers met a new person at once; the slower one finds the enrolment of the quicker.
    if (isProblem(error) && error.code === 'enrolment.conflict') return append()
    throw error
  })
  if (repeated) await refuseOther(register, statement, position)
  return { position, recordedAt, repeated }
}

/** The person's number, or −1 and the key to enrol. */
async function locate(
  register: Register,
  { person, enrolIfUnknown }: Statement,
): Promise<{ subject: number; enrol?: Pick<BatchDraft, 'enrol' | 'folded' | 'enrolContacts'> }> {
  if ('subject' in person) {
    if (person.subject > 0) return { subject: person.subject }
    throw new Problem('person.not_found', 'subject numbers begin at 1')
  }
  const subject = await findSubject(register, person)
  if (subject !== undefined) return { subject }
  if (enrolIfUnknown !== true)
    throw new Problem('person.not_found', `nobody is enrolled under this ${person.kind}`)
  const { keys } = register
  const enrol = {
    ...{ enrol: refKeyOf(keys, person), folded: foldedKeyOf(keys, person) },
    enrolContacts: isContactRef(person),
  }
  return { subject: -1, enrol }
}

type ScopeNumbers = Partial<Record<ScopeColumn, number>>

async function scopeNumbers(register: Register, kind: EventKind, scope: Scope): Promise<ScopeNumbers> {
  const { columns, qualifiers } = eventKinds[kind]
  const allowed: readonly ScopeColumn[] = columns
  const numbers: ScopeNumbers = {}
  for (const column of [
    'route',
    'notice',
    'purpose',
    'recipient',
    'channel',
    'basis',
    'qualifier',
  ] as const) {
    const name = scope[column]
    if (name === undefined) continue
    if (!allowed.includes(column))
      throw new Problem('value.invalid', `${kind} has no ${column}; it has ${allowed.join(', ')}`)
    numbers[column] = await scopeNumber(register, column, name, qualifiers)
  }
  if (allowed.includes('qualifier') && numbers.qualifier === undefined)
    throw new Problem('value.invalid', `${kind} needs one of ${Object.keys(qualifiers).join(', ')}`)
  return numbers
}

async function scopeNumber(
  register: Register,
  column: ScopeColumn,
  name: string,
  qualifiers: Readonly<Record<string, number>>,
): Promise<number> {
  switch (column) {
    case 'channel':
      return numberOf(channels, name, 'channel')
    case 'basis':
      return numberOf(bases, name, 'basis')
    case 'qualifier':
      return numberOf(qualifiers, name, 'qualifier')
    case 'notice':
      return noticeNumber(register, name)
    default:
      return termNumber(register, column, name)
  }
}

async function termNumber(register: Register, kind: TermKind, name: string): Promise<number> {
  return (await termNumbers(register, kind, [name])).get(name)!
}

/** Someone can only have been shown what was published: the wording must be on record before the showing is. */
async function noticeNumber(register: Register, id: string): Promise<number> {
  const split = id.lastIndexOf('@')
  const [found] = await register.store.query<{ number: number }>(
    "select number from register.policy_version where kind = 'notice' and name = $1 and version = $2",
    [id.slice(0, Math.max(split, 0)), id.slice(split + 1)],
  )
  if (found === undefined)
    throw new Problem('policy.not_found', `notice ${id} is not published; write it as name@version`)
  return found.number
}

function oneEvent(
  kind: EventKind,
  statement: Statement,
  scope: ScopeNumbers,
  source: number,
  subject: number,
): ReturnType<typeof eventColumns> {
  const events = eventColumns(1)
  events.subject[0] = subject
  events.kind[0] = eventKinds[kind].number
  events.earliest[0] = statement.at.earliest
  events.latest[0] = statement.at.latest
  events.grade[0] = numberOf(grades, statement.grade, 'grade')
  events.source[0] = source
  if (statement.jurisdiction !== undefined)
    events.jurisdiction[0] = numberOf(jurisdictions, statement.jurisdiction, 'jurisdiction')
  events.statedText[0] = statement.statedText
  for (const [column, number] of Object.entries(scope) as [ScopeColumn, number][]) events[column][0] = number
  return events
}

/** Of the names as stated, without the person: a hash of the reference could be tried when the reference is long erased. */
function contentHash(kind: EventKind, statement: Statement & Scope): string {
  const { at, grade, source, jurisdiction, statedText } = statement
  const { route, notice, purpose, recipient, channel, basis, qualifier } = statement
  return canonicalHash({
    kind,
    at: { earliest: at.earliest, latest: at.latest },
    ...{ grade, source, jurisdiction, statedText },
    ...{ route, notice, purpose, recipient, channel, basis, qualifier },
  })
}

/** Whoever was enrolled before there were folded keys gets one while the reference is still known. */
async function foldLate({ keys }: Register, session: StoreSession, { person }: Statement): Promise<void> {
  const folded = 'subject' in person ? undefined : foldedKeyOf(keys, person)
  if ('subject' in person || folded === undefined) return
  await session.query('update erasable.ref set folded = $2::uuid where key = $1::uuid and folded is null', [
    refKeyText(refKeyOf(keys, person)),
    refKeyText(folded),
  ])
}

/** What the content hash leaves out: the statement sent before under this key is about this same person. */
async function refuseOther(register: Register, statement: Statement, position: number): Promise<void> {
  const { subject } = await locate(register, statement)
  const [said] = await register.store.query<{ subject: number }>(
    'select subject from register.event where position = $1 and ord = 0',
    [position],
  )
  if (said?.subject !== subject)
    throw new Problem('idempotency.conflict', 'this key was sent before with other content')
}
