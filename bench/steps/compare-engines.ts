// The same question put to five engines over the same people, each given them in the form it likes best, already in memory.
import { join } from 'node:path'
import { createMongoAbility } from '@casl/ability'
import {
  type AuthorizationAnswer,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs'
import { newEnforcer, newModelFromString } from 'casbin'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { compileExpression, sqlName } from '../../src/decide/compile-expression.ts'
import { interpret } from '../../src/decide/interpret.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import {
  bornOnAdultMax,
  makePeople,
  type PersonFacts,
  personFacts,
  releaseOn,
  sharingAllowed,
} from '../one-rule-set.ts'
import type { StepContext } from '../step-context.ts'

type Candidate = {
  name: string
  /** Slow ones get only the first so many people. */
  peopleMax?: number
  countAllowed(people: readonly PersonFacts[]): Promise<number> | number
}

export async function compareEngines({ folder, enginePeople, rounds }: StepContext): Promise<Figure[]> {
  const people = makePeople(enginePeople)
  const engine = await openSetEngine({ file: ':memory:', temporaryFolder: join(folder, 'engines-temporary') })
  try {
    await loadPeople(engine, people)
    const [ours, ...others] = await measureAll(
      [compiledRule(engine), interpretedRule(), casl(), await casbin(), cedar()],
      people,
      rounds,
    )
    return [
      ours!,
      ...others.map((figure) => ({
        ...figure,
        against: { ratio: ours!.perSecond / figure.perSecond, what: 'ours, compiled' },
      })),
    ]
  } finally {
    await engine.close()
  }
}

/** In turn, round by round, and all of them must allow the same people in number. */
async function measureAll(
  candidates: readonly Candidate[],
  people: readonly PersonFacts[],
  rounds: number,
): Promise<Figure[]> {
  const rule = sharingAllowed()
  const measured = candidates.map((candidate) => {
    const given = people.slice(0, candidate.peopleMax)
    const expected = given.filter((person) => interpret(rule, person) === true).length
    return { candidate, given, expected, seconds: [] as number[] }
  })
  for (let round = 0; round < rounds; round++) {
    for (const { candidate, given, expected, seconds } of measured) {
      let allowed = 0
      seconds.push(
        await secondsOf(async () => {
          allowed = await candidate.countAllowed(given)
        }),
      )
      if (allowed !== expected)
        throw new Error(`${candidate.name} allows ${allowed} people, the reference ${expected}`)
    }
  }
  return measured.map(({ candidate, given, expected, seconds }) => ({
    ...timed(`one rule set: ${candidate.name}`, given.length, 'people', seconds),
    counts: { people: given.length, allowed: expected },
  }))
}

// --- ours ----------------------------------------------------------------------------------------------------------

async function loadPeople(engine: SetEngine, people: readonly PersonFacts[]): Promise<void> {
  const columns = personFacts.map(
    (name) => `${sqlName(name)} ${typeof people[0]?.[name] === 'boolean' ? 'boolean' : 'integer'}`,
  )
  await engine.run(`create table person (${columns.join(', ')})`)
  const lines = people.map((person) => `${personFacts.map((name) => person[name]).join('\t')}\n`)
  await engine.load('person', personFacts.map(sqlName), [Buffer.from(lines.join(''))])
}

/** A verdict for each person is made and kept, as for a file; only then are they counted. */
function compiledRule(engine: SetEngine): Candidate {
  const verdict = `coalesce(${compileExpression(sharingAllowed(), sqlName)}, false)`
  return {
    name: 'ours, compiled',
    async countAllowed() {
      await engine.run(`create or replace temp table verdict as select ${verdict} as allowed from person`)
      const [found] = await engine.rows<{ count: number }>(
        'select count(*)::bigint as count from verdict where allowed',
      )
      return found!.count
    },
  }
}

function interpretedRule(): Candidate {
  const rule = sharingAllowed()
  return {
    name: 'ours, interpreted',
    countAllowed: (people) => people.filter((person) => interpret(rule, person) === true).length,
  }
}

// --- others --------------------------------------------------------------------------------------------------------

function casl(): Candidate {
  const conditions = {
    purposeGranted: true,
    objected: false,
    bornOn: { $lte: bornOnAdultMax },
    recipientTold: true,
    agreementUntil: { $gt: releaseOn },
  }
  const ability = createMongoAbility<[string, PersonFacts | 'Person']>(
    [{ action: 'share', subject: 'Person', conditions }],
    {
      detectSubjectType: () => 'Person',
    },
  )
  return {
    name: 'CASL',
    countAllowed: (people) => people.filter((person) => ability.can('share', person)).length,
  }
}

async function casbin(): Promise<Candidate> {
  const enforcer = await newEnforcer(
    newModelFromString(`
[request_definition]
r = person
[policy_definition]
p = person
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.person.purposeGranted && !r.person.objected && r.person.bornOn <= ${bornOnAdultMax} && r.person.recipientTold && r.person.agreementUntil > ${releaseOn}
`),
  )
  return {
    name: 'node-casbin',
    countAllowed: (people) => people.filter((person) => enforcer.enforceSync(person)).length,
  }
}

/** Policies parsed once; what varies goes in as the context, which costs it less than an entity with attributes. */
function cedar(): Candidate {
  const answer = preparsePolicySet('sharing', {
    staticPolicies: `permit (principal, action == Action::"share", resource) when {
      context.purposeGranted && !context.objected && context.bornOn <= ${bornOnAdultMax} && context.recipientTold && context.agreementUntil > ${releaseOn}
    };`,
  })
  if (answer.type !== 'success') throw new Error(`cedar does not take the policy: ${JSON.stringify(answer)}`)
  const ask = (context: PersonFacts): AuthorizationAnswer =>
    statefulIsAuthorized({
      principal: { type: 'Recipient', id: 'brand' },
      action: { type: 'Action', id: 'share' },
      resource: { type: 'Person', id: 'person' },
      context,
      preparsedPolicySetId: 'sharing',
      entities: [],
    })
  return {
    name: 'cedar-wasm',
    peopleMax: 20_000,
    countAllowed: (people) =>
      people.filter((person) => {
        const said = ask(person)
        return said.type === 'success' && said.response.decision === 'allow'
      }).length,
  }
}
