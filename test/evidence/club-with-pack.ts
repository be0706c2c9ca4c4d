// A club that released a list once, honestly, and what outsiders kept of that: a checkpoint, a delivery, an evidence pack.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NoteSigner } from '../../src/log/signed-note.ts'
import { type EventKind, eventColumns, eventKinds } from '../../src/model/event.ts'
import type { Instant } from '../../src/model/instant.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { readPublishedPolicy } from '../../src/register/publish-policy.ts'
import { termNumbers } from '../../src/register/term-numbers.ts'
import { receiveReceipt } from '../../src/release/receive-receipt.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { newDatabase } from '../release/club-places.ts'
import { askAndApprove, type Club, day, foundClub, minute, statement } from '../release/small-club.ts'
import { honestPack, signerOf, type Unpacked } from './dishonest-operator.ts'

export type ClubWithPack = {
  club: Club
  signer: NoteSigner
  release: string
  /** Where the recipient got it. */
  delivery: string
  /** The checkpoint of the day before the release, as somebody outside kept it. */
  kept: { name: string; note: Uint8Array }
  /** With the receipts of everybody: whoever is lied about is in the sample. */
  pack: Unpacked
}

export const people = 12
/** Said stop before anything was asked. */
export const objector = 2

export async function clubWithPack(home: string): Promise<ClubWithPack> {
  const club = await foundClub({ home, databaseUrl: await newDatabase(), people })
  const { register, log } = club.app
  await objectToProcessing(register, { ...statement(objector, club.clock.at), qualifier: 'marketing' })
  const { checkpoint } = await publishLog(register, log)
  club.clock.at += day
  await askAndApprove(club, 'letter')
  club.clock.at += minute
  const { release, folder } = await releaseRequest(await club.context(), 'letter')
  await recipientOpens(club, folder!)
  club.clock.at += day
  const asked = { scope: { release }, sample: { size: people, seed: 'chosen by the auditor' } }
  return {
    ...{ club, release, delivery: folder!, signer: signerOf(register) },
    kept: { name: 'checkpoint-of-12-june', note: Buffer.from(checkpoint) },
    pack: await honestPack(club, asked, 'evidence.zip'),
  }
}

/** The recipient opens it, everything checked, and its receipt is recorded. */
async function recipientOpens(club: Club, folder: string): Promise<void> {
  const desk = { ...recipientDesk, now: () => club.clock.at }
  const out = join(club.app.configuration.home, 'acorn', 'opened')
  const { receiptPath } = await openDelivery(desk, club.keys, { folder, out })
  await receiveReceipt(club.app.register, readFileSync(receiptPath, 'utf8'), 'club')
}

/** One batch that says of these people that they were shown the notice, at whatever time suits. */
export async function importShowings(
  { app }: Club,
  subjects: readonly number[],
  shownAt: Instant,
): Promise<void> {
  const { register } = app
  const number = async (kind: 'source' | 'route', name: string) =>
    (await termNumbers(register, kind, [name])).get(name)!
  const [source, route] = [await number('source', 'a list that was found'), await number('route', 'online')]
  const notice = (await readPublishedPolicy(register)).find(({ kind }) => kind === 'notice')!.number
  const kind: EventKind = 'presentation'
  const events = eventColumns(subjects.length)
  for (const [row, subject] of subjects.entries()) {
    events.subject[row] = subject
    events.kind[row] = eventKinds[kind].number
    events.earliest[row] = shownAt
    events.latest[row] = shownAt
    events.grade[row] = 1
    events.source[row] = source
    events.route[row] = route
    events.notice[row] = notice
  }
  await appendBatch(register, {
    ...{ kind: 'import', actor: 'club', idempotencyKey: 'found', contentHash: '', events },
  })
}
