// A decision replayed with the app open; its facts are worked out in an engine that is thrown away, whatever happens.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openSetEngine } from '../adapters/duckdb/open-set-engine.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { OnStep } from '../release/decision-context.ts'
import { findDecision, type Replay, replayDecision } from '../release/replay-decision.ts'
import type { App } from './open-app.ts'
import { locateAgain } from './read-request-file.ts'

export type ReplayWanted = {
  /** A request, with or without the position of its decision, or the position alone. */
  decision: string
  facts: boolean
  /** Folder that dataset locations are relative to; undefined = where the check found the file. */
  policyFolder?: string
  onStep?: OnStep
}

export async function replayRequest(app: App, wanted: ReplayWanted): Promise<Replay> {
  const { policyFolder, onStep } = wanted
  const decision = await findDecision(app.register.store, wanted.decision)
  const context = await app.decisionContext(await locateAgain(app, policyFolder))
  const options = onStep === undefined ? {} : { onStep }
  if (!wanted.facts) return replayDecision(context, decision, options)
  return withOwnEngine(app, (facts) => replayDecision(context, decision, { ...options, facts }))
}

/** In the folder that is emptied when the app opens: a crash leaves nothing for long either. */
async function withOwnEngine<T>(
  { configuration: { home, memoryLimit } }: Pick<App, 'configuration'>,
  work: (engine: SetEngine) => Promise<T>,
): Promise<T> {
  const folder = join(home, 'temporary', 'replay')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const engine = await openSetEngine({
      file: join(folder, 'facts.duckdb'),
      temporaryFolder: join(folder, 'temporary'),
      memoryLimit,
    })
    try {
      return await work(engine)
    } finally {
      await engine.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
