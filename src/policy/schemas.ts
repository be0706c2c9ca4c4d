// The shape of every policy file, one schema each; what a schema gives is already the model's value but for ids
// that come from file names. docs/guide/policy-files.md documents every key, and a test compares the two.
import { z } from 'zod'
import { isCountry } from '../model/country.ts'
import { isEmailAddress } from '../model/email-address.ts'
import { isZone } from '../model/instant.ts'
import { type ApprovalPolicy, columnTypes, type FieldTransform, fieldCategories } from '../model/policy.ts'
import { purposeTerms } from '../model/purpose.ts'
import { type ReasonCode, reasonCodes } from '../model/reason.ts'
import { fieldsMax } from '../model/request.ts'
import { bases, channels, grades, jurisdictions, recipientRoles } from '../model/vocabulary.ts'
import { date, instant } from './date-shape.ts'
import { nearestName } from './nearest-name.ts'
import { type Context, isDeceptive, remark, text } from './text-shape.ts'

/** The same about a key that the writer of the file chose, such as a column's name. */
function remarkOnKey(context: Context, key: string, message: string, remedy: string): void {
  context.addIssue({ code: 'custom', message, params: { remedy, of: 'key' }, path: [key] })
}

/** As long as a folder of the outbox may be named, with what is added to it. */
export const idPattern = /^(?=.{1,100}$)[a-z0-9]+(-[a-z0-9]+)*$/

const id = z.string().superRefine((value, context) => {
  if (!idPattern.test(value))
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not an id`,
      'An id is lower-case letters and digits joined by single hyphens, such as little-acorn-foods.',
    )
})

const columnName = z.string().superRefine((value, context) => {
  if (!isColumnName(value))
    remark(context, 'is not a column name', 'Write it as in the file, without line breaks.')
})

function isColumnName(value: string): boolean {
  return value.trim() !== '' && value.length <= 200 && !/[\n\r]/.test(value) && !isDeceptive(value)
}

const zone = z.string().superRefine((value, context) => {
  if (!isZone(value))
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not a time zone known here`,
      'Use an IANA name, such as Europe/London or UTC.',
    )
})

const country = z.string().superRefine((value, context) => {
  if (!isCountry(value))
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not a country code`,
      value.toUpperCase() === 'UK'
        ? 'Write `GB`: it is the code of the United Kingdom.'
        : 'Write the two capitals of ISO 3166, such as GB, IE or US.',
    )
})

const emailAddress = z.string().superRefine((value, context) => {
  if (!isEmailAddress(value))
    remark(
      context,
      'is not an e-mail address',
      'Write one plain address, such as data@harbour-press.example.',
    )
})

const language = z.string().superRefine((value, context) => {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value))
    remark(context, 'is not a language tag', 'Use a BCP 47 tag, such as en, en-GB or cy.')
})

const category = z.string().superRefine((value, context) => {
  if (fieldCategories.some((known) => known === value) || /^own-[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) return
  const nearest = nearestName(value, fieldCategories)
  remark(
    context,
    `\`${value.slice(0, 60)}\` is not a category of data`,
    `${nearest === undefined ? '' : `Did you mean \`${nearest}\`? `}Use one of ${fieldCategories.join(', ')}, or your own starting with own-.`,
  )
})

function oneOf<V extends Record<string, number>>(vocabulary: V) {
  return z.enum(Object.keys(vocabulary) as (keyof V & string)[])
}

function list<S extends z.ZodType>(item: S) {
  return z.array(item).superRefine((values, context) => {
    for (const [index, value] of values.entries())
      if (typeof value === 'string' && values.indexOf(value) < index)
        remark(context, `\`${value}\` is listed twice`, 'Keep it once.', [index])
  })
}

/** A list that says nothing when it is empty. */
function someOf<S extends z.ZodType>(item: S) {
  return list(item).min(1)
}

function orderedDates<K extends string>(from: K, to: K) {
  return (value: { [key in K]?: number | undefined }, context: Context) => {
    const start = value[from]
    const end = value[to]
    if (start !== undefined && end !== undefined && end <= start)
      remark(
        context,
        `\`${to}\` does not lie after \`${from}\``,
        `\`${to}\` is the first day on which it no longer holds; write a later date, or leave it out.`,
        [to],
      )
  }
}

function notBefore<K extends string>(later: K, earlier: K) {
  return (value: { [key in K]?: number | undefined }, context: Context) => {
    const first = value[earlier]
    const second = value[later]
    if (first !== undefined && second !== undefined && second < first)
      remark(
        context,
        `\`${later}\` lies before \`${earlier}\``,
        `Write a day on or after \`${earlier}\`, or correct that one.`,
        [later],
      )
  }
}

const channel = oneOf(channels)
const purposeTerm = z.enum([...purposeTerms])
const consideration = z.enum(['none', 'paid', 'in-kind'])
const quote = text

const datedName = z
  .strictObject({ name: text, from: z.exactOptional(date), to: z.exactOptional(date) })
  .superRefine(orderedDates('from', 'to'))

/** Thirty days: whoever approved has forgotten by then what it was about. */
const APPROVAL_HOURS_MAX = 720

const approval = z
  .strictObject({
    rule: z.enum(['second-person', 'sole-person']),
    validHours: z.int().min(1).max(APPROVAL_HOURS_MAX),
    because: z.exactOptional(text),
  })
  .superRefine(({ rule, because }, context) => {
    if (rule === 'sole-person' && because === undefined)
      remark(
        context,
        'one person alone may approve, and nothing says why',
        'Add `because:`; every release shows it. Or write `rule: second-person`.',
      )
    if (rule === 'second-person' && because !== undefined)
      remark(context, 'a second person needs no reason', 'Remove it, or write `rule: sole-person`.', [
        'because',
      ])
  })
  .transform(
    ({ rule, validHours, because }): ApprovalPolicy =>
      rule === 'sole-person' && because !== undefined
        ? { rule, validHours, because }
        : { rule: 'second-person', validHours },
  )

export const controllerFile = z.strictObject({
  id,
  name: text,
  jurisdiction: oneOf(jurisdictions),
  zone,
  country: z.exactOptional(country),
  approval: z.exactOptional(approval),
})

const dueDiligence = z
  .strictObject({ on: date, until: date, by: text })
  .superRefine(orderedDates('on', 'until'))

const suspension = z
  .strictObject({ from: date, to: z.exactOptional(date), because: text })
  .superRefine(orderedDates('from', 'to'))

const entityChange = z.strictObject({
  on: date,
  how: z.enum(['merged', 'absorbed', 'assets-sold', 're-registered']),
  into: z.exactOptional(id),
})

export const entityFile = z.strictObject({
  names: someOf(datedName),
  brands: list(datedName).default([]),
  registration: z.exactOptional(z.strictObject({ register: text, number: text })),
  sectors: list(id).default([]),
  dueDiligence: z.exactOptional(dueDiligence),
  country: z.exactOptional(country),
  contact: z.exactOptional(z.strictObject({ email: emailAddress })),
  group: z.exactOptional(id),
  suspensions: z.exactOptional(someOf(suspension)),
  changes: z.exactOptional(someOf(entityChange)),
})

export const purposesFile = z
  .record(z.string(), z.strictObject({ text, dpv: z.exactOptional(purposeTerm) }))
  .superRefine(idKeys('A purpose', 'baby-offers'))

function idKeys(what: string, example: string) {
  return (value: object, context: Context) => {
    for (const key of Object.keys(value))
      if (!idPattern.test(key))
        remarkOnKey(
          context,
          key,
          `\`${key.slice(0, 60)}\` is not an id`,
          `${what} is named in lower-case letters and digits joined by single hyphens, such as ${example}.`,
        )
  }
}

const recipientMention = z
  .strictObject({
    entity: z.exactOptional(id),
    brand: z.exactOptional(text),
    sector: z.exactOptional(id),
    generic: z.exactOptional(z.literal(true)),
    quote,
  })
  .superRefine((mention, context) => {
    const said = [mention.entity, mention.brand, mention.sector, mention.generic].filter(
      (one) => one !== undefined,
    )
    if (said.length !== 1)
      remark(
        context,
        `a mention says exactly one of entity, brand, sector, generic; this one says ${said.length}`,
        'Write one list item for each recipient or sector, each with its quote.',
      )
  })

const noticeDefect = z.strictObject({
  kind: z.enum(['language', 'child-clarity', 'route', 'prominence']),
  note: text,
  by: text,
})

export const noticeFile = z.strictObject({
  version: text,
  effectiveOn: date,
  routes: someOf(id),
  language,
  materialChange: z.boolean().default(true),
  recipients: list(recipientMention).default([]),
  list: z.enum(['closed', 'open']),
  purposes: list(z.strictObject({ purpose: purposeTerm, quote })).default([]),
  channels: list(z.strictObject({ channel, quote })).default([]),
  categories: z.exactOptional(z.strictObject({ told: someOf(category), quote })),
  rightToObject: z.exactOptional(quote),
  matching: z.exactOptional(quote),
  processors: z.exactOptional(quote),
  defects: z.exactOptional(someOf(noticeDefect)),
  softOptIn: z.exactOptional(
    z.strictObject({ obtained: z.enum(['sale', 'negotiation', 'support']), quote, refusal: quote }),
  ),
  consentForm: z.enum(['separate', 'explicit', 'bundled', 'conditional', 'pre-ticked', 'none']),
  readBy: text,
  confirmedBy: z.exactOptional(text),
})

export const attributionsFile = z.array(
  z
    .strictObject({
      route: id,
      from: date,
      to: z.exactOptional(date),
      notice: text,
      grade: oneOf(grades),
      evidence: text,
      author: text,
      secondReader: text,
    })
    .superRefine(orderedDates('from', 'to')),
)

/** A month, the longest that Article 12(3) allows for what a person asks. */
const REMOVAL_HOURS_MAX = 744

const coarsenings = ['year', 'month', 'decade', 'first-2', 'first-4', 'tens', 'hundreds'] as const

const fieldTransform = z
  .strictObject({
    field: columnName,
    as: z.enum(['coarsen', 'pseudonymise']),
    to: z.exactOptional(z.enum(coarsenings)),
  })
  .superRefine((transform, context) => {
    if (transform.as === 'coarsen' && transform.to === undefined)
      remark(
        context,
        `nothing says what \`${transform.field}\` is coarsened to`,
        `Add \`to:\` with one of ${coarsenings.join(', ')}.`,
      )
    if (transform.as === 'pseudonymise' && transform.to !== undefined)
      remark(context, 'a pseudonym has no precision', 'Remove it, or write `as: coarsen`.', ['to'])
  })
  .transform(
    ({ field, as, to }): FieldTransform =>
      as === 'coarsen' && to !== undefined ? { field, as, to } : { field, as: 'pseudonymise' },
  )

const fieldTransforms = z.array(fieldTransform).superRefine((transforms, context) => {
  const fields = transforms.map(({ field }) => field)
  for (const [index, field] of fields.entries())
    if (fields.indexOf(field) < index)
      remark(context, `\`${field}\` is transformed twice`, 'Keep the one that is meant.', [index, 'field'])
})

export const agreementFile = z
  .strictObject({
    recipient: id,
    form: z.enum(['agreement', 'mou', 'purchase-order-addendum']),
    signedOn: z.exactOptional(date),
    effectiveFrom: date,
    effectiveTo: z.exactOptional(date),
    purposes: someOf(id),
    channels: someOf(channel),
    fields: someOf(columnName),
    endClients: list(id).default([]),
    ownUse: list(id).default([]),
    consideration,
    deleteWithinDays: z.exactOptional(z.int().min(0).max(3650)),
    returnWithinDays: z.exactOptional(z.int().min(0).max(3650)),
    confirmWithinDays: z.exactOptional(z.int().min(0).max(3650)),
    transforms: z.exactOptional(fieldTransforms),
    applyRemovalsWithinHours: z.exactOptional(z.int().min(1).max(REMOVAL_HOURS_MAX)),
    onwardSharing: z.exactOptional(z.enum(['end-clients'])),
    kind: z.exactOptional(z.enum(['sharing', 'processing', 'joint'])),
    power: z.exactOptional(text),
    instructions: z.exactOptional(text),
    essence: z.exactOptional(text),
    actsFor: z.exactOptional(z.enum(['end-clients'])),
    subProcessors: z.exactOptional(someOf(id)),
    reviewBy: z.exactOptional(date),
    uses: z.exactOptional(z.enum(['one-off', 'ongoing'])),
    recordsMax: z.exactOptional(z.int().min(1)),
    resupplyAfterDays: z.exactOptional(z.int().min(1).max(3650)),
    transfer: z.exactOptional(
      z.strictObject({ mechanism: z.enum(['adequacy', 'safeguards', 'derogation']), reference: text }),
    ),
  })
  .superRefine(orderedDates('effectiveFrom', 'effectiveTo'))
  .superRefine(notBefore('reviewBy', 'effectiveFrom'))
  .superRefine(onlyOfKind('instructions', 'processing'))
  .superRefine(onlyOfKind('essence', 'joint'))

/** Written under another kind it would be without effect, and whoever wrote it would not know. */
function onlyOfKind(key: 'instructions' | 'essence', wanted: 'processing' | 'joint') {
  return (agreement: { kind?: string } & { [name in typeof key]?: string }, context: Context) => {
    if (agreement[key] !== undefined && agreement.kind !== wanted)
      remark(
        context,
        `only an agreement of kind ${wanted} has \`${key}\``,
        `Write \`kind: ${wanted}\`, or remove \`${key}\`.`,
        [key],
      )
  }
}

export const assessmentFile = z
  .strictObject({
    kind: z.enum(['lia', 'dpia', 'compatibility', 'transfer', 'anonymisation']),
    purpose: id,
    recipient: id,
    outcome: z.enum(['passed', 'failed']),
    on: date,
    reviewBy: date,
    by: text,
    expected: z.exactOptional(z.boolean()),
  })
  .superRefine(orderedDates('on', 'reviewBy'))
  .superRefine(({ kind, expected }, context) => {
    if (expected !== undefined && kind !== 'lia')
      remark(
        context,
        'only a legitimate interests assessment asks what people expect',
        'Write `kind: lia`, or remove `expected`.',
        ['expected'],
      )
  })

export const processingFile = z.array(
  z
    .strictObject({ purpose: id, recipients: someOf(id), from: date, to: z.exactOptional(date) })
    .superRefine(orderedDates('from', 'to')),
)

export const prohibitionsFile = z
  .record(
    z.string(),
    z
      .strictObject({
        authority: text,
        instrument: text,
        recipient: z.exactOptional(id),
        purpose: z.exactOptional(id),
        from: date,
        to: z.exactOptional(date),
      })
      .superRefine(orderedDates('from', 'to')),
  )
  .superRefine(idKeys('A prohibition', 'enforcement-notice-2019'))

export const workOrderFile = z
  .strictObject({
    recipient: id,
    dataset: id,
    purpose: id,
    task: text,
    people: someOf(text),
    place: text,
    from: date,
    until: date,
    fields: list(columnName).default([]),
    by: text,
  })
  .superRefine(orderedDates('from', 'until'))

export const copyGrantFile = z
  .strictObject({
    recipient: id,
    dataset: id,
    workOrder: id,
    place: text,
    from: date,
    until: date,
    deleteBy: date,
    by: text,
  })
  .superRefine(orderedDates('from', 'until'))
  .superRefine(notBefore('deleteBy', 'until'))

/** A year: what is older is no feed. */
const FEED_HOURS_MAX = 8784

export const feedsFile = z.array(
  z.strictObject({
    source: text,
    everyHours: z.int().min(1).max(FEED_HOURS_MAX),
    channels: z.exactOptional(someOf(channel)),
  }),
)

export const determinationFile = z
  .strictObject({
    code: z.enum([...reasonCodes] as ReasonCode[]),
    notice: z.exactOptional(text),
    recipient: id,
    purpose: id,
    answer: z.enum(['allow', 'refuse']),
    on: date,
    by: text,
    because: text,
    revokedOn: z.exactOptional(date),
  })
  .superRefine(orderedDates('on', 'revokedOn'))

const datasetField = z
  .strictObject({
    type: z.enum([...columnTypes]),
    category,
    about: z.enum(['subject', 'child', 'household', 'none']),
    tells: z.exactOptional(text),
    screened: z.exactOptional(z.strictObject({ on: date, by: text })),
    values: z.exactOptional(someOf(text)),
  })
  .superRefine((field, context) => {
    if (field.type === 'code' && field.values === undefined)
      remark(context, 'a column of type code needs its values', 'List them: `values: [north, south]`.')
    if (field.type !== 'code' && field.values !== undefined)
      remark(context, 'only a column of type code has values', 'Write `type: code`, or remove `values`.', [
        'values',
      ])
    if (field.screened !== undefined && field.category !== 'free-text')
      remark(context, 'only free text is screened', 'Write `category: free-text`, or remove `screened`.', [
        'screened',
      ])
  })

const dateFormat = z.string().superRefine((value, context) => {
  const parts = value.toLowerCase().split(/[^a-z]+/i)
  if (value !== value.toLowerCase() || [...parts].sort().join() !== 'dd,mm,yyyy')
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not a date format`,
      'Write yyyy, mm and dd once each with a separator between them, such as dd/mm/yyyy; two-digit years are ambiguous.',
    )
})

export const datasetFile = z.strictObject({
  location: text,
  format: z.enum(['csv', 'parquet', 'json', 'xlsx']),
  sheet: z.exactOptional(text),
  dateFormat: z.exactOptional(dateFormat),
  zone: z.exactOptional(zone),
  key: z.strictObject({ column: columnName, kind: id }),
  bornOn: z.exactOptional(columnName),
  expectingOn: z.exactOptional(columnName),
  retainUntil: z.exactOptional(columnName),
  collectedOn: z.exactOptional(columnName),
  takenAt: z.exactOptional(instant),
  jurisdictions: z.exactOptional(someOf(oneOf(jurisdictions))),
  obtained: z.exactOptional(
    z.strictObject({ from: text, on: date, dueDiligence: z.exactOptional(dueDiligence) }),
  ),
  contact: z
    .strictObject({
      email: z.exactOptional(columnName),
      phone: z.exactOptional(columnName),
      name: z.exactOptional(columnName),
      address: z.exactOptional(columnName),
    })
    .superRefine(({ name, address }, context) => {
      if (name !== undefined && address === undefined)
        remark(context, 'a name alone reaches nobody', 'Add `address:`, or remove `name`.', ['name'])
      // It would make no key, and nobody would see that a stop for this address is compared with nothing.
      if (address !== undefined && name === undefined)
        remark(
          context,
          'an address alone is no contact point, as strangers share a house',
          'Add `name:`, the column with the name on the envelope, or remove `address`.',
          ['address'],
        )
    })
    .default({}),
  source: z.strictObject({ tells: text, categories: list(category) }),
  childrenLikely: z.boolean(),
  fields: z.record(z.string(), datasetField).superRefine((fields, context) => {
    // Engines compare column names without case: two that differ in it alone would be one.
    const names = Object.keys(fields).map((name) => name.toLowerCase())
    for (const [index, column] of Object.keys(fields).entries())
      if (names.indexOf(names[index]!) < index)
        remark(
          context,
          `\`${column}\` differs from another column in letter case only`,
          'Rename one of the two in the file.',
          [column],
        )
    for (const column of Object.keys(fields))
      if (!isColumnName(column))
        remarkOnKey(context, column, 'is not a column name', 'Write it as in the file, without line breaks.')
  }),
})

export const requestFile = z.strictObject({
  title: z.exactOptional(text),
  titleTells: z.exactOptional(someOf(category)),
  dataset: id,
  recipient: id,
  role: oneOf(recipientRoles),
  onBehalfOf: list(id).default([]),
  purpose: id,
  channels: someOf(channel),
  basis: z.exactOptional(oneOf(bases)),
  fields: someOf(columnName).max(fieldsMax),
  select: z.exactOptional(text),
  consideration,
  agreement: z.exactOptional(id),
  necessity: z.exactOptional(text),
  requestedBy: text,
  releaseAt: instant,
  useWindowDays: z.int().min(0).max(3650),
  delivery: z.exactOptional(z.enum(['sealed', 'hosted', 'in-place', 'plain'])),
  matching: z.exactOptional(z.boolean()),
  exemption: z.exactOptional(z.strictObject({ paragraph: text, instrument: text, by: text })),
  instrument: z.exactOptional(z.strictObject({ reference: text, by: text, on: date })),
  condition: z.exactOptional(z.strictObject({ kind: z.enum(['explicit-consent', 'law']), reference: text })),
  anonymous: z.exactOptional(z.boolean()),
  softOptIn: z.exactOptional(z.strictObject({ similar: text, stopInEveryMessage: text })),
  subProcessors: z.exactOptional(someOf(id)),
  workOrder: z.exactOptional(id),
})
