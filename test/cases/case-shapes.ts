// The shape of the files of a case: what a lawyer may write in them, and nothing else. README.md explains them.
import { z } from 'zod'
import { eventKinds } from '../../src/model/event.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import { type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import { channels, grades } from '../../src/model/vocabulary.ts'

const text = z.string().trim().min(1)
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id: lower-case letters and digits joined by hyphens')
const instant = text.transform((value, context) => {
  try {
    return instantFromIso(value)
  } catch {
    context.addIssue({ code: 'custom', message: 'an instant: date, time and zone, 2018-06-12T09:00:00Z' })
    return z.NEVER
  }
})
const code = z.enum(reasonCodes as [ReasonCode, ...ReasonCode[]])
const words = <V extends object>(vocabulary: V) =>
  z.enum(Object.keys(vocabulary) as (keyof V & string)[] as [keyof V & string, ...(keyof V & string)[]])
const oneOrMore = <S extends z.ZodType>(item: S) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)])

export const caseFile = z.strictObject({
  title: text,
  /** Row or edge case of the domain reference, or another source. */
  law: text,
  why: text,
  /** A folder of `_base`, or several, laid over each other in this order. */
  base: oneOrMore(id),
  /** Instants of release in place of the request's: the same is expected at each. */
  at: z.exactOptional(oneOrMore(instant)),
  /** The question put in several ways: what each request says in place of `request.yaml`; `null` leaves a key out. */
  asks: z.exactOptional(z.record(id, z.record(z.string(), z.unknown()))),
  /** How many more records the file holds, all like the first person who may leave. */
  others: z.int().min(0).max(10_000).default(100),
  /** Why nobody in this case may leave. */
  noControl: z.exactOptional(text),
})

/** When: as a source writes it. Absent = the source gives no date. */
const stated = {
  at: z.exactOptional(z.union([text, z.number().transform(String)])),
  format: z.exactOptional(text),
  /** IANA zone in which a time without one is read; `unknown` = the source does not say. Absent = the controller’s. */
  zone: z.exactOptional(text),
  grade: words(grades).default('A'),
}

/** For every event column of a kind, the key it is written with. */
const scope = {
  route: text,
  notice: text,
  purpose: id,
  recipient: id,
  channel: words(channels),
} as const

/** `{ <kind>: <qualifier>, … }`; a presentation has its notice there, a kind without qualifiers `true`. */
function eventShape(kind: keyof typeof eventKinds) {
  const { qualifiers, columns } = eventKinds[kind]
  const head =
    kind === 'presentation' ? text : Object.keys(qualifiers).length > 0 ? words(qualifiers) : z.literal(true)
  const columnNames = columns.filter(
    (column): column is keyof typeof scope =>
      column in scope && !(kind === 'presentation' && column === 'notice'),
  )
  const keys = Object.fromEntries(columnNames.map((column) => [column, z.exactOptional(scope[column])]))
  return z.strictObject({ [kind]: head, ...keys, ...stated })
}

const event = z.record(z.string(), z.unknown()).transform((value, context): StatedEvent => {
  const kinds = Object.keys(value).filter((key): key is keyof typeof eventKinds => key in eventKinds)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    context.addIssue({
      code: 'custom',
      message: `an event has one of the keys ${Object.keys(eventKinds).join(', ')}`,
    })
    return z.NEVER
  }
  const read = eventShape(kind).safeParse(value)
  // The shape is made from the kind at run time; what it has read is what the type says of that kind.
  if (read.success) return { ...read.data, kind } as unknown as StatedEvent
  for (const issue of read.error.issues)
    context.addIssue({ code: 'custom', message: issue.message, path: issue.path })
  return z.NEVER
})

export type StatedEvent = {
  kind: keyof typeof eventKinds
  at?: string
  format?: string
  zone?: string
  grade: keyof typeof grades
} & { [column in keyof typeof scope]?: string } & { [kind in keyof typeof eventKinds]?: string | true }

const disclosure = z.strictObject({ recipient: id, at: instant })

const enrolment = {
  events: z.array(event).default([]),
  disclosures: z.array(disclosure).default([]),
  linkDoubtful: z.boolean().default(false),
}

export const peopleFile = z.record(
  z.string(),
  z.strictObject({
    ...enrolment,
    /** Cells of the dataset, as its file writes them. */
    columns: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
      .default({}),
    /** The file holds this person’s key more than once. */
    twice: z.boolean().default(false),
    /** More stands against the record at the release than when it was decided; only the reference is asked. */
    changed: z.boolean().default(false),
    /** Other enrolments linked to this one as the same person. */
    mates: z.array(z.strictObject(enrolment)).default([]),
    /** Others with whom a contact point is shared, by what they said. */
    shares: z
      .strictObject({
        email: z.exactOptional(z.array(event)),
        phone: z.exactOptional(z.array(event)),
        address: z.exactOptional(z.array(event)),
      })
      .default({}),
    /** Must not be refused. */
    control: z.boolean().default(false),
  }),
)

const expectedOfPeople = z.record(
  z.string(),
  z.strictObject({
    outcome: z.enum(['allow', 'transform', 'review', 'deny']),
    /** Every reason, in order of precedence. */
    reasons: z.array(code).default([]),
    primary: z.exactOptional(code),
    /** What becomes of fields that do not leave as asked for. */
    fields: z.record(z.string(), z.enum(['keep', 'drop', 'coarsen', 'pseudonymise'])).default({}),
  }),
)

export const expectFile = z.strictObject({
  /** What holds the file back as a whole. */
  file: z.array(code).default([]),
  /** Those of `file` that a determination has answered: they stay listed and hold nothing back. */
  cleared: z.array(code).default([]),
  people: expectedOfPeople,
  /** Where one of `asks` is answered otherwise: what is said here goes in place of the above, person by person. */
  but: z
    .record(
      id,
      z.strictObject({
        file: z.exactOptional(z.array(code)),
        cleared: z.exactOptional(z.array(code)),
        people: expectedOfPeople.default({}),
      }),
    )
    .default({}),
})

export const standingFile = z.strictObject({
  releases: z
    .array(
      z.strictObject({
        recipient: id,
        agreement: z.exactOptional(id),
        records: z.int().min(0),
        at: instant,
        deleteBy: z.exactOptional(text),
        destroyed: z.boolean().default(false),
        onBehalfOf: z.array(id).default([]),
        subProcessors: z.array(id).default([]),
      }),
    )
    .default([]),
  /** Copies that were reported; `granted` until `deleteBy`. */
  copies: z
    .array(
      z.strictObject({
        holder: id,
        deleteBy: text,
        granted: z.boolean().default(false),
        destroyed: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Work orders that were closed. */
  closedOrders: z.array(id).default([]),
  /** Source → its facts are complete up to this instant. */
  feeds: z.record(z.string(), instant).default({}),
  recipientKey: z.exactOptional(z.enum(['verified', 'unverified'])),
  approvedBy: z.exactOptional(text),
})

export type CaseHead = z.output<typeof caseFile>
export type CasePeople = z.output<typeof peopleFile>
export type CasePerson = CasePeople[string]
export type Expectations = z.output<typeof expectFile>
export type Expectation = Omit<Expectations, 'but'>
export type CaseStanding = z.output<typeof standingFile>
