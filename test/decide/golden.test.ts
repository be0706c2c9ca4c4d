// Golden SQL: what four requests compile to, set out to be read. A change in a rule, a fact or the compiler shows here.
//   node_modules/.bin/vitest run test/decide/golden.test.ts -u     writes the files anew; read the difference before keeping it
import { expect, test } from 'vitest'
import { compileDecision } from '../../src/decide/compile-decision.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { goldenNumbers, goldenPolicy, goldenRequests } from './golden-policy.ts'
import { readableDecision } from './readable-sql.ts'
import { shippedBook } from './shipped-packs.ts'

test.each(Object.entries(goldenRequests))('%s compiles to the SQL on file', async (name, request) => {
  const plan = planDecision(request, shippedBook({ policy: goldenPolicy, numbers: goldenNumbers }))
  const compiled = compileDecision(plan, 'dataset_1')
  const readable = readableDecision(plan, compiled)
  // Set out, it is still the same statement.
  expect(tokens(readable.replaceAll(/-- .*$/gm, ''))).toBe(tokens(compiled.artefact))
  await expect(readable).toMatchFileSnapshot(`golden/${name}.sql`)
})

const tokens = (sql: string) => sql.replaceAll(/\s/g, '')
