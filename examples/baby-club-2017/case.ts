// The story told with real parts: generate the people, publish the policy, fill the register, decide every beat, report.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type App,
  type CaseBeat,
  type CaseGroup,
  type CasePerson,
  type CaseReport,
  type CheckResult,
  checkRequest,
  type DecisionContext,
  type Explanation,
  explainPeople,
  importFile,
  instantFromIso,
  publishPolicyFolders,
  type ReleaseContext,
  readRequestFile,
  type StoryClock,
} from '../../src/index.ts'
import { membersFull, PEOPLE_MIN } from './cells.ts'
import { countGroups } from './count-groups.ts'
import { type ExpectedBeat, expectations } from './expect.ts'
import { type FactFile, factFiles } from './fact-files.ts'
import { type GeneratedCase, generate } from './generate.ts'
import { handOver, introduce, type Places, placesIn, recall } from './hand-over.ts'
import { type BeatId, beatIds, people as namedPeople } from './people.ts'
import { dontTrustUs } from './trust.ts'

type Step = (step: { step: string; done?: number; detail?: string }) => void

export const peopleFull = membersFull
export const peopleMin = PEOPLE_MIN
/** Before anything in the story happens. */
export const startsAt = '2017-05-01T08:00:00Z'

const here = fileURLToPath(new URL('.', import.meta.url))
const policyFolder = join(here, 'policy')
const overlayFolder = join(here, 'policy-2018-01')

/** The seven columns that were sold. */
const soldColumns = [
  'parent_name',
  'home_address',
  'child_presence',
  'mother_born_on',
  'children_born_on',
  'email',
  'phone',
]

/** `{n}` stands for how many people the beat turns on: they scale with the size of the case. */
const told: Record<BeatId, { title: string; story: string; about?: string }> = {
  '1-party-2017': {
    title: '5 May 2017: a broker asks for the list, for a party, by post',
    story:
      'Meridian Data Services asks for seven fields of everyone in 106 areas with a child under five, to pass on to a political party. Nobody had been told of a party.',
  },
  '1b-party-control': {
    title: '19 May 2017: the control, with everything in order and {n} people told',
    about: 'had-the-letter',
    story:
      'The same request with a proper agreement, a sign-off, two fields, and a letter naming the party that was sent to a marked group. Whoever had the letter must not be refused for want of notice; as nearly everyone else fails, a person must look at the file.',
  },
  '2-party-2018': {
    title: '1 February 2018: the policy now says “political parties”',
    story:
      'Two weeks ago the notice was changed. A new sentence does not travel back: whoever joined before was never shown it. Whoever joined since was, and is still stopped because the agreement has run out and nothing is signed off.',
  },
  '3-acorn-post': {
    title: '12 June 2018: a baby brand named in the notices asks for names and addresses, by post',
    story:
      'Little Acorn Foods asks for two of seven fields. Where a notice names only the kind of company, a named person has decided once, in writing, that people would expect it.',
  },
  '4-acorn-email': {
    title: '12 June 2018: the same brand by e-mail, which needs each person’s yes',
    story:
      'Only people who said yes to this brand for e-mail count, not longer than six months ago, and who have not taken it back. That so many fail for want of evidence puts the file before a person, who has looked at it and said why the rest may go.',
  },
  '5-acorn-post-after': {
    title: '13 June 2018: {n} people said stop the day before',
    about: 'says-stop-now',
    story:
      'The request of beat 3 again. The first stop came at 09:41:07; the next answer has exactly those people fewer.',
  },
}

/** `clock`: the one the app was opened with; each beat sets it to its own day. */
export type CaseOptions = { people: number; dataFolder: string; clock: StoryClock; onStep?: Step }

/** What is entered before a beat is entered on a day of the story, or its evidence would be older than what it shows. */
const policyOf2018At = instantFromIso('2018-01-16T09:00:00Z')
const importsAt: Partial<Record<BeatId, number>> = {
  '2-party-2018': instantFromIso('2018-02-01T08:00:00Z'),
  '5-acorn-post-after': instantFromIso('2018-06-13T08:00:00Z'),
}

export async function runCase(app: App, options: CaseOptions): Promise<CaseReport> {
  const run = new CaseRun(app, options)
  return run.all()
}

class CaseRun {
  readonly #app: App
  readonly #options: CaseOptions
  readonly #onStep: Step
  readonly #startedAt = performance.now()
  readonly #timings: CaseReport['timings'][number][] = []
  readonly #beats: CaseBeat[] = []
  readonly #verdicts = new Map<string, CasePerson['beats'][number][]>()
  readonly #publications: CaseReport['publications'][number][] = []
  readonly #places: Places

  constructor(app: App, options: CaseOptions) {
    this.#app = app
    this.#options = options
    this.#onStep = options.onStep ?? (() => {})
    this.#places = placesIn(app.configuration.home)
  }

  async all(): Promise<CaseReport> {
    const { people, dataFolder } = this.#options
    const generated = await this.#timed(
      'make the people and their histories',
      () =>
        generate(dataFolder, people, ({ file, done, total }) =>
          this.#onStep({ step: `making ${file}`, done: done / total }),
        ),
      ({ counts, reused }) => ({ records: counts.events, reused }),
    )
    await this.#publish('The policy of 2017', [policyFolder])
    await this.#import(generated, undefined)
    await introduce(this.#app, this.#places)
    const bareExport = await this.#bareExport(generated)
    const expected = expectations(people)
    for (const id of beatIds) {
      if (id === '2-party-2018') {
        this.#options.clock.set(policyOf2018At)
        await this.#publish('16 January 2018: the notices change', [policyFolder, overlayFolder])
      }
      const importedAt = importsAt[id]
      if (importedAt !== undefined) this.#options.clock.set(importedAt)
      await this.#import(generated, id)
      await this.#beat(id, expected[id])
    }
    const trust = await this.#trust()
    return {
      title: 'The baby club and the party, 2017',
      people,
      joiners: generated.counts.joiners,
      events: generated.counts.events,
      bareExport,
      publications: this.#publications,
      beats: this.#beats,
      trust,
      persons: this.#persons(),
      timings: this.#timings,
      totalSeconds: (performance.now() - this.#startedAt) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      made: [],
      madeOn: new Date().toISOString().slice(0, 10),
    }
  }

  /** What the first run said stays true: a later one publishes only what has changed since. */
  async #publish(title: string, folders: string[]): Promise<void> {
    this.#onStep({ step: 'publishing the policy' })
    const said = await this.#said()
    const overtaken = folders.length === 1 && said.length > 1
    const { changes, impact } = overtaken
      ? { changes: [], impact: [] }
      : await publishPolicyFolders(this.#app, folders, 'Dana Whitlock')
    const earlier = said.find((publication) => publication.title === title)
    if (changes.length === 0 && earlier !== undefined) {
      this.#publications.push(earlier)
      return
    }
    this.#publications.push({
      title,
      lines: changes.flatMap(({ lines }) => lines),
      impact: impact.map(({ says }) => says),
    })
    await writeFile(this.#saidFile, JSON.stringify(this.#publications))
  }

  get #saidFile(): string {
    return join(this.#options.dataFolder, 'publications.json')
  }

  async #said(): Promise<CaseReport['publications'][number][]> {
    const text = await readFile(this.#saidFile, 'utf8').catch(() => '[]')
    return JSON.parse(text) as CaseReport['publications'][number][]
  }

  /** Facts that come into being before this beat; `undefined`: before the first. */
  async #import(generated: GeneratedCase, beat: BeatId | undefined): Promise<void> {
    for (const facts of factFiles.filter(({ heldBackUntil }) => heldBackUntil === beat)) {
      await this.#timed(
        `import ${facts.file}`,
        () => this.#importFile(generated, facts),
        ({ records, repeated }) => ({ records, reused: repeated }),
      )
    }
  }

  #importFile(generated: GeneratedCase, facts: FactFile) {
    const file = generated.files[facts.file]
    if (file === undefined) throw new Error(`${facts.file} was not generated`)
    return importFile(this.#app, {
      file: file.path,
      format: file.format,
      mapping: join(here, 'mappings', facts.mapping),
      onProgress: ({ done, perSecond }) =>
        this.#onStep({
          step: `importing ${facts.file}`,
          done,
          detail: `${perSecond.toLocaleString('en-GB')}/s`,
        }),
    })
  }

  /** Beat 0: what a bare export takes. The file is plain, so it is gone again before the next line. */
  async #bareExport(generated: GeneratedCase): Promise<CaseReport['bareExport']> {
    this.#onStep({ step: 'the bare export, nobody asked' })
    const folder = join(this.#app.configuration.home, 'bare-export')
    const path = join(folder, 'bare.parquet')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      const before = performance.now()
      await this.#app.engine.run(
        `copy (select ${soldColumns.join(', ')} from read_parquet('${generated.files['members-2017.parquet']!.path.replaceAll("'", "''")}')) to '${path.replaceAll("'", "''")}' (format parquet)`,
      )
      const seconds = (performance.now() - before) / 1000
      const { size } = await stat(path)
      return { rows: generated.counts.members, columns: soldColumns.length, seconds, sizeBytes: size }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async #beat(id: BeatId, expected: ExpectedBeat): Promise<void> {
    const { dataFolder } = this.#options
    const context = await this.#app.decisionContext(({ id: dataset }) =>
      join(dataFolder, `${dataset}.parquet`),
    )
    const request = await readRequestFile(join(here, 'requests', `${id}.yaml`), context.policy)
    this.#options.clock.set(request.releaseAt)
    const before = performance.now()
    const result = await checkRequest(context, request, { onStep: this.#onStep })
    const seconds = (performance.now() - before) / 1000
    this.#timeBeat(id, result)
    await this.#judgePeople(id, context, result)
    const released = result.outcomes.allow + result.outcomes.transform
    const earlier = this.#beats.find((beat) => beat.id === '3-acorn-post')?.result
    const groups = storyGroups(countGroups(id, result, earlier), expected)
    const release = released === 0 ? undefined : await this.#handOver(context, request)
    const recalls = id === '5-acorn-post-after' ? await recall(this.#app, context, this.#handOverOptions) : []
    const { title, story, about } = told[id]
    const turnsOn = expected.groups.find((group) => group.id === about)?.people ?? 0
    this.#beats.push({
      id,
      title: title.replace('{n}', turnsOn.toLocaleString('en-GB')),
      story,
      result,
      released,
      groups,
      asExpected: agrees(id, result, groups, expected),
      seconds,
      ...(release && { release }),
      recalls,
    })
  }

  get #handOverOptions() {
    return { places: this.#places, clock: this.#options.clock, onStep: this.#onStep }
  }

  async #handOver(context: ReleaseContext, request: CheckResult['request']) {
    const release = await handOver(this.#app, context, request, this.#handOverOptions)
    const { rows: records, reused, seconds } = release
    const parts = [
      ['commit', seconds.commit],
      ['shape and seal', seconds.shapeAndSeal],
      ['prove', seconds.proof],
      ['log and deliver', seconds.deliver],
      ['the recipient opens', seconds.open],
    ] as const
    for (const [part, took] of parts)
      this.#timings.push({ step: `${part} ${request.id}`, records, seconds: took, reused })
    return release
  }

  /** Of the e-mail list, the smallest delivery; and of the one who said stop after the first had left. */
  async #trust(): Promise<CaseReport['trust']> {
    const said = namedPeople.find(({ id }) => id === 'said-stop')!
    const delivery = this.#beats.find(({ id }) => id === '4-acorn-email')?.release?.folder
    if (delivery === undefined) throw new Error('nothing was delivered that could be checked')
    return dontTrustUs(this.#app, {
      places: this.#places,
      delivery,
      person: { name: said.name, memberNo: said.memberNo(this.#options.people) },
      zone: 'Europe/London',
      onStep: this.#onStep,
    })
  }

  #timeBeat(id: BeatId, { dataset, eventsProjected, considered, seconds, request }: CheckResult): void {
    if (!dataset.reused) {
      this.#timings.push({
        step: `read ${request.dataset}`,
        records: dataset.rows,
        seconds: seconds.dataset,
        reused: false,
      })
    }
    if (eventsProjected > 0) {
      this.#timings.push({
        step: 'catch up with the register',
        records: eventsProjected,
        seconds: seconds.projection,
        reused: false,
      })
    }
    this.#timings.push({ step: `decide ${id}`, records: considered, seconds: seconds.decide, reused: false })
    this.#timings.push({
      step: `keep every record's reasons`,
      records: considered,
      seconds: seconds.artefact,
      reused: false,
    })
  }

  async #judgePeople(id: BeatId, context: DecisionContext, result: CheckResult): Promise<void> {
    const references = namedPeople.map((person) => ({
      kind: 'member',
      value: person.memberNo(this.#options.people),
    }))
    const explanations = await explainPeople(context, result.request, references, 'marketer')
    const stopped = result.file.some(({ cleared }) => !cleared)
    namedPeople.forEach((person, index) => {
      const beats = this.#verdicts.get(person.id) ?? []
      this.#verdicts.set(person.id, [...beats, { beat: id, ...cardLine(explanations[index], stopped) }])
    })
  }

  #persons(): CasePerson[] {
    return namedPeople.map((person) => ({
      name: person.name,
      memberNo: person.memberNo(this.#options.people),
      card: person.card,
      beats: this.#verdicts.get(person.id) ?? [],
    }))
  }

  async #timed<T>(
    step: string,
    work: () => Promise<T>,
    did: (result: T) => { records: number; reused: boolean },
  ): Promise<T> {
    const before = performance.now()
    const result = await work()
    this.#timings.push({ step, ...did(result), seconds: (performance.now() - before) / 1000 })
    return result
  }
}

/** One person in one beat: leaves or stays, and the most telling words a requester may read. */
function cardLine(
  explanation: Explanation | undefined,
  fileStopped: boolean,
): Omit<CasePerson['beats'][number], 'beat'> {
  if (explanation === undefined || explanation.rows === 0) {
    return { mayLeave: false, words: 'Not in the file yet.', codes: [] }
  }
  const codes = explanation.reasons.flatMap(({ code }) => code ?? [])
  const weighing = explanation.reasons.filter(({ cleared }) => !cleared)
  const own = explanation.outcome === 'allow' || explanation.outcome === 'transform'
  if (!own) return { mayLeave: false, words: weighing[0]?.words ?? 'A person must decide.', codes }
  if (fileStopped)
    return { mayLeave: false, words: 'Nothing against her own record; the whole file is stopped.', codes }
  return { mayLeave: true, words: 'No recorded reason to refuse.', codes }
}

/** The engine's groups under the story's words; what the quotas did not foresee is shown, not hidden. */
function storyGroups(counts: ReadonlyMap<string, number>, expected: ExpectedBeat): CaseGroup[] {
  const foreseen = expected.groups.map(({ id, says, mayLeave }) => ({
    id,
    says,
    people: counts.get(id) ?? 0,
    mayLeave,
  }))
  const other = [...counts].filter(([id]) => !expected.groups.some((group) => group.id === id))
  return [
    ...foreseen,
    ...other.map(([id, people]) => ({ id, says: 'for another reason', people, mayLeave: false })),
  ]
}

/** The engine's answer against plain addition of the quotas, group by group. In 1b, "may leave" waits for a person. */
function agrees(
  id: BeatId,
  result: CheckResult,
  groups: readonly CaseGroup[],
  expected: ExpectedBeat,
): boolean {
  const released = result.outcomes.allow + result.outcomes.transform
  const answered = id === '1b-party-control' ? result.outcomes.review : released
  return (
    result.considered === expected.considered &&
    answered === expected.allowed &&
    groups.length === expected.groups.length &&
    groups.every((group, index) => group.people === expected.groups[index]!.people)
  )
}
