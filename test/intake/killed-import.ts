// Child process of import-facts.test.ts: imports in small slices, says when a commit was acknowledged, and stops for
// ever inside a later transaction, so that its parent kills it with rows written and not committed.

import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { openOn } from '../register/open-on.ts'
import { importFile, joinsMapping, publishClub } from './club.ts'

const [folder = '', template = '', path = '', sliceRows = '', commits = ''] = process.argv.slice(2)
const register = await openOn(await openPgliteStore({ folder, template }))
await publishClub(register)
const { store } = register
let acknowledged = 0
const announcing: RegisterStore = {
  ...store,
  async transaction(work) {
    const result = await store.transaction(async (session) => {
      const done = await work(session)
      if (acknowledged < Number(commits)) return done
      process.stdout.write('in flight\n')
      return new Promise<never>(() => {})
    })
    acknowledged++
    process.stdout.write('acknowledged\n')
    return result
  },
}
await importFile({ ...register, store: announcing }, path, joinsMapping, { sliceRows: Number(sliceRows) })
process.stdout.write('finished\n')
