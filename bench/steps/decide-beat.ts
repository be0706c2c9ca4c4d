// Beats 3 and 4 over the case, without a register open: what deciding a set takes, and what keeping the artefact adds.

import { join } from 'node:path'
import { compileDecision } from '../../src/decide/compile-decision.ts'
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import { writeArtefact } from '../../src/decide/write-artefact.ts'
import { type Beat, openProjection, planBeat, readBook } from '../case-home.ts'
import { compareDecision } from '../compare-decision.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import { byEmail, byPost } from '../hand-written.ts'
import type { StepContext } from '../step-context.ts'

export function decideByPost(context: StepContext): Promise<Figure[]> {
  return decideBeat(context, { beat: '3-acorn-post', request: 'beat 3 by post', handWritten: byPost })
}

export function decideByEmail(context: StepContext): Promise<Figure[]> {
  return decideBeat(context, { beat: '4-acorn-email', request: 'beat 4 by e-mail', handWritten: byEmail })
}

type Wanted = {
  beat: Beat
  request: string
  handWritten: (numbers: PolicyNumbers, datasetTable: string) => string
}

async function decideBeat(context: StepContext, { beat, request, handWritten }: Wanted): Promise<Figure[]> {
  const book = readBook(context)
  const plan = await planBeat(beat, book)
  const engine = await openProjection(context)
  try {
    const figures = await compareDecision(engine, {
      request,
      plan,
      datasetTable: book.table,
      byHand: handWritten(book.numbers, book.table),
      rounds: context.rounds,
    })
    const rows = figures[0]!.size.count
    const { artefact } = compileDecision(plan, book.table)
    const seconds = await secondsOf(() =>
      writeArtefact(engine, artefact, join(context.folder, 'decided.parquet')),
    )
    return [...figures, timed(`artefact, ${request}`, rows, 'rows', [seconds])]
  } finally {
    await engine.close()
  }
}
