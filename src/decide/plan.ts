// A request made ready to decide: request and notice facts worked out, rules of all packs in play chosen and settled as far
// as they go, bits given out. One person (`decide-person.ts`) and a set (`decide-set.ts`) are decided from the same plan.
import { dateOf, startOfDay } from '../model/instant.ts'
import { type Determination, type NoticeVersion, type Policy, specialCategories } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { type ReasonCode, reasonCodes, reasons } from '../model/reason.ts'
import { fieldsMax, type SharingRequest } from '../model/request.ts'
import { samePerson } from '../model/same-person.ts'
import type { FieldTreatment } from '../model/verdict.ts'
import { channels, precisions } from '../model/vocabulary.ts'
import { and, compare, type Expression, or, type Value } from './expression.ts'
import type { FieldFactName, NoticeFactName, RequestFactName } from './fact.ts'
import { fieldTransform } from './field-transform.ts'
import { type Facts, interpret } from './interpret.ts'
import { linkPrecision, noNotice, noticeFactsOf } from './notice-facts.ts'
import { packAt, packsUntil } from './packs/choose-packs.ts'
import { declaredCodes, parseSelect } from './parse-select.ts'
import type { PolicyNumbers } from './policy-numbers.ts'
import { agreementFor, requestFactsOf } from './request-facts.ts'
import { type Leg, purposesCovering, purposesTouching, type Scope } from './resolve-match.ts'
import type { Pack, Rule } from './rule.ts'

/** Where a code's bit stands: 52 bits to a word, so that a word is an exact integer in every language. */
export const bitsPerWord = 52

/** Codes a record can carry, in order of precedence; the bit of a code is its index here. */
export const recordCodes: readonly ReasonCode[] = reasonCodes.filter((code) => reasons[code].level !== 'file')
export const fileCodes: readonly ReasonCode[] = reasonCodes.filter((code) => reasons[code].level === 'file')

export type PlannedRule = {
  code: ReasonCode
  when: Expression
  unknown: Rule['unknown']
  /** The rule as each pack in play states it, newest last. */
  sources: readonly { pack: Pack; rule: Rule }[]
}

export type FieldVerdict = {
  name: string
  codes: readonly ReasonCode[]
  /** Any code drops it; else it leaves as the agreement has it. */
  treatment: FieldTreatment
}

export type PlannedNotice = {
  number: number
  id: string | undefined
  facts: Record<NoticeFactName, Value>
  linkPrecision: ReadonlyMap<number, number>
  consentFormValid: boolean
  fields: readonly FieldVerdict[]
  /** Codes a determination in force has answered for this notice version: they stay listed and no longer refuse. */
  cleared: ReadonlySet<ReasonCode>
}

export type DecisionPlan = {
  request: SharingRequest
  policy: Policy
  packs: { release: Pack | undefined; collection: readonly Pack[] }
  requestFacts: Record<RequestFactName, Value>
  scope: Scope
  legs: readonly Leg[]
  select: Expression | undefined
  /** By notice number; 0 is "no notice shown". */
  notices: ReadonlyMap<number, PlannedNotice>
  fileRules: readonly PlannedRule[]
  recordRules: readonly PlannedRule[]
  clearedFileCodes: ReadonlySet<ReasonCode>
}

export function planDecision(request: SharingRequest, policy: Policy, numbers: PolicyNumbers): DecisionPlan {
  if (request.channels.length === 0 || request.fields.length === 0) {
    throw new Problem(
      'request.invalid',
      `${request.id} names no ${request.channels.length === 0 ? 'channel' : 'field'}`,
    )
  }
  if (request.fields.length > fieldsMax)
    throw new Problem('request.invalid', `${request.id} asks for more than ${fieldsMax} fields`)
  const requestFacts = requestFactsOf(request, policy)
  const packs = {
    release: packAt(policy.controller.jurisdiction, request.releaseAt),
    collection: packsUntil(policy.controller.jurisdiction, request.releaseAt),
  }
  const rules = rulesInPlay(packs)
  const fieldRules = rules.filter(({ code }) => reasons[code].level === 'field')
  const scope = scopeOf(request, policy, numbers, packs.release)
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  return {
    request,
    policy,
    packs,
    requestFacts,
    scope,
    legs: scope.chain.flatMap((recipient) => scope.channels.map((channel) => ({ recipient, channel }))),
    select:
      request.select === undefined
        ? undefined
        : parseSelect(request.select, declaredCodes(dataset?.fields ?? [])),
    notices: plannedNotices(request, policy, numbers, requestFacts, fieldRules),
    fileRules: rules.filter(({ code }) => reasons[code].level === 'file'),
    recordRules: rules.filter(({ code }) => reasons[code].level === 'record'),
    clearedFileCodes: clearedCodes(request, policy, undefined),
  }
}

/** What a rule says of these facts; an undecided condition fires unless the rule leaves the case to another. */
export function fires(rule: Pick<PlannedRule, 'when' | 'unknown'>, facts: Facts): boolean {
  return interpret(rule.when, facts) ?? rule.unknown === 'fires'
}

/** The release pack's rules, and for duties at collection those of every pack someone may have joined under. */
function rulesInPlay(packs: DecisionPlan['packs']): PlannedRule[] {
  const inPlay = packs.collection.length === 0 && packs.release ? [packs.release] : packs.collection
  return reasonCodes.flatMap((code): PlannedRule[] => {
    const atRelease = packs.release?.rules.find((rule) => rule.code === code)
    const sources = inPlay.flatMap((pack) => {
      const rule = pack.rules.find((candidate) => candidate.code === code)
      return rule === undefined ? [] : [{ pack, rule }]
    })
    const moment = sources[0]?.rule.moment ?? atRelease?.moment
    if (moment === 'collection') return [atCollection(code, sources, inPlay)]
    if (atRelease === undefined || packs.release === undefined) return unknownLaw(code, packs)
    return [
      {
        code,
        when: atRelease.when,
        unknown: atRelease.unknown,
        sources: [{ pack: packs.release, rule: atRelease }],
      },
    ]
  })
}

/** Without a pack there is one thing to say, and it refuses. */
function unknownLaw(code: ReasonCode, packs: DecisionPlan['packs']): PlannedRule[] {
  if (code !== 'T805' || packs.release !== undefined) return []
  return [{ code, when: { op: 'constant', value: true }, unknown: 'fires', sources: [] }]
}

/** One condition if all packs agree; else each pack's own, for whoever may have been told while it was in force. */
function atCollection(
  code: ReasonCode,
  sources: PlannedRule['sources'],
  inPlay: readonly Pack[],
): PlannedRule {
  const first = sources[0]!.rule
  const same = sources.every(({ rule }) => JSON.stringify(rule.when) === JSON.stringify(first.when))
  const when =
    same && sources.length === inPlay.length
      ? first.when
      : or(...sources.map(({ pack, rule }) => and(toldUnder(pack), rule.when)))
  return { code, when, unknown: first.unknown, sources }
}

function toldUnder(pack: Pack): Expression {
  const after = compare('noticeShownTo', '>=', startOfDay(pack.from, pack.zone))
  return pack.to === undefined
    ? after
    : and(after, compare('noticeShownFrom', '<', startOfDay(pack.to, pack.zone)))
}

function scopeOf(
  request: SharingRequest,
  policy: Policy,
  numbers: PolicyNumbers,
  pack: Pack | undefined,
): Scope {
  const wanted = { id: request.purpose, dpv: policy.purposes.find(({ id }) => id === request.purpose)?.dpv }
  return {
    releaseAt: request.releaseAt,
    chain: [request.recipient, ...request.onBehalfOf].map((id) => numbers.recipients.get(id) ?? -1),
    channels: request.channels.map((channel) => channels[channel]),
    purposesCovering: purposesCovering(wanted, numbers),
    purposesTouching: purposesTouching(wanted, numbers),
    evidenceGradeMax: pack?.parameters.evidenceGradeMax.value ?? 0,
    vetoesReachAllChannels:
      request.consideration !== 'none' || (agreementFor(request, policy)?.consideration ?? 'none') !== 'none',
    invalidFormNotices: policy.notices
      .filter((notice) => !validForm(notice))
      .flatMap((notice) => numbers.notices.get(notice.id) ?? []),
  }
}

function plannedNotices(
  request: SharingRequest,
  policy: Policy,
  numbers: PolicyNumbers,
  requestFacts: Facts,
  fieldRules: readonly PlannedRule[],
): Map<number, PlannedNotice> {
  const links = [request.recipient, ...request.onBehalfOf]
  const plan = (number: number, notice: NoticeVersion | undefined): PlannedNotice => {
    const said = notice === undefined ? noNotice : noticeFactsOf(notice, request, policy)
    const fields = request.fields.map((name): FieldVerdict => {
      const facts = { ...requestFacts, ...said, ...fieldFactsOf(name, notice, request, policy) }
      const codes = fieldRules.filter((rule) => fires(rule, facts)).map(({ code }) => code)
      const kept = fieldTransform(name, request, policy)?.as ?? 'keep'
      return { name, codes, treatment: codes.length === 0 ? kept : 'drop' }
    })
    const precisionOf = (id: string) =>
      notice === undefined ? precisions.none : linkPrecision(notice, id, request, policy)
    return {
      number,
      id: notice?.id,
      facts: { ...said, fieldsKept: fields.filter(({ codes }) => codes.length === 0).length },
      linkPrecision: new Map(links.map((id) => [numbers.recipients.get(id) ?? -1, precisionOf(id)])),
      consentFormValid: notice !== undefined && validForm(notice),
      fields,
      cleared: notice === undefined ? new Set() : clearedCodes(request, policy, notice.id),
    }
  }
  const planned = new Map([[0, plan(0, undefined)]])
  for (const notice of policy.notices) {
    const number = numbers.notices.get(notice.id)
    if (number !== undefined) planned.set(number, plan(number, notice))
  }
  return planned
}

function fieldFactsOf(
  name: string,
  notice: NoticeVersion | undefined,
  request: SharingRequest,
  policy: Policy,
): Record<FieldFactName, Value> {
  const field = policy.datasets
    .find(({ id }) => id === request.dataset)
    ?.fields.find((item) => item.name === name)
  const agreement = agreementFor(request, policy)
  const pack = packAt(policy.controller.jurisdiction, request.releaseAt)
  const needs = request.channels.flatMap((channel) => pack?.parameters.channelNeeds.value[channel] ?? [])
  return {
    fieldAboutChild: field && field.about === 'child',
    fieldSpecial: field && specialCategories.has(field.category),
    // Without an agreement A201 speaks for the whole file.
    fieldInAgreement: agreement === undefined || agreement.fields.includes(name),
    fieldNecessary: field && needs.includes(field.category),
    fieldTold:
      notice === undefined ||
      notice.categories.length === 0 ||
      (field && notice.categories.includes(field.category)),
  }
}

/** Codes that a determination in force answers "allow": by someone else than the requester, never a code without override. */
function clearedCodes(request: SharingRequest, policy: Policy, notice: string | undefined): Set<ReasonCode> {
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  const answers = (determination: Determination) =>
    determination.answer === 'allow' &&
    determination.notice === notice &&
    determination.recipient === request.recipient &&
    determination.purpose === request.purpose &&
    determination.on <= releaseOn &&
    (determination.revokedOn === undefined || determination.revokedOn > releaseOn) &&
    !samePerson(determination.by, request.requestedBy) &&
    reasons[determination.code].override === 'determination'
  return new Set(policy.determinations.filter(answers).map(({ code }) => code))
}

function validForm(notice: NoticeVersion): boolean {
  return notice.consentForm === 'separate'
}
