// Opening a delivery: what arrives whole is opened and signed for; anything else is refused with its file and place,
// and nothing plain stays.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyReceipt } from '../../src/evidence/verify-receipt.ts'
import { encodeVerifierKey, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { isProblem, type Problem } from '../../src/model/problem.ts'
import type { ReleaseManifest, SealedBody } from '../../src/model/release.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import {
  buildDelivery,
  columns,
  type Delivery,
  desk,
  people,
  recipientKeys,
  registerId,
  registerKey,
} from './build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-open-'))
let keys: RecipientKeys
let delivery: Delivery
let other: Delivery
let number = 0

beforeAll(async () => {
  keys = await recipientKeys('little-acorn', 3)
  delivery = await buildDelivery(join(root, 'delivery'), keys)
  other = await buildDelivery(join(root, 'other'), keys, {
    release: '3-acorn-post@57',
    rows: people.slice(3),
  })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A copy of a delivery that may be spoiled. */
function copyOf({ folder }: Delivery): string {
  const copy = join(root, `copy-${number++}`)
  cpSync(folder, copy, { recursive: true })
  return copy
}

async function refusal(folder: string, by: RecipientKeys = keys): Promise<Problem> {
  const out = join(root, `out-${number++}`)
  const outcome = await openDelivery(desk, by, { folder, out }).then(
    () => new Error('it was opened'),
    (error: unknown) => error,
  )
  if (existsSync(out)) expect(readdirSync(out), 'something plain stayed').toEqual([])
  if (!isProblem(outcome)) throw outcome
  return outcome
}

describe('a delivery as it was made', () => {
  test.each(['csv', 'parquet', 'xlsx'] as const)(
    'opens as %s, with the rows that were sent and a signed receipt',
    async (format) => {
      const { folder, refs, body } = await buildDelivery(join(root, `whole-${format}`), keys, { format })
      const out = join(root, `opened-${format}`)
      const opened = await openDelivery(desk, keys, { folder, out })
      expect(readdirSync(out).sort()).toEqual(['receipt.txt', `records.${format}`])
      expect(statSync(opened.recordsPath).mode & 0o777).toBe(0o600)
      const table = await desk.tables.open(opened.recordsPath, format)
      const rows: (string | null)[][] = []
      for await (const { count, columns: cells } of table.rows())
        for (let row = 0; row < count; row++) rows.push(cells.map((column) => column[row] ?? null))
      expect(table.columns).toEqual(columns)
      expect(rows).toEqual(people.map((cells, row) => [refs[row], ...cells]))
      const recipient = parseVerifierKey(keys.card.verifierKey)
      const { receipt } = await verifyReceipt(
        readFileSync(opened.receiptPath, 'utf8'),
        recipient,
        'receipt.txt',
      )
      expect(receipt).toEqual({
        format: 'fairshare/release-receipt@v1',
        release: '3-acorn-post@41',
        manifestSha256: body.manifestSha256,
        released: body.released,
        rows: 12,
        recordsSha256: body.recordsSha256,
        openedAt: '2018-02-02T09:00:00Z',
        checked: { signature: true, log: true, rows: true },
      })
    },
  )

  test('is not opened a second time beside a copy from which lines may have been removed', async () => {
    const out = join(root, 'twice')
    await openDelivery(desk, keys, { folder: delivery.folder, out })
    const kept = readFileSync(join(out, 'records.csv'))
    await expect(openDelivery(desk, keys, { folder: delivery.folder, out })).rejects.toMatchObject({
      code: 'delivery.opened',
    })
    expect(readFileSync(join(out, 'records.csv'))).toEqual(kept)
  })

  test('opens after a run that was killed in the middle, and nothing of that run stays', async () => {
    const out = join(root, 'killed')
    await desk.files.emptyFolder(join(out, '.part'))
    writeFileSync(join(out, '.part', 'records.csv'), 'half of it')
    writeFileSync(join(out, 'receipt.txt'), 'an old one')
    await openDelivery(desk, keys, { folder: delivery.folder, out })
    expect(readdirSync(out).sort()).toEqual(['receipt.txt', 'records.csv'])
  })

  test('sealed for somebody else is not for you', async () => {
    const stranger = await recipientKeys('stranger', 4)
    expect((await refusal(delivery.folder, stranger)).code).toBe('delivery.not_for_you')
    // Even with the right name on the card, what is sealed stays shut.
    const pretender = { ...stranger, card: { ...stranger.card, ageRecipient: keys.card.ageRecipient } }
    expect((await refusal(delivery.folder, pretender)).code).toBe('delivery.not_for_you')
  })

  test('from a register nobody vouched for is refused, and its key is shown', async () => {
    const problem = await refusal(delivery.folder, { ...keys, trusted: [] })
    expect(problem.code).toBe('register.untrusted')
    expect(problem.detail).toBe(`it is signed by ${registerKey}`)
    const mallory = await recipientKeys('mallory', 9)
    const named = parseVerifierKey(encodeVerifierKey('club.example/register', mallory.signer.publicKey))
    expect((await refusal(delivery.folder, { ...keys, trusted: [named] })).code).toBe('register.untrusted')
    // A key that did not sign it is nobody to ask about.
    const copy = copyOf(delivery)
    const note = readFileSync(join(copy, 'manifest.json.sig'), 'utf8')
    const text = note.slice(0, note.indexOf('\n\n') + 1)
    writeFileSync(join(copy, 'manifest.json.sig'), signNote(text, mallory.signer))
    expect((await refusal(copy, { ...keys, trusted: [] })).detail).toBe(
      'manifest.json.sig: is not signed by the key it should be',
    )
  })
})

describe('a delivery that was changed on the way', () => {
  test('is refused with the file, whichever byte of whichever file was flipped', async () => {
    const files = readdirSync(delivery.folder)
    expect(files).toHaveLength(7)
    const copy = copyOf(delivery)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, at, bits) => {
          const bytes = readFileSync(join(delivery.folder, file))
          const spoiled = Buffer.from(bytes)
          spoiled[at % bytes.length]! ^= bits
          writeFileSync(join(copy, file), spoiled)
          const problem = await refusal(copy)
          writeFileSync(join(copy, file), bytes)
          expect(problem.code).toBe('delivery.tampered')
          // The key a manifest names is looked at before its signature; a signature may tell of the manifest.
          expect(problem.detail.startsWith(file)).toBe(true)
        },
      ),
      { numRuns: 400, seed: 20180202 },
    )
  }, 120_000)

  test('names the byte, the member or the line as near as can be told', async () => {
    const place = async (file: string, change: (bytes: Buffer) => Buffer) => {
      const copy = copyOf(delivery)
      writeFileSync(join(copy, file), change(readFileSync(join(copy, file))))
      return (await refusal(copy)).detail
    }
    const replace = (from: string, to: string) => (bytes: Buffer) => {
      expect(bytes.includes(from)).toBe(true)
      return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
    }
    const flip = (at: number) => (bytes: Buffer) => {
      bytes[at < 0 ? bytes.length + at : at]! ^= 1
      return bytes
    }
    expect(await place('records.csv.age', flip(-1))).toBe(
      'records.csv.age, in or after byte 0 of what is in it: is not the file that was signed for',
    )
    expect(await place('records.csv.age', (bytes) => bytes.subarray(0, 300))).toMatch(
      /^records.csv.age, at byte 300: ends \d+ bytes early$/,
    )
    expect(await place('records.csv.age', (bytes) => Buffer.concat([bytes, Buffer.of(0)]))).toContain(
      'goes on where it should end',
    )
    expect(await place('proof.bin.age', flip(30))).toMatch(/^proof.bin.age, in its header/)
    expect(await place('manifest.json', replace('"rows":12', '"rows":13'))).toBe(
      'manifest.json, at records.rows: is not the manifest that was signed',
    )
    expect(await place('manifest.json', replace('"rows"', '"rovs"'))).toContain('manifest.json, at records.')
    expect(await place('sealed.json', replace('considered\\":20', 'considered\\":21'))).toBe(
      'sealed.json, at body, salt or entry: is not what the log entry binds',
    )
    expect(await place('sealed.tlog-proof', replace('index 43', 'index 42'))).toContain(
      'sealed.tlog-proof, at entry 42 of 44',
    )
    expect(await place('sealed.tlog-proof', replace('\nindex', '\nextra AAAA\nindex'))).toContain(
      'sealed.tlog-proof, at extra',
    )
    expect(await place('manifest.json.sig', replace('release@v1', 'release@v2'))).toContain(
      'manifest.json.sig, at signature 1',
    )
  })

  test('is refused when a file is missing or cut at any length', async () => {
    for (const file of readdirSync(delivery.folder)) {
      const copy = copyOf(delivery)
      rmSync(join(copy, file))
      expect((await refusal(copy)).detail).toBe(`${file}: is not there`)
      const bytes = readFileSync(join(delivery.folder, file))
      for (const length of [0, 1, bytes.length >> 1, bytes.length - 1]) {
        writeFileSync(join(copy, file), bytes.subarray(0, length))
        expect((await refusal(copy)).detail.startsWith(file)).toBe(true)
      }
    }
  })

  test('is refused when any files of another release of the same sender stand in it', async () => {
    const files = readdirSync(delivery.folder).filter((file) => file !== 'README.txt')
    for (let chosen = 1; chosen < 2 ** files.length - 1; chosen++) {
      const copy = copyOf(delivery)
      for (const [index, file] of files.entries())
        if ((chosen >> index) & 1) cpSync(join(other.folder, file), join(copy, file))
      expect((await refusal(copy)).code).toBe('delivery.tampered')
      rmSync(copy, { recursive: true })
    }
  })
})

describe('a sender that seals something else than it logged', () => {
  const sent = async (options: Parameters<typeof buildDelivery>[2]) =>
    (await refusal((await buildDelivery(join(root, `lie-${number++}`), keys, options)).folder)).detail

  test('is found out by one altered cell', async () => {
    expect(
      await sent({
        sealedRows: (rows) => rows.map((row, i) => (i === 4 ? [row[0]!, 'Someone else', row[2]!] : row)),
      }),
    ).toBe(
      'records.csv.age, at its rows: lead to another root than the log holds: what arrived is not what was released',
    )
  })

  test('is found out by a row too many, a row too few, and a row out of its place, with the row', async () => {
    expect(await sent({ sealedRows: (rows) => [...rows, ['0'.repeat(16), 'Extra', null]] })).toContain(
      'row 13',
    )
    expect(await sent({ sealedRows: (rows) => rows.slice(1) })).toContain('row 1:')
    expect(await sent({ sealedRows: (rows) => rows.slice(0, -1) })).toContain('row 12')
    expect(
      await sent({ sealedRows: (rows) => rows.toSpliced(2, 2, rows[3]!, rows[2]!), format: 'parquet' }),
    ).toContain('row 3:')
  })

  test('is found out by a manifest that names a column twice', async () => {
    const twice = ({ records, ...manifest }: ReleaseManifest): ReleaseManifest => ({
      ...manifest,
      records: {
        ...records,
        columns: records.columns.map((column, i) => (i === 2 ? records.columns[1]! : column)),
      },
    })
    expect(await sent({ manifest: twice })).toContain('has a column twice')
  })

  test('is found out by records that are no table', async () => {
    expect(
      await sent({ sealedRows: (rows) => rows.map((row, i) => (i === 2 ? [...row, 'one cell more'] : row)) }),
    ).toContain('cannot be read as the manifest says')
  })

  test('is found out by a log entry that says something else than the manifest', async () => {
    expect(await sent({ body: (body) => ({ ...body, released: 'a'.repeat(64) }) })).toBe(
      'sealed.json, at body.released: does not fit roots.released of the manifest',
    )
    const partly = (body: SealedBody) => body.columns.map((column) => ({ ...column, partly: true }))
    expect(await sent({ body: (body) => ({ ...body, columns: partly(body) }) })).toBe(
      'sealed.json, at body.columns: does not fit records.columns of the manifest',
    )
    expect(await sent({ body: (body) => ({ ...body, manifestSha256: 'a'.repeat(64) }) })).toContain(
      'body.manifestSha256',
    )
  })

  test('is found out by a log entry of another kind, register or place', async () => {
    expect(await sent({ entry: { kind: 'release.amended' } })).toContain(
      'sealed.json, at entry: is not that of a sealed',
    )
    expect(await sent({ entry: { register: registerId.replace('0', '1') } })).toContain(
      'is of another register',
    )
    expect(await sent({ entry: { position: 45 } })).toContain('sealed.tlog-proof, at index')
    expect(await sent({ entry: { body: 'a'.repeat(64) } })).toContain('is not what the log entry binds')
  })

  test('is found out by a manifest that names another release, key or log than signed it', async () => {
    const named = (change: Partial<ReleaseManifest>) =>
      sent({ manifest: (manifest) => ({ ...manifest, ...change }) })
    expect(await named({ release: '3-acorn-post@42' })).toContain('manifest.json, at release')
    const register = { id: registerId, origin: 'other.example/log', verifierKey: registerKey }
    expect(await named({ register })).toContain('manifest.json, at register.origin')
    expect(
      await sent({ manifest: ({ basis, ...manifest }) => ({ ...manifest, surprise: 1 }) as ReleaseManifest }),
    ).toContain('manifest.json, at surprise: is not known')
  })

  test('cannot lead out of the folder by the name of a file', async () => {
    expect(
      await sent({
        manifest: (manifest) => ({ ...manifest, proof: { ...manifest.proof, file: '../proof.bin.age' } }),
      }),
    ).toContain('manifest.json, at proof.file')
  })
})
