// What each duty's clock reads: one table, from which types, checks and the options of the command are made.

import { dateFromIso, isZone } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { momentIn } from './calendar-days.ts'

const place = { jurisdiction: 'jurisdiction', nation: 'nation' } as const
const request = {
  ...place,
  received: 'date',
  identityReceived: 'date?',
  feePaid: 'date?',
  right: 'right?',
} as const
const given = { jurisdiction: 'jurisdiction', given: 'date' } as const

/** Duty → the inputs its clock reads, with their kind; a question mark: may be left out. */
export const clockInputs = {
  'rights-request': { ...request, pauses: 'pauses?' },
  'rights-extension': { ...request, pauses: 'pauses?', noticeGiven: 'date' },
  'stop-the-clock': { ...request, pauses: 'pauses' },
  'breach-to-regulator': { jurisdiction: 'jurisdiction', aware: 'instant', zone: 'zone', provider: 'flag?' },
  'breach-to-subjects': { jurisdiction: 'jurisdiction', aware: 'instant', zone: 'zone', highRisk: 'flag' },
  'breach-to-controller': {
    jurisdiction: 'jurisdiction',
    aware: 'instant',
    zone: 'zone',
    agreementHours: 'hours?',
  },
  complaint: { jurisdiction: 'jurisdiction', received: 'date' },
  objection: { jurisdiction: 'jurisdiction', heard: 'instant', zone: 'zone', agreementHours: 'hours?' },
  withdrawal: { jurisdiction: 'jurisdiction', heard: 'instant', zone: 'zone', agreementHours: 'hours?' },
  'tps-screening': { jurisdiction: 'jurisdiction', callOn: 'date', screenedOn: 'date?' },
  'tps-registration': { jurisdiction: 'jurisdiction', registeredOn: 'date' },
  'article-14': { ...place, obtained: 'date', firstCommunication: 'date?', firstDisclosure: 'date?' },
  'article-36': { ...place, received: 'date', extended: 'flag?' },
  'penalty-representations': { ...given, until: 'date?' },
  'penalty-notice': { ...given, agreedUntil: 'date?' },
  'penalty-appeal': given,
  'penalty-1998-representations': { ...given, conductOn: 'date', until: 'date?' },
  'penalty-1998-early-payment': { ...given, conductOn: 'date', payBy: 'date', amountPence: 'number?' },
} as const satisfies Record<string, Record<string, InputKind | `${InputKind}?`>>

export type Duty = keyof typeof clockInputs

/** Throws `value.invalid` naming the duties there are. */
export function dutyNamed(name: string): Duty {
  if (Object.hasOwn(clockInputs, name)) return name as Duty
  throw new Problem('value.invalid', `the duties with a clock are ${Object.keys(clockInputs).join(', ')}`)
}

export const jurisdictions = ['uk', 'eu'] as const
export type Jurisdiction = (typeof jurisdictions)[number]

export const rights = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'portability',
  'objection',
] as const

/** Days that do not count, both included; without `to` the pause goes on. */
export type Pause = { from: string; to?: string }

type Kinds = {
  date: string
  instant: string
  zone: string
  nation: string
  jurisdiction: Jurisdiction
  right: (typeof rights)[number]
  flag: boolean
  number: number
  hours: number
  pauses: readonly Pause[]
}
export type InputKind = keyof Kinds

type Reads<D extends Duty> = (typeof clockInputs)[D]
type ValueOf<K> = K extends `${infer Kind extends InputKind}?`
  ? Kinds[Kind]
  : K extends InputKind
    ? Kinds[K]
    : never
type Needed<R> = { [K in keyof R]: R[K] extends `${string}?` ? never : K }[keyof R]

/** The inputs of one duty, as plain JSON: dates and instants as ISO text. */
export type ClockInputs<D extends Duty> = D extends Duty
  ? { readonly [K in Needed<Reads<D>>]: ValueOf<Reads<D>[K]> } & {
      readonly [K in Exclude<keyof Reads<D>, Needed<Reads<D>>>]?: ValueOf<Reads<D>[K]>
    }
  : never

/** Throws `value.invalid` or `time.invalid` naming what is missing, unknown or of another kind. */
export function checkInputs<D extends Duty>(
  duty: D,
  inputs: Readonly<Record<string, unknown>>,
): ClockInputs<D> {
  const reads: Readonly<Record<string, string>> = clockInputs[duty]
  for (const name of Object.keys(inputs))
    if (!Object.hasOwn(reads, name))
      throw new Problem(
        'value.invalid',
        `${duty} reads no ${name}; it reads ${Object.keys(reads).join(', ')}`,
      )
  for (const [name, kind] of Object.entries(reads)) {
    const value = inputs[name]
    if (value === undefined && kind.endsWith('?')) continue
    if (value === undefined) throw new Problem('value.invalid', `${duty} needs ${name}`)
    const says = checks[kind.replace('?', '') as InputKind](value, inputs)
    if (says !== undefined) throw new Problem('value.invalid', `${name} of ${duty} ${says}`)
  }
  // Every name and kind of the table was compared above.
  return inputs as ClockInputs<D>
}

/** A leap year of hours: no agreement waits longer, and beyond it lies no date. */
const hoursMax = 8784

type Check = (value: unknown, inputs: Readonly<Record<string, unknown>>) => string | undefined

const isText = (value: unknown): value is string => typeof value === 'string'
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    isText(value) && words.includes(value) ? undefined : `is one of ${words.join(', ')}`

const checks: Readonly<Record<InputKind, Check>> = {
  date: (value) => (isText(value) ? void dateFromIso(value) : 'is a date, yyyy-mm-dd'),
  // A zone that is none is told of by its own check.
  instant: (value, { zone }) => {
    if (!isText(value) || !isText(zone)) return 'is a date and time with a zone'
    return isZone(zone) ? void momentIn(value, zone) : undefined
  },
  zone: (value) => (isText(value) && isZone(value) ? undefined : 'is a time zone such as Europe/London'),
  nation: (value) => (isText(value) && value !== '' ? undefined : 'names whose public holidays count'),
  jurisdiction: oneOf(jurisdictions),
  right: oneOf(rights),
  flag: (value) => (typeof value === 'boolean' ? undefined : 'is true or false'),
  number: (value) =>
    Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'is a whole number above 0',
  hours: (value) =>
    Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= hoursMax
      ? undefined
      : `is a whole number above 0, ${hoursMax} at most`,
  pauses: (value, inputs) => (Array.isArray(value) ? checkPauses(value, inputs) : 'is a list of pauses'),
}

function checkPauses(pauses: readonly unknown[], { received }: Readonly<Record<string, unknown>>) {
  for (const pause of pauses) {
    if (typeof pause !== 'object' || pause === null || !('from' in pause) || !isText(pause.from))
      return 'has a pause without its first day'
    const from = dateFromIso(pause.from)
    const to = 'to' in pause && pause.to !== undefined ? pause.to : undefined
    if (to !== undefined && (!isText(to) || dateFromIso(to) < from))
      return 'has a pause that ends before it begins'
    if (isText(received) && from < dateFromIso(received)) return 'has a pause from before the request came'
  }
  return undefined
}
