// Every place where a case of `test/cases/` shows whether a rule fires: the facts there, worked out once. What a case compares
// is a code of the file, a code of a person (of any enrolment, of any field), and whether a field travels.

import { whatIsAsked } from '../../src/decide/facts/asked.ts'
import { fieldFactsOf } from '../../src/decide/facts/field-facts.ts'
import { type Facts, interpret } from '../../src/decide/interpret.ts'
import { type JudgedPart, judgeParts, verdictOfParts } from '../../src/decide/judge-record.ts'
import type { PacksInForce } from '../../src/decide/packs/choose-packs.ts'
import { type DecisionPlan, fires, planDecision } from '../../src/decide/plan.ts'
import { isSystematic, type ReasonCode, reasonCodes, reasons } from '../../src/model/reason.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { shippedPacks } from '../../src/service/shipped-packs.ts'
import { numberNames } from '../../test/cases/name-numbers.ts'
import { type Case, expectedOf } from '../../test/cases/read-case.ts'
import { type CaseRecord, recordPerson, subjectStep } from '../../test/cases/record-people.ts'

/** A code is seen here if its rule fires on any of these facts. */
export type Sighting = {
  codes: readonly ReasonCode[]
  where: string
  packs: PacksInForce
  anyOf: readonly Facts[]
}

/** `disagreeing`: what the program says otherwise than the case expects; nothing is concluded from there. */
export type Sightings = { sightings: Sighting[]; people: number; disagreeing: string[] }

const codesOf = (level: string) => reasonCodes.filter((code) => reasons[code].level === level)
const fileCodes = codesOf('file')
const recordCodes = codesOf('record')
const fieldCodes = codesOf('field')

export function sightingsOf(cases: readonly Case[]): Sightings {
  const found: Sightings = { sightings: [], people: 0, disagreeing: [] }
  for (const read of cases) for (const request of read.requests) lookAt(read, request, found)
  return found
}

type Judged = { person: CaseRecord; parts: [JudgedPart, ...JudgedPart[]] }

function lookAt(read: Case, request: SharingRequest, found: Sightings): void {
  const { policy, standing } = read
  const numbers = numberNames(policy, Object.values(read.people))
  const book = { policy, numbers, packs: shippedPacks(), standing }
  const plan = planDecision(request, book)
  const judged = Object.entries(read.people)
    .map(([name, person], index) => recordPerson({ name, person }, (index + 1) * subjectStep, read, numbers))
    .filter(({ cells }) => plan.select === undefined || interpret(plan.select, cells) === true)
    .map((person): Judged => ({ person, parts: judgeParts(plan, person.record) }))
  found.people += judged.length
  const asked = whatIsAsked(request, book)
  const expected = expectedOf(read, request)
  for (const one of judged) {
    const where = `${read.slug}, ${one.person.name}`
    const listed = verdictOfParts(one.parts).reasons
    if (listed.join() === expected.people[one.person.name]?.reasons.join())
      found.sightings.push(
        ...sightingsOfPerson(plan, one, where),
        ...sightingsOfFields(plan, asked, one, where),
      )
    else found.disagreeing.push(where)
  }
  const facts = { ...plan.requestFacts, ...counted(read, judged) }
  const fired = plan.fileRules.filter((rule) => fires(rule, facts)).map(({ code }) => code)
  if (fired.join() === expected.file.join())
    found.sightings.push({
      codes: fileCodes,
      where: `${read.slug}, the file`,
      packs: plan.packs,
      anyOf: [facts],
    })
  else found.disagreeing.push(`${read.slug}, the file`)
}

function sightingsOfPerson(plan: DecisionPlan, { parts }: Judged, where: string): Sighting[] {
  // That the parts together keep no field is F907 without its rule.
  const keepsNothing = !plan.request.fields.some((_, index) =>
    parts.every(({ notice }) => notice.fields[index]!.codes.length === 0),
  )
  const codes = parts.length > 1 && keepsNothing ? recordCodes.filter((code) => code !== 'F907') : recordCodes
  const anyOf = parts.map(({ facts, notice }) => ({ ...plan.requestFacts, ...notice.facts, ...facts }))
  return [{ codes, where, packs: plan.packs, anyOf }]
}

function sightingsOfFields(
  plan: DecisionPlan,
  asked: ReturnType<typeof whatIsAsked>,
  { parts }: Judged,
  where: string,
): Sighting[] {
  const byField = plan.request.fields.map((name, index) => ({
    name,
    facts: parts.map(({ notice }): Facts => {
      const version = plan.policy.notices.find(({ id }) => id === notice.id)
      return { ...plan.requestFacts, ...notice.facts, ...fieldFactsOf(name, version, asked) }
    }),
    held: new Set(parts.flatMap(({ notice }) => notice.fields[index]!.codes)),
  }))
  const together = {
    codes: fieldCodes,
    packs: plan.packs,
    where,
    anyOf: byField.flatMap(({ facts }) => facts),
  }
  // Whether one field travels shows only where no other code stops it.
  const apart = byField.map(({ name, facts, held }) => ({
    codes: fieldCodes.filter((code) => [...held].every((other) => other === code)),
    packs: plan.packs,
    where: `${where}, ${name}`,
    anyOf: facts,
  }))
  return [together, ...apart]
}

/** The file as the case's own test fills it: more like the first who may leave. */
function counted({ head }: Case, judged: readonly Judged[]): Facts {
  const inFile = judged.filter(({ person }) => !person.person.changed)
  const weighed = inFile.map(({ person, parts }) => {
    const { outcome } = verdictOfParts(parts)
    const weighing = parts.flatMap(({ codes, notice }) =>
      [...codes].filter((code) => !notice.cleared.has(code)),
    )
    const leaves = outcome === 'allow' || outcome === 'transform'
    return { person, leaves, systematic: weighing.some(isSystematic) }
  })
  const like =
    weighed.find(({ person, leaves }) => leaves && person.person.control) ?? weighed.find((one) => one.leaves)
  const all = weighed.length + (like === undefined ? 0 : head.others)
  const systematic = weighed.filter((one) => one.systematic).length + (like?.systematic ? head.others : 0)
  const left = weighed.filter(({ leaves }) => leaves).length + (like === undefined ? 0 : head.others)
  return {
    systematicPercent: all === 0 ? 0 : Math.floor((100_000 * systematic) / all) / 1000,
    recordsLeft: left,
  }
}
