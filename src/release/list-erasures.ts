// Erasures that are under way: until when each person's evidence is kept, by which rule, and who has to be told first.
import { packAt } from '../decide/packs/choose-packs.ts'
import type { Pack } from '../decide/rule.ts'
import { type DateNumber, dateOf, type Instant, monthsAfter } from '../model/instant.ts'
import type { Controller } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { Link } from '../model/release.ts'
import { readLinks } from '../register/link-people.ts'
import { type AskedErasure, readErasures } from '../register/read-erasures.ts'
import { membersAmong } from '../register/release-members.ts'
import type { StoreSession } from '../register/store.ts'
import { type ReleaseState, readReleases } from './read-release.ts'

export type Erasure = AskedErasure & {
  /** The first day on which the keys may be destroyed. */
  heldUntil: DateNumber
  /** What that day comes from: a source of law, or the words of a hold. */
  because: string
  due: boolean
  /** Releases by which somebody has the record who was not told to remove it. */
  toTell: string[]
  /** Numbers said to be the same person. That is never forgotten: the reference of one of them leads to the events of this one. */
  linkedWith: number[]
}

type Session = Pick<StoreSession, 'query'>

export type ErasureRules = { controller: Controller; packs: readonly Pack[]; now: Instant }

/** In the order they were asked for. */
export async function listErasures(
  session: Session,
  rules: ErasureRules,
  subjects?: readonly number[],
): Promise<Erasure[]> {
  const asked = await readErasures(session, subjects)
  if (asked.length === 0) return []
  const { value, source } = holdMonths(rules)
  const today = dateOf(rules.now, rules.controller.zone)
  const untold = await findUntold(
    session,
    asked.map(({ subject }) => subject),
  )
  const links = await readSame(session)
  return asked.map((erasure) => {
    const ruled = monthsAfter(dateOf(erasure.askedAt, rules.controller.zone), value)
    const { hold } = erasure
    const isHeld = hold !== undefined && hold.until > ruled
    const heldUntil = isHeld ? hold.until : ruled
    return {
      ...erasure,
      ...{ heldUntil, because: isHeld ? hold.because : source, due: heldUntil <= today },
      toTell: untold.get(erasure.subject) ?? [],
      linkedWith: links.flatMap(({ a, b }) =>
        a === erasure.subject ? [b] : b === erasure.subject ? [a] : [],
      ),
    }
  })
}

/** Pairs of whom the latest word is that they are one person, however sure. */
export async function readSame(session: Session): Promise<{ a: number; b: number }[]> {
  const latest = new Map<string, Link>()
  for (const link of await readLinks(session, { after: 0, upTo: Number.MAX_SAFE_INTEGER }))
    latest.set(`${link.a} ${link.b}`, link)
  return [...latest.values()].filter(({ says }) => says === 'same')
}

/** Of the pack in force today where the controller is. */
function holdMonths({ packs, controller, now }: ErasureRules): { value: number; source: string } {
  const pack = packAt(packs, controller.jurisdiction, now)
  if (pack === undefined)
    throw new Problem(
      'erasure.not_due',
      `no rule pack of ${controller.jurisdiction} is in force: nobody knows how long`,
    )
  return pack.parameters.evidenceHoldMonths
}

/**
 * Subject → releases that hold the person and whose recipient was not sent the removal. One who has shown that it destroyed
 * what it got has nothing left to remove.
 */
export async function findUntold(
  session: Session,
  subjects: readonly number[],
): Promise<Map<number, string[]>> {
  const untold = new Map<number, string[]>()
  for (const state of await readReleases(session)) {
    if (state.committed === undefined || state.delivered === undefined || state.destroyed !== undefined)
      continue
    const members = await membersAmong(session, state.committed.position, subjects)
    // A removal that was sealed and never put into the outbox told nobody; whose lines are in it is not asked.
    const waiting = state.removals.some(({ delivered }) => delivered === undefined)
    for (const subject of waiting
      ? [...members, ...(await recalledAmong(session, state, subjects))]
      : members)
      untold.set(subject, [...(untold.get(subject) ?? []), state.release])
  }
  return untold
}

/** Releases that were committed and have neither left nor been given up. */
export async function findUnfinished(session: Session): Promise<string[]> {
  const releases = await readReleases(session)
  return releases
    .filter(
      ({ committed, delivered, abandoned }) =>
        committed !== undefined && delivered === undefined && abandoned === undefined,
    )
    .map(({ release }) => release)
}

async function recalledAmong(
  session: Session,
  { committed }: ReleaseState,
  subjects: readonly number[],
): Promise<number[]> {
  const rows = await session.query<{ subject: number }>(
    `select subject from register.release_removal
      where release = $1 and stage = 'recalled' and subject = any($2::int4[]) order by subject`,
    [committed!.position, [...subjects]],
  )
  return rows.map(({ subject }) => subject)
}
