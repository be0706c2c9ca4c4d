// Those of the story who act: Dana Whitlock approves with a key of her own; Little Acorn Foods opens what is sent to it,
// with its own keys and without the register, and sends receipts back. Each step finds what an earlier run did.
import { access, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type App,
  addApproverWithKey,
  addRecipientCard,
  answerChallengeFile,
  applyRemoval,
  approveWithKey,
  type CaseRecall,
  type CaseRelease,
  followUp,
  instantToIso,
  makeRecipientKeys,
  openDelivery,
  type ReleaseContext,
  type ReleaseState,
  readReleases,
  receiveReceipt,
  recipientDesk,
  recipientKeysIn,
  releaseRequest,
  type SharingRequest,
  type StoryClock,
  verifyRecipientAnswer,
} from '../../src/index.ts'

type OnStep = (step: { step: string; done?: number }) => void

const approver = 'Dana Whitlock'
const recipient = 'little-acorn-foods'

/** Where each party keeps what is its own. */
export type Places = { approverKey: string; recipientKeys: string; opened: string; receipts: string }

export function placesIn(home: string): Places {
  return {
    approverKey: join(home, 'parties', 'dana-whitlock.key'),
    recipientKeys: join(home, 'parties', 'little-acorn'),
    opened: join(home, 'parties', 'little-acorn-records'),
    receipts: join(home, 'receipts'),
  }
}

/** The approver's key and the recipient's card on record, the recipient's key proved by a challenge. */
export async function introduce(app: App, places: Places): Promise<void> {
  await mkdir(join(places.recipientKeys, '..'), { recursive: true, mode: 0o700 })
  await mkdir(places.receipts, { recursive: true, mode: 0o700 })
  await addApproverWithKey(app, { name: approver, keyPath: places.approverKey })
  const card = join(places.recipientKeys, 'card.json')
  const challenge = join(places.receipts, 'challenge.age')
  const answer = join(places.receipts, 'challenge-answer.txt')
  if (!(await isThere(card))) await makeRecipientKeys(places.recipientKeys, 'little-acorn')
  if (!(await isThere(challenge))) await addRecipientCard(app, { recipient, cardPath: card, out: challenge })
  if (!(await isThere(answer)))
    await answerChallengeFile({ path: challenge, folder: places.recipientKeys, out: answer })
  await verifyRecipientAnswer(app, { recipient, answerPath: answer })
}

/** Approved, released, opened, receipt on record; or what an earlier run did of it, and the rest. */
export async function handOver(
  app: App,
  context: ReleaseContext,
  request: SharingRequest,
  options: { places: Places; clock: StoryClock; onStep: OnStep },
): Promise<CaseRelease> {
  const { places, clock, onStep } = options
  const before = await releaseOf(app, request.id)
  if (before === undefined)
    await approveWithKey(app, { request: request.id, keyPath: places.approverKey, as: undefined })
  const seconds =
    before?.delivered === undefined
      ? (await releaseRequest(context, request.id, { onStep })).seconds
      : { commit: 0, shapeAndSeal: 0, proof: 0, deliver: 0 }
  const state = (await releaseOf(app, request.id))!
  const folder = state.delivered!.body.folder
  const started = performance.now()
  onStep({ step: 'the recipient opens the file' })
  const receipt = join(places.receipts, `${state.release}.txt`)
  const receiptIsThere = await isThere(receipt)
  if (!receiptIsThere)
    await openAndAnswer(app, folder, join(places.opened, state.release), receipt, { places, clock })
  const open = receiptIsThere ? 0 : (performance.now() - started) / 1000
  const opened = (await releaseOf(app, request.id))!.opened!.body.receipt
  const { committed, sealed } = state
  const approval = committed!.body
  const { size } = await stat(join(folder, `records.${approval.format}.age`))
  return {
    release: state.release,
    recipient: nameOf(context, approval.request.recipient),
    approvedBy: approver,
    approvalRule: approval.approvalRule,
    rows: sealed!.body.members,
    columns: await columnsOf(folder),
    folder,
    sizeBytes: size,
    roots: { released: sealed!.body.released, decided: sealed!.body.decided },
    opened: {
      rows: opened.rows,
      released: opened.released,
      agrees: opened.released === sealed!.body.released && opened.rows === sealed!.body.members,
    },
    seconds: { ...seconds, open },
    reused: before?.delivered !== undefined,
  }
}

async function openAndAnswer(
  app: App,
  folder: string,
  out: string,
  receipt: string,
  { places, clock }: { places: Places; clock: StoryClock },
): Promise<void> {
  const keys = await recipientKeysIn(places.recipientKeys)
  const desk = { ...recipientDesk, now: clock.now }
  // An earlier run may have opened it and died before it answered: its copy makes way for this one.
  await desk.files.remove(out)
  const { receiptPath } = await openDelivery(desk, keys, { folder, out })
  await receiveReceipt(app.register, await readFile(receiptPath, 'utf8'), app.configuration.actor)
  await desk.files.write(receipt, [await readFile(receiptPath)])
}

/** People who said stop are recalled from every release; the recipient takes their lines out and says so. */
export async function recall(
  app: App,
  context: ReleaseContext,
  options: { places: Places; clock: StoryClock; onStep: OnStep },
): Promise<CaseRecall[]> {
  const { places, clock, onStep } = options
  await followUp(context, { onStep })
  const keys = await recipientKeysIn(places.recipientKeys)
  const desk = { ...recipientDesk, now: clock.now }
  for (const { release, removals } of await readReleases(app.register.store)) {
    for (const { delivered, applied } of removals) {
      if (delivered === undefined || applied !== undefined) continue
      onStep({ step: `the recipient removes lines of ${release}` })
      const { folder } = delivered.body
      const { receiptPath } = await applyRemoval(desk, keys, { folder, into: join(places.opened, release) })
      await receiveReceipt(app.register, await readFile(receiptPath, 'utf8'), app.configuration.actor)
    }
  }
  return recallsOf(context, await readReleases(app.register.store))
}

function recallsOf(context: ReleaseContext, states: readonly ReleaseState[]): CaseRecall[] {
  return states.flatMap(({ release, committed, removals }) =>
    removals.map(({ sealed, applied }) => ({
      release,
      beat: committed!.body.request.id,
      recipient: nameOf(context, committed!.body.request.recipient),
      asked: sealed.body.count,
      removed: applied?.body.receipt.removed ?? 0,
      acknowledged: applied !== undefined,
      dueOn: instantToIso(sealed.body.dueAt).slice(0, 10),
    })),
  )
}

/** The release of a request, finished or begun. */
async function releaseOf(app: App, request: string): Promise<ReleaseState | undefined> {
  const states = await readReleases(app.register.store)
  return states.find(({ committed }) => committed?.body.request.id === request)
}

function nameOf(context: ReleaseContext, id: string): string {
  return context.policy.entities.find((entity) => entity.id === id)!.names.at(-1)!.name
}

async function columnsOf(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    records: { columns: { name: string }[] }
  }
  return manifest.records.columns.map(({ name }) => name).filter((name) => name !== 'fairshare_ref')
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
