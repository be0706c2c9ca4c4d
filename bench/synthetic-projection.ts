// A projection of any size without a register: about three events a person in the proportions of the case, and one
// dataset of everybody, made in the set engine by arithmetic.
import {
  createProjection,
  datasetTable,
  noteRepeatedShowings,
  projectionColumns,
} from '../src/decide/projection-schema.ts'
import type { SetEngine } from '../src/decide/set-engine.ts'
import type { EventKind } from '../src/model/event.ts'
import { channels } from '../src/model/vocabulary.ts'
import type { Book } from './case-home.ts'

/** Coprime to any number of people that is not a multiple of it: walks over everybody once, in no order of use. */
const stride = 7919

const day = 86_400_000_000
const joinedFrom = 1_396_306_800_000_000
const consentFrom = 1_512_000_000_000_000

export async function makeSyntheticProjection(
  engine: SetEngine,
  people: number,
  { numbers }: Book,
): Promise<string> {
  await engine.run(createProjection())
  const notices = [...numbers.notices.values()].join(', ')
  const purpose = (name: string) => [...numbers.purposes].find(([, { id }]) => id === name)?.[0] ?? 0
  const brand = numbers.recipients.get('little-acorn-foods')!
  const club = numbers.recipients.get('cradle-club')!
  const everybody = `range(1, ${people + 1}) t(i)`
  /** 0 to 999, the same for the same person and question. */
  const lot = (question: number) => `((i * ${stride} + ${question} * 104729) % 1000)`
  const instant = (from: number, days: number) => `${from} + (i * ${stride} % ${days}) * ${day}`
  const fill = async (kind: EventKind, values: Readonly<Record<string, string>>, where: string) => {
    const columns = projectionColumns(kind)
    const each = columns.map((name) => values[name] ?? defaults[name as keyof typeof defaults] ?? 'null')
    await engine.run(
      `insert into ${kind} (${columns.join(', ')}) select ${each.join(', ')} from (select *, ${values.earliest} as happened from ${everybody} where ${where})`,
    )
  }
  const answer = (who: string, recipient: number, channel: number, from: string, qualifier: string) =>
    fill(
      'consent',
      {
        earliest: from,
        notice: `[${notices}][1 + i % ${numbers.notices.size}]`,
        purpose: String(purpose(recipient === brand ? 'baby-offers' : 'club-mail')),
        recipient: String(recipient),
        channel: String(channel),
        qualifier,
      },
      who,
    )

  const joined = instant(joinedFrom, 1000)
  const notice = `[${notices}][1 + i % ${numbers.notices.size}]`
  await fill('presentation', { earliest: joined, notice, route: '1' }, `${lot(1)} < 860`)
  await fill('presentation', { earliest: `${joined} + 100 * ${day}`, notice, route: '1' }, `${lot(1)} < 40`)
  await answer(`${lot(1)} < 860`, club, channels.email, joined, `case when i % 5 < 4 then 1 else 2 end`)
  await answer(`${lot(1)} < 860`, club, channels.call, joined, `case when i % 5 < 2 then 1 else 2 end`)
  await answer(`${lot(2)} < 200`, brand, channels.email, instant(consentFrom, 190), '1')
  await fill(
    'withdrawal',
    {
      earliest: instant(consentFrom + 30 * day, 150),
      channel: String(channels.email),
      recipient: `case when i % 9 > 0 then ${brand} end`,
    },
    `${lot(2)} < 12`,
  )
  await fill('objection', { earliest: instant(joinedFrom, 1100), qualifier: '1' }, `${lot(3)} < 40`)
  await fill('restriction', { earliest: instant(joinedFrom, 1100), qualifier: '1' }, `${lot(4)} < 1`)
  await fill('erasure', { earliest: instant(joinedFrom, 1100), qualifier: '1' }, `${lot(5)} < 4`)
  await fill('protection', { earliest: instant(joinedFrom, 1100), qualifier: '1 + i % 2' }, `${lot(6)} < 1`)
  await fill('identity_doubt', { earliest: instant(joinedFrom, 1100), qualifier: '1' }, `${lot(7)} < 4`)

  const table = datasetTable(1)
  await engine.run(
    `create table ${table} as select i::integer as ordinal, (1 + i * ${stride} % ${people})::integer as subject, 0::utinyint as duplicate,
       case when ${lot(8)} < 20 then null else 19700101 + i % 35 * 10000 end::integer as born_on,
       case when ${lot(9)} < 25 then 20180801 end::integer as expecting_on,
       null::integer as retain_until, null::bigint as collected_by,
       null::bigint as email_key, null::bigint as phone_key, null::bigint as address_key
     from ${everybody}`,
  )
  await engine.run(noteRepeatedShowings(0))
  return table
}

/** What nobody has in the above: one in a few hundred has each, and one in ten shares a contact point. */
export async function addEveryFact(engine: SetEngine, people: number, table: string): Promise<void> {
  const some = (question: number, ofThousand: number) =>
    `from range(1, ${people + 1}) t(i) where (i * ${stride} + ${question} * 104729) % 1000 < ${ofThousand}`
  const earliest = `${joinedFrom} + (i * ${stride} % 1100) * ${day}`
  for (const [question, [kind, qualifiers]] of Object.entries({
    dispute: 2,
    absence: 3,
    listing: 3,
    seed: 2,
  }).entries()) {
    const columns = projectionColumns(kind as EventKind)
    const values: Readonly<Record<string, string>> = {
      ...defaults,
      earliest,
      latest: `${earliest} + ${day}`,
      qualifier: `1 + i % ${qualifiers}`,
    }
    const each = columns.map((name) => values[name] ?? 'null')
    await engine.run(
      `insert into ${kind} (${columns.join(', ')}) select ${each.join(', ')} ${some(20 + question, 3)}`,
    )
  }
  await engine.run(
    [
      `insert into disclosure (subject, recipient, earliest, latest) select i, 1, ${earliest}, ${earliest} ${some(30, 100)}`,
      `insert into link_doubt select i ${some(31, 3)}`,
      `update ${table} set email_key = subject - subject % 10 // 9, phone_key = subject, address_key = subject,
         retain_until = 20300101, collected_by = ${joinedFrom + 1000 * day}`,
    ].join(';'),
  )
}

const defaults = {
  position: '1 + i // 100000',
  ord: 'i % 100000',
  subject: 'i',
  latest: `happened + ${day}`,
  grade: '2',
  source: '1',
} as const
