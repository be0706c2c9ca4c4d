// Asks the registry which of the packages that run have known vulnerabilities. Fails when there is one that is not explained
// here, and when it could not ask: an audit that looked at nothing must not pass.
import { spawnSync } from 'node:child_process'
import { root } from './read-lock.ts'

/** Name of the package → why what is known of it does not touch us, and until when that was looked at. */
const explained: Readonly<Record<string, string>> = {}

type Report = {
  auditReportVersion?: number
  vulnerabilities?: Record<string, { severity: string }>
  metadata?: { dependencies?: { prod?: number } }
}

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' })
const report = reportIn(stdout)
const looked = report?.metadata?.dependencies?.prod ?? 0
if (report?.auditReportVersion !== 2 || report.vulnerabilities === undefined || looked === 0) {
  console.error('npm audit got no answer from the registry: nothing was looked at.')
  process.exit(2)
}
const found = Object.entries(report.vulnerabilities)
for (const [name, { severity }] of found)
  console.log(
    `${name}: ${severity}${explained[name] === undefined ? '' : ` (explained: ${explained[name]})`}`,
  )
const open = found.filter(([name]) => explained[name] === undefined)
console.log(`${looked} packages looked at, ${found.length} with known vulnerabilities, ${open.length} open`)
process.exitCode = open.length === 0 ? 0 : 1

function reportIn(text: string): Report | undefined {
  try {
    return JSON.parse(text) as Report
  } catch {
    return undefined
  }
}
