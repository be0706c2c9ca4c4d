// Several processes work on one register in PostgreSQL, each with a projection and an outbox of its own: positions stay dense,
// nothing leaves twice, nothing is given up that may have left, and all of them sign one history.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { openCheckpoint } from '../../src/log/checkpoint.ts'
import { leafHash, MerkleRoot } from '../../src/log/merkle.ts'
import { logVerifier } from '../../src/register/publish-log.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { abandonRequest } from '../../src/release/abandon-release.ts'
import { catchUpProjection } from '../../src/release/catch-up-projection.ts'
import { linkConfidenceMin } from '../../src/release/project-links.ts'
import { readReleases } from '../../src/release/read-release.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { newDatabase, newFolder, type PreparedClub, prepareClub } from '../release/club-places.ts'
import { askAndApprove, openClub } from '../release/small-club.ts'

const folders = newFolder('processes')
afterAll(() => folders.remove())

type Told = {
  acknowledged: number[]
  checkpoints: string[]
  /** Request → what came of it, in the order they were tried. */
  released: [string, string][]
  position: number
}

/** What a process is told of a request whose answer, or whose sealed file, lies in another one's data folder. */
const elsewhere = ['decision.changed', 'outbox.elsewhere', 'request.not_found', 'approval.missing']

const script = join(import.meta.dirname, 'work-beside-others.ts')

async function work(home: string, databaseUrl: string, name: string, others: string): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, home, databaseUrl, name, others])
  return JSON.parse(stdout)
}

/** Another machine: the keys are the same, and nothing else is shared. */
function besideHome({ home }: PreparedClub, name: string): string {
  const beside = `${home}-${name}`
  mkdirSync(beside)
  for (const part of ['data', 'acorn', 'people.txt'])
    cpSync(join(home, part), join(beside, part), { recursive: true })
  symlinkSync(join(home, 'keys'), join(beside, 'keys'))
  return beside
}

test('three processes at once record, ask, release and publish: once each, in one history, which an older copy cannot continue', async () => {
  const club = await prepareClub(join(folders.path, 'club'), (one) => askAndApprove(one, 'letter'))
  const homes = [club.home, besideHome(club, 'b'), besideHome(club, 'c')]
  const databaseUrl = await newDatabase(club.database)
  const earlier = await newDatabase(club.database)
  const told = await Promise.all([
    work(homes[0]!, databaseUrl, 'a', 'letter,letter'),
    work(homes[1]!, databaseUrl, 'b', 'letter-a'),
    work(homes[2]!, databaseUrl, 'c', 'letter,letter-b'),
  ])

  const reopened = await openClub({ home: homes[0]!, databaseUrl })
  const { register } = reopened.app
  const batches = await register.store.query<{ position: number; entry: Uint8Array }>(
    'select position, entry from register.batch order by position',
  )
  expect(batches.map(({ position }) => position)).toEqual(batches.map((_, n) => n + 1))
  const acknowledged = told.flatMap((one) => one.acknowledged)
  expect(acknowledged).toHaveLength(3 * 16)
  expect(new Set(acknowledged).size).toBe(3 * 16)

  const delivered = await readDocuments(register.store, { kind: 'release.delivered' })
  const outcomes = told.flatMap(({ released }) => released)
  expect(outcomes.filter(([, outcome]) => outcome.startsWith('delivered'))).toHaveLength(delivered.length)
  const turnedAway = outcomes
    .map(([, outcome]) => outcome)
    .filter((outcome) => !/^(delivered|found done)/.test(outcome))
  expect(new Set([...turnedAway, ...elsewhere])).toEqual(new Set(elsewhere))
  const committed = await readDocuments(register.store, { kind: 'release.committed' })
  for (const documents of [committed, delivered])
    expect(new Set(documents.map(({ about }) => about)).size).toBe(documents.length)
  for (const [n, home] of homes.entries()) expect(told[n]!.released[0]![1]).toContain(`delivered to ${home}/`)
  const signed = told
    .flatMap(({ checkpoints }) => checkpoints)
    .map((note) => openCheckpoint(note, logVerifier(register)))
  expect(signed.length).toBeGreaterThan(12)
  const tree = new MerkleRoot()
  const roots = batches.map(({ entry }) => {
    tree.addLeafHash(leafHash(entry))
    return Buffer.from(tree.root()).toString('hex')
  })
  for (const { size, root } of signed)
    expect(Buffer.from(root).toString('hex'), `${size}`).toBe(roots[size - 1])
  await reopened.close()

  const [facts] = await countFacts(homes, databaseUrl)
  expect(await countFacts(homes, databaseUrl)).toEqual(homes.map(() => facts))
  // The second place is shared with the keys: whichever process opens an older copy sees that another has signed more.
  for (const home of homes)
    await expect(openClub({ home, databaseUrl: earlier })).rejects.toMatchObject({ code: 'log.forked' })
}, 180_000)

test.each(['sealed', 'renamed'])(
  'what another process sealed and may have made visible (it died at %s) is nobody else’s to give up',
  async (point) => {
    const prepared = await prepareClub(join(folders.path, `died-${point}`), (one) =>
      askAndApprove(one, 'letter'),
    )
    const databaseUrl = await newDatabase(prepared.database)
    const died = new Error('died')
    const at = (passed: string) => {
      if (passed === point) throw died
    }
    const first = await openClub({ home: prepared.home, databaseUrl })
    await expect(releaseRequest(await first.context(), 'letter', { at })).rejects.toBe(died)
    await first.close()

    const beside = await openClub({ home: besideHome(prepared, 'beside'), databaseUrl })
    await expect(
      abandonRequest(await beside.context(), 'letter', 'asked for by mistake'),
    ).rejects.toMatchObject({ code: 'outbox.elsewhere' })
    expect((await readReleases(beside.app.register.store))[0]?.abandoned).toBeUndefined()
    await beside.close()

    const again = await openClub({ home: prepared.home, databaseUrl })
    expect(await releaseRequest(await again.context(), 'letter')).toMatchObject({ released: 40 })
    expect((await readReleases(again.app.register.store))[0]?.delivered).toBeDefined()
    await again.close()
  },
  60_000,
)

/** What each projection holds, and the register: the same. */
async function countFacts(homes: readonly string[], databaseUrl: string): Promise<number[]> {
  const counts: number[] = []
  for (const home of homes) {
    const { app, close, context } = await openClub({ home, databaseUrl })
    await catchUpProjection(app.register, app.engine, linkConfidenceMin((await context()).packs))
    const [projected] = await app.engine.rows<{ count: number }>(
      'select count(*)::integer as count from objection',
    )
    const [recorded] = await app.register.store.query<{ count: number }>(
      'select count(*)::int4 as count from register.event where kind = 4',
    )
    expect(projected).toEqual(recorded)
    counts.push(projected!.count)
    await close()
  }
  return counts
}
