// Which packs judge: at release the one in force then; at collection every one that may have been in force then.
import { type DateNumber, dateOf, type Instant, startOfDay } from '../../model/instant.ts'
import type { Jurisdiction } from '../../model/vocabulary.ts'
import type { Pack } from '../rule.ts'
import { ukDpa1998 } from './uk-dpa1998.ts'
import { ukGdpr2018 } from './uk-gdpr-2018.ts'
import { ukGdpr2026 } from './uk-gdpr-2026.ts'

export const packs: readonly Pack[] = [ukDpa1998, ukGdpr2018, ukGdpr2026]

/** The pack in force at an instant, or undefined (T805). */
export function packAt(jurisdiction: Jurisdiction, at: Instant): Pack | undefined {
  return packsOf(jurisdiction).find((pack) => holdsOn(pack, dateOf(at, pack.zone)))
}

/** Packs that were in force at some time up to an instant: candidates for duties at collection. */
export function packsUntil(jurisdiction: Jurisdiction, at: Instant): readonly Pack[] {
  return packsOf(jurisdiction).filter((pack) => startOfDay(pack.from, pack.zone) <= at)
}

function packsOf(jurisdiction: Jurisdiction): readonly Pack[] {
  return packs.filter((pack) => pack.jurisdiction === jurisdiction)
}

function holdsOn(pack: Pack, on: DateNumber): boolean {
  return pack.from <= on && (pack.to === undefined || on < pack.to)
}
