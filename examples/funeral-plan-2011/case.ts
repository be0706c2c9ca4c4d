// The contractor's story told with real parts: a copy asked for, two copies taken, nothing further allowed, two certificates,
// and the same repair done right. Each chapter is one day, and says by hand what has to come out.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type App,
  type CheckResult,
  type CopyReport,
  checkRequest,
  closeWorkOrderOf,
  importFile,
  instantFromIso,
  listObligations,
  type Obligation,
  Problem,
  publishPolicyFolders,
  type ReleaseContext,
  type ReportedCopy,
  readRequestFile,
  reportCopyTo,
  type StoryAnswer,
  type StoryChapter,
  type StoryClock,
  type StoryReport,
} from '../../src/index.ts'
import { firstCopy, secondCopy } from './copies.ts'
import { factFiles, generate } from './generate.ts'
import { certify, type HandedOver, handOver, introduce, type Parties, partiesIn } from './parties.ts'
import { quotasFor } from './quotas.ts'

export { fullSize as peopleFull, peopleMin } from './quotas.ts'

/** Before anything in the story happens. */
export const startsAt = '2010-12-01T08:00:00Z'

/** As `policy/controller.yaml` calls it. */
const controller = 'evergreen-plans'

const here = fileURLToPath(new URL('.', import.meta.url))
const policyFolder = join(here, 'policy')
const laterFolder = join(here, 'policy-2011-04')

type Options = {
  people: number
  dataFolder: string
  clock: StoryClock
  onStep?: (step: { step: string; done?: number; detail?: string }) => void
}

/** Told once in a folder; asked again, what was told is told again: the days of a story go one way. */
export async function runCase(app: App, options: Options): Promise<StoryReport> {
  const told = join(options.dataFolder, 'story.json')
  const earlier = await readFile(told, 'utf8').catch(() => undefined)
  if (earlier !== undefined) return JSON.parse(earlier) as StoryReport
  await refuseHalfTold(app)
  const report = await new Story(app, options).tell()
  await writeFile(`${told}.tmp`, JSON.stringify(report))
  await rename(`${told}.tmp`, told)
  return report
}

async function refuseHalfTold({ register, configuration }: App): Promise<void> {
  const [head] = await register.store.query<{ position: number }>('select position from register.head')
  if (head!.position === 0) return
  const [ours] = await register.store.query<{ name: string }>(
    "select name from register.policy_version where kind = 'controller' and name = $1",
    [controller],
  )
  if (ours === undefined)
    throw new Problem(
      'out.exists',
      `${configuration.home} holds another register than this story’s; name a folder of its own with --home`,
    )
  throw new Problem(
    'out.exists',
    `an earlier telling was cut short in ${configuration.home}; move that folder away, or name another with --home`,
  )
}

/** What a chapter found, before it is known what is due that day. */
type Told = {
  answers: StoryAnswer[]
  /** One each: what has to be true by hand. */
  holds: readonly boolean[]
  /** How many obligations there have to be of each colour that day. */
  lights: { red: number; amber: number }
}

class Story {
  readonly #app: App
  readonly #options: Options
  readonly #parties: Parties
  readonly #startedAt = performance.now()
  readonly #chapters: StoryChapter[] = []
  /** Nothing stands against them, by the quotas. */
  readonly #paying: number

  constructor(app: App, options: Options) {
    this.#app = app
    this.#options = options
    this.#parties = partiesIn(app.configuration.home)
    this.#paying = quotasFor(options.people).find(({ id }) => id === 'paying')!.people
  }

  async tell(): Promise<StoryReport> {
    const { people, dataFolder } = this.#options
    this.#step('making the plan holders')
    const { facts } = await generate(dataFolder, people)
    await this.#prepare()
    await this.#copyAskedFor()
    await this.#workedInPlace()
    await this.#firstCopyReported()
    await this.#secondRepairRefused()
    await this.#secondCopyFound()
    await this.#copiesDestroyed()
    const handed = await this.#repairedRight()
    await this.#dayComesNear()
    await this.#closed(handed)
    return {
      title: 'The funeral plan and the contractor, 2011',
      people,
      facts,
      chapters: this.#chapters,
      notSeen,
      totalSeconds: (performance.now() - this.#startedAt) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      made: madeIn(this.#app.configuration.home),
      madeOn: new Date().toISOString().slice(0, 10),
    }
  }

  async #prepare(): Promise<void> {
    await publishPolicyFolders(this.#app, [policyFolder], 'Morwenna Sale')
    for (const { file, mapping } of factFiles) {
      this.#step(`importing ${file}`)
      const path = join(this.#options.dataFolder, file)
      await importFile(this.#app, { file: path, format: 'csv', mapping: join(here, 'mappings', mapping) })
    }
    await introduce(this.#app, this.#parties)
  }

  async #copyAskedFor(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-01-12T09:00:00Z',
        title: 'the contractor asks for a copy of the file',
        story:
          'The totals of the contributions do not agree with the ledger. Tallis Software Support, which looks after the machines, asks to take the whole file home: the work is easier there. There is a work order, and no grant of a copy.',
      },
      async () => {
        const result = await this.#check('1-copy-asked')
        return {
          answers: [answerOf(result)],
          holds: [mayLeave(result) === 0, fileCodes(result).join() === 'A211'],
          lights: { red: 0, amber: 0 },
        }
      },
    )
  }

  async #workedInPlace(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-01-12T10:00:00Z',
        title: 'the same work, where the file stands',
        story:
          'The default. The contractor works on file server 2, on what the work order names; names and addresses are shown as pseudonyms, birth dates as years. Whoever has died, moved away, or said stop is not shown at all.',
      },
      async () => {
        const result = await this.#check('2-in-place')
        return {
          answers: [answerOf(result, 'may be worked on in place, masked')],
          holds: [mayLeave(result) === this.#paying, fileCodes(result).length === 0],
          lights: { red: 0, amber: 0 },
        }
      },
    )
  }

  async #firstCopyReported(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-01-21T09:30:00Z',
        title: 'a copy comes to light',
        story:
          'The contractor’s job sheet says “file copied to our build server”. It was done on 14 January, and nobody had noticed. Whoever reads the sheet reports the copy.',
      },
      async () => {
        const reported = await this.#report(firstCopy(this.#options.people))
        return { ...this.#reportTold(reported), lights: { red: 1, amber: 0 } }
      },
    )
  }

  async #secondRepairRefused(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-02-04T09:00:00Z',
        title: 'the totals are wrong again',
        story:
          'The contractor is to come a second time, in place and masked, exactly as it was allowed in January. The first copy is not shown to be destroyed.',
      },
      async () => {
        const result = await this.#check('3-second-repair')
        return {
          answers: [answerOf(result, 'may be worked on')],
          holds: [mayLeave(result) === 0, fileCodes(result).join() === 'A209'],
          lights: { red: 1, amber: 0 },
        }
      },
    )
  }

  async #secondCopyFound(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-03-08T15:00:00Z',
        title: 'the file turns up in a web search',
        story:
          'On 4 February somebody let the contractor in all the same, by a remote login that nobody had closed, and the file was copied again: to a web server. It is found there a month later. The contractor’s sister company, which was to move the old server this week, is in the same group.',
      },
      async () => {
        const reported = await this.#report(secondCopy(this.#options.people))
        const sister = await this.#check('4-sister-company')
        const told = this.#reportTold(reported)
        return {
          answers: [...told.answers, answerOf(sister, 'may be seen by the sister company')],
          holds: [...told.holds, mayLeave(sister) === 0, fileCodes(sister).join() === 'A209'],
          lights: { red: 2, amber: 1 },
        }
      },
    )
  }

  async #copiesDestroyed(): Promise<void> {
    const { people, clock } = this.#options
    await this.#chapter(
      {
        at: '2011-03-21T10:00:00Z',
        title: 'both copies are shown to be destroyed',
        story:
          'The managing director signs two certificates with the contractor’s key: which disks, what was loaded on each, how it was wiped, who looked, where the disk went. With the first of them alone the sister company still waits; with both it does not, and the work order of January can be closed.',
      },
      async () => {
        const options = { records: people, parties: this.#parties, clock }
        const first = await certify(this.#app, { copy: 'c1' }, { ...options, file: 'copy-1' })
        const between = await this.#check('4-sister-company')
        const second = await certify(this.#app, { copy: 'c2' }, { ...options, file: 'copy-2' })
        const after = await this.#check('4-sister-company')
        await closeWorkOrderOf(this.#app, { workOrder: 'job-2011-01', by: 'Morwenna Sale' })
        return {
          answers: [
            { says: `Certified destroyed, and signed: ${first}`, codes: [] },
            answerOf(between, 'may be seen by the sister company'),
            { says: `Certified destroyed, and signed: ${second}`, codes: [] },
            answerOf(after, 'may be seen by the sister company'),
            { says: 'Work order job-2011-01 is closed', codes: [] },
          ],
          holds: [
            first === 'c1' && second === 'c2',
            fileCodes(between).join() === 'A209',
            mayLeave(after) === this.#paying,
          ],
          lights: { red: 0, amber: 0 },
        }
      },
    )
  }

  async #repairedRight(): Promise<HandedOver> {
    const { clock } = this.#options
    let handed: HandedOver | undefined
    await this.#chapter(
      {
        at: '2011-04-04T09:00:00+01:00',
        title: 'the same repair, done right',
        story:
          'The mended program has to be tried on the rows it broke, on a machine of the contractor’s. This time there is a work order for it, and a grant: one copy, masked, on repair bench 4, gone by 19 April. It is approved by somebody who did not ask for it, and sealed to the contractor’s key.',
      },
      async () => {
        await publishPolicyFolders(this.#app, [policyFolder, laterFolder], 'Morwenna Sale')
        const context = await this.#context()
        const result = await this.#check('5-repair-right')
        this.#step('sealing, delivering, opening')
        handed = await handOver(this.#app, context, '5-repair-right', { parties: this.#parties, clock })
        return {
          answers: [
            answerOf(result, 'may leave, masked'),
            {
              says: `Release ${handed.release}: ${people(handed.rows)} left, ${people(handed.opened)} arrived, and the contractor signed for them`,
              codes: [],
            },
          ],
          holds: [
            mayLeave(result) === this.#paying,
            handed.rows === this.#paying,
            handed.opened === this.#paying,
          ],
          lights: { red: 0, amber: 0 },
        }
      },
    )
    return handed!
  }

  async #dayComesNear(): Promise<void> {
    await this.#chapter(
      {
        at: '2011-04-13T09:00:00+01:00',
        title: 'the day comes near',
        story: 'The copy is due to be gone within the week, and nobody has said that it is.',
      },
      async () => ({ answers: [], holds: [], lights: { red: 0, amber: 2 } }),
    )
  }

  async #closed({ folder, rows }: HandedOver): Promise<void> {
    const { clock } = this.#options
    await this.#chapter(
      {
        at: '2011-04-15T09:00:00+01:00',
        title: 'destroyed, certified, closed',
        story:
          'The contractor wipes the bench, certifies it against the very file that was sealed, and the work order is closed. A work order with anything of it still held could not have been.',
      },
      async () => {
        await rm(this.#parties.bench, { recursive: true })
        const options = { records: rows, parties: this.#parties, clock, file: 'release' }
        const of = await certify(this.#app, { folder }, options)
        await closeWorkOrderOf(this.#app, { workOrder: 'job-2011-04', by: 'Morwenna Sale' })
        return {
          answers: [
            { says: `Certified destroyed, and signed: release ${of}`, codes: [] },
            { says: 'Work order job-2011-04 is closed', codes: [] },
          ],
          holds: [],
          lights: { red: 0, amber: 0 },
        }
      },
    )
  }

  // --- the parts a chapter is made of -----------------------------------------------------------------------------

  async #chapter(
    { at, title, story }: { at: string; title: string; story: string },
    tell: () => Promise<Told>,
  ): Promise<void> {
    this.#options.clock.set(instantFromIso(at))
    const before = performance.now()
    const { answers, holds, lights } = await tell()
    const { obligations } = await listObligations(this.#app, {})
    const pressing = obligations.filter(({ light }) => light !== 'green')
    this.#chapters.push({
      day: dayOf(at),
      title,
      story,
      answers,
      obligations: pressing.map(({ light, who, words }) => ({ light, words: `${who.name}: ${words}` })),
      asExpected: holds.every((held) => held) && sameLights(obligations, lights),
      seconds: (performance.now() - before) / 1000,
    })
  }

  async #check(id: string): Promise<CheckResult> {
    const context = await this.#context()
    const request = await readRequestFile(join(here, 'requests', `${id}.yaml`), context.policy)
    // Asked again later in the story than the file says: the day of the answer is today.
    const releaseAt = Math.max(request.releaseAt, this.#options.clock.now())
    this.#step(`deciding ${id}`)
    return checkRequest(context, { ...request, releaseAt })
  }

  #context(): Promise<ReleaseContext> {
    return this.#app.decisionContext(({ id }) => join(this.#options.dataFolder, `${id}.csv`))
  }

  #report(copy: CopyReport): Promise<ReportedCopy> {
    return reportCopyTo(this.#app, copy)
  }

  #reportTold({ body, because, held }: ReportedCopy): Pick<Told, 'answers' | 'holds'> {
    const others = held.length === 0 ? '' : `; ${held.join(', ')} is held as well`
    return {
      answers: [
        {
          says: `Copy ${body.copy} on record: no grant covers it${because === undefined ? '' : `, as ${because}`}. It is to be destroyed today, and nothing further goes to its holder${others}`,
          codes: body.codes,
        },
      ],
      holds: [body.codes.join() === 'A211'],
    }
  }

  #step(step: string): void {
    this.#options.onStep?.({ step })
  }
}

function answerOf(result: CheckResult, what = 'may leave'): StoryAnswer {
  const { considered } = result
  const said = result.file.filter(({ cleared }) => !cleared)
  return {
    says: `${count(mayLeave(result))} of ${count(considered)} ${what}`,
    codes: said.map(({ code }) => code),
  }
}

function mayLeave({ outcomes }: CheckResult): number {
  return outcomes.allow + outcomes.transform
}

/** The file's own reasons to refuse that nobody has cleared. */
function fileCodes({ file }: CheckResult): string[] {
  return file.filter(({ cleared }) => !cleared).map(({ code }) => code)
}

function sameLights(obligations: readonly Obligation[], expected: Told['lights']): boolean {
  const of = (wanted: Obligation['light']) => obligations.filter(({ light }) => light === wanted).length
  return of('red') === expected.red && of('amber') === expected.amber
}

function dayOf(at: string): string {
  return new Date(at.slice(0, 10)).toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  })
}

function count(number: number): string {
  return number.toLocaleString('en-GB')
}

function people(number: number): string {
  return `${count(number)} people`
}

const notSeen = [
  'A copy that nobody reports. Between 14 and 21 January, and between 4 February and 8 March, the register held nothing of the copies: it knows what left through it, and what somebody told it.',
  'What a certificate says and did not happen. It is signed, so that whoever signed it answers for it; a wiped disk is looked at by a person.',
  'A side door. The remote login of February was closed by nobody; what watches a network, and not a register, sees bytes leave by it.',
  'People, companies and papers are invented; only the shape of the case is real.',
]

function madeIn(home: string): StoryReport['made'] {
  return [
    { path: join(home, 'receipts'), what: 'what the contractor signed: a receipt and three certificates' },
    { path: join(home, 'outbox'), what: 'the sealed copy of April, as it was delivered' },
    { path: join(home, 'log'), what: 'the public log: entries, tree and signed checkpoint' },
    { path: join(home, 'parties'), what: 'keys of the approver and the contractor' },
    { path: join(home, 'data'), what: 'the invented plan holders and their histories' },
  ]
}
