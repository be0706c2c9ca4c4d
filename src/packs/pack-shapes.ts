// The shape of every file of a pack folder, and of every parameter.
import { z } from 'zod'
import type { PackParameters } from '../decide/rule.ts'
import { dateFromIso, isZone } from '../model/instant.ts'
import { bases, channels, jurisdictions } from '../model/vocabulary.ts'
import { idPattern } from '../policy/schemas.ts'
import { remark, text } from '../policy/text-shape.ts'

const date = z.string().transform((value, context) => {
  try {
    return dateFromIso(value)
  } catch {
    remark(context, `\`${value.slice(0, 60)}\` is not a date that exists`, 'Write it as yyyy-mm-dd.')
    return z.NEVER
  }
})

const zone = z.string().superRefine((value, context) => {
  if (!isZone(value))
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not a time zone`,
      'Write an IANA zone such as Europe/London.',
    )
})

const folder = z.string().superRefine((value, context) => {
  if (!idPattern.test(value))
    remark(context, `\`${value.slice(0, 60)}\` is not the name of a folder`, 'Name a folder of packs/.')
})

const authority = z.enum(['statute', 'case', 'guidance', 'industry', 'house'])
const wordsMax = 25
const reasonCode = /\b[A-Z]\d{3}\b/

/** Words for people: without codes, which only those who wrote them can read. */
const plainWords = text.superRefine((value, context) => {
  const [code] = reasonCode.exec(value) ?? []
  if (code !== undefined)
    remark(context, `names the code ${code}`, 'Say what it means: explanations are read without the list.')
})

const marketerWords = plainWords.superRefine((value, context) => {
  const words = value.split(/\s+/).length
  if (words > wordsMax)
    remark(
      context,
      `has ${words} words`,
      `Say it in at most ${wordsMax} words; the regulator’s text may be longer.`,
    )
})

export const ruleShape = z
  .strictObject({
    question: z.enum(['justified', 'aware', 'power', 'veto']),
    moment: z.enum(['collection', 'release']),
    when: text,
    unknown: z.enum(['fires', 'silent']),
    because: text.exactOptional(),
    remedy: text,
    explain: z.strictObject({ marketer: marketerWords, person: plainWords, regulator: plainWords }),
  })
  .superRefine(({ unknown, because }, context) => {
    if (unknown === 'silent' && because === undefined)
      remark(
        context,
        '`unknown: silent` without `because`',
        'Say why nothing has to refuse when a fact is not known, such as which other rule speaks then.',
      )
  })
export type RuleEntry = z.output<typeof ruleShape>

export const definitionsShape = z.record(z.string(), text)
export const rulesShape = z.record(z.string(), ruleShape)

export const lawShape = z.record(
  z.string(),
  z.strictObject({ authority, law: text, verified: z.boolean(), when: text.exactOptional() }),
)
export type LawEntry = z.output<typeof lawShape>[string]

const parameter = <S extends z.ZodType>(value: S) =>
  z.strictObject({ value, source: text, authority, verified: z.boolean() })
const atLeast = (least: number) => parameter(z.int().min(least).max(100_000))
const percent = parameter(z.int().min(0).max(100))
const known = <V extends Readonly<Record<string, number>>>(vocabulary: V) =>
  z.enum(Object.keys(vocabulary) as (keyof V & string)[])

/** Every parameter a pack has, by itself or from what it extends. */
export const parameterShapes = {
  consentAgeMonthsMax: atLeast(1),
  adultAgeYears: atLeast(1),
  evidenceGradeMax: parameter(z.int().min(1).max(3)),
  systematicPercentMax: percent,
  channelNeeds: parameter(z.partialRecord(known(channels), z.array(text))),
  ownNoticeDaysMax: atLeast(0),
  removalHoursMax: atLeast(0),
  directConsentAgeMonthsMax: atLeast(1),
  consentAgeYears: atLeast(0),
  politicalAgeYears: atLeast(0),
  tpsScreenDaysMax: atLeast(1),
  objectionWindowDays: atLeast(0),
  snapshotHoursMax: atLeast(1),
  disclosuresPerYearMax: atLeast(0),
  smallFileMin: atLeast(1),
  feedHoursMax: atLeast(1),
  linkConfidenceMin: percent,
  lawfulBases: parameter(z.array(known(bases)).min(1)),
  adequateCountries: parameter(z.array(z.string().regex(/^[A-Z]{2}$/)).min(1)),
  charitySoftOptIn: parameter(z.boolean()),
  evidenceHoldMonths: atLeast(0),
} as const satisfies { [K in keyof PackParameters]: z.ZodType<PackParameters[K]> }

export const parameterNames = Object.keys(parameterShapes) as (keyof PackParameters)[]
export const parametersShape = z.strictObject(parameterShapes).partial()
export type ParametersEntry = z.output<typeof parametersShape>

export const packShape = z.strictObject({
  title: text,
  jurisdiction: z.enum(Object.keys(jurisdictions) as (keyof typeof jurisdictions)[]),
  zone,
  from: date,
  to: date.exactOptional(),
  extends: z.array(folder).exactOptional(),
  parameters: parametersShape.exactOptional(),
})
export type PackEntry = z.output<typeof packShape>
