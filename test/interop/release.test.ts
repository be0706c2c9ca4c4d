// A sealed release before programs we did not write: Debian's age opens its files with the recipient's identity, Go reads its
// signatures and its proof; and what that age sealed, we open.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAgeIdentity } from '../../src/adapters/age/age-identity.ts'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { encodeVerifierKey } from '../../src/log/signed-note.ts'
import type { ReleaseManifest } from '../../src/model/release.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import { logVerifierKey } from '../../src/register/publish-log.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { openAll, openPart, pattern } from '../contract/sealer.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { askAndApprove, type Club, foundClub } from '../release/small-club.ts'
import { runAge } from './debian-age.ts'
import { buildVerifyLog, type VerifyLog } from './verify-log-command.ts'

const folders = newFolder('interop')
const at = (name: string) => join(folders.path, name)
let club: Club
let go: VerifyLog
let identityFile: string
let recipientKey: string
const releases = new Map<string, ReleaseResult>()
let opened = 0
let refused = 0

beforeAll(async () => {
  go = buildVerifyLog(folders.path)
  club = await foundClub({ home: at('home'), databaseUrl: await newDatabase() })
  identityFile = at('identity.txt')
  writeFileSync(identityFile, `# of the recipient\n${club.keys.identities[0]}\n`)
  recipientKey = encodeVerifierKey(club.keys.card.name, club.keys.signer.publicKey)
  for (const format of ['csv', 'parquet'] as const) {
    await askAndApprove(club, format)
    releases.set(format, await releaseRequest(await club.context(), format, { format }))
  }
})
afterAll(async () => {
  await club?.close()
  folders.remove()
})

describe.each(['csv', 'parquet'])('a release as %s', (format) => {
  const folder = () => releases.get(format)!.folder!
  const read = (file: string) => readFileSync(join(folder(), file))
  const manifest = (): ReleaseManifest => JSON.parse(read('manifest.json').toString())
  const sealed = () => readdirSync(folder()).filter((file) => file.endsWith('.age'))

  test('is opened by age with the recipient’s identity, and is what the recipient opens here', async () => {
    expect(sealed().sort()).toEqual(['proof.bin.age', `records.${format}.age`])
    const plain = new Map(sealed().map((file) => [file, ageOpens(join(folder(), file))]))
    const desk = { ...recipientDesk, now: () => club.clock.at }
    const { recordsPath, receipt } = await openDelivery(desk, club.keys, {
      folder: folder(),
      out: at(format),
    })
    expect(plain.get(`records.${format}.age`)!.equals(readFileSync(recordsPath))).toBe(true)
    expect(receipt.rows).toBe(manifest().records.rows)
    // 32 bytes of opening for each row, after what says what the file is.
    expect(plain.get('proof.bin.age')!.length).toBeGreaterThanOrEqual(32 * receipt.rows)
    if (format === 'csv')
      expect(plain.get('records.csv.age')!.toString().match(/\r\n/g)).toHaveLength(receipt.rows + 1)
  })

  test('stays shut to age with another identity, with a byte changed, and when it is cut short', async () => {
    const stranger = at(`stranger-${format}.txt`)
    writeFileSync(stranger, `${(await makeAgeIdentity()).identity}\n`)
    for (const file of sealed()) {
      const path = join(folder(), file)
      expect(runAge(['--decrypt', '--identity', stranger, path])).toMatchObject({ exit: 1 })
      const bytes = readFileSync(path)
      for (const place of [30, 120, 190, 260, bytes.length - 20, bytes.length - 1])
        ageRefuses(Buffer.from(bytes.with(place, bytes[place]! ^ 1)))
      for (const length of [0, 100, bytes.length - 17, bytes.length - 1])
        ageRefuses(bytes.subarray(0, length))
    }
  })

  test('bears signatures and a proof that Go accepts, and not for other bytes', () => {
    const key = logVerifierKey(club.app.register)
    const receipt = readFileSync(join(at(format), 'receipt.txt'))
    const proof = read('sealed.tlog-proof')
    const { entry } = JSON.parse(read('sealed.json').toString())
    const signature = read('manifest.json.sig')
    const sha256 = createHash('sha256').update(read('manifest.json')).digest('hex')
    expect(signature.toString()).toContain(sha256)
    const questions = [
      { ask: 'note', keys: [key], note: signature },
      { ask: 'note', keys: [recipientKey], note: receipt },
      { ask: 'proof', keys: [key], note: proof, data: Buffer.from(entry) },
    ] as const
    expect(go.ask(questions).map(({ holds, why }) => why ?? holds)).toEqual([true, true, true])
    const other = (bytes: Uint8Array) => Uint8Array.from(bytes.with(40, bytes[40]! ^ 1))
    const changed = questions.flatMap((question) => [
      { ...question, note: other(question.note) },
      'data' in question ? { ...question, data: other(question.data) } : { ...question, keys: [] },
    ])
    expect(go.ask(changed).map(({ holds }) => holds)).toEqual(changed.map(() => false))
    refused += changed.length
    opened += questions.length
  })
})

describe('what age sealed', () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('of %i bytes is opened here', async (size) => {
    const path = at(`theirs-${size}.age`)
    const plain = pattern(size)
    const [own, other] = [await makeAgeIdentity(), await makeAgeIdentity()]
    const words = ['--recipient', other.recipient, '--recipient', own.recipient, '--output', path]
    expect(runAge(words, plain)).toMatchObject({ exit: 0, stderr: '' })
    expect(plain.equals(await openAll(ageUnsealer, [own.identity], path))).toBe(true)
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1))
    expect((await openPart(ageUnsealer, [own.identity], path)).error).toMatchObject({
      code: 'delivery.tampered',
    })
    opened++
    refused++
  })

  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('of %i bytes we seal for it to open', async (size) => {
    const path = at(`ours-${size}.age`)
    const plain = pattern(size)
    await ageSealer.seal(club.keys.card.ageRecipient, [plain], path)
    expect(plain.equals(ageOpens(path))).toBe(true)
  })
})

test('the programs looked at as much as was meant', () => {
  console.log(
    `age and Go opened ${opened} files of ours or we theirs, and ${refused} changed ones were refused`,
  )
  expect(opened).toBeGreaterThanOrEqual(2 * 2 + 2 * 3 + 6 + 6)
  expect(refused).toBeGreaterThanOrEqual(2 * 2 * 10 + 2 * 6 + 6)
})

function ageOpens(path: string): Buffer {
  const { stdout, stderr, exit } = runAge(['--decrypt', '--identity', identityFile, path])
  expect([exit, stderr]).toEqual([0, ''])
  opened++
  return stdout
}

function ageRefuses(bytes: Uint8Array): void {
  const path = at('changed.age')
  writeFileSync(path, bytes)
  const { exit, stderr } = runAge(['--decrypt', '--identity', identityFile, path])
  expect([exit, stderr]).toEqual([1, expect.stringContaining('age: error')])
  refused++
}
