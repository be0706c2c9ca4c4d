// Who owes it: a legal entity under the name it bore on the day, as letters and regulators need it.
import type { DateNumber } from '../model/instant.ts'
import { legalName } from '../model/legal-name.ts'
import type { Party } from '../model/release.ts'
import type { PolicyTerms } from '../register/policy-terms.ts'

/** An id that was never published stands for itself. */
export function holderOf({ entities }: PolicyTerms, id: string, on: DateNumber): Party {
  const entity = entities.find((one) => one.id === id)
  return { id, name: entity === undefined ? id : legalName(entity, on) }
}
