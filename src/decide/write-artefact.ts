// The artefact of a decision: every record with its facts, masks and outcome, in the order of the file.
import type { SetEngine } from './set-engine.ts'

/** First made, then put in order: the joins and the sort of a million wide rows do not fit into the engine's limit together. */
export async function writeArtefact(
  engine: SetEngine,
  artefact: string,
  path: string,
): Promise<{ sha256: string; sizeBytes: number }> {
  await engine.run(`create or replace temp table wide as ${artefact}`)
  try {
    return await engine.writeParquet('select * from wide order by ordinal', path)
  } finally {
    await engine.run('drop table wide')
  }
}
