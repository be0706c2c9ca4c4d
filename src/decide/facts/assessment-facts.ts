// Facts of the assessments for this recipient and purpose, and whether this request needs one.
import { type Assessment, identifyingCategories, specialCategories } from '../../model/policy.ts'
import { disclosedBy } from '../disclosed.ts'
import type { RequestFacts } from '../plain-facts.ts'
import type { Asked } from './asked.ts'

export function assessmentFacts(asked: Asked) {
  const dpia = newest('dpia', asked)
  const lia = newest('lia', asked)
  return {
    dpiaNeeded: needsDpia(asked),
    dpiaPassed: dpia?.outcome === 'passed',
    dpiaStale: dpia !== undefined && dpia.reviewBy < asked.releaseOn,
    liaPassed: lia?.outcome === 'passed',
    liaStale: lia !== undefined && lia.reviewBy < asked.releaseOn,
    liaSurprising: lia?.expected === false,
    compatibilityPassed: passedInDate('compatibility', asked),
    // A test of figures says nothing of names that the same recipient asks for another time.
    anonymousTested:
      asked.request.anonymous === true && !asksForIdentifiers(asked) && passedInDate('anonymisation', asked),
  } satisfies Partial<RequestFacts>
}

export function passedInDate(kind: Assessment['kind'], asked: Asked): boolean {
  const found = newest(kind, asked)
  return found !== undefined && found.outcome === 'passed' && found.reviewBy >= asked.releaseOn
}

/** Whoever's name or address is asked for is not anonymous, whatever was tested. */
function asksForIdentifiers({ request, dataset }: Asked): boolean {
  const asked = dataset?.fields.filter(({ name }) => request.fields.includes(name)) ?? []
  return asked.length === 0 || asked.some(({ category }) => identifyingCategories.has(category))
}

/**
 * The newest one speaks: a later failure is not outweighed by an earlier pass, and of two of one day the failure counts.
 */
function newest(kind: Assessment['kind'], { request, policy, releaseOn }: Asked): Assessment | undefined {
  return policy.assessments
    .filter(
      (item) =>
        item.kind === kind &&
        item.purpose === request.purpose &&
        item.recipient === request.recipient &&
        item.on <= releaseOn,
    )
    .sort((a, b) => b.on - a.on || failedFirst(a, b))[0]
}

function failedFirst(a: Assessment, b: Assessment): number {
  return Number(a.outcome === 'passed') - Number(b.outcome === 'passed')
}

/**
 * The ICO's triggers, as far as a request shows them: children, special categories or crime, matching, and data that
 * people never gave us ("invisible processing"). What selection and source give away counts like a field.
 */
function needsDpia({ request, policy, dataset }: Asked): boolean {
  const disclosed = disclosedBy(request, policy)
  return (
    disclosed.aboutChildren ||
    disclosed.all.has('child-presence') ||
    (dataset?.childrenLikely ?? true) ||
    [...disclosed.all].some((category) => specialCategories.has(category)) ||
    request.matching === true ||
    dataset?.obtained !== undefined
  )
}
