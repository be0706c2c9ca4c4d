// Which recipients got a person's data and when, from the memberships of releases: the reference for what the projection holds.
import type { CommittedBody } from '../model/release.ts'
import type { StoreSession } from './store.ts'

/** A recipient without a number was never named by anyone; 0. */
export type DisclosureOf = { recipient: number; at: number }

type Session = Pick<StoreSession, 'query'>

/** Subject → disclosures by releases committed before position `before`; of people in none, nothing. */
export async function readDisclosures(
  session: Session,
  subjects: readonly number[],
  before: number,
): Promise<Map<number, DisclosureOf[]>> {
  const memberships = await membershipsOf(session, subjects, before)
  const releases = await releasesMade(session, [...new Set(memberships.map(({ release }) => release))])
  const found = new Map<number, DisclosureOf[]>()
  for (const { subject, release } of memberships) {
    const made = releases.get(release)
    if (made === undefined) continue
    const earlier = found.get(subject)
    if (earlier === undefined) found.set(subject, [made])
    else earlier.push(made)
  }
  return found
}

/** `substring` reads one byte of a bitmap kept outside its row. */
async function membershipsOf(
  session: Session,
  subjects: readonly number[],
  before: number,
): Promise<{ subject: number; release: number }[]> {
  return session.query<{ subject: number; release: number }>(
    `select s.subject, m.release
       from unnest($1::int4[]) s (subject)
       join register.release_member m
         on m.chunk = s.subject >> 16
        and get_byte(substring(m.bits from ((s.subject & 65535) >> 3) + 1 for 1), 0) & (1 << (s.subject & 7)) <> 0
      where m.release < $2
        and not exists (select 1 from register.release_removal r
                         where r.release = m.release and r.subject = s.subject and r.stage = 'amended')
      order by s.subject, m.release`,
    [[...subjects], before],
  )
}

/** Those not given up, by the position that committed them. */
async function releasesMade(
  session: Session,
  positions: readonly number[],
): Promise<Map<number, DisclosureOf>> {
  if (positions.length === 0) return new Map()
  const rows = await session.query<{ position: number; body: string }>(
    `select c.position, c.body from register.record c
      where c.kind = 'release.committed' and c.position = any($1::int8[])
        and not exists (select 1 from register.record a where a.kind = 'release.abandoned' and a.about = c.about)`,
    [[...positions]],
  )
  const terms = await session.query<{ number: number; name: string }>(
    "select number, name from register.term where kind = 'recipient'",
  )
  const numbers = new Map(terms.map(({ name, number }) => [name, number]))
  return new Map(
    rows.map(({ position, body }) => {
      const { request, releaseAt } = JSON.parse(body) as CommittedBody
      return [position, { recipient: numbers.get(request.recipient) ?? 0, at: releaseAt }]
    }),
  )
}
