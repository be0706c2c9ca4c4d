// `npm run messy`: a base as real ones are, with a label for every record that was made from the truth; imported, checked, and
// held against the labels. A release that must not be ends it with exit code 1; refusals that need not be are counted by reason.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { outcomeNumbers, wordCount } from '../src/decide/compile-decision.ts'
import { codesOf } from '../src/decide/decide-set.ts'
import type { ReasonCode } from '../src/model/reason.ts'
import { reasons } from '../src/model/reason.ts'
import { findSubject } from '../src/register/find-subject.ts'
import { linkPeople } from '../src/register/link-people.ts'
import { checkRequest } from '../src/release/check-request.ts'
import { configurationFrom } from '../src/service/configuration.ts'
import { importFile } from '../src/service/import-file.ts'
import type { App } from '../src/service/open-app.ts'
import { readRequestFile } from '../src/service/read-request-file.ts'
import { useApp } from '../src/service/use-app.ts'
import { makePeople } from './messy/make-people.ts'
import { publishMessyPolicy } from './messy/publish-policy.ts'
import { type Human, type Request, whyNot } from './messy/truth.ts'
import { type Link, type Written, writeSources } from './messy/write-sources.ts'
import { RandomNumbers } from './random-numbers.ts'

const requests: readonly Request[] = [
  { id: 'by-post-on-interests', channel: 'post', basis: 'legitimate-interests' },
  { id: 'by-post-on-consent', channel: 'post', basis: 'consent' },
  { id: 'by-email-on-consent', channel: 'email', basis: 'consent' },
]

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '2018' },
    json: { type: 'boolean', default: false },
  },
})

type Wrong = { number: string; label: string; seen: string }
type Report = {
  request: string
  records: number
  mayLeave: number
  left: number
  rejected: number
  wrongReleases: Wrong[]
  wrongRefusals: number
  wrongRefusalsPerThousand: number
  /** The first reason of each refusal that need not have been. */
  causes: Partial<Record<ReasonCode, number>>
}

const folder = mkdtempSync(join(tmpdir(), 'fairshare-messy-'))
try {
  const reports = await measure(folder)
  if (reports.some(({ records, left }) => records === 0 || left === 0))
    throw new Error('nobody leaves at all')
  if (values.json) console.log(JSON.stringify({ seed: Number(values.seed), reports }))
  else for (const report of reports) print(report)
  if (reports.some(({ wrongReleases }) => wrongReleases.length > 0)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(folder: string): Promise<Report[]> {
  const random = new RandomNumbers(Number(values.seed))
  const people = makePeople(Number(values.people), random)
  for (const request of requests) {
    const labels = new Set(people.map((human) => whyNot(human, request, []) === undefined))
    if (labels.size < 2)
      throw new Error('the base shows nothing: somebody has to leave, and somebody has to stay')
  }
  const files = join(folder, 'files')
  mkdirSync(files)
  const written = writeSources(people, files, random)
  const configuration = { ...configurationFrom({}, { home: join(folder, 'home') }), actor: 'bench' }
  return useApp(configuration, async (app) => {
    const paths = await publishMessyPolicy(app, join(folder, 'policy'), requests)
    let rejected = 0
    for (const { file, mapping } of written.sources)
      rejected += (await importFile(app, { file, format: 'csv', mapping })).rejected
    const context = await app.decisionContext(() => written.dataset)
    const reports: Report[] = []
    for (const [index, request] of requests.entries()) {
      const asked = await readRequestFile(paths[index]!, context.policy)
      // The first check enrols whoever is in the file alone; only then can doubles be linked.
      if (index === 0) {
        await checkRequest(context, asked, { keepArtefact: false })
        await linkDoubles(app, written.links)
      }
      await checkRequest(context, asked, { keepArtefact: false })
      reports.push({ ...compare(people, written, request, await decidedRows(app)), rejected })
    }
    return reports
  })
}

async function linkDoubles({ register }: App, links: readonly Link[]): Promise<void> {
  const subject = (value: string) => findSubject(register, { kind: 'customer', value })
  const found = []
  for (const { a, b, confidence } of links) {
    const [one, other] = [await subject(a), await subject(b)]
    if (one !== undefined && other !== undefined)
      found.push({ a: one, b: other, says: 'same' as const, confidence })
  }
  await linkPeople(register, { links: found, because: 'the duplicate check of 2018', actor: 'bench' })
}

type Decided = { ordinal: number; outcome: number; codes: ReasonCode[] }

async function decidedRows({ engine }: App): Promise<Decided[]> {
  const rows = await engine.rows<Record<string, number>>('select * from decided order by ordinal')
  return rows.map((row) => ({
    ordinal: row.ordinal!,
    outcome: row.outcome!,
    codes: Array.from({ length: wordCount }, (_, word) => codesOf(row[`mask_${word}`]!, word)).flat(),
  }))
}

function compare(
  people: readonly Human[],
  { rows }: Written,
  request: Request,
  decided: readonly Decided[],
): Omit<Report, 'rejected'> {
  const byNumber = new Map(people.flatMap((human) => human.numbers.map((number) => [number, human] as const)))
  // Of whoever is in no file nobody knows a contact point.
  const inFile = new Set(rows)
  const seen = people.filter(({ numbers }) => numbers.some((number) => inFile.has(number)))
  const byContact = Map.groupBy(
    seen.flatMap((human) => contactsOf(human).map((contact) => ({ contact, human }))),
    ({ contact }) => contact,
  )
  const report = { request: request.id, records: 0, mayLeave: 0, left: 0, wrongRefusals: 0 }
  const wrongReleases: Wrong[] = []
  const causes: Report['causes'] = {}
  for (const { ordinal, outcome, codes } of decided) {
    const number = rows[ordinal - 1]!
    const human = byNumber.get(number)!
    const others = contactsOf(human).flatMap((contact) => byContact.get(contact) ?? [])
    const label = whyNot(
      human,
      request,
      others.map((other) => other.human),
    )
    const leaves = outcome === outcomeNumbers.allow || outcome === outcomeNumbers.transform
    report.records++
    if (leaves) report.left++
    if (label === undefined) report.mayLeave++
    if (leaves && label !== undefined)
      wrongReleases.push({ number, label, seen: JSON.stringify(human.happened) })
    if (!leaves && label === undefined) {
      report.wrongRefusals++
      causes[codes[0]!] = (causes[codes[0]!] ?? 0) + 1
    }
  }
  return {
    ...report,
    wrongReleases,
    wrongRefusalsPerThousand: (1000 * report.wrongRefusals) / report.records,
    causes,
  }
}

function contactsOf({ email, address }: Human): string[] {
  return [email, address]
}

function print({ request, records, mayLeave, left, rejected, wrongReleases, ...report }: Report): void {
  console.log(
    `${request}: ${records} records, ${mayLeave} may leave, ${left} leave; ${rejected} rows of facts rejected`,
  )
  console.log(`  wrong releases ${wrongReleases.length}`)
  for (const label of new Set(wrongReleases.map((wrong) => wrong.label)))
    console.log(`    ${label}: ${wrongReleases.filter((wrong) => wrong.label === label).length}`)
  console.log(
    `  wrong refusals ${report.wrongRefusals}, ${report.wrongRefusalsPerThousand.toFixed(1)} per 1,000 records, first reason of each:`,
  )
  const sorted = Object.entries(report.causes).sort(([, a], [, b]) => b - a) as [ReasonCode, number][]
  for (const [code, count] of sorted) console.log(`    ${code} ${reasons[code].slug}: ${count}`)
}
