// Which version of a notice a documented rule says was shown: the rule whose route and whole period fit, or none.
import { type Instant, type Interval, startOfDay } from '../model/instant.ts'
import type { AttributionRule } from '../model/policy.ts'
import { grades } from '../model/vocabulary.ts'

export type Attribution = { notice: number; grade: number }

type Period = { from: Instant; to: Instant; attribution: Attribution }

/** `zone`: in which the rules' dates are meant. The result is a string when nothing may be attributed: the reason. */
export function noticeAttribution(
  rules: readonly AttributionRule[],
  notices: ReadonlyMap<string, number>,
  zone: string,
): (route: string, at: Interval) => Attribution | string {
  const periods = new Map<string, Period[]>()
  for (const rule of rules) {
    const notice = notices.get(rule.notice)
    if (notice === undefined) continue
    const period = {
      from: startOfDay(rule.from, zone),
      to: rule.to === undefined ? Number.POSITIVE_INFINITY : startOfDay(rule.to, zone),
      attribution: { notice, grade: grades[rule.grade] },
    }
    periods.set(rule.route, [...(periods.get(rule.route) ?? []), period])
  }
  return (route, at) => attribute(periods.get(route) ?? [], at)
}

function attribute(periods: readonly Period[], at: Interval): Attribution | string {
  const touched = periods.filter((period) => touches(period, at))
  const [only] = touched
  if (only === undefined) return 'no attribution rule covers this route and date'
  if (touched.length > 1) return 'the date could mean two notices'
  return covers(only, at) ? only.attribution : 'the date could lie outside the period of its attribution rule'
}

/** A day ends at 24:00, which is no longer that day: the end of an interval counts only where it is a single instant. */
function touches(period: Period, at: Interval): boolean {
  if (at.earliest === at.latest) return at.earliest >= period.from && at.earliest < period.to
  return at.earliest < period.to && at.latest > period.from
}

function covers(period: Period, at: Interval): boolean {
  return at.earliest >= period.from && at.latest <= period.to
}
