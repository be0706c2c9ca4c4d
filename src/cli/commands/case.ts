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
import { type Command, optional, required } from '../command.ts'
import type { CaseBeat, CaseReport } from '../report/case-report.ts'
import { renderHtml } from '../report/html-report.ts'
import { caseHolds } from '../report/tell-case.ts'
import { tellWhoHas } from '../report/tell-trust.ts'
import { renderTerminal } from '../report/terminal-report.ts'
import { checkJson } from './check.ts'

const fullSize = 1_065_220
const peopleMin = 1_000
const peopleMax = 20_000_000
/** Before anything in the story happens. */
const storyStart = '2017-05-01T08:00:00Z'

type CaseProgram = {
  runCase(
    app: App,
    options: {
      people: number
      dataFolder: string
      /** The clock the app was opened with: each beat sets it to its own day. */
      clock: StoryClock
      onStep: (step: { step: string; done?: number; detail?: string }) => void
    },
  ): Promise<CaseReport>
}

export const caseCommand: Command = {
  name: 'case',
  summary: 'Tell a worked case with real parts, at its real size',
  usage: '<name> [--people <number>]',
  example: 'case baby-club-2017 --people 20000',
  options: {
    people: {
      type: 'string',
      value: 'number',
      says: `how many people (default ${fullSize}, at least ${peopleMin})`,
    },
    codes: { type: 'boolean', says: 'show the reason codes' },
  },
  async run({ arguments: given, options, terminal, configuration }) {
    const name = required(given[0], 'the name of a case, e.g. baby-club-2017')
    const people = peopleOption(optional(options.people))
    const program = (await import(pathToFileURL(findExample(name)).href)) as CaseProgram
    const clock = storyClock(instantFromIso(storyStart))
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
    const made = [{ path, what: 'this report as a page to read offline or print' }, ...madeIn(home)]
    const complete = { ...report, made }
    await writeFile(path, renderHtml(complete))
    if (options.json === true) terminal.printJson(caseJson(complete))
    else {
      terminal.print(
        renderTerminal(complete, {
          codes: options.codes === true,
          color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
          width: process.stdout.columns ?? 100,
        }),
      )
    }
    return caseHolds(complete) ? 0 : 1
  },
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

function peopleOption(text: string | undefined): number {
  const people = Number(text ?? fullSize)
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
