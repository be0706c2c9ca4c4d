// `fairshare check` as a whole, beats 3 and 4: decided, counted, the artefact written durably and recorded.
import { join } from 'node:path'
import { checkRequest } from '../../src/release/check-request.ts'
import { readRequestFile } from '../../src/service/read-request-file.ts'
import { type Beat, decisionContext, example, withApp } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

export async function checkBeats(context: StepContext): Promise<Figure[]> {
  return withApp(context, async (app) => {
    const deciding = await decisionContext(app, context)
    const check = async (beat: Beat, way: string): Promise<Figure> => {
      const request = await readRequestFile(join(example, 'requests', `${beat}.yaml`), deciding.policy)
      const seconds: number[] = []
      const counts = { considered: 0, allowed: 0 }
      for (let round = 0; round < context.rounds; round++) {
        seconds.push(
          await secondsOf(async () => {
            const { considered, outcomes } = await checkRequest(deciding, request)
            counts.considered = considered
            counts.allowed = outcomes.allow + outcomes.transform
          }),
        )
      }
      return {
        ...timed(`check ${way}, from request to recorded decision`, counts.considered, 'rows', seconds),
        counts,
      }
    }
    return [await check('3-acorn-post', 'by post'), await check('4-acorn-email', 'by e-mail')]
  })
}
