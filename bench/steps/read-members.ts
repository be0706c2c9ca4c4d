// Reads the customer file that beats 3 and 4 ask for: keys looked up, unknown people enrolled, dates and codes kept.
import { catchUpProjection } from '../../src/release/catch-up-projection.ts'
import { loadDataset } from '../../src/release/load-dataset.ts'
import { linkConfidenceMin } from '../../src/release/project-links.ts'
import { decisionContext, keepBook, withApp } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

export async function readMembers(context: StepContext): Promise<Figure[]> {
  return withApp(context, async (app) => {
    const deciding = await decisionContext(app, context)
    const dataset = deciding.policy.datasets.find(({ id }) => id === 'members-2018')
    if (dataset === undefined) throw new Error('the policy declares no dataset members-2018')
    let rows = 0
    let enrolled = 0
    const seconds = await secondsOf(async () => {
      const loaded = await loadDataset(deciding, dataset)
      ;({ rows, enrolled } = loaded)
      keepBook(context, {
        policy: deciding.policy,
        numbers: (await deciding.readBook()).numbers,
        table: loaded.table,
      })
    })
    // The enrolment is a batch without events; the steps that follow find nothing left to catch up with.
    await catchUpProjection(deciding.register, deciding.engine, linkConfidenceMin(deciding.packs))
    return [{ ...timed('reading members-2018.parquet', rows, 'rows', [seconds]), counts: { rows, enrolled } }]
  })
}
