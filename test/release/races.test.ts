// What histories cannot be made to meet on purpose (`histories.test.ts` has the rest): a stop that bears a later time, one
// that comes between two seals because files were lost, and two machines at the same release at the same moment.
import { cpSync, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { SealedBody } from '../../src/model/release.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { followUp } from '../../src/release/follow-up.ts'
import type { AtPoint } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { findDecision, replayDecision } from '../../src/release/replay-decision.ts'
import { newDatabase, newFolder } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  foundClub,
  minute,
  open,
  openClub,
  openRemoval,
  recipient,
  refsOfPeople,
  statement,
} from './small-club.ts'

const folders = newFolder('races')
afterAll(() => folders.remove())

class Died extends Error {}

/** Whom removals call back from each release, however many removals that took; oldest release first, nobody twice. */
async function recalledIn(
  club: Club,
  removals: readonly { release: string; folder: string }[],
): Promise<{ release: string; recalled: number[] }[]> {
  const found = new Map<string, number[]>()
  for (const { release, folder } of removals) {
    const names = await refsOfPeople(club, release)
    const people = (await openRemoval(club, folder)).map((ref) => names.subjectOf(ref)!)
    found.set(release, [...(found.get(release) ?? []), ...people])
  }
  return [...found]
    .map(([release, recalled]) => ({ release, recalled: recalled.sort((a, b) => a - b) }))
    .sort((a, b) => Number(a.release.split('@')[1]) - Number(b.release.split('@')[1]))
}

describe('a stop that bears a later time than the release', () => {
  test('is honoured when it was acknowledged before the question was put', async () => {
    const databaseUrl = await newDatabase()
    const club = await foundClub({ home: join(folders.path, 'ahead'), databaseUrl })
    const { clock, app } = club
    // Asked about five minutes ago: what has happened since is on record, and later than the moment asked about.
    await withdrawConsent(app.register, statement(7, clock.at))
    const { outcomes } = await askAndApprove(club, 'ahead', { releaseAt: clock.at - 5 * minute })
    expect(outcomes.allow).toBe(club.people)
    const { released, folder } = await releaseRequest(await club.context(), 'ahead')
    const { subjects } = await open(club, folder!, join(folders.path, 'ahead-opened'))
    expect(subjects).not.toContain(7)
    expect(released).toBe(club.people - 1)
    await club.close()
  })
})

describe('a stop between a seal whose files are lost and the next seal', () => {
  test.each([
    ['after the first seal', 0],
    ['after a seal that three rounds of stops preceded', 3],
  ])('keeps her out, or recalls her: %s', async (_, rounds) => {
    const databaseUrl = await newDatabase()
    const home = join(folders.path, `lost-${rounds}`)
    const club = await foundClub({ home, databaseUrl })
    const { app, clock } = club
    await askAndApprove(club, 'lost')
    let round = 0
    const objects = (subject: number) =>
      objectToProcessing(app.register, { ...statement(subject, clock.at), qualifier: 'marketing' })
    const at: AtPoint = async (point) => {
      if (point === 'before-gate' && round < rounds + 1) await objects(1 + round++)
      if (point === 'checkpoint-signed') throw new Died()
    }
    await expect(releaseRequest(await club.context(), 'lost', { at })).rejects.toThrow(Died)
    await objects(20)
    await rm(join(home, 'outbox', '.staging'), { recursive: true })
    const { release, folder, recalls } = await releaseRequest(await club.context(), 'lost')
    const { subjects } = await open(club, folder!, join(home, 'opened'))
    const removals = [...recalls, ...(await followUp(await club.context()))]
    const recalled = (await recalledIn(club, removals)).flatMap((one) => one.recalled)
    expect(removals.every((one) => one.release === release)).toBe(true)
    const gone = [...Array.from({ length: round }, (_, n) => n + 1), 20]
    expect(subjects.filter((subject) => !recalled.includes(subject))).toEqual(
      Array.from({ length: club.people }, (_, n) => n + 1).filter((subject) => !gone.includes(subject)),
    )
    await club.close()
  })
})

describe('two machines that release the same at once', () => {
  test('commit once, seal each state once, deliver once; and the decision replays, on PostgreSQL too', async () => {
    const databaseUrl = await newDatabase()
    const [home, other] = [join(folders.path, 'first'), join(folders.path, 'second')]
    const club = await foundClub({ home, databaseUrl, people: 12 })
    const { register } = club.app
    // A home of its own, as two machines have that share one register and its keys.
    cpSync(home, other, { recursive: true, filter: (path) => !/projection|temporary/.test(path) })
    const second = await openClub({ home: other, databaseUrl, clock: club.clock })
    await askAndApprove(club, 'both')
    cpSync(join(home, 'decisions'), join(other, 'decisions'), { recursive: true })
    const spoken: number[] = []
    const at: AtPoint = async (point) => {
      if (point !== 'proof-sealed' || spoken.length === 2) return
      const subject = spoken.push(0)
      const { position } = await withdrawConsent(register, statement(subject, club.clock.at))
      spoken[subject - 1] = position
    }
    const contexts = await Promise.all([club.context(), second.context()])
    const outcomes = await Promise.allSettled(
      contexts.map((context) => releaseRequest(context, 'both', { at })),
    )
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'release.contended' })
    const again = await releaseRequest(contexts[outcomes[0]!.status === 'fulfilled' ? 0 : 1]!, 'both')

    const kinds = ['release.committed', 'release.amended', 'release.sealed', 'release.delivered']
    const documents = await readDocuments(register.store, { kind: kinds, about: again.release })
    const of = (kind: string) => documents.filter((document) => document.kind === kind)
    const seals = of('release.sealed').map(({ body }) => (JSON.parse(body) as SealedBody).asOf)
    expect([of('release.committed').length, of('release.delivered').length]).toEqual([1, 1])
    expect(new Set(seals).size).toBe(seals.length)
    expect(documents.at(-1)!.kind).toBe('release.delivered')
    const visible = [home, other]
      .map((one) => join(one, 'outbox', recipient, again.release))
      .filter(existsSync)
    expect(visible).toEqual([again.folder])
    const { subjects } = await open(club, again.folder!, join(home, 'opened'))
    // One of the two may have spoken when the other machine had sealed already.
    const sealedAt = of('release.sealed').at(-1)!.position
    const everybody = Array.from({ length: club.people }, (_, n) => n + 1)
    expect(subjects).toEqual(everybody.filter((person) => !((spoken[person - 1] ?? sealedAt) < sealedAt)))

    const decision = await findDecision(register.store, 'both')
    expect(await replayDecision(contexts[0]!, decision)).toMatchObject({ answer: 'identical' })
    await second.close()
    await club.close()
  })
})
