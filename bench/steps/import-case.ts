// Imports every file of facts of the case into an empty register, as `fairshare case` does.
import { join } from 'node:path'
import { factFiles } from '../../examples/baby-club-2017/fact-files.ts'
import { generate } from '../../examples/baby-club-2017/generate.ts'
import { importFile } from '../../src/service/import-file.ts'
import { publishPolicyFolders } from '../../src/service/publish-policy-folders.ts'
import { dataFolder, example, withApp } from '../case-home.ts'
import { caseSize, type Figure, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const importSecondsMax = 60

export async function importCase(context: StepContext): Promise<Figure[]> {
  const { files } = await generate(dataFolder(context), context.people)
  let events = 0
  let seconds = 0
  await withApp(context, async (app) => {
    // Facts can only be imported under notices that are published: all of them, so that all files go in one after the other.
    const folders = [join(example, 'policy'), join(example, 'policy-2018-01')]
    await publishPolicyFolders(app, folders, 'Dana Whitlock')
    const before = performance.now()
    for (const { file, mapping } of factFiles) {
      const { path, format } = files[file]!
      const imported = await importFile(app, {
        file: path,
        format,
        mapping: join(example, 'mappings', mapping),
      })
      events += imported.events
    }
    seconds = (performance.now() - before) / 1000
  })
  const onPostgres = context.postgresUrl !== undefined
  const figure: Figure = {
    ...timed(`import of the case into ${onPostgres ? 'PostgreSQL' : 'PGlite'}`, events, 'events', [seconds]),
    counts: { events },
  }
  if (!onPostgres && context.people >= caseSize)
    figure.aim = { says: `≤ ${importSecondsMax} s`, met: seconds <= importSecondsMax }
  return [figure]
}
