// Every case of this folder, judged by the reference and by the compiled SQL, against what a person wrote down to expect.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { instantToIso } from '../../src/model/instant.ts'
import { type DecidedCase, decideCase, type Found } from './decide-case.ts'
import { type Case, caseFolders, expectedOf, readCase } from './read-case.ts'
import { tellFile, tellPerson, tellPrimary } from './tell-difference.ts'

let engine: SetEngine

beforeAll(async () => {
  engine = await openSetEngine({
    file: ':memory:',
    temporaryFolder: join(tmpdir(), `fairshare-cases-${process.pid}`),
  })
})
afterAll(() => engine.close())

describe('case', () => {
  it.each(caseFolders())('%s', async (slug) => {
    const read = readCase(slug)
    const told: string[] = []
    for (const request of read.requests) {
      const lines = differences(read, await decideCase(engine, read, request))
      const which = read.head.asks === undefined ? '' : `${request.id}, `
      if (lines.length > 0) told.push(`${which}released ${instantToIso(request.releaseAt)}`, ...lines)
    }
    if (told.length > 0)
      expect.fail([`${slug} “${read.head.title}” (${read.head.law})`, ...told].join('\n  '))
  })
})

function differences(read: Case, decided: DecidedCase): string[] {
  const { people } = read
  const { plan, reference, compiled, file } = decided
  const expected = expectedOf(read, plan.request)
  const lines = Object.keys(people).flatMap((name): string[] => {
    const wanted = expected.people[name]!
    const judged = reference.get(name)
    const facts = { ...plan.requestFacts, ...judged?.notice.facts, ...judged?.facts }
    const byReference = tellPerson(name, wanted, judged?.verdict as Found | undefined, { plan, facts })
    const inSql = people[name]!.changed ? [] : tellPerson(name, wanted, compiled.get(name), { plan, facts })
    return [
      ...byReference,
      ...tellPrimary(name, wanted, judged?.verdict.primary),
      ...(inSql.join() === byReference.join()
        ? []
        : ['in the compiled SQL, unlike the reference:', ...inSql]),
    ]
  })
  return [...tellFile(expected, file, { plan, facts: plan.requestFacts }), ...lines]
}
