// A request made ready to decide: request and notice facts worked out, rules of all packs in play chosen and settled as far
// as they go, bits given out. One person (`decide-person.ts`) and a set (`decide-set.ts`) are decided from the same plan.
import { isInForce } from '../model/in-force.ts'
import { monthsBefore } from '../model/instant.ts'
import type { Determination, NoticeVersion, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { type ReasonCode, reasonCodes, reasons } from '../model/reason.ts'
import { fieldsMax, type SharingRequest } from '../model/request.ts'
import { samePerson } from '../model/same-person.ts'
import type { FieldTreatment } from '../model/verdict.ts'
import { channels, precisions } from '../model/vocabulary.ts'
import type { DecisionBook } from './decision-book.ts'
import type { Expression, Value } from './expression.ts'
import { type Asked, whatIsAsked } from './facts/asked.ts'
import { fieldFactsOf } from './facts/field-facts.ts'
import type { GivenFacts } from './facts/given-facts.ts'
import { fieldTransform } from './field-transform.ts'
import { type Facts, interpret } from './interpret.ts'
import type { Link } from './links.ts'
import { coversRequest, isOutgrown, linkPrecision, noNotice, noticeFactsOf } from './notice-facts.ts'
import type { PacksInForce } from './packs/choose-packs.ts'
import { declaredCodes, parseSelect } from './parse-select.ts'
import type { NoticeFactName, RequestFacts } from './plain-facts.ts'
import type { PolicyNumbers } from './policy-numbers.ts'
import { requestFactsOf } from './request-facts.ts'
import { type Leg, purposesCovering, purposesTouching, type Scope } from './resolve-match.ts'
import { type PlannedRule, rulesInPlay } from './rules-in-play.ts'

/** Where a code's bit stands: 52 bits to a word, so that a word is an exact integer in every language. */
export const bitsPerWord = 52

/** Codes a record can carry, in order of precedence; the bit of a code is its index here. */
export const recordCodes: readonly ReasonCode[] = reasonCodes.filter((code) => reasons[code].level !== 'file')
export const fileCodes: readonly ReasonCode[] = reasonCodes.filter((code) => reasons[code].level === 'file')

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
  explicitConsent: boolean
  /** Links by number: of whom a later version alone tells. */
  outgrown: ReadonlyMap<number, boolean>
  /** It mentions every link of the chain and tells the purpose. */
  covers: boolean
  fields: readonly FieldVerdict[]
  /** Codes a determination in force has answered for this notice version: they stay listed and no longer refuse. */
  cleared: ReadonlySet<ReasonCode>
}

export type DecisionPlan = {
  request: SharingRequest
  policy: Policy
  packs: PacksInForce
  requestFacts: RequestFacts
  scope: Scope
  legs: readonly Leg[]
  select: Expression | undefined
  /** By notice number; 0 is "no notice shown". */
  notices: ReadonlyMap<number, PlannedNotice>
  fileRules: readonly PlannedRule[]
  recordRules: readonly PlannedRule[]
  clearedFileCodes: ReadonlySet<ReasonCode>
}

/** `given`: facts of the request and of each notice as an earlier decision had them, instead of working them out. */
export function planDecision(request: SharingRequest, book: DecisionBook, given?: GivenFacts): DecisionPlan {
  const { policy, numbers } = book
  if (request.channels.length === 0 || request.fields.length === 0) {
    throw new Problem(
      'request.invalid',
      `${request.id} names no ${request.channels.length === 0 ? 'channel' : 'field'}`,
    )
  }
  if (request.fields.length > fieldsMax)
    throw new Problem('request.invalid', `${request.id} asks for more than ${fieldsMax} fields`)
  const asked = whatIsAsked(request, book)
  const requestFacts = given?.request ?? requestFactsOf(asked)
  const rules = rulesInPlay(asked.packs, book.packs)
  const fieldRules = rules.filter(({ code }) => reasons[code].level === 'field')
  const scope = scopeOf(asked, numbers)
  return {
    request,
    policy,
    packs: asked.packs,
    requestFacts,
    scope,
    legs: scope.consentChain.flatMap((recipient) =>
      scope.channels.map((channel) => ({ recipient, channel })),
    ),
    select:
      request.select === undefined
        ? undefined
        : parseSelect(request.select, declaredCodes(asked.dataset?.fields ?? [])),
    notices: plannedNotices(asked, numbers, { requestFacts, given }, fieldRules),
    fileRules: rules.filter(({ code }) => reasons[code].level === 'file'),
    recordRules: rules.filter(({ code }) => reasons[code].level === 'record'),
    clearedFileCodes: clearedCodes(request, policy, undefined),
  }
}

/** What a rule says of these facts; an undecided condition fires unless the rule leaves the case to another. */
export function fires(rule: Pick<PlannedRule, 'when' | 'unknown'>, facts: Facts): boolean {
  return interpret(rule.when, facts) ?? rule.unknown === 'fires'
}

function scopeOf(asked: Asked, numbers: PolicyNumbers): Scope {
  const { request, policy, purpose, agreement, parameters } = asked
  const wanted = { id: request.purpose, dpv: purpose?.dpv }
  const numberOf = (entity: string) => numbers.recipients.get(entity) ?? -1
  return {
    releaseAt: request.releaseAt,
    disclosedAfter: monthsBefore(request.releaseAt, 12, policy.controller.zone),
    recipient: numberOf(request.recipient),
    ages: {
      consentAgeYears: parameters?.consentAgeYears.value,
    },
    chain: whoIsStopped(asked).map(numberOf),
    consentChain: whoNeedsConsent(asked).map(numberOf),
    channels: request.channels.map((channel) => channels[channel]),
    purposesCovering: purposesCovering(wanted, numbers),
    purposesTouching: purposesTouching(wanted, numbers),
    evidenceGradeMax: parameters?.evidenceGradeMax.value ?? 0,
    vetoesReachAllChannels:
      request.consideration !== 'none' || (agreement?.consideration ?? 'none') !== 'none',
    invalidFormNotices: policy.notices
      .filter((notice) => !validForm(notice))
      .flatMap((notice) => numbers.notices.get(notice.id) ?? []),
  }
}

/** A "no" to anyone in the chain, also where we send it for them; and to us, where the message is our own. */
function whoIsStopped({ request, policy, thirdParties }: Asked): string[] {
  const ours = thirdParties.length === 0 ? [policy.controller.id] : []
  return [...new Set([request.recipient, ...request.onBehalfOf, ...ours])]
}

/** Consent is to the third parties; to our own message it is to us. */
function whoNeedsConsent({ policy, thirdParties }: Asked): readonly string[] {
  return thirdParties.length === 0 ? [policy.controller.id] : thirdParties
}

function plannedNotices(
  asked: Asked,
  numbers: PolicyNumbers,
  { requestFacts, given }: { requestFacts: Facts; given: GivenFacts | undefined },
  fieldRules: readonly PlannedRule[],
): Map<number, PlannedNotice> {
  const { request, policy } = asked
  const plan = (number: number, notice: NoticeVersion | undefined): PlannedNotice => {
    const said =
      given?.notices.get(notice?.id) ??
      (notice === undefined ? noNotice : noticeFactsOf(notice, request, policy))
    const fields = request.fields.map((name): FieldVerdict => {
      const facts = { ...requestFacts, ...said, ...fieldFactsOf(name, notice, asked) }
      const codes = fieldRules.filter((rule) => fires(rule, facts)).map(({ code }) => code)
      const kept = fieldTransform(name, request, policy)?.as ?? 'keep'
      return { name, codes, treatment: codes.length === 0 ? kept : 'drop' }
    })
    return {
      number,
      id: notice?.id,
      facts: { ...said, fieldsKept: fields.filter(({ codes }) => codes.length === 0).length },
      ...perLink(notice, asked, numbers),
      consentFormValid: notice !== undefined && validForm(notice),
      explicitConsent: notice?.consentForm === 'explicit',
      covers: notice !== undefined && coversRequest(notice, request, policy),
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

/** What a consent under this notice is worth, by whom it is for. Every notice of ours names us. */
function perLink(
  notice: NoticeVersion | undefined,
  asked: Asked,
  numbers: PolicyNumbers,
): Pick<PlannedNotice, 'linkPrecision' | 'outgrown'> {
  const { request, policy } = asked
  const isOurs = asked.thirdParties.length === 0
  const ofEach = <V>(nothing: V, ours: V, said: (version: NoticeVersion, link: Link) => V) =>
    new Map(
      whoNeedsConsent(asked).map((entity): [number, V] => {
        const link: Link = { entity, as: 'third-party' }
        const value = notice === undefined ? nothing : isOurs ? ours : said(notice, link)
        return [numbers.recipients.get(entity) ?? -1, value]
      }),
    )
  return {
    linkPrecision: ofEach<number>(precisions.none, precisions.entity, (version, link) =>
      linkPrecision(version, link, request, policy),
    ),
    outgrown: ofEach<boolean>(false, false, (version, link) => isOutgrown(version, link, request, policy)),
  }
}

/**
 * Of a consent without a sure date these speak alone: neither B504 nor what is wrong with its form or its recipients. To
 * answer them would put nobody's yes in the place of hers, which no determination can.
 */
const standsForConsent: ReadonlySet<ReasonCode> = new Set(['T801', 'T802'])

/**
 * Codes that a determination in force answers "allow": by someone else than the requester, never a code without override,
 * and none to which another in force says "refuse".
 */
function clearedCodes(request: SharingRequest, policy: Policy, notice: string | undefined): Set<ReasonCode> {
  const answers = policy.determinations.filter(
    (determination) =>
      determination.notice === notice &&
      determination.recipient === request.recipient &&
      determination.purpose === request.purpose &&
      isInForce(determination, request.releaseAt, policy.controller.zone),
  )
  const refused = new Set(answers.filter(({ answer }) => answer === 'refuse').map(({ code }) => code))
  const allows = ({ answer, by, code }: Determination) =>
    answer === 'allow' &&
    !refused.has(code) &&
    !samePerson(by, request.requestedBy) &&
    reasons[code].override === 'determination' &&
    !(request.basis === 'consent' && standsForConsent.has(code))
  return new Set(answers.filter(allows).map(({ code }) => code))
}

function validForm(notice: NoticeVersion): boolean {
  return notice.consentForm === 'separate' || notice.consentForm === 'explicit'
}
