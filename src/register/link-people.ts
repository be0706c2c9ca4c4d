// Two enrolments are one person, or are not: said with a confidence, and taken back by a later word. Numbers only.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { Link, LinksBody } from '../model/release.ts'
import { recordDocument } from './record-document.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

/** What is said of all links there are; `about` of their documents. */
const ABOUT = 'people'

export async function linkPeople(
  register: Register,
  statement: { links: readonly Link[]; because: string; actor: string; idempotencyKey?: string },
): Promise<Recorded> {
  const { links, because, actor, idempotencyKey } = statement
  await refuseUnknown(register, links)
  const body: LinksBody = { links: links.map(inOrder), because }
  return recordDocument(register, {
    ...{ kind: 'links', about: ABOUT, body: canonicalJson(body), actor },
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  })
}

/** Every word about links with a position in (after, upTo], oldest first. */
export async function readLinks(
  session: Pick<StoreSession, 'query'>,
  { after, upTo }: { after: number; upTo: number },
): Promise<Link[]> {
  const rows = await session.query<{ body: string }>(
    `select body from register.record
      where kind = 'links' and about = $1 and position > $2 and position <= $3 order by position`,
    [ABOUT, after, upTo],
  )
  // Our own documents, written above.
  return rows.flatMap(({ body }) => (JSON.parse(body) as LinksBody).links)
}

async function refuseUnknown(register: Register, links: readonly Link[]): Promise<void> {
  const [head] = await register.store.query<{ subject_count: number }>(
    'select subject_count from register.head',
  )
  for (const link of links) {
    const known = [link.a, link.b].every((subject) => subject > 0 && subject <= head!.subject_count)
    if (!known) throw new Problem('person.not_found', 'a link names a subject number nobody has')
    if (link.a === link.b) throw new Problem('value.invalid', 'a link is between two enrolments')
    if (link.says === 'same' && !isPercent(link.confidence))
      throw new Problem('value.invalid', 'confidence is a whole number from 0 to 100')
  }
}

function isPercent(confidence: number): boolean {
  return Number.isInteger(confidence) && confidence >= 0 && confidence <= 100
}

function inOrder(link: Link): Link {
  return link.a < link.b ? link : { ...link, a: link.b, b: link.a }
}
