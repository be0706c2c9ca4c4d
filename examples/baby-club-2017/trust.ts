// Beat 6: nobody has to take the club's word for it. What was made is checked offline; then one byte of each is changed, and
// the same check says where.
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import {
  type App,
  type CaseTrust,
  claimsOf,
  isProblem,
  openDelivery,
  receiptOf,
  recipientDesk,
  recipientKeysIn,
  subjectOf,
  verifyPath,
  whoHas,
  whoHasLines,
} from '../../src/index.ts'
import type { Places } from './hand-over.ts'

type OnStep = (step: { step: string; done?: number }) => void

export type TrustOptions = {
  places: Places
  /** A delivery to look at. */
  delivery: string
  person: { name: string; memberNo: string }
  zone: string
  onStep: OnStep
}

export async function dontTrustUs(app: App, options: TrustOptions): Promise<CaseTrust> {
  const { places, delivery, person, onStep } = options
  const started = performance.now()
  onStep({ step: 'checking what was made, offline' })
  const reference = { kind: 'member', value: person.memberNo }
  const receipt = join(places.receipts, `receipt-${person.memberNo}.json`)
  await writeFile(receipt, await receiptOf(app, reference), { mode: 0o600 })
  const claim = join(places.receipts, `withheld-${person.memberNo}.json`)
  await writeFile(claim, await withheldClaim(app, reference), { mode: 0o600 })
  const log = join(app.configuration.home, 'log')
  const whole = [
    { says: 'the public log: every entry, every tile, the signed checkpoint', path: log },
    { says: 'a delivery: signature, hashes, its entry in the log', path: delivery },
    { says: `${person.name}’s receipt: every event opened and followed into the log`, path: receipt },
    { says: `one claim of hers: it was considered for a release, and withheld`, path: claim },
  ]
  const checks: CaseTrust['checks'][number][] = []
  for (const { says, path } of whole)
    checks.push({ says, holds: (await findFault(path, places)) === undefined })
  onStep({ step: 'changing one byte at a time' })
  const trials = await tryBytes(app, places, { log, delivery, receipt, claim })
  const { disclosures } = await whoHas(app.register, await subjectOf(app.register, reference))
  return {
    checks,
    trials,
    whoHas: { ...person, lines: whoHasLines(disclosures, options.zone) },
    limits:
      'None of this shows that nothing left outside the register: it ties what was sent through it to what people were told, and nothing more.',
    commands: whole.map(({ path, says }) => ({
      path,
      what: says,
      command: `npm run -s fairshare -- verify ${relative('.', path)} --identity ${relative('.', places.recipientKeys)}`,
    })),
    seconds: (performance.now() - started) / 1000,
  }
}

/** That a release considered her record and held it back, as one small file. */
async function withheldClaim(app: App, reference: { kind: string; value: string }): Promise<string> {
  const [issued] = await claimsOf(
    app,
    reference,
    (provable) => provable.filter(({ claim }) => claim === 'withheld').slice(0, 1),
    { grounds: false },
  )
  if (issued === undefined) throw new Error('no release has withheld this record')
  return issued.text
}

/** As the recipient finds out: by opening it. */
async function openingFault(folder: string, { recipientKeys }: Places): Promise<string | undefined> {
  const keys = await recipientKeysIn(recipientKeys)
  try {
    await openDelivery(recipientDesk, keys, { folder, out: join(folder, 'opened') })
    return undefined
  } catch (error) {
    if (isProblem(error) && error.code === 'delivery.tampered') return error.detail
    throw error
  }
}

/** The place of the first thing that does not hold; undefined when all does. The keys are the recipient's, not ours. */
async function findFault(path: string, { recipientKeys }: Places): Promise<string | undefined> {
  const key = join(recipientKeys, 'trusted')
  const [trusted] = await readdir(key)
  const { checks } = await verifyPath(path, { key: join(key, trusted!), identity: undefined })
  for (const check of checks)
    if (!check.holds)
      return check.place.at === undefined ? check.place.file : `${check.place.file}, ${check.place.at}`
  return undefined
}

async function tryBytes(
  app: App,
  places: Places,
  { log, delivery, receipt, claim }: Record<'log' | 'delivery' | 'receipt' | 'claim', string>,
): Promise<CaseTrust['trials']> {
  const folder = join(app.configuration.home, 'trial')
  const trials: { says: string; from: string; file: string }[] = [
    { says: 'one byte of the sealed records', from: delivery, file: 'records.csv.age' },
    { says: 'one letter of the manifest', from: delivery, file: 'manifest.json' },
    { says: 'one letter of what the log says of the release', from: delivery, file: 'sealed.json' },
    { says: 'one byte of the log’s tree', from: log, file: 'tile/0/000.p' },
    { says: 'one letter of a person’s receipt', from: receipt, file: '' },
    { says: 'one letter of a claim', from: claim, file: '' },
  ]
  const results: CaseTrust['trials'][number][] = []
  for (const { says, from, file } of trials) {
    await rm(folder, { recursive: true, force: true })
    const copy = join(folder, 'copy')
    await cp(from, copy, { recursive: true })
    await flipByte(await fileIn(copy, file))
    const place = await (from === delivery ? openingFault : findFault)(copy, places)
    results.push({ says, refused: place !== undefined, place: place ?? 'not found' })
  }
  await rm(folder, { recursive: true, force: true })
  return results
}

/** The last partial tile where the name is a folder. */
async function fileIn(copy: string, file: string): Promise<string> {
  const path = file === '' ? copy : join(copy, file)
  if (!(await stat(path)).isDirectory()) return path
  const widths = (await readdir(path)).map(Number).sort((a, b) => a - b)
  return join(path, String(widths.at(-1)))
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  // In the middle, past headers: what a careless or a cunning hand would change.
  const at = Math.floor(bytes.length / 2)
  bytes[at]! ^= 1
  await writeFile(path, bytes)
}
