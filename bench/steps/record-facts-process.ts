// One writing process of several: opens the register, says so, and when it is told to, records facts one after the other.
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import { openRegister } from '../../src/register/open-register.ts'
import { readMigrations } from '../../src/service/open-app.ts'
import { recordFacts } from './record-facts.ts'

const told: { keys: string; url: string; each: number; people: number } = JSON.parse(process.argv[2] ?? '')
const store = await openPostgresStore({ url: told.url, connectionsMax: 2 })
const register = await openRegister({
  store,
  keys: openFileKeyRing({ folder: told.keys, create: false }),
  migrations: await readMigrations(),
  now: () => Date.now() * 1000,
})
await recordFacts(register, { writers: 1, each: 0, waiting: 1, people: told.people })
process.stdout.write('ready\n')
for await (const _ of process.stdin);
await recordFacts(register, { writers: 1, each: told.each, waiting: 1, people: told.people })
process.stdout.write('done\n')
await store.close()
