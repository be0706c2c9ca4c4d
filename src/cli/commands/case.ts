// fairshare case: a worked case at its real size, from people to report.
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { instantFromIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import type { Configuration } from '../../service/configuration.ts'
import { findExample } from '../../service/find-example.ts'
import type { App } from '../../service/open-app.ts'
import { type StoryClock, storyClock } from '../../service/story-clock.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import type { CaseBeat, CaseReport } from '../report/case-report.ts'
import { renderHtml } from '../report/html-report.ts'
import { renderStoryHtml } from '../report/story-html.ts'
import { type StoryReport, storyHolds } from '../report/story-report.ts'
import { renderStory } from '../report/story-terminal.ts'
import { caseHolds } from '../report/tell-case.ts'
import { tellWhoHas } from '../report/tell-trust.ts'
import { renderTerminal } from '../report/terminal-report.ts'
import { atMost } from './argument-count.ts'
import { checkJson } from './check.ts'

const peopleMax = 20_000_000

/** What `--story` calls the cases. */
const stories: Readonly<Record<string, string>> = {
  party: 'baby-club-2017',
  contractor: 'funeral-plan-2011',
}
const firstStory = 'party'

type CaseProgram = {
  /** At its real size, and at the least at which every group of its people is there. */
  peopleFull: number
  peopleMin: number
  /** ISO: before anything in the story happens. */
  startsAt: string
  runCase(
    app: App,
    options: {
      people: number
      dataFolder: string
      /** The clock the app was opened with: the story sets it to its own days. */
      clock: StoryClock
      onStep: (step: { step: string; done?: number; detail?: string }) => void
    },
  ): Promise<CaseReport | StoryReport>
}

export const caseCommand: Command = {
  name: 'case',
  summary: 'Tell a worked case with real parts, at its real size',
  usage: '[<name>] [--story party|contractor] [--people <number>]',
  example: 'case baby-club-2017 --people 20000',
  options: {
    story: { type: 'string', value: 'name', says: 'party (the list, 2017) or contractor (the copy, 2011)' },
    people: { type: 'string', value: 'number', says: 'how many people (default: as many as there were)' },
    codes: { type: 'boolean', says: 'show the reason codes' },
  },
  async run({ arguments: given, options, terminal, configuration }) {
    const name = caseName(given, optional(options.story))
    const program = (await import(pathToFileURL(findExample(name)).href)) as CaseProgram
    const people = peopleOption(optional(options.people), program)
    const clock = storyClock(instantFromIso(program.startsAt))
    const home =
      optional(options.home) === undefined ? resolve('.fairshare', `${name}-${people}`) : configuration.home
    const report = await useApp({ ...placedIn(home, configuration), now: clock.now }, (app) =>
      program.runCase(app, {
        people,
        dataFolder: join(home, 'data'),
        clock,
        onStep: (step) => terminal.progress(step),
      }),
    )
    const path = join(home, 'report.html')
    const page = { path, what: 'this report as a page to read offline or print' }
    const layout = {
      codes: options.codes === true,
      color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
      width: process.stdout.columns ?? 100,
    }
    const told =
      'beats' in report
        ? tellTheCase({ ...report, made: [page, ...madeIn(home)] }, layout)
        : tellTheStory({ ...report, made: [page, ...report.made] }, layout)
    await writeFile(path, told.html)
    if (options.json === true) terminal.printJson(told.json)
    else terminal.print(told.text)
    return told.holds ? 0 : 1
  },
}

function caseName(given: readonly string[], story: string | undefined): string {
  atMost(1, given, 'one case at a time')
  if (given[0] !== undefined && story !== undefined)
    throw new Problem('usage.invalid', 'name a case or a story, not both')
  if (given[0] !== undefined) return given[0]
  const named = Object.hasOwn(stories, story ?? firstStory) ? stories[story ?? firstStory] : undefined
  if (named === undefined)
    throw new Problem('usage.invalid', `--story is one of ${Object.keys(stories).join(', ')}`)
  return named
}

type Layout = { codes: boolean; color: boolean; width: number }
type Told = { html: string; text: string; json: unknown; holds: boolean }

function tellTheCase(report: CaseReport, layout: Layout): Told {
  return {
    html: renderHtml(report),
    text: renderTerminal(report, layout),
    json: caseJson(report),
    holds: caseHolds(report),
  }
}

function tellTheStory(report: StoryReport, layout: Layout): Told {
  return {
    html: renderStoryHtml(report),
    text: renderStory(report, layout),
    json: report,
    holds: storyHolds(report),
  }
}

/** A case in a folder of its own has its second place there too: with another register's, its log would seem forked. */
function placedIn(home: string, configuration: Configuration): Configuration {
  if (home === configuration.home) return configuration
  return { ...configuration, home, signedStateFile: undefined }
}

function madeIn(home: string): CaseReport['made'] {
  return [
    { path: join(home, 'outbox'), what: 'the sealed deliveries and removals, a folder for each recipient' },
    { path: join(home, 'log'), what: 'the public log: entries, tree and signed checkpoint' },
    { path: join(home, 'receipts'), what: 'what the recipient signed, and one person’s receipt' },
    {
      path: join(home, 'parties'),
      what: 'keys of the approver and the recipient, and what the recipient opened',
    },
    { path: join(home, 'decisions'), what: 'one row per record: facts, reasons, outcome (Parquet)' },
    { path: join(home, 'data'), what: 'the invented people and their histories' },
  ]
}

function peopleOption(text: string | undefined, { peopleFull, peopleMin }: CaseProgram): number {
  const people = Number(text ?? peopleFull)
  if (Number.isInteger(people) && people >= peopleMin && people <= peopleMax) return people
  throw new Problem('usage.invalid', `--people is a whole number from ${peopleMin} to ${peopleMax}`)
}

function caseJson(report: CaseReport) {
  return {
    requests: report.beats.map(beatJson),
    people: report.people,
    joiners: report.joiners,
    events: report.events,
    bareExport: report.bareExport,
    // Without the cards: one of them tells what is nobody's to know.
    persons: report.persons.map(({ name, memberNo, beats }) => ({ name, memberNo, beats })),
    trust: { ...report.trust, whoHas: tellWhoHas(report) },
    timings: report.timings,
    totalSeconds: report.totalSeconds,
    peakRssBytes: report.peakRssBytes,
    made: report.made,
  }
}

function beatJson({ result, id, released, release, recalls, asExpected, groups, seconds }: CaseBeat) {
  return {
    ...checkJson(result),
    id,
    mayLeave: released,
    released: release?.rows ?? 0,
    ...(release && { release }),
    recalls,
    asExpected,
    groups,
    seconds,
  }
}
