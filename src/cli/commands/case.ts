// fairshare case: a worked case at its real size, from people to report.
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Problem } from '../../model/problem.ts'
import { findExample } from '../../service/find-example.ts'
import type { App } from '../../service/open-app.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import type { CaseReport } from '../report/case-report.ts'
import { renderHtml } from '../report/html-report.ts'
import { renderTerminal } from '../report/terminal-report.ts'
import { checkJson } from './check.ts'

const fullSize = 1_065_220
const peopleMin = 1_000
const peopleMax = 20_000_000

type CaseProgram = {
  runCase(
    app: App,
    options: {
      people: number
      dataFolder: string
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
    const home =
      optional(options.home) === undefined ? resolve('.fairshare', `${name}-${people}`) : configuration.home
    const report = await useApp({ ...configuration, home }, (app) =>
      program.runCase(app, {
        people,
        dataFolder: join(home, 'data'),
        onStep: (step) => terminal.progress(step),
      }),
    )
    const path = join(home, 'report.html')
    const made = [
      { path, what: 'this report as a page to read offline or print' },
      { path: join(home, 'decisions'), what: 'one row per record: facts, reasons, outcome (Parquet)' },
      { path: join(home, 'data'), what: 'the invented people and their histories' },
    ]
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
    return complete.beats.every(({ asExpected }) => asExpected) ? 0 : 1
  },
}

function peopleOption(text: string | undefined): number {
  const people = Number(text ?? fullSize)
  if (Number.isInteger(people) && people >= peopleMin && people <= peopleMax) return people
  throw new Problem('usage.invalid', `--people is a whole number from ${peopleMin} to ${peopleMax}`)
}

function caseJson(report: CaseReport) {
  return {
    requests: report.beats.map((beat) => ({
      ...checkJson(beat.result),
      id: beat.id,
      released: beat.released,
      asExpected: beat.asExpected,
      groups: beat.groups,
      seconds: beat.seconds,
    })),
    people: report.people,
    joiners: report.joiners,
    events: report.events,
    bareExport: report.bareExport,
    // Without the cards: one of them tells what is nobody's to know.
    persons: report.persons.map(({ name, memberNo, beats }) => ({ name, memberNo, beats })),
    timings: report.timings,
    totalSeconds: report.totalSeconds,
    peakRssBytes: report.peakRssBytes,
    made: report.made,
  }
}
