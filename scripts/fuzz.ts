// `npm run fuzz -- --seconds N`: bad input of every kind, each kind in a process of its own, so that one which dies or hangs is
// seen and named. Prints how many were tried, refused by which code, and what broke a rule; exits 1 when anything did.
import { type ChildProcess, fork } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { COMMAND_LINE, fuzzCommands } from '../test/hostile/cli-target.ts'
import { type Fuzzed, type FuzzTarget, fuzzTarget } from '../test/hostile/fuzz-target.ts'
import { tableTargets } from '../test/hostile/table-targets.ts'
import { textTargets } from '../test/hostile/text-targets.ts'
import { xlsxTargets } from '../test/hostile/xlsx-targets.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    kind: { type: 'string' },
    /** Set by this program alone: the folder in which one kind is tried. */
    in: { type: 'string' },
  },
})

/** One try takes milliseconds; what has not ended by then never will. */
const HANG_MS = 30_000

type Row = Omit<Fuzzed, 'refused'> & { refused: [string, number][]; peakBytes: number }

if (values.in === undefined) process.exitCode = await tryAll()
else
  await tryOneKind(values.in, values.kind!, { ms: 1000 * Number(values.seconds), seed: Number(values.seed) })

// --- all kinds ---------------------------------------------------------------------------------------------------

async function tryAll(): Promise<number> {
  const seed = values.seed === undefined ? Date.now() >>> 0 : Number(values.seed)
  const { targets, close } = await allTargets()
  close()
  const known = targets.map(({ kind }) => kind)
  const kinds = [...known, COMMAND_LINE].filter((kind) => values.kind === undefined || kind === values.kind)
  if (kinds.length === 0) throw new Error(`--kind is one of ${[...known, COMMAND_LINE].join(', ')}`)
  const seconds = Number(values.seconds) / kinds.length
  if (!(seconds > 0)) throw new Error('--seconds is a number above 0')
  console.log(`bad input, ${kinds.length} kinds, ${seconds.toFixed(1)} s each, seed ${seed}`)
  const rows: Row[] = []
  for (const kind of kinds) {
    const row = await inOwnProcess(kind, seconds, seed)
    rows.push(row)
    console.log(lineOf(row))
    for (const violation of row.violations) console.log(`    seed ${violation.seed}: ${violation.what}`)
  }
  const sum = (count: (row: Row) => number) => rows.reduce((all, row) => all + count(row), 0)
  const broken = sum((row) => row.violations.length)
  const slowest = rows.reduce((a, b) => (b.slowestMs > a.slowestMs ? b : a))
  console.log(`tried: ${sum((row) => row.tried)}`)
  console.log(`refused with a code: ${sum((row) => row.refused.reduce((all, [, count]) => all + count, 0))}`)
  console.log(`taken: ${sum((row) => row.taken)}`)
  console.log(`slowest: ${slowest.slowestMs.toFixed(0)} ms (${slowest.kind}, seed ${slowest.slowestSeed})`)
  console.log(`peak memory: ${(Math.max(...rows.map((row) => row.peakBytes)) / 1e6).toFixed(0)} MB`)
  console.log(`crashes without a code: ${broken}`)
  return broken === 0 ? 0 : 1
}

function lineOf({ kind, tried, taken, refused, slowestMs, peakBytes }: Row): string {
  const codes = refused.toSorted((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`)
  const figures = `${String(tried).padStart(7)} tried ${String(taken).padStart(6)} taken`
  const cost = `${slowestMs.toFixed(0).padStart(5)} ms ${(peakBytes / 1e6).toFixed(0).padStart(5)} MB`
  return `${kind.padEnd(20)} ${figures} ${cost}  ${codes.join(', ')}`
}

/** The child writes the seed of each try before it begins: what kills it is known by that. */
async function inOwnProcess(kind: string, seconds: number, seed: number): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-fuzz-'))
  writeFileSync(join(folder, 'seed'), '')
  const words = ['--in', folder, '--kind', kind, '--seconds', String(seconds), '--seed', String(seed)]
  const child = fork(import.meta.filename, words, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  try {
    return (
      (await rowFrom(child, folder)) ?? broken(kind, lastSeed(folder), 'the process ended without a word')
    )
  } catch (error) {
    return broken(kind, lastSeed(folder), error instanceof Error ? error.message : String(error))
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowFrom(child: ChildProcess, folder: string): Promise<Row | undefined> {
  let said = ''
  child.stderr!.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-2000)
  })
  return new Promise((resolve, reject) => {
    let before: number | undefined
    const watch = setInterval(() => {
      const now = lastSeed(folder)
      if (now !== undefined && now === before) reject(new Error(`it did not end within ${HANG_MS / 1000} s`))
      before = now
    }, HANG_MS)
    child.once('message', (row) => {
      clearInterval(watch)
      resolve(row as Row)
    })
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      if (code === 0) resolve(undefined)
      else reject(new Error(`the process died (${signal ?? code}): ${said}`))
    })
  })
}

function broken(kind: string, seed: number | undefined, what: string): Row {
  const none = { tried: 0, taken: 0, refused: [], slowestMs: 0, slowestSeed: 0, peakBytes: 0 }
  return { kind, ...none, violations: [{ seed: seed ?? -1, what }] }
}

function lastSeed(folder: string): number | undefined {
  const text = readFileSync(join(folder, 'seed'), 'utf8').trim()
  return text === '' ? undefined : Number(text)
}

// --- one kind ----------------------------------------------------------------------------------------------------

async function tryOneKind(folder: string, kind: string, budget: { ms: number; seed: number }): Promise<void> {
  const seeds = openSync(join(folder, 'seed'), 'w')
  const begins = (seed: number) => writeSync(seeds, `${seed}`.padStart(12), 0)
  begins(budget.seed)
  const { refused, ...found } = await triedIn(folder, kind, { ...budget, begins })
  closeSync(seeds)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  process.send!({ ...found, refused: [...refused], peakBytes } satisfies Row)
  process.disconnect()
}

async function triedIn(
  folder: string,
  kind: string,
  budget: { ms: number; seed: number; begins: (seed: number) => void },
): Promise<Fuzzed> {
  if (kind === COMMAND_LINE) {
    const here = join(folder, 'here')
    mkdirSync(join(here, 'folder'), { recursive: true })
    writeFileSync(join(here, 'empty'), '')
    writeFileSync(join(here, 'binary'), Buffer.from([0, 255, 254, 128, 10]))
    writeFileSync(join(here, 'text.yaml'), 'a: [1\n')
    return fuzzCommands(here, join(folder, 'home'), budget)
  }
  const { targets, close } = await allTargets()
  try {
    return await fuzzTarget(targets.find((target) => target.kind === kind)!, budget)
  } finally {
    close()
  }
}

async function allTargets(): Promise<{ targets: FuzzTarget[]; close(): void }> {
  const { folder, targets, close } = await tableTargets()
  return { targets: [...textTargets(), ...targets, ...xlsxTargets(folder)], close }
}
