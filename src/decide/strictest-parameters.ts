// Parameters where several jurisdictions judge: for each the strictest value, with the source that gave it.
import type { Pack, PackParameters, Parameter } from './rule.ts'

type Name = keyof PackParameters
type ValueOf<K extends Name> = PackParameters[K]['value']

const lower = (a: number, b: number) => Math.min(a, b)
const higher = (a: number, b: number) => Math.max(a, b)
const common = <T>(a: readonly T[], b: readonly T[]) => a.filter((item) => b.includes(item))

/** Of two values the one under which less leaves. */
const stricter: { readonly [K in Name]: (a: ValueOf<K>, b: ValueOf<K>) => ValueOf<K> } = {
  consentAgeMonthsMax: lower,
  directConsentAgeMonthsMax: lower,
  adultAgeYears: higher,
  consentAgeYears: higher,
  politicalAgeYears: higher,
  evidenceGradeMax: lower,
  systematicPercentMax: lower,
  channelNeeds: (a, b) =>
    Object.fromEntries(
      Object.entries(a).map(([channel, needs]) => [channel, common(needs, b[channel] ?? [])]),
    ),
  ownNoticeDaysMax: lower,
  removalHoursMax: lower,
  tpsScreenDaysMax: lower,
  objectionWindowDays: higher,
  snapshotHoursMax: lower,
  disclosuresPerYearMax: lower,
  smallFileMin: higher,
  feedHoursMax: lower,
  // Below it a link is a doubt, and a doubt refuses.
  linkConfidenceMin: higher,
  lawfulBases: common,
  adequateCountries: common,
  charitySoftOptIn: (a, b) => a && b,
  // Nothing leaves by it: whose evidence has to be kept longer is kept longer.
  evidenceHoldMonths: higher,
}

/** undefined where no pack is in force. */
export function strictestParameters(packs: readonly Pack[]): PackParameters | undefined {
  const [first, ...others] = packs.map(({ parameters }) => parameters)
  return first && others.reduce(stricterOf, first)
}

function stricterOf(a: PackParameters, b: PackParameters): PackParameters {
  const names = Object.keys(stricter) as Name[]
  // The table's keys are the parameters' names, so each comes out as the type it went in.
  return Object.fromEntries(names.map((name) => [name, stricterParameter(name, a, b)])) as PackParameters
}

function stricterParameter<K extends Name>(
  name: K,
  a: PackParameters,
  b: PackParameters,
): Parameter<ValueOf<K>> {
  const [one, other]: readonly Parameter<ValueOf<K>>[] = [a[name], b[name]] as const
  if (one === undefined || other === undefined) throw new Error(`a pack without ${name}`)
  const value = stricter[name](one.value, other.value)
  const same = [one, other].find((given) => JSON.stringify(given.value) === JSON.stringify(value))
  return (
    same ?? {
      value,
      source: `${one.source}; ${other.source}`,
      authority: one.authority,
      verified: one.verified && other.verified,
    }
  )
}
