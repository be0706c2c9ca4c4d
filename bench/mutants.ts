// `npm run mutants`: how many slips in the shipped rules the cases of `test/cases/` notice. Each slip is made in one condition
// of one code, in every pack that has that condition, and asked of every person of every case, whose facts are worked out once.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { shippedPacks } from '../src/service/shipped-packs.ts'
import { caseFolders, readCase } from '../test/cases/read-case.ts'
import { sightingsOf } from './mutants/case-sightings.ts'
import { readExclusions, refutedBy } from './mutants/exclusions.ts'
import { type Judgement, judgeMutants } from './mutants/judge-mutants.ts'
import { readDefinitions } from './mutants/read-definitions.ts'

const aimPercent = 95

const { values } = parseArgs({
  options: {
    /** Cases whose folder begins so; all of them without it. */
    cases: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
})

const folders = caseFolders().filter((slug) => slug.startsWith(values.cases))
const seen = sightingsOf(folders.map(readCase))
const exclusions = readExclusions(readFileSync(new URL('mutants/exclusions.yaml', import.meta.url), 'utf8'))
const refuted = refutedBy(exclusions, seen.sightings)
const judged = judgeMutants({
  packs: shippedPacks(),
  definitions: readDefinitions(),
  sightings: seen.sightings,
  exclusions,
})
if (seen.people === 0 || judged.length === 0) throw new Error('there is nobody to ask, or no rule to spoil')
if (values.json)
  console.log(
    JSON.stringify({
      cases: folders.length,
      people: seen.people,
      disagreeing: seen.disagreeing,
      refuted,
      judged,
    }),
  )
else print(judged)
if (refuted.length > 0) process.exitCode = 1

function print(judgements: readonly Judgement[]): void {
  const all = tally(judgements)
  console.log(`${folders.length} cases, ${seen.people} people: ${inWords(all)}; the aim is ${aimPercent} %\n`)
  for (const name of new Set(judgements.map((judgement) => judgement.of))) {
    const of = judgements.filter((judgement) => judgement.of === name)
    console.log(`${name}  ${inWords(tally(of))}`)
    for (const { state, slip, because } of of) {
      if (state === 'survived') console.log(`      survived  ${slip}`)
      if (state === 'equivalent') console.log(`      the same  ${slip} (${because.join('; ')})`)
    }
  }
  for (const text of refuted) console.log(`exclusions.yaml is wrong: ${text}`)
  for (const where of seen.disagreeing) console.log(`not used, as the case itself fails: ${where}`)
}

type Tally = { killed: number; survived: number; equivalent: number }

function tally(judgements: readonly Judgement[]): Tally {
  const of = (state: Judgement['state']) => judgements.filter((judgement) => judgement.state === state).length
  return { killed: of('killed'), survived: of('survived'), equivalent: of('equivalent') }
}

function inWords({ killed, survived, equivalent }: Tally): string {
  const share = killed + survived === 0 ? 100 : (100 * killed) / (killed + survived)
  const same = equivalent === 0 ? '' : `, ${equivalent} shown to be the same`
  return `${killed} of ${killed + survived} slips noticed (${share.toFixed(1)} %)${same}`
}
