// Those of the story who act: Morwenna Sale approves with a key of her own; Tallis Software opens what is sent to it with its
// own keys, without the register, and signs what it destroyed.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type App,
  addApproverWithKey,
  addRecipientCard,
  answerChallengeFile,
  approveWithKey,
  certifyTo,
  makeRecipientKeys,
  openDelivery,
  type ReleaseContext,
  readReleases,
  receiveDestruction,
  receiveReceipt,
  recipientDesk,
  recipientKeysIn,
  releaseRequest,
  type StoryClock,
  verifyRecipientAnswer,
} from '../../src/index.ts'

const contractor = 'tallis-software'
const certificates = fileURLToPath(new URL('certificates/', import.meta.url))

/** Where each party keeps what is its own. */
export type Parties = { approverKey: string; contractorKeys: string; bench: string; papers: string }

export function partiesIn(home: string): Parties {
  return {
    approverKey: join(home, 'parties', 'morwenna-sale.key'),
    contractorKeys: join(home, 'parties', contractor),
    bench: join(home, 'parties', 'repair-bench-4'),
    papers: join(home, 'receipts'),
  }
}

/** The approver's key and the contractor's card on record, the contractor's key proved by a challenge. */
export async function introduce(app: App, { approverKey, contractorKeys, papers }: Parties): Promise<void> {
  await mkdir(join(contractorKeys, '..'), { recursive: true, mode: 0o700 })
  await mkdir(papers, { recursive: true, mode: 0o700 })
  await addApproverWithKey(app, { name: 'Morwenna Sale', keyPath: approverKey })
  await makeRecipientKeys(contractorKeys, contractor)
  const challenge = join(papers, 'challenge.age')
  const answer = join(papers, 'challenge-answer.txt')
  const cardPath = join(contractorKeys, 'card.json')
  await addRecipientCard(app, { recipient: contractor, cardPath, out: challenge })
  await answerChallengeFile({ path: challenge, folder: contractorKeys, out: answer })
  await verifyRecipientAnswer(app, { recipient: contractor, answerPath: answer })
}

export type HandedOver = { release: string; folder: string; rows: number; opened: number }

/** Approved, released, opened by the contractor, its receipt on record. */
export async function handOver(
  app: App,
  context: ReleaseContext,
  request: string,
  { parties, clock }: { parties: Parties; clock: StoryClock },
): Promise<HandedOver> {
  await approveWithKey(app, { request, keyPath: parties.approverKey, as: undefined })
  await releaseRequest(context, request)
  const state = (await readReleases(app.register.store)).find(
    ({ committed }) => committed?.body.request.id === request,
  )
  const { release, delivered, sealed } = state!
  const { folder } = delivered!.body
  const keys = await recipientKeysIn(parties.contractorKeys)
  const desk = { ...recipientDesk, now: clock.now }
  const opened = await openDelivery(desk, keys, { folder, out: parties.bench })
  await receiveReceipt(app.register, await readFile(opened.receiptPath, 'utf8'), app.configuration.actor)
  return { release, folder, rows: sealed!.body.members, opened: opened.receipt.rows }
}

/** The contractor fills in what it destroyed and where, signs it, and sends it back. */
export async function certify(
  app: App,
  destroyed: { copy: string } | { folder: string },
  { file, records, parties, clock }: { file: string; records: number; parties: Parties; clock: StoryClock },
): Promise<string> {
  const from = join(parties.papers, `${file}.yaml`)
  const out = join(parties.papers, `${file}-certificate.txt`)
  const written = await readFile(join(certificates, `${file}.yaml`), 'utf8')
  await writeFile(from, written.replace(/^( +records:) \d+$/gm, `$1 ${records}`))
  await certifyTo({
    destroyed:
      'copy' in destroyed
        ? { ...destroyed, holder: contractor, register: app.register.registerId }
        : destroyed,
    keys: parties.contractorKeys,
    from,
    out,
    trust: undefined,
    now: clock.now,
  })
  const { of } = await receiveDestruction(app.register, await readFile(out, 'utf8'), app.configuration.actor)
  return of
}
