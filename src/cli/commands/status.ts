// fairshare status: what stands in the data folder, and which law the program knows.
import { dateToIso, daysAfter, instantToIso } from '../../model/instant.ts'
import type { PolicyKind } from '../../model/policy.ts'
import type { Configuration } from '../../service/configuration.ts'
import {
  type PackValidity,
  packValidity,
  type ReleaseStatus,
  readStatus,
  registerExists,
  type Status,
} from '../../service/read-status.ts'
import { useApp } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { itemCount } from '../report/item-count.ts'
import { count, table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const statusCommand: Command = {
  name: 'status',
  summary: 'What the data folder holds: register, policy in force, projection, law',
  usage: '',
  example: 'status',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'status takes options only')
    const status = (await registerExists(configuration)) ? await useApp(configuration, readStatus) : undefined
    const packs = packValidity()
    if (options.json === true) terminal.printJson(asJson(configuration, status, packs))
    else for (const line of statusLines(configuration, status, packs)) terminal.print(line)
    return 0
  },
}

/** As `policy check` names them. */
const plurals: Readonly<Record<PolicyKind, string>> = {
  controller: 'controllers',
  entity: 'entities',
  purpose: 'purposes',
  notice: 'notice versions',
  attribution: 'attributions',
  agreement: 'agreements',
  assessment: 'assessments',
  determination: 'determinations',
  dataset: 'datasets',
  processing: 'processing records',
  prohibition: 'prohibitions',
  'work-order': 'work orders',
  'copy-grant': 'copy grants',
  feed: 'feeds',
}

/** Never the URL itself: it may hold a password. */
function storeOf({ databaseUrl }: Configuration): string {
  return databaseUrl === undefined ? 'embedded' : 'PostgreSQL'
}

function statusLines(
  configuration: Configuration,
  status: Status | undefined,
  packs: readonly PackValidity[],
): string[] {
  const rows = [
    ['data folder', configuration.home],
    ['store', storeOf(configuration)],
    ...(status === undefined
      ? [['register', 'none yet; the first command that writes makes one']]
      : statusRows(status)),
    ...table(packs.map(packRow)).map((line) => ['law', line]),
  ]
  // A heading that repeats is shown once.
  return table(
    rows.map(([left = '', right = ''], index) => [rows[index - 1]?.[0] === left ? '' : left, right]),
  )
}

function packRow({ id, title, from, to }: PackValidity): string[] {
  const until = to === undefined ? 'now' : dateToIso(daysAfter(to, -1))
  return [id, `${dateToIso(from)} to ${until}`, title]
}

function statusRows(status: Status): string[][] {
  const { position, people, recordedAt, events, policy, projectedPosition } = status
  return [
    ['register', status.registerId],
    ['position', position === 0 ? '0' : `${count(position)}, ${instantToIso(recordedAt)}`],
    ['people', count(people)],
    ...events.map((event) => ['events', `${count(event.count)} ${event.kind.replace('_', ' ')}`]),
    [
      'policy',
      policy.length === 0
        ? 'none published'
        : policy.map(({ kind, count: n }) => itemCount(n, plurals[kind])).join(', '),
    ],
    ['projection', projectionText(position, projectedPosition)],
    ...status.releases.flatMap(releaseRows),
    ...obligationRows(status.obligations),
  ]
}

/** None where nobody holds anything. */
function obligationRows({ red, amber, green }: Status['obligations']): string[][] {
  if (red + amber + green === 0) return []
  const next = red + amber === 0 ? '' : ': `fairshare obligations`'
  return [['obligations', `${count(red)} red, ${count(amber)} amber${next}`]]
}

function releaseRows({ release, recipient, rows, state, open }: ReleaseStatus): string[][] {
  const what = {
    unfinished: 'unfinished; run `fairshare release` to go on',
    empty: 'nobody might leave; nothing was made',
    abandoned: 'given up before anything left',
    delivered: `${count(rows)} rows delivered; no receipt from the recipient yet`,
    opened: `${count(rows)} rows delivered and opened`,
    destroyed: `${count(rows)} rows delivered; destroyed, by the evidence on record`,
  }[state]
  return [
    ['releases', `${release} to ${recipient}: ${what}`],
    ...open.map(({ removal, count: lines, dueAt, overdue }) => [
      'releases',
      `  removal ${removal}: ${count(lines)} ${lines === 1 ? 'line' : 'lines'} ${overdue ? 'OVERDUE since' : 'due'} ${instantToIso(dueAt)}`,
    ]),
  ]
}

function projectionText(position: number, projected: number | undefined): string {
  if (projected === undefined) return 'none yet; the next check makes it'
  return projected === position
    ? 'up to date'
    : `at position ${count(projected)}; the next check brings it on`
}

function asJson(configuration: Configuration, status: Status | undefined, packs: readonly PackValidity[]) {
  return {
    home: configuration.home,
    store: storeOf(configuration),
    register:
      status === undefined
        ? null
        : {
            id: status.registerId,
            position: status.position,
            recordedAt: instantToIso(status.recordedAt),
            people: status.people,
            events: Object.fromEntries(status.events.map((event) => [event.kind, event.count])),
            policy: Object.fromEntries(status.policy.map((item) => [item.kind, item.count])),
            projectedPosition: status.projectedPosition ?? null,
            obligations: status.obligations,
            releases: status.releases.map(({ open, ...release }) => ({
              ...release,
              open: open.map((removal) => ({ ...removal, dueAt: instantToIso(removal.dueAt) })),
            })),
          },
    packs: packs.map(({ id, title, from, to }) => ({
      id,
      title,
      from: dateToIso(from),
      until: to === undefined ? null : dateToIso(to),
    })),
  }
}
