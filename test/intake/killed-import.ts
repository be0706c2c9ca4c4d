// Child process of import-facts.test.ts: imports in small slices and says each time a commit was acknowledged.
import type { RegisterStore } from '../../src/register/store.ts'
import { importFile, joinsMapping, openClubRegister, publishClub } from './club.ts'

const [folder = '', path = '', sliceRows = ''] = process.argv.slice(2)
const register = await openClubRegister(folder)
await publishClub(register)
const { store } = register
const announcing: RegisterStore = {
  ...store,
  async transaction(work) {
    const result = await store.transaction(work)
    process.stdout.write('acknowledged\n')
    return result
  },
}
await importFile({ ...register, store: announcing }, path, joinsMapping, { sliceRows: Number(sliceRows) })
process.stdout.write('finished\n')
