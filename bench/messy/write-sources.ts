// The same history as the systems of an organisation have it: three ways to write a date, two-digit years, sentinels, empty
// cells, local hours that come twice, days typed late, rows given twice, contact points that only look the same.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RandomNumbers } from '../random-numbers.ts'
import { day, type Happened, type Human, minute, releaseAt } from './truth.ts'

/** The files of facts in `folder`, each with the mapping beside it. */
export type Source = { file: string; mapping: string }

export type Link = { a: string; b: string; confidence: number }
export type Written = {
  sources: Source[]
  /** Numbers in the order of the dataset's rows. */
  rows: string[]
  links: Link[]
  dataset: string
}

type System = 'web' | 'shop' | 'card'
type Row = Record<string, string>

export function writeSources(people: readonly Human[], folder: string, random: RandomNumbers): Written {
  const tables = new Map<string, Row[]>()
  const put = (table: string, row: Row) => {
    tables.set(table, [...(tables.get(table) ?? []), row])
    // An export given twice holds the same row twice.
    if (random.below(50) === 0) tables.get(table)!.push(row)
  }
  for (const human of people) for (const event of human.happened) writeEvent(human, event, put, random)
  for (const { seed, numbers } of people)
    if (seed) put('seed.card', { customer_no: numbers[0]!, happened: '2015-06-01', qualifier: 'canary' })
  const sources = [...tables].map(([table, rows]): Source => {
    const file = join(folder, `${table}.csv`)
    writeFileSync(file, csv(rows))
    const mapping = join(folder, `${table}.yaml`)
    writeFileSync(mapping, mappingOf(table, Object.keys(rows[0]!)))
    return { file, mapping }
  })
  return { sources, ...writeDataset(people, folder, random) }
}

function writeEvent(
  human: Human,
  event: Happened,
  put: (table: string, row: Row) => void,
  random: RandomNumbers,
): void {
  const system = random.below(10) < 6 ? 'web' : random.below(2) === 0 ? 'shop' : 'card'
  const [kind, cells] = kindAndCells(event)
  const isStop = kind !== 'presentation' && kind !== 'consent'
  // What people write in is typed days later, dated by the typist.
  const typedAt = isStop && system === 'card' ? typedAfter(event.at, random) : event.at
  const row = { happened: writeInstant(typedAt, system, { random, sloppy: true }), ...cells }
  const from = event.what === 'objected' ? event.from : undefined
  if (from === 'email') put(`objection.${system}-email`, { email: disguised(human.email, random), ...row })
  else if (from === 'phone') put(`objection.${system}-phone`, { phone: dialled(human.phone, random), ...row })
  else put(`${kind}.${system}`, { customer_no: human.numbers[random.below(human.numbers.length)]!, ...row })
}

/** Before the release, or the file would not have it yet. */
function typedAfter(when: number, random: RandomNumbers): number {
  return when > releaseAt ? when : Math.min(releaseAt - minute, when + random.below(4) * day)
}

function kindAndCells(event: Happened): [kind: string, cells: Row] {
  switch (event.what) {
    case 'shown':
      return ['presentation', { notice: event.notice }]
    case 'yes':
      return [
        'consent',
        {
          notice: event.notice,
          purpose: 'toy-offers',
          recipient: event.recipient ?? '',
          channel: event.channel,
          qualifier: event.byParent ? 'given-by-parent' : 'given',
        },
      ]
    case 'no':
      return [
        'consent',
        {
          notice: 'names-brand@2015',
          purpose: 'toy-offers',
          recipient: event.recipient ?? '',
          channel: event.channel ?? '',
          qualifier: 'refused',
        },
      ]
    case 'withdrew':
      return ['withdrawal', { recipient: event.recipient ?? '', channel: event.channel ?? '' }]
    case 'objected':
      return [
        'objection',
        { recipient: event.recipient ?? '', channel: event.channel ?? '', qualifier: 'marketing' },
      ]
    case 'objected to everything':
      return ['objection', { recipient: '', channel: '', qualifier: 'general' }]
    default:
      return plain[event.what]
  }
}

const plain: Readonly<
  Record<
    Exclude<Happened['what'], 'shown' | 'yes' | 'no' | 'withdrew' | 'objected' | 'objected to everything'>,
    [string, Row]
  >
> = {
  'asked to be erased': ['erasure', { qualifier: 'requested' }],
  'must not be contacted': ['protection', { qualifier: 'bereavement' }],
  died: ['absence', { qualifier: 'deceased' }],
  'moved away': ['absence', { qualifier: 'gone-away' }],
  restricted: ['restriction', { qualifier: 'on' }],
  'restriction lifted': ['restriction', { qualifier: 'lifted' }],
  disputed: ['dispute', { qualifier: 'open' }],
  'dispute settled': ['dispute', { qualifier: 'settled' }],
}

// --- dates -------------------------------------------------------------------------------------------------------

function writeInstant(
  when: number,
  system: System,
  { random, sloppy }: { random: RandomNumbers; sloppy: boolean },
): string {
  if (system === 'web') {
    const utc = new Date(when).toISOString().replace('.000', '')
    return random.below(3) === 0 ? new Date(when + 60 * minute).toISOString().replace('.000Z', '+01:00') : utc
  }
  const [date, time] = inLondon(when)
  const [year, month, dayOfMonth] = date!.split('-') as [string, string, string]
  if (system === 'shop') return `${dayOfMonth}/${month}/${year} ${time}`
  switch (sloppy ? random.below(40) : 9) {
    case 0:
      return '1900-01-01'
    case 1:
      return ''
    case 2:
    case 3:
      return `${dayOfMonth}/${month}/${year.slice(2)}`
    case 4:
      return '01/01/1970'
    case 5:
    case 6:
    case 7:
    case 8:
      return `${dayOfMonth}/${month}/${year}`
    default:
      return random.below(2) === 0 ? date! : `${dayOfMonth}.${month}.${year}`
  }
}

function inLondon(when: number): string[] {
  return new Date(when).toLocaleString('sv-SE', { timeZone: 'Europe/London' }).split(' ')
}

// --- contact points ----------------------------------------------------------------------------------------------

function disguised(email: string, random: RandomNumbers): string {
  switch (random.below(6)) {
    case 0:
      return email.toUpperCase()
    case 1:
      return ` mailto:${email} `
    case 2:
      return email.replace('a', 'а').replace('e', 'е')
    case 3:
      return Array.from(email, (letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0)).join('')
    case 4:
      return `"A customer" <${email}>`
    default:
      return email
  }
}

function dialled(phone: string, random: RandomNumbers): string {
  switch (random.below(5)) {
    case 0:
      return `+44 ${phone.slice(1)}`
    case 1:
      return `0044 (0)${phone.slice(1)}`
    case 2:
      return `${phone.slice(0, 4)} ${phone.slice(4, 7)}-${phone.slice(7)}`
    case 3:
      return phone.slice(1)
    default:
      return phone
  }
}

// --- the file of customers ---------------------------------------------------------------------------------------

function writeDataset(
  people: readonly Human[],
  folder: string,
  random: RandomNumbers,
): Omit<Written, 'sources'> {
  const rows: Row[] = []
  const links: Link[] = []
  for (const human of people) {
    const [first, second] = human.numbers as [string, string | undefined]
    if (random.below(20) > 0) rows.push(customer(human, first, random))
    if (second === undefined) continue
    // A double is in the file in half of all cases, and known to be one with much confidence or with little.
    if (random.below(2) === 0) rows.push(customer(human, second, random))
    links.push({ a: first, b: second, confidence: random.below(5) < 3 ? 98 : 60 })
  }
  for (let twice = 0; twice < people.length / 200; twice++) rows.push({ ...rows[random.below(rows.length)]! })
  const dataset = join(folder, 'customers.csv')
  writeFileSync(dataset, csv(rows))
  return { rows: rows.map((row) => row.customer_no!), links, dataset }
}

function customer(human: Human, number: string, random: RandomNumbers): Row {
  const [year, month, dayOfMonth] = human.bornOn.split('-') as [string, string, string]
  const born = [
    human.bornOn,
    human.bornOn,
    human.bornOn,
    `${dayOfMonth}/${month}/${year}`,
    '1900-01-01',
    '',
    `${dayOfMonth}/${month}/${year.slice(2)}`,
  ]
  return {
    customer_no: number,
    full_name: `${human.given} ${human.family}`,
    home_address: human.address,
    email: random.below(4) === 0 ? human.email.toUpperCase() : human.email,
    phone: random.below(3) === 0 ? dialled(human.phone, random) : human.phone,
    born_on: random.below(4) > 0 ? human.bornOn : born[random.below(born.length)]!,
    town: 'northport',
    spent_pounds: '12',
    income_band: '3',
  }
}

// --- files -------------------------------------------------------------------------------------------------------

const formats: Readonly<Record<System, string>> = {
  web: 'format: iso',
  shop: 'format: dd/mm/yyyy hh:mm:ss',
  card: '',
}

function mappingOf(table: string, columns: readonly string[]): string {
  const [kind, from] = table.split('.') as [string, string]
  const [system, contact] = from.split('-') as [System, string | undefined]
  const scopes = columns.filter((column) =>
    ['notice', 'purpose', 'recipient', 'channel', 'qualifier'].includes(column),
  )
  return [
    `source: ${from}`,
    `kind: ${kind}`,
    `person: { column: ${contact ?? 'customer_no'}, kind: ${contact ?? 'customer'} }`,
    `at: { column: happened, zone: Europe/London${formats[system] === '' ? '' : `, ${formats[system]}`} }`,
    'grade: B',
    ...scopes.map((scope) => `${scope}: { column: ${scope} }`),
    '',
  ].join('\n')
}

function csv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0]!)
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return `${[columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((line) => line.map(cell).join(',')).join('\n')}\n`
}
