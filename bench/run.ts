// `npm run bench`: measures every step in a process of its own and prints one table.
// This process only starts them and holds the database server: what it uses itself would count towards each child's peak.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { configurationFrom } from '../src/service/configuration.ts'
import { Databases } from './databases.ts'
import { caseSize, type Figure, type StepFigure } from './figure.ts'
import { describeMachine, type Machine, machineLines } from './machine.ts'
import { renderTable } from './render-table.ts'
import type { StepContext } from './step-context.ts'
import { chooseSteps, type Step, steps } from './steps.ts'

const usage = `npm run bench -- [options]
  --people <n>            people of the case (${caseSize})
  --synthetic <n>         people made by arithmetic for the large decision (10000000)
  --engine-people <n>     people put to every engine (200000)
  --rounds <n>            rounds, of which the median counts (5)
  --only <step,step>      these steps and what they need: ${steps.map(({ name }) => name).join(', ')}
  --json                  figures as JSON
  --write                 put the table into bench/README.md`

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: String(caseSize) },
    synthetic: { type: 'string', default: '10000000' },
    'engine-people': { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    /** For this program itself: the step this process is, and what it is told. */
    child: { type: 'string' },
    context: { type: 'string' },
  },
})

type Reply = { figures: Figure[]; peakRssBytes: number }

if (values.help) console.log(usage)
else if (values.child !== undefined) await beChild(values.child, JSON.parse(values.context ?? '{}'))
else await measureAll()

async function beChild(name: string, context: StepContext): Promise<void> {
  const measure = await chooseSteps([name])
    .find((step) => step.name === name)!
    .load()
  const figures = await measure(context)
  const reply: Reply = { figures, peakRssBytes: process.resourceUsage().maxRSS * 1024 }
  console.log(JSON.stringify(reply))
}

async function measureAll(): Promise<void> {
  const chosen = values.only === undefined ? steps : chooseSteps(values.only.split(','))
  const machine = describeMachine(configurationFrom(process.env).memoryLimit)
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-bench-'))
  const database = new Databases()
  try {
    const context: StepContext = {
      folder,
      people: wholeNumber('people'),
      syntheticPeople: wholeNumber('synthetic'),
      enginePeople: wholeNumber('engine-people'),
      rounds: wholeNumber('rounds'),
    }
    const figures: StepFigure[] = []
    for (const step of chosen) {
      if (process.stderr.isTTY) process.stderr.write(`${step.name} …\n`)
      const postgresUrl =
        step.database === undefined ? undefined : await database.url(step.database, step.durable)
      const reply = await runStep(step, postgresUrl === undefined ? context : { ...context, postgresUrl })
      for (const figure of reply.figures)
        figures.push({ ...figure, step: step.name, peakRssBytes: reply.peakRssBytes })
    }
    report(figures, machine)
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function runStep(step: Step, context: StepContext): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(import.meta.url)
    const child = spawn(
      process.execPath,
      [program, '--child', step.name, '--context', JSON.stringify(context)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`step ${step.name} failed (${code})`))
    })
  })
}

function report(figures: readonly StepFigure[], machine: Machine): void {
  const asked = process.argv.slice(2).filter((argument) => argument !== '--write')
  const command = ['npm run bench', ...(asked.length === 0 ? [] : ['--', ...asked])].join(' ')
  if (values.json) {
    console.log(JSON.stringify({ command, machine, figures }, undefined, 2))
  } else {
    console.log([renderTable(figures), '', ...machineLines(machine), command].join('\n'))
  }
  if (values.write) writeFigures([`\`${command}\``, ...machineLines(machine), renderTable(figures)])
}

/** Between the two marks, and nowhere else. */
function writeFigures(paragraphs: readonly string[]): void {
  const path = fileURLToPath(new URL('README.md', import.meta.url))
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->']
  const text = readFileSync(path, 'utf8')
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined)
    throw new Error(`${path} has lost its marks ${start} … ${end}`)
  writeFileSync(path, `${before}${start}\n\n${paragraphs.join('\n\n')}\n\n${end}${after}`)
}

function wholeNumber(option: 'people' | 'synthetic' | 'engine-people' | 'rounds'): number {
  const number = Number(values[option])
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${option} is a whole number`)
}
