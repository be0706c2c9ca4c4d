// The same two requests over people made by arithmetic, ten million unless told otherwise, in the engine as the program opens it.
import { openProjection, planBeat, readBook } from '../case-home.ts'
import { compareDecision } from '../compare-decision.ts'
import type { Figure } from '../figure.ts'
import { byEmail, byPost } from '../hand-written.ts'
import type { StepContext } from '../step-context.ts'
import { makeSyntheticProjection } from '../synthetic-projection.ts'

/** A round takes long, and varies little. */
const roundsMax = 3

export async function decideSynthetic(context: StepContext): Promise<Figure[]> {
  const book = readBook(context)
  const engine = await openProjection(context, 'synthetic.duckdb')
  try {
    const datasetTable = await makeSyntheticProjection(engine, context.syntheticPeople, book)
    const rounds = Math.min(context.rounds, roundsMax)
    const post = await compareDecision(engine, {
      request: 'synthetic, by post',
      plan: await planBeat('3-acorn-post', book),
      datasetTable,
      byHand: byPost(book.numbers, datasetTable),
      rounds,
    })
    await engine.run('drop table decided')
    const email = await compareDecision(engine, {
      request: 'synthetic, by e-mail',
      plan: await planBeat('4-acorn-email', book),
      datasetTable,
      byHand: byEmail(book.numbers, datasetTable),
      rounds,
    })
    return [...post, ...email]
  } finally {
    await engine.close()
  }
}
