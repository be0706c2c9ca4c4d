// A few generated registers judged both ways, as one hash: run by a test in processes that live in other places.
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { compileFor } from '../../src/decide/decide-set.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { loadWorld, worldTable } from './load-world.ts'
import { worlds } from './random-world.ts'

const engine = await openSetEngine({
  file: ':memory:',
  temporaryFolder: join(tmpdir(), `fairshare-elsewhere-${process.pid}`),
})
const hash = createHash('sha256')
let judged = 0
for (const world of fc.sample(worlds(60), { numRuns: 12, seed: 2017 })) {
  const plan = planDecision(world.request, world.book)
  for (const { record } of world.people.rows) hash.update(JSON.stringify(judgeRecord(plan, record)))
  await loadWorld(engine, world.people)
  const { artefact } = await compileFor(engine, plan, worldTable)
  const rows = await engine.rows(`select * from (${artefact}) order by ordinal`)
  hash.update(artefact).update(JSON.stringify(rows))
  judged += rows.length
}
await engine.close()
process.stdout.write(`${judged} ${hash.digest('hex')} ${new Date(0).getHours()} ${(1.5).toLocaleString()}`)
