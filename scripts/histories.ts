// `npm run histories`: histories of people who speak while releases are made, on a PostgreSQL of its own, each checked.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/postgres-server.ts'
import { runHistories, type Tally } from '../test/release/histories/run-histories.ts'

const usage = `npm run histories -- [options]
  --count <n>   histories (2000)
  --seed <n>    of the first club; the next clubs count on from it (1)
  --lanes <n>   clubs side by side (3)
  --minutes <n> begins no history after so long`

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '600' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(usage)
else await main()

async function main(): Promise<void> {
  const [count, seed, lanes] = [Number(values.count), Number(values.seed), Number(values.lanes)]
  const secondsMax = 60 * Number(values.minutes)
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-histories-'))
  const server = await startPostgres()
  try {
    const before = performance.now()
    const onHistory = (done: number) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count}`)
    }
    const tally = await runHistories({
      count,
      seed,
      lanes,
      secondsMax,
      folder,
      postgresUrl: server.url,
      onHistory,
    })
    print(tally, seed, (performance.now() - before) / 1000)
    process.exitCode = tally.failures.length === 0 ? 0 : 1
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function print(tally: Tally, seed: number, seconds: number): void {
  const rows: [string, number | string][] = [
    ['seed', seed],
    ['histories', tally.histories],
    ...byNumber(tally.operations).map(([says, n]): [string, number] => [`  ${says}`, n]),
    ['facts acknowledged', tally.acknowledged],
    ['facts found again', tally.found],
    ['releases delivered', tally.releases],
    ['rows that left', tally.rows],
    ['taken out at the gate, files', tally.amended],
    ['recalled, rows', tally.recalled],
    ...byNumber(tally.endings).map(([ending, n]): [string, number] => [`  runs: ${ending}`, n]),
    ['slowest history, ms', Math.round(tally.slowestMs)],
    ['seconds', Math.round(seconds)],
    ['violations', tally.failures.reduce((sum, { violations }) => sum + violations.length, 0)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${String(value).padStart(8)}`)
  for (const { seed: club, history, story } of tally.failures)
    console.log(
      `\nclub of seed ${club}, history ${history}; again: --seed ${club} --count 10 --lanes 1\n${story}`,
    )
}

function byNumber(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, a], [, b]) => b - a)
}
