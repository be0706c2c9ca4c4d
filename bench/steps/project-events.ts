// Fills an empty projection from the register, all events of the case.
import { catchUpProjection } from '../../src/release/catch-up-projection.ts'
import { linkConfidenceMin } from '../../src/release/project-links.ts'
import { shippedPacks } from '../../src/service/shipped-packs.ts'
import { withApp } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

export async function projectEvents(context: StepContext): Promise<Figure[]> {
  return withApp(context, async ({ register, engine }) => {
    let events = 0
    const seconds = await secondsOf(() =>
      catchUpProjection(register, engine, linkConfidenceMin(shippedPacks()), (progress) => {
        events = progress.total
      }),
    )
    return [
      {
        ...timed('projection catches up with the register', events, 'events', [seconds]),
        counts: { events },
      },
    ]
  })
}
