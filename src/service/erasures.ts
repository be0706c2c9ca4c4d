// Erasures of an open app: listed, held, destroyed, and their last copies said to be gone.
import { type DateNumber, dateOf } from '../model/instant.ts'
import { type Destruction, readDestructions, unfinishedEpochs } from '../register/destroy-keys.ts'
import { holdErasure } from '../register/hold-erasure.ts'
import type { Recorded } from '../register/record-event.ts'
import { type DestroyedErasures, destroyErased } from '../release/destroy-erased.ts'
import { type Erasure, listErasures } from '../release/list-erasures.ts'
import type { App } from './open-app.ts'
import type { PersonMeant } from './person-reference.ts'
import { subjectOf } from './person-rights.ts'
import { readPolicyBook } from './policy-book.ts'
import { locateAgain } from './read-request-file.ts'

export type ErasureList = {
  /** Of the dates, and of today. */
  zone: string
  today: DateNumber
  /** Whose keys are still there. */
  asked: Erasure[]
  destroyed: Destruction[]
  /** Epochs whose destruction was cut short: `destroyErased` finishes it. */
  unfinished: number[]
}

export async function readErasureList({ register }: App, person?: PersonMeant): Promise<ErasureList> {
  const { policy, packs } = await readPolicyBook(register)
  const now = register.now()
  const subjects = person === undefined ? undefined : [await subjectOf(register, person)]
  return {
    zone: policy.controller.zone,
    today: dateOf(now, policy.controller.zone),
    asked: await listErasures(register.store, { controller: policy.controller, packs, now }, subjects),
    destroyed: await readDestructions(register.store),
    unfinished: await unfinishedEpochs(register),
  }
}

export async function holdPerson(
  { register, configuration }: App,
  person: PersonMeant,
  hold: { until: DateNumber; because: string; shorten?: boolean },
): Promise<Recorded> {
  const subjects = [await subjectOf(register, person)]
  return holdErasure(register, { ...hold, subjects, actor: configuration.actor })
}

/** Without a person everybody who is due. */
export async function destroyDue(
  app: App,
  { person, backupsKeptDays }: { person?: PersonMeant | undefined; backupsKeptDays?: number | undefined },
): Promise<DestroyedErasures> {
  const subject = person === undefined ? undefined : await subjectOf(app.register, person)
  const context = await app.decisionContext(await locateAgain(app, undefined))
  return destroyErased(context, { subject, backupsKeptDays })
}
