// The drill for a register in PostgreSQL, whose database is copied by PostgreSQL: the newest copy goes on, an older one is
// refused by what was signed last, and by nothing else, which is why `last-signed` is never restored with it.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkLog } from '../../src/register/check-log.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { backUp } from '../../src/service/back-up.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { askAndApprove, foundClub, hour, openClub, start, statement } from '../release/small-club.ts'

const folders = newFolder('backup-postgres')
const home = join(folders.path, 'club')
/** Copies of the database, made as `create database … template` makes them: as PostgreSQL's own tools, whole and of one moment. */
let older: string
let newest: string
let database: string

const nameOf = (url: string) => new URL(url).pathname.slice(1)
const opened = (databaseUrl: string) => openClub({ home, databaseUrl, clock: { at: start + hour } })

beforeAll(async () => {
  database = await newDatabase()
  const club = await foundClub({ home, databaseUrl: database })
  await askAndApprove(club, 'letter')
  await releaseRequest(await club.context(), 'letter')
  await club.close()
  older = await newDatabase(nameOf(database))
  const later = await opened(database)
  await withdrawConsent(later.app.register, statement(3, start + hour))
  await askAndApprove(later, 'second')
  await releaseRequest(await later.context(), 'second')
  await later.close()
  newest = await newDatabase(nameOf(database))
})
afterAll(() => folders.remove())

test('the embedded store’s backup is refused for it, and says what to use', async () => {
  const club = await opened(database)
  const tried = backUp(club.app, { out: join(folders.path, 'out'), keepDays: 1, onStep: () => {} })
  await expect(tried).rejects.toMatchObject({ code: 'backup.database' })
  await club.close()
})

test('a database set back to an older copy is not opened, so nothing is recorded or signed', async () => {
  await expect(opened(older)).rejects.toMatchObject({ code: 'log.forked' })
})

test('the newest copy goes on, the projection made anew', async () => {
  rmSync(join(home, 'projection.duckdb'))
  const club = await opened(newest)
  expect(await checkLog(club.app.register, club.app.log)).toMatchObject({ holds: true })
  await askAndApprove(club, 'third')
  expect((await releaseRequest(await club.context(), 'third')).release).toBeDefined()
  await club.close()
})

test('an older copy restored together with last-signed is noticed by nobody here', async () => {
  const set = join(folders.path, 'set-back')
  cpSync(home, set, { recursive: true })
  const signedPath = join(set, 'keys', 'last-signed')
  const signed = readFileSync(signedPath)
  rmSync(signedPath)
  const copy = await newDatabase(nameOf(older))
  const club = await openClub({ home: set, databaseUrl: copy, clock: { at: start + hour } })
  // Only the published log beside it still knows; with that restored too, only who kept a checkpoint.
  expect(await checkLog(club.app.register, club.app.log)).toMatchObject({ holds: false })
  await club.close()
  expect(signed.length).toBeGreaterThan(64)
})
