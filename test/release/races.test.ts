// People say stop while a release is being made, from several sides at once and at any moment. Whoever was acknowledged
// before the seal is not in the file; whoever came after is recalled, once; nobody else is lost.
import { cpSync, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import type { SealedBody } from '../../src/model/release.ts'
import { doubtIdentity } from '../../src/register/doubt-identity.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { openRegister } from '../../src/register/open-register.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { protectSubject } from '../../src/register/protect-subject.ts'
import { recordConsent } from '../../src/register/record-consent.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import type { Recorded } from '../../src/register/record-event.ts'
import type { Register } from '../../src/register/register.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import { restrictProcessing } from '../../src/register/restrict-processing.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { type ReleaseState, readRelease } from '../../src/release/read-release.ts'
import { type AtPoint, releasePoints } from '../../src/release/release-points.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { readMigrations } from '../global-setup.ts'
import { newDatabase, newFolder } from './club-places.ts'
import {
  askAgain,
  askAndApprove,
  type Club,
  foundClub,
  hour,
  minute,
  open,
  openClub,
  openRemoval,
  recipient,
  refsOfPeople,
  statement,
} from './small-club.ts'

const people = 60
const folders = newFolder('races')
afterAll(() => folders.remove())

// --- chance, from a seed -----------------------------------------------------------------------------------------

type Chance = { upTo(max: number): number; happens(probability: number): boolean }

/** mulberry32. */
function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { upTo: (max) => Math.floor(next() * max), happens: (probability) => next() < probability }
}

// --- what people say ---------------------------------------------------------------------------------------------

type Say = (register: Register, subject: number, at: number) => Promise<Recorded>

const vetoes: Record<string, Say> = {
  objects: (register, subject, at) =>
    objectToProcessing(register, { ...statement(subject, at), qualifier: 'marketing' }),
  'objects to this recipient': (register, subject, at) =>
    objectToProcessing(register, { ...statement(subject, at), qualifier: 'marketing', recipient }),
  'withdraws everything': (register, subject, at) => withdrawConsent(register, statement(subject, at)),
  'withdraws from this recipient': (register, subject, at) =>
    withdrawConsent(register, { ...statement(subject, at), recipient, channel: 'email', purpose: 'offers' }),
  'says no when asked again': (register, subject, at) =>
    recordConsent(register, {
      ...{ ...statement(subject, at), qualifier: 'refused', purpose: 'offers', recipient, channel: 'email' },
    }),
  'restricts processing': (register, subject, at) =>
    restrictProcessing(register, { ...statement(subject, at), qualifier: 'on' }),
  'is doubted': (register, subject, at) =>
    doubtIdentity(register, { ...statement(subject, at), qualifier: 'open' }),
}
/** These cannot be taken back: each costs a person of the club for good. */
const finalVetoes: Record<string, Say> = {
  'is at risk': (register, subject, at) =>
    protectSubject(register, { ...statement(subject, at), qualifier: 'safety' }),
  'asks to be erased': (register, subject, at) =>
    requestErasure(register, { ...statement(subject, at), qualifier: 'requested' }),
}
/** Said as well, and no reason to keep anybody out. */
const others: Record<string, Say> = {
  'objects to another recipient': (register, subject, at) =>
    objectToProcessing(register, { ...statement(subject, at), qualifier: 'marketing', recipient: 'other' }),
  'objects to post': (register, subject, at) =>
    objectToProcessing(register, { ...statement(subject, at), qualifier: 'marketing', channel: 'post' }),
  'withdraws from another recipient': (register, subject, at) =>
    withdrawConsent(register, { ...statement(subject, at), recipient: 'other' }),
  'is shown the notice again': (register, subject, at) =>
    presentNotice(register, { ...statement(subject, at), notice: 'form@2017-01', route: 'online' }),
}

type Veto = { subject: number; kind: string; position: number }

/** One story of many writers: what was said, and at which position it was acknowledged. */
class Voices {
  readonly vetoes: Veto[] = []
  readonly #waiting: Promise<unknown>[] = []
  readonly #chance: Chance
  readonly #registers: readonly Register[]
  #final = 0
  #doubts = 0

  constructor(chance: Chance, registers: readonly Register[]) {
    this.#chance = chance
    this.#registers = registers
  }

  /** Starts it and does not wait; several at once share a transaction, or fight for the lock. */
  speak(clock: number): void {
    const register = this.#registers[this.#chance.upTo(this.#registers.length)]!
    const subject = 1 + this.#chance.upTo(people)
    // Other clocks go before or after ours.
    const at = clock + (this.#chance.upTo(240) - 120) * (minute / 60)
    if (this.#chance.happens(0.3)) {
      const [, say] = this.#pick(others)
      this.#waiting.push(say(register, subject, at))
      return
    }
    const final = this.#final < 2 && this.#chance.happens(0.1)
    let [kind, say] = this.#pick(final ? finalVetoes : vetoes)
    if (final) this.#final++
    // Too many doubts at once would stop the whole file, and rightly.
    if (kind === 'is doubted' && ++this.#doubts > 3) [kind, say] = ['objects', vetoes.objects!]
    this.#waiting.push(
      say(register, subject, at).then(({ position }) => this.vetoes.push({ subject, kind, position })),
    )
  }

  async fallSilent(): Promise<void> {
    await Promise.all(this.#waiting.splice(0))
  }

  #pick(from: Record<string, Say>): [string, Say] {
    const all = Object.entries(from)
    return all[this.#chance.upTo(all.length)]!
  }
}

/** Who said stop and can be won back is asked again, and says yes; doubts and restrictions are lifted. */
async function makePeace({ app, clock }: Club, said: readonly Veto[]): Promise<number[]> {
  const lost = new Set(said.filter(({ kind }) => kind in finalVetoes).map(({ subject }) => subject))
  const of = (kind: string) =>
    new Set(said.filter((veto) => veto.kind === kind).map(({ subject }) => subject))
  clock.at += hour
  const { register } = app
  await Promise.all([
    ...[...of('is doubted')].map((subject) =>
      doubtIdentity(register, { ...statement(subject, clock.at), qualifier: 'resolved' }),
    ),
    ...[...of('restricts processing')].map((subject) =>
      restrictProcessing(register, { ...statement(subject, clock.at), qualifier: 'lifted' }),
    ),
  ])
  const back = new Set(said.map(({ subject }) => subject).filter((subject) => !lost.has(subject)))
  await askAgain(register, [...back], clock.at)
  clock.at += hour
  return [...lost]
}

// --- one release, while people speak -----------------------------------------------------------------------------

class Died extends Error {}

/** The process dies at some point, now and then, and is started again. */
async function releaseAmidVoices(
  club: Club,
  request: string,
  { chance, voices }: { chance: Chance; voices: Voices },
): Promise<ReleaseResult> {
  const diesAt = chance.happens(0.3) ? releasePoints[chance.upTo(releasePoints.length)] : undefined
  const losesFiles = chance.happens(0.3)
  const busy = chance.happens(0.15) ? 4 : 1
  let mayDie = true
  const at: AtPoint = async (point) => {
    for (let n = chance.upTo(3) * busy; n > 0; n--) voices.speak(club.clock.at)
    // Sometimes they are heard before the next step, sometimes while it runs.
    // Not at the rename: it happens under the lock that they wait for.
    if (chance.happens(0.5) && point !== 'renamed') await voices.fallSilent()
    if (point === diesAt && mayDie) throw new Died()
  }
  try {
    return await releaseRequest(await club.context(), request, { at })
  } catch (error) {
    if (!(error instanceof Died)) throw error
  }
  mayDie = false
  if (losesFiles)
    await rm(join(club.app.configuration.home, 'outbox', '.staging'), { recursive: true, force: true })
  for (let n = 0; n < 3; n++) voices.speak(club.clock.at)
  if (chance.happens(0.5)) await voices.fallSilent()
  return releaseRequest(await club.context(), request, { at })
}

/** The position up to which a stop keeps a person out of the file. After three rounds the rest is recalled. */
function keptOutUpTo({ amended, sealed }: ReleaseState): number {
  const rounds = amended.filter(({ body }) => body.removed > 0)
  return rounds.length < 3 ? sealed!.position : rounds.at(-1)!.position
}

type Left = { release: string; members: Set<number>; from: number }

async function secondWriter(
  { app }: Club,
  url: string,
): Promise<{ register: Register; close(): Promise<void> }> {
  const store = await openPostgresStore({ url })
  const { keys, now } = app.register
  return {
    register: await openRegister({ store, keys, migrations: readMigrations(), now }),
    close: () => store.close(),
  }
}

const ascending = (subjects: Iterable<number>) => [...subjects].sort((a, b) => a - b)

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

describe('while a release is made, people say stop', () => {
  test.each([11, 12, 13])(
    'before the seal keeps them out, after it recalls them once, and nobody else is lost (seed %i)',
    async (seed) => {
      const chance = chanceFrom(seed)
      const databaseUrl = await newDatabase()
      const home = join(folders.path, `seed-${seed}`)
      const club = await foundClub({ home, databaseUrl, people })
      const writer = await secondWriter(club, databaseUrl)
      const lost = new Set<number>()
      const left: Left[] = []
      for (let history = 1; history <= 5; history++) {
        const told = `seed ${seed}, history ${history}`
        const voices = new Voices(chance, [club.app.register, writer.register])
        const approved = ascending(
          Array.from({ length: people }, (_, index) => index + 1).filter((subject) => !lost.has(subject)),
        )
        const { outcomes } = await askAndApprove(club, `r${history}`)
        expect([told, outcomes.allow]).toEqual([told, approved.length])
        if (chance.happens(0.4)) voices.speak(club.clock.at)
        if (chance.happens(0.3)) club.clock.at += 20 * minute
        const result = await releaseAmidVoices(club, `r${history}`, { chance, voices })
        for (let n = chance.upTo(3); n > 0; n--) voices.speak(club.clock.at)
        await voices.fallSilent()

        const state = await readRelease(club.app.register.store, result.release)
        const from = keptOutUpTo(state)
        const stopped = new Set(
          voices.vetoes.filter(({ position }) => position < from).map(({ subject }) => subject),
        )
        const opened = await open(club, result.folder!, join(home, 'opened', `r${history}`))
        const { subjectOf } = await refsOfPeople(club, result.release)
        expect([told, opened.refs.map(subjectOf)]).toEqual([told, opened.subjects])
        expect([told, opened.subjects]).toEqual([told, approved.filter((subject) => !stopped.has(subject))])
        left.push({ release: result.release, members: new Set(opened.subjects), from })

        const expected = left.flatMap(({ release, members, from: since }) => {
          const recalled = ascending(
            new Set(
              voices.vetoes
                .filter(({ subject, position }) => position > since && members.has(subject))
                .map(({ subject }) => subject),
            ),
          )
          for (const subject of recalled) members.delete(subject)
          return recalled.length === 0 ? [] : [{ release, recalled }]
        })
        const removals = [...result.recalls, ...(await followUp(await club.context()))]
        expect([told, await recalledIn(club, removals)]).toEqual([told, expected])
        expect(await followUp(await club.context())).toEqual([])
        for (const subject of await makePeace(club, voices.vetoes)) lost.add(subject)
      }
      await writer.close()
      await club.close()
    },
  )
})

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
    const at: AtPoint = async (point) => {
      if (point === 'before-gate' && round < rounds + 1)
        await vetoes.objects!(app.register, 1 + round++, clock.at)
      if (point === 'checkpoint-signed') throw new Died()
    }
    await expect(releaseRequest(await club.context(), 'lost', { at })).rejects.toThrow(Died)
    await vetoes.objects!(app.register, 20, clock.at)
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

describe('two processes that release the same at once', () => {
  /** Each with a home of its own, as two machines have that share one register and its keys. */
  async function secondHome(club: Club, home: string): Promise<void> {
    cpSync(club.app.configuration.home, home, {
      recursive: true,
      filter: (path) => !/projection|temporary/.test(path),
    })
  }

  const releaseKinds = ['release.committed', 'release.amended', 'release.sealed', 'release.delivered']
  const releaseOf = (outcomes: readonly PromiseSettledResult<ReleaseResult>[]) =>
    outcomes.find((outcome) => outcome.status === 'fulfilled')!.value.release
  const visibleIn = (home: string, release: string) =>
    [join(home, 'outbox', recipient, release)].filter((folder) => existsSync(folder))

  test('commit once, seal once for each state, deliver once, and honour every stop', async () => {
    const databaseUrl = await newDatabase()
    const home = join(folders.path, 'first')
    const club = await foundClub({ home, databaseUrl, people })
    const store = club.app.register.store
    const chance = chanceFrom(21)
    const secondFolder = join(folders.path, 'second')
    await secondHome(club, secondFolder)
    const second = await openClub({ home: secondFolder, databaseUrl, clock: club.clock })
    let approved = Array.from({ length: people }, (_, index) => index + 1)
    for (let trial = 1; trial <= 3; trial++) {
      const request = `both${trial}`
      await askAndApprove(club, request)
      cpSync(join(home, 'decisions'), join(secondFolder, 'decisions'), { recursive: true })
      const voices = new Voices(chance, [club.app.register, second.app.register])
      const at = () => {
        if (chance.happens(0.3)) voices.speak(club.clock.at)
      }
      const contexts = await Promise.all([club.context(), second.context()])
      const outcomes = await Promise.allSettled(
        contexts.map((context) => releaseRequest(context, request, { at })),
      )
      await voices.fallSilent()

      const documents = await readDocuments(store, { kind: releaseKinds, about: releaseOf(outcomes) })
      const of = (kind: string) => documents.filter((document) => document.kind === kind)
      const seals = of('release.sealed').map(({ body }) => (JSON.parse(body) as SealedBody).asOf)
      expect([of('release.committed').length, of('release.delivered').length]).toEqual([1, 1])
      expect(new Set(seals).size).toBe(seals.length)
      expect(documents.at(-1)!.kind).toBe('release.delivered')
      const state = await readRelease(store, documents[0]!.about)
      const visible = [home, secondFolder].flatMap((one) => visibleIn(one, state.release))
      expect(visible).toEqual([state.delivered!.body.folder])

      const { subjects } = await open(club, visible[0]!, join(home, 'opened', request))
      const from = keptOutUpTo(state)
      const stopped = voices.vetoes.filter(({ position }) => position < from).map(({ subject }) => subject)
      expect(subjects).toEqual(approved.filter((subject) => !stopped.includes(subject)))
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') expect(outcome.value.released).toBe(subjects.length)
        else expect(outcome.reason).toMatchObject({ code: 'release.contended' })
      }
      const again = await Promise.all(contexts.map((context) => releaseRequest(context, request)))
      for (const { folder, repeated } of again) expect([folder, repeated]).toEqual([visible[0], true])
      const lost = await makePeace(club, voices.vetoes)
      approved = approved.filter((subject) => !lost.includes(subject))
    }
    await second.close()
    await club.close()
  })
})
