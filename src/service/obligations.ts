// The obligations of an open app: read, narrowed to one recipient or release, counted by colour.
import type { Light, Obligation } from '../custody/obligation.ts'
import { readObligations } from '../custody/read-obligations.ts'
import { type DateNumber, dateOf } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { Register } from '../register/register.ts'
import { readRelease } from '../release/read-release.ts'
import { readPublishedNames } from './published-names.ts'

export type ObligationList = { zone: string; today: DateNumber; obligations: Obligation[] }
export type ObligationFilter = {
  recipient?: string | undefined
  release?: string | undefined
  on?: DateNumber | undefined
}

/** A name nobody knows is refused: a list that is empty by a slip of the pen would look like one where all is well. */
export async function listObligations(
  { register }: { register: Register },
  { recipient, release, on }: ObligationFilter,
): Promise<ObligationList> {
  const names = await readPublishedNames(register)
  if (recipient !== undefined && !names.recipient.includes(recipient))
    throw new Problem('value.invalid', `no entity ${recipient} was ever published`)
  if (release !== undefined && (await readRelease(register.store, release)).committed === undefined)
    throw new Problem('release.not_found', release)
  const zone = names.zone ?? 'UTC'
  const all = await readObligations({ register }, on)
  return {
    ...{ zone, today: on ?? dateOf(register.now(), zone) },
    obligations: all.filter(
      ({ of, who }) =>
        (recipient === undefined || who.id === recipient) &&
        (release === undefined || ('release' in of && of.release === release)),
    ),
  }
}

export function countLights(obligations: readonly Obligation[]): Record<Light, number> {
  const counts = { red: 0, amber: 0, green: 0 }
  for (const { light } of obligations) counts[light]++
  return counts
}
