// Destroying the keys of those whose time has come, in the order that makes it true: recipients are told while their lines can
// still be named, then the register forgets, then the projection, then the store's files, and the old key goes last.

import { sqlText } from '../decide/compile-expression.ts'
import { datasetTable } from '../decide/projection-schema.ts'
import { dateToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { KeysDestroyedBody } from '../model/release.ts'
import {
  type AtErasurePoint,
  destroyKeys,
  finishDestruction,
  unfinishedEpochs,
} from '../register/destroy-keys.ts'
import { readErased } from '../register/read-erasures.ts'
import type { Scrubbed } from '../register/scrub-store.ts'
import type { StoreSession } from '../register/store.ts'
import type { ReleaseContext } from './decision-context.ts'
import { followUp } from './follow-up.ts'
import { type ErasureRules, findUnfinished, findUntold, listErasures, readSame } from './list-erasures.ts'
import { loadNumbers } from './people-touched.ts'

export type DestroyedErasures = {
  /** Undefined: nobody was due, or everybody's keys were destroyed before. */
  destroyed: KeysDestroyedBody | undefined
  /** Epochs whose key files were destroyed now; more than one where a run before was cut short. */
  epochs: number[]
  /** Undefined where nothing had to be scrubbed. */
  scrubbed: Scrubbed | undefined
  /** What is kept of erased people, under numbers that lead to nobody any more. */
  kept: KeptByNumber
}

export type KeptByNumber = {
  events: number
  /** Rows of earlier decisions, in this many files: verdicts and the facts they rest on. */
  decisions: { files: number; rows: number }
  /** Of them who are said to be the same person as somebody who is still here: that one's reference leads to their events. */
  linked: number
}

export type DestroyErasedOptions = {
  /** One person, by number; undefined = everybody who is due. */
  subject?: number | undefined
  backupsKeptDays?: number | undefined
  at?: AtErasurePoint
}

/** Run again after a crash, it does what is left; `erasure.*` Problems say what stands against it. */
export async function destroyErased(
  context: ReleaseContext,
  { subject, backupsKeptDays, at = () => {} }: DestroyErasedOptions = {},
): Promise<DestroyedErasures> {
  const { register } = context
  const subjects = await chooseDue(context, subject)
  if (subjects.length > 0) await tellRecipients(context, subjects)
  const destroyed =
    subjects.length === 0
      ? undefined
      : await destroyKeys(register, subjects, {
          ...{ actor: context.actor, zone: context.policy.controller.zone, backupsKeptDays, at },
          refuse: (session, present) => refuseUntold(session, present),
        })
  const epochs = await unfinishedEpochs(register)
  const erased = await readErased(register.store)
  if (epochs.length > 0) await context.engine.inTurn(() => forgetInProjection(context, erased))
  await at('forgotten')
  const scrubbed = await finishDestruction(register, at)
  return { destroyed, epochs, scrubbed, kept: await countKept(context, erased) }
}

async function chooseDue(context: ReleaseContext, subject: number | undefined): Promise<number[]> {
  const rules: ErasureRules = {
    controller: context.policy.controller,
    packs: context.packs,
    now: context.register.now(),
  }
  const listed = await listErasures(
    context.register.store,
    rules,
    subject === undefined ? undefined : [subject],
  )
  if (subject === undefined) return listed.filter(({ due }) => due).map((erasure) => erasure.subject)
  const [asked] = listed
  if (asked === undefined)
    throw new Problem(
      'erasure.not_found',
      'this person did not ask to be erased: record it with `fairshare erase`',
    )
  if (!asked.due)
    throw new Problem(
      'erasure.not_due',
      `the evidence is kept until ${dateToIso(asked.heldUntil)} (${asked.because})`,
    )
  return [subject]
}

/** Whoever shares a contact point with an erased person is recalled too, as long as it is known whose it was. */
async function tellRecipients(context: ReleaseContext, subjects: readonly number[]): Promise<void> {
  await refuseUntold(context.register.store, subjects)
  const made = await followUp(context)
  if (made.length === 0) return
  const removals = made.map(({ release, removal }) => `removal ${removal} of ${release}`)
  throw new Problem('erasure.recipients_not_told', `made just now and to be sent: ${removals.join(', ')}`)
}

async function refuseUntold(
  session: Pick<StoreSession, 'query'>,
  subjects: readonly number[],
): Promise<void> {
  const unfinished = await findUnfinished(session)
  if (unfinished.length > 0) throw new Problem('erasure.release_unfinished', unfinished.join(', '))
  const untold = await findUntold(session, subjects)
  const releases = [...new Set([...untold.values()].flat())]
  if (releases.length > 0)
    throw new Problem(
      'erasure.recipients_not_told',
      `${untold.size} of them in ${releases.join(', ')}: run \`fairshare follow-up\``,
    )
}

/**
 * Rows of datasets by which a number could be found again: birth dates, keyed hashes of contact points. Every dataset is read
 * again at its next check, so that whoever still stands in it is met with the suppression list.
 */
async function forgetInProjection({ engine }: ReleaseContext, erased: readonly number[]): Promise<void> {
  const files = await engine.rows<{ number: number }>('select number from dataset_file')
  await loadNumbers(engine, 'erased', erased)
  await engine.run('begin')
  try {
    for (const table of ['contact_ref', ...files.map(({ number }) => datasetTable(number))])
      await engine.run(`delete from ${table} where subject in (from erased)`)
    await engine.run("update dataset_file set declaration = ''")
    await engine.run('commit')
  } catch (error) {
    await engine.run('rollback')
    throw error
  }
  await engine.run('drop table erased')
  await engine.run('force checkpoint')
}

async function countKept(context: ReleaseContext, erased: readonly number[]): Promise<KeptByNumber> {
  const { engine, register, decisionsFolder } = context
  const [events] = await register.store.query<{ count: number }>(
    `select count(*)::int4 as count from register.event where subject = any($1::int4[])`,
    [[...erased]],
  )
  const decisions = await engine.inTurn(async () => {
    const pattern = `${decisionsFolder}/*.parquet`
    const [files] = await engine.rows<{ count: number }>(
      `select count(*) as count from glob(${sqlText(pattern)})`,
    )
    if (files!.count === 0 || erased.length === 0) return { files: 0, rows: 0 }
    await loadNumbers(engine, 'erased', erased)
    const [rows] = await engine.rows<{ files: number; rows: number }>(
      `select count(distinct filename) as files, count(*) as rows
         from read_parquet(${sqlText(pattern)}, filename = true, union_by_name = true)
        where subject in (from erased)`,
    )
    await engine.run('drop table erased')
    return rows!
  })
  return { events: events!.count, decisions, linked: await countLinked(register.store, erased) }
}

async function countLinked(session: Pick<StoreSession, 'query'>, erased: readonly number[]): Promise<number> {
  const gone = new Set(erased)
  const linked = (await readSame(session)).flatMap(({ a, b }) =>
    gone.has(a) === gone.has(b) ? [] : [gone.has(a) ? a : b],
  )
  return new Set(linked).size
}
