// Evidence packs of a small club: what is in them, that they verify, that they come out the same, and what is not in them.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PackAsked } from '../../src/accountability/pack-parts.ts'
import { evidenceCommand } from '../../src/cli/commands/evidence.ts'
import { evidencePage } from '../../src/cli/report/evidence-page.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { latestOf, matching } from '../../src/decide/gather.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { readArchive } from '../../src/evidence/read-archive.ts'
import { encodeVerifierKey } from '../../src/log/signed-note.ts'
import type { PackManifest } from '../../src/model/evidence-pack.ts'
import { instantFromIso, instantToIso } from '../../src/model/instant.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import type { Determination } from '../../src/model/policy.ts'
import { grades, nameOf } from '../../src/model/vocabulary.ts'
import { destroyKeys, finishDestruction } from '../../src/register/destroy-keys.ts'
import { holdErasure } from '../../src/register/hold-erasure.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { protectSubject } from '../../src/register/protect-subject.ts'
import { readHistory } from '../../src/register/read-history.ts'
import { recordEvent } from '../../src/register/record-event.ts'
import { rotateSigningKey } from '../../src/register/rotate-signing-key.ts'
import { readDecision } from '../../src/release/read-release.ts'
import { readDecisionBook } from '../../src/release/read-standing.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { removeApprover } from '../../src/release/remove-approver.ts'
import { configurationFrom } from '../../src/service/configuration.ts'
import { writeEvidencePack } from '../../src/service/evidence-pack.ts'
import { verifyPath } from '../../src/service/verify-path.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  changePolicy,
  day,
  foundClub,
  minute,
  openClub,
  start,
  statement,
} from '../release/small-club.ts'

const folders = newFolder('evidence')
const at = (name: string) => join(folders.path, name)
const place = { home: join(folders.path, 'club'), databaseUrl: '' }
const notice = 'form@2017-01'
let club: Club
let release: string
let packs = 0

/**
 * 2 says stop before the check, 3 between check and release, 4 while the file is being sealed; 7 is at risk. 5 was shown the
 * notice again, says somebody's memory; 6 was, by a documented rule; 8 was, and it was written down after the decision.
 */
beforeAll(async () => {
  place.databaseUrl = await newDatabase()
  club = await foundClub({ ...place, people: 24 })
  await stop(2)
  await protectSubject(club.app.register, { ...statement(7, club.clock.at), qualifier: 'safety' })
  await show(5, '2018-05-01T10:00:00Z', 'C')
  await show(6, '2018-05-02T10:00:00Z', 'B')
  club.clock.at += minute
  await askAndApprove(club, 'letter')
  await show(8, '2018-05-03T10:00:00Z', 'A')
  await stop(3)
  club.clock.at += minute
  let once = false
  const made = await releaseRequest(await club.context(), 'letter', {
    async at(point) {
      if (point !== 'records-sealed' || once) return
      once = true
      await stop(4)
    },
  })
  release = made.release
  expect(made.released).toBe(20)
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

const stop = (subject: number, { app, clock } = club) =>
  objectToProcessing(app.register, { ...statement(subject, clock.at), qualifier: 'marketing' })

const childAnswer: Determination = {
  ...{ id: 'd-child', code: 'C709', notice, recipient: 'acorn', purpose: 'offers', answer: 'allow' },
  ...{ on: 20180601, by: 'Dana Whitlock', because: 'The one child in the file is eleven.' },
}

const readableText = (page: string) => page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]+>/g, ' ')

const show = (subject: number, at: string, grade: 'A' | 'B' | 'C') =>
  presentNotice(club.app.register, {
    ...statement(subject, instantFromIso(at)),
    ...{ grade, notice, route: 'online' },
  })

type Pack = {
  path: string
  sha256: string
  manifest: PackManifest
  text(path: string): Promise<string>
  paths: readonly string[]
}

async function packOf(asked: PackAsked, { app } = club): Promise<Pack> {
  const out = join(folders.path, `${++packs}.zip`)
  const { sha256, manifest } = await writeEvidencePack(app, asked, {
    out,
    page: evidencePage,
    onStep: () => {},
  })
  const files = readArchive(readFileSync(out))
  const text = async (path: string) => Buffer.from(await files.read(path)).toString('utf8')
  return { path: out, sha256, manifest, text, paths: files.paths }
}

async function verified(path: string, { app } = club) {
  const { logOrigin, keys } = app.register
  const key = encodeVerifierKey(logOrigin, keys.signer.publicKey)
  const found = await verifyPath(path, { key, identity: undefined })
  expect(firstFailure(found.checks)).toBeUndefined()
  return found
}

async function linesOf(pack: Pack): Promise<string[][]> {
  const [header, ...lines] = (await pack.text(`releases/${release}/people.csv`)).split('\n')
  expect(header).toBe('subject,notice,shown,recorded,grade,outcome')
  expect(lines.pop()).toBe('')
  return lines.map((line) => line.split(','))
}

async function commitmentsOf(): Promise<Map<string, number>> {
  const rows = await club.app.register.store.query<{ number: number; hex: string }>(
    `select number, encode(commitment, 'hex') as hex from register.subject`,
  )
  return new Map(rows.map(({ number, hex }) => [hex, number]))
}

const forget = (subject: number) =>
  club.app.register.store.query('delete from erasable.secret where subject = $1', [subject])

describe('a pack of a release', () => {
  test('holds what was asked, told, decided, signed and sent, and verifies without the register', async () => {
    const pack = await packOf({ scope: { release }, sample: { size: 3, seed: 'a seed' } })
    expect(pack.manifest).toMatchObject({ releases: [release], left: [], scope: { release } })
    for (const path of [
      'index.html',
      'README.txt',
      'pack.json.sig',
      'log/checkpoint',
      `notices/${notice}.txt`,
      `policy/notice/${notice}.json`,
      'policy/agreement/acorn-2018@1.json',
      'packs/uk-gdpr-2018.json',
      `releases/${release}/manifest.json`,
      `releases/${release}/summary.json`,
      'people/0003/receipt.json',
    ])
      expect(pack.paths).toContain(path)
    const kinds = pack.paths.flatMap((path) => /^documents\/\d{8}-(.*)\.json$/.exec(path)?.[1] ?? [])
    for (const kind of ['policy', 'approver', 'decision', 'approval', 'release.sealed', 'release.delivered'])
      expect(kinds).toContain(kind)
    expect(await pack.text(`notices/${notice}.txt`)).toBe(
      'We share your name, your e-mail address and that you are a member.',
    )
    const { says } = await verified(pack.path)
    expect(says?.join('\n')).toContain('The receipts of 3 people are enclosed')
  })

  test('tells of each record the showing that the decision went by, as the reference evaluator finds it', async () => {
    const lines = await linesOf(await packOf({ scope: { release } }))
    expect(lines.map(([subject]) => subject)).toEqual(lines.map(([subject]) => subject!).sort())
    const people = await commitmentsOf()
    const context = await club.context()
    const decision = await readDecision(context.register.store, 'letter')
    const plan = planDecision(decision!.body.request, await readDecisionBook(context, decision!.body.request))
    const presentation = { kind: 'presentation', counts: 'surely', grade: 'sufficient' } as const
    for (const [commitment, told, shown, recorded, grade] of lines) {
      const history = await readHistory(context.register, people.get(commitment!)!)
      const then = history.filter(({ position }) => position <= decision!.body.position)
      const event = latestOf(matching(then, presentation, plan))!
      const [batch] = await context.register.store.query<{ recorded_at: number }>(
        'select recorded_at from register.batch where position = $1',
        [event.position],
      )
      expect([told, shown, recorded, grade]).toEqual([
        notice,
        instantToIso(event.latest).slice(0, 10),
        instantToIso(batch!.recorded_at).slice(0, 10),
        nameOf(grades, event.grade),
      ])
    }
    const shownOf = (subject: number) => lines.find(([hex]) => people.get(hex!) === subject)!.slice(2, 5)
    expect(shownOf(5)).toEqual(['2018-03-12', '2018-06-12', 'A'])
    expect(shownOf(6)).toEqual(['2018-05-02', '2018-06-12', 'B'])
    expect(shownOf(8)).toEqual(['2018-03-12', '2018-06-12', 'A'])
  })

  test('tells what became of each record, also of those taken out at the last moment', async () => {
    const pack = await packOf({ scope: { release } })
    const people = await commitmentsOf()
    const outcomes = new Map((await linesOf(pack)).map((line) => [people.get(line[0]!), line[5]]))
    expect([1, 2, 3, 4, 7].map((subject) => outcomes.get(subject))).toEqual([
      'allow',
      'deny',
      'deny',
      'removed',
      'deny',
    ])
    expect(JSON.parse(await pack.text(`releases/${release}/summary.json`))).toMatchObject({
      outcomes: { allow: 20, deny: 3, removed: 1, review: 0, transform: 0 },
      notices: [{ notice, lines: 24, released: 20, grades: { A: 23, B: 1, C: 0 } }],
      evidence: { lag: { sameDay: 0, within7: 0, within30: 0, within365: 24, later: 0 }, afterRequest: 0 },
    })
  })

  test('names no ground that is masked outside the decision that the log binds', async () => {
    const pack = await packOf({ scope: { release } })
    const summary = JSON.parse(await pack.text(`releases/${release}/summary.json`))
    expect(summary.masked).toEqual({ record: 'fewer than 5' })
    for (const path of pack.paths.filter((one) => !/^(packs|verifiers|documents)\//.test(one)))
      expect(await pack.text(path), path).not.toMatch(/S310|S312|SAFETY_FLAG|at risk/)
    const page = readableText(await pack.text('index.html'))
    expect(page).toContain('This person must not be contacted.')
    // Denied and waiting, apart, would tell how many "fewer than 5" are.
    expect(page).toMatch(/3\s*stayed, or wait for a person/)
    expect(page).not.toMatch(/stayed(?!, or)/)
  })

  test('holds nobody’s name, address or reference', async () => {
    const pack = await packOf({ scope: { release }, sample: { size: 24, seed: 'all' } })
    expect(pack.paths.filter((path) => path.startsWith('people/'))).toHaveLength(24)
    for (const path of pack.paths) {
      const text = await pack.text(path)
      for (const canary of canaries) expect(text.includes(canary), `${path}: ${canary}`).toBe(false)
    }
    const bytes = readFileSync(pack.path, 'latin1')
    for (const canary of canaries) expect(bytes.includes(canary)).toBe(false)
  })

  test('has a page that asks for nothing from outside', async () => {
    const page = await (await packOf({ scope: { release } })).text('index.html')
    expect(page).toContain('content="default-src &#39;none&#39;;')
    expect(page).not.toMatch(/<script|<img|<link|src=|https?:\/\//)
    const targets = [...page.matchAll(/href="([^"#]+)"/g)].map(([, target]) => target!)
    const { paths } = await packOf({ scope: { release } })
    expect(targets.length).toBeGreaterThan(3)
    for (const target of targets)
      expect(
        paths.some((path) => path === target || path.startsWith(target)),
        target,
      ).toBe(true)
  })

  test('says of a sample, and where there is none, that the lines have to be older than the seed', async () => {
    for (const sample of [undefined, { size: 3, seed: 'late' }]) {
      const pack = await packOf({ scope: { release }, ...(sample && { sample }) })
      for (const path of ['index.html', 'README.txt'])
        expect(await pack.text(path)).toContain('verify --before')
    }
  })

  test('has every approver, removal, change of keys and destruction; never why an erasure is held back', async () => {
    const other = await foundClub({ home: at('kinds'), databaseUrl: await newDatabase(), people: 12 })
    try {
      const { register, log } = other.app
      other.clock.at += minute
      await askAndApprove(other, 'letter')
      const made = await releaseRequest(await other.context(), 'letter')
      await removeApprover(register, { name: 'Sam Idris', because: 'left the club', actor: 'dpo' })
      await recordEvent(register, 'erasure', { ...statement(3, other.clock.at), qualifier: 'requested' })
      const held = { until: 20190101, because: 'Her claim is before the court.', actor: 'dpo' }
      await holdErasure(register, { subjects: [3], ...held })
      await destroyKeys(register, [3], { actor: 'dpo', zone: 'Europe/London' })
      await finishDestruction(register)
      await rotateSigningKey(register, log, { why: 'planned', actor: 'dpo' })
      for (const scope of [{ release: made.release }, { subject: 5 }]) {
        const pack = await packOf({ scope }, other)
        const kinds = pack.paths.flatMap((path) => /^documents\/\d{8}-(.*)\.json$/.exec(path)?.[1] ?? [])
        const mine = kinds.filter((kind) => /^(approver|key|erasure)/.test(kind))
        expect(mine.sort()).toEqual([
          ...['approver', 'approver', 'approver-removed'],
          ...['erasure.keys-destroyed', 'key.rotated'],
        ])
        await verified(pack.path, other)
      }
    } finally {
      await other.close()
    }
  })

  test('of one that never was is refused, and makes no file', async () => {
    const out = join(folders.path, 'none.zip')
    const asked = { scope: { release: 'nothing@1' } }
    await expect(
      writeEvidencePack(club.app, asked, { out, page: evidencePage, onStep: () => {} }),
    ).rejects.toMatchObject({ code: 'release.not_found' })
    expect(existsSync(out)).toBe(false)
  })
})

describe('the same question', () => {
  const asked = () => ({ scope: { release }, sample: { size: 4, seed: 'same' } })

  test('gives the same bytes, in another time zone, and from a register that was closed meanwhile', async () => {
    const first = await packOf(asked())
    expect((await packOf(asked())).sha256).toBe(first.sha256)
    const zone = process.env.TZ
    process.env.TZ = 'Pacific/Auckland'
    try {
      expect(new Date(0).getTimezoneOffset()).not.toBe(0)
      expect((await packOf(asked())).sha256).toBe(first.sha256)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
    await club.close()
    club = await openClub({ ...place, clock: { at: start + 3 * day } })
    expect((await packOf(asked())).sha256).toBe(first.sha256)
  })

  test('appends nothing to the register', async () => {
    const position = async () =>
      (await club.app.register.store.query<{ position: number }>('select position from register.head'))[0]!
        .position
    const before = await position()
    const { manifest } = await packOf(asked())
    expect([await position(), manifest.asOf.size]).toEqual([before, before])
  })

  test('under another seed gives other people, and after more was recorded another pack', async () => {
    const first = await packOf(asked())
    const other = await packOf({ ...asked(), sample: { size: 4, seed: 'another' } })
    expect(await other.text('people/0001/receipt.json')).not.toBe(
      await first.text('people/0001/receipt.json'),
    )
    await stop(20)
    const later = await packOf(asked())
    expect(later.manifest.asOf.size).toBe(first.manifest.asOf.size + 1)
    expect(later.sha256).not.toBe(first.sha256)
    await verified(later.path)
  })
})

describe('a sample', () => {
  test('is of those whom the rule picks; who was erased since is named, and not replaced', async () => {
    const before = await packOf({ scope: { release }, sample: { size: 5, seed: 'who' } })
    const receipts = before.paths.filter((path) => path.startsWith('people/'))
    const subjects = await Promise.all(
      receipts.map(async (path) => (JSON.parse(await before.text(path)) as PersonReceipt).subject),
    )
    expect(new Set(subjects).size).toBe(5)
    await destroyKeys(club.app.register, [subjects[1]!], { actor: 'dpo', zone: 'Europe/London' })
    await finishDestruction(club.app.register)
    const after = await packOf({ scope: { release }, sample: { size: 5, seed: 'who' } })
    const [erased] = [...(await commitmentsOf())].find(([, subject]) => subject === subjects[1])!
    expect(after.manifest.left).toEqual([expect.stringMatching(new RegExp(`^erased ${erased}`))])
    expect(after.paths.filter((path) => path.startsWith('people/'))).toHaveLength(4)
    await verified(after.path)
  })

  test.each([
    ['of nobody', { size: 0, seed: 'x' }],
    ['of too many', { size: 1001, seed: 'x' }],
    ['without a seed', { size: 1, seed: '' }],
    ['with a seed of two lines', { size: 1, seed: 'a\nb' }],
  ])('%s is refused', async (_, sample) => {
    await expect(packOf({ scope: { release }, sample })).rejects.toMatchObject({ code: 'usage.invalid' })
  })
})

describe('a pack of a period', () => {
  test('has the releases committed within it, first and last day included', async () => {
    const within = await packOf({ scope: { from: 20180612, to: 20180612 } })
    expect(within.manifest).toMatchObject({
      releases: [release],
      scope: { from: '2018-06-12', to: '2018-06-12' },
    })
    await verified(within.path)
    for (const scope of [
      { from: 20180101, to: 20180611 },
      { from: 20180613, to: 20181231 },
    ]) {
      const without = await packOf({ scope })
      expect(without.manifest.releases).toEqual([])
      expect(without.paths.some((path) => path.startsWith('releases/'))).toBe(false)
      await verified(without.path)
    }
  })
})

test('of two releases each line tells what was on record when its own was decided', async () => {
  const other = await foundClub({ home: at('two'), databaseUrl: await newDatabase(), people: 24 })
  try {
    const releases: string[] = []
    for (const id of ['first', 'second']) {
      other.clock.at += minute
      await askAndApprove(other, id)
      releases.push((await releaseRequest(await other.context(), id)).release)
      const on = instantFromIso('2018-05-20T10:00:00Z')
      await presentNotice(other.app.register, { ...statement(1, on), notice, route: 'online' })
    }
    const pack = await packOf({ scope: { from: 20180612, to: 20180612 } }, other)
    const shown = async (id: string) =>
      (await pack.text(`releases/${id}/people.csv`)).match(/,(2018-05-20),/g)?.length ?? 0
    expect(await Promise.all(releases.map(shown))).toEqual([0, 1])
  } finally {
    await other.close()
  }
})

describe('the command', () => {
  const refused = async (options: Record<string, string>) => {
    const configuration = configurationFrom({}, { home: at('nowhere') })
    const terminal = openTerminal({ write: () => true }, { write: () => true })
    return evidenceCommand.run({ arguments: [], options, configuration, terminal })
  }

  test.each<Record<string, string>>([
    {},
    { release: 'a@1', person: 'member:1' },
    { release: 'a@1', sample: '3' },
    { release: 'a@1', seed: 'x' },
    { release: 'a@1', sample: '3', seed: '' },
    { release: 'a@1', sample: 'many', seed: 'x' },
    { period: '2018-01-01' },
    { period: '2018-02-01..2018-01-01' },
  ])('%j is not understood', async (options) => {
    await expect(refused(options)).rejects.toMatchObject({ code: 'usage.invalid' })
  })

  test('a day that does not exist is none, and a register that is not there makes none', async () => {
    await expect(refused({ period: '2018-02-30..2018-03-01' })).rejects.toMatchObject({
      code: 'time.invalid',
    })
    await expect(refused({ release: 'a@1' })).rejects.toMatchObject({ code: 'register.missing' })
    expect(existsSync(at('nowhere'))).toBe(false)
  })
})

describe('a pack of one person', () => {
  test('has her receipt and nobody else, and no count of grounds that are not hers to know', async () => {
    const pack = await packOf({ scope: { subject: 9 } })
    expect(pack.manifest.scope).toEqual({ subject: 9 })
    expect(pack.manifest.releases).toEqual([release])
    expect(pack.paths.filter((path) => path.startsWith('people/'))).toEqual(['people/0001/receipt.json'])
    expect((JSON.parse(await pack.text('people/0001/receipt.json')) as PersonReceipt).subject).toBe(9)
    expect(pack.paths.some((path) => path.endsWith('people.csv'))).toBe(false)
    for (const path of pack.paths.filter((one) => !/^(packs|verifiers)\//.test(one)))
      expect(await pack.text(path), path).not.toMatch(/"code":"S310"/)
    expect(pack.manifest.left.map((line) => line.replace(/:.*/, ''))).toEqual([
      'determinations, revocations and counts',
      expect.stringMatching(/^document \d{8}-decision$/),
      `people ${release}`,
    ])
    // A line that looked at nothing must not read as if it had.
    const { checks } = await verified(pack.path)
    expect(
      checks.map(({ what }) => what).filter((what) => /enclosed, |not enclosed|is about|no line/.test(what)),
    ).toEqual([
      `${release}: approved by a key on record, committed, and sealed before it left; what was decided is not enclosed`,
      `${release}: the records considered are not enclosed, and it says so`,
      'The receipt is of the person the pack is about',
      'There is no line of a record considered to hold a receipt against',
    ])
  })

  test('is the same whether or not somebody else is at risk, or a child that was answered for', async () => {
    const packsOf = [false, true].map(async (isMasked) => {
      const home = at(`masked-${isMasked}`)
      const other = await foundClub({ home, databaseUrl: await newDatabase(), people: 12 })
      try {
        if (isMasked) {
          await protectSubject(other.app.register, { ...statement(2, other.clock.at), qualifier: 'safety' })
          await changePolicy(other, (policy) => ({ ...policy, determinations: [childAnswer] }))
        } else await stop(2, other)
        other.clock.at += minute
        await askAndApprove(other, 'letter')
        other.clock.at += minute
        const made = await releaseRequest(await other.context(), 'letter')
        const pack = await packOf({ scope: { subject: 3 } }, other)
        for (const path of pack.paths.filter((one) => !/^(packs|verifiers)\//.test(one)))
          expect(await pack.text(path), path).not.toMatch(
            /eleven|"code":\\?"S310|fewer than|must not be contacted/,
          )
        const page = readableText(await pack.text('index.html'))
        expect(page).toContain('is not told here')
        expect(page).not.toMatch(/Records|left whole|\d+ records?\b|Determination d-|is shown to the/)
        await verified(pack.path, other)
        const plain = (text: string) => text.replace(made.release, 'release').replace(/\d{8}-/, '')
        return {
          left: pack.manifest.left.map(plain),
          paths: pack.paths.map(plain).filter((path) => !/^(log|verifiers)\/|-?policy\.json/.test(path)),
        }
      } finally {
        await other.close()
      }
    })
    const [without, masked] = await Promise.all(packsOf)
    expect(masked).toEqual(without)
    expect(masked!.paths.filter((path) => /summary|determination|decision/.test(path))).toEqual([])
  })

  test('takes no sample, and is none of somebody whose keys were destroyed', async () => {
    const sample = { size: 1, seed: 'x' }
    await expect(packOf({ scope: { subject: 9 }, sample })).rejects.toMatchObject({ code: 'usage.invalid' })
    await forget(10)
    await expect(packOf({ scope: { subject: 10 } })).rejects.toMatchObject({ code: 'person.not_found' })
  })
})

test('people whose verdicts are not kept are left out by name, and the rest is there', async () => {
  const decided = (await readDecision(club.app.register.store, 'letter'))!.body.position
  rmSync(join(place.home, 'decisions', `letter@${decided}.parquet`))
  const pack = await packOf({ scope: { release } })
  expect(pack.manifest.left).toEqual([expect.stringContaining(`people ${release}: `)])
  expect(pack.paths.some((path) => path.endsWith('people.csv'))).toBe(false)
  await verified(pack.path)
})
