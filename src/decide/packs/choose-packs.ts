// Which packs judge: at release the one in force then; at collection every one that may have been in force then.
import { type DateNumber, dateOf, type Instant, startOfDay } from '../../model/instant.ts'
import type { Jurisdiction } from '../../model/vocabulary.ts'
import type { Pack } from '../rule.ts'

export type PacksInForce = {
  /** At the release, one for each jurisdiction that has one then. */
  release: readonly Pack[]
  /** Every jurisdiction has one; else nobody knows the whole law (T805). */
  known: boolean
  /** Of each jurisdiction those in force at some time up to the release: candidates for duties at collection. */
  collection: readonly Pack[]
}

/** Whoever is under several laws has the protection of all of them. */
export function packsInForce(
  packs: readonly Pack[],
  jurisdictions: readonly Jurisdiction[],
  at: Instant,
): PacksInForce {
  const release = jurisdictions.flatMap((jurisdiction) => packAt(packs, jurisdiction, at) ?? [])
  return {
    release,
    known: release.length === jurisdictions.length,
    collection: jurisdictions.flatMap((jurisdiction) => packsUntil(packs, jurisdiction, at)),
  }
}

/** The pack in force at an instant, or undefined (T805). */
export function packAt(packs: readonly Pack[], jurisdiction: Jurisdiction, at: Instant): Pack | undefined {
  return packsOf(packs, jurisdiction).find((pack) => holdsOn(pack, dateOf(at, pack.zone)))
}

/** Packs that were in force at some time up to an instant: candidates for duties at collection. */
export function packsUntil(packs: readonly Pack[], jurisdiction: Jurisdiction, at: Instant): readonly Pack[] {
  return packsOf(packs, jurisdiction).filter((pack) => startOfDay(pack.from, pack.zone) <= at)
}

function packsOf(packs: readonly Pack[], jurisdiction: Jurisdiction): readonly Pack[] {
  return packs.filter((pack) => pack.jurisdiction === jurisdiction)
}

export function holdsOn(pack: Pack, on: DateNumber): boolean {
  return pack.from <= on && (pack.to === undefined || on < pack.to)
}
