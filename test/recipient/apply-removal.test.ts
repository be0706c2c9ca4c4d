// Applying a removal: the lines named go from the recipient's copy, every other byte stays, and the receipt says what was found.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyReceipt } from '../../src/evidence/verify-receipt.ts'
import { parseVerifierKey } from '../../src/log/signed-note.ts'
import { applyRemoval } from '../../src/recipient/apply-removal.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { removeLines } from '../../src/recipient/remove-lines.ts'
import { cellAt, findColumn, RecordSplitter } from '../../src/recipient/split-records.ts'
import {
  buildDelivery,
  buildRemoval,
  type Delivery,
  desk,
  people,
  recipientKeys,
  registerKey,
} from './build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-removal-'))
let keys: RecipientKeys
let delivery: Delivery
let number = 0

beforeAll(async () => {
  keys = await recipientKeys('little-acorn', 3)
  delivery = await buildDelivery(join(root, 'delivery'), keys)
  await openDelivery(desk, keys, { folder: delivery.folder, out: join(root, 'opened') })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function freshCopy(): string {
  const into = join(root, `copy-${number++}`)
  cpSync(join(root, 'opened'), into, { recursive: true })
  return into
}

async function removalOf(
  refs: readonly string[],
  more: { list?: string; change?: object; release?: string } = {},
) {
  const folder = join(root, `removal-${number++}`)
  await buildRemoval(folder, keys, { release: delivery.release, refs, ...more })
  return folder
}

describe('a removal', () => {
  test('takes out its lines, keeps the bytes and order of all others, and signs for what it found', async () => {
    const into = freshCopy()
    const before = readFileSync(join(into, 'records.csv'), 'utf8')
    const gone = [delivery.refs[6]!, delivery.refs[0]!, delivery.refs[11]!]
    const applied = await applyRemoval(desk, keys, {
      folder: await removalOf([...gone, 'Z'.repeat(16)]),
      into,
    })
    const expected = recordsOf(before).filter((record) => !gone.some((ref) => record.startsWith(ref)))
    expect(expected).toHaveLength(1 + people.length - gone.length)
    expect(readFileSync(join(into, 'records.csv'), 'utf8')).toBe(expected.join(''))
    const signer = parseVerifierKey(keys.card.verifierKey)
    const { receipt } = await verifyReceipt(readFileSync(applied.receiptPath, 'utf8'), signer, 'receipt')
    expect(receipt).toEqual(applied.receipt)
    expect(applied.receipt).toMatchObject({
      release: delivery.release,
      removal: 1,
      asked: 4,
      removed: 3,
      absent: 1,
    })
  })

  test('applied again removes nothing, says so, and gives the receipt of the first time', async () => {
    const into = freshCopy()
    const folder = await removalOf([delivery.refs[2]!])
    const first = await applyRemoval(desk, keys, { folder, into })
    const signed = readFileSync(first.receiptPath)
    const bytes = readFileSync(join(into, 'records.csv'))
    const second = await applyRemoval(desk, keys, { folder, into })
    expect([first.again, second.again]).toEqual([false, true])
    expect(second).toMatchObject({ receipt: first.receipt, receiptPath: first.receiptPath })
    expect(readFileSync(first.receiptPath)).toEqual(signed)
    expect(readFileSync(join(into, 'records.csv'))).toEqual(bytes)
    expect(readdirSync(into).filter((file) => file.includes('part'))).toEqual([])
  })

  test('interrupted when its lines had gone still signs for them at the next run', async () => {
    const into = freshCopy()
    const folder = await removalOf([delivery.refs[2]!, delivery.refs[3]!])
    const files = {
      ...desk.files,
      rename: async (from: string, to: string) => {
        if (to.endsWith('.txt')) throw new Error('killed')
        await desk.files.rename(from, to)
      },
    }
    await expect(applyRemoval({ ...desk, files }, keys, { folder, into })).rejects.toThrow('killed')
    const { receipt, receiptPath } = await applyRemoval(desk, keys, { folder, into })
    expect(receipt).toMatchObject({ asked: 2, removed: 2, absent: 0 })
    expect(readdirSync(into).sort()).toEqual(['receipt.txt', 'records.csv', 'removal-1-receipt.txt'])
    expect(receiptPath).toBe(join(into, 'removal-1-receipt.txt'))
  })

  test('interrupted before its lines went signs for those that go at the next run', async () => {
    const into = freshCopy()
    const folder = await removalOf([delivery.refs[2]!, delivery.refs[3]!])
    const rename = async () => {
      throw new Error('killed')
    }
    const dying = { ...desk, files: { ...desk.files, rename } }
    await expect(applyRemoval(dying, keys, { folder, into })).rejects.toThrow('killed')
    expect(readFileSync(join(into, 'records.csv'))).toEqual(readFileSync(join(root, 'opened', 'records.csv')))
    const { receipt, again } = await applyRemoval(desk, keys, { folder, into })
    expect(receipt).toMatchObject({ removed: 2, absent: 0 })
    expect(again).toBe(false)
  })

  test('signs for no copy that is empty, or has lines of no release', async () => {
    const folder = await removalOf([delivery.refs[0]!])
    const into = join(root, `foreign-${number++}`)
    await desk.files.emptyFolder(into)
    for (const [text, code] of [
      ['', 'file.unreadable'],
      ['name\r\nPerson 1\r\n', 'file.unreadable'],
      ['fairshare_ref\r\n', 'value.invalid'],
      ['fairshare_ref,name\r\n1,Person 1\r\n', 'value.invalid'],
    ] as const) {
      writeFileSync(join(into, 'records.csv'), text)
      await expect(applyRemoval(desk, keys, { folder, into }), text).rejects.toMatchObject({ code })
      expect(readdirSync(into)).toEqual(['records.csv'])
      expect(readFileSync(join(into, 'records.csv'), 'utf8')).toBe(text)
    }
  })

  test('signs for a copy that has no lines left, if the receipt beside it says which release it was', async () => {
    const into = freshCopy()
    writeFileSync(join(into, 'records.csv'), 'fairshare_ref,name,post\r\n')
    const folder = await removalOf([delivery.refs[0]!])
    expect((await applyRemoval(desk, keys, { folder, into })).receipt).toMatchObject({
      removed: 0,
      absent: 1,
    })
  })

  test('is applied to a file of any name, with the receipt beside it', async () => {
    const into = join(root, `named-${number++}`)
    await desk.files.emptyFolder(into)
    cpSync(join(root, 'opened', 'records.csv'), join(into, 'campaign.txt'))
    const folder = await removalOf([delivery.refs[0]!])
    const applied = await applyRemoval(desk, keys, { folder, into, file: 'campaign.txt' })
    expect(applied).toMatchObject({ recordsPath: join(into, 'campaign.txt'), receipt: { removed: 1 } })
    expect(readdirSync(into).sort()).toEqual(['campaign.txt', 'removal-1-receipt.txt'])
  })

  test.each(['parquet', 'xlsx'] as const)('takes rows out of %s too', async (format) => {
    const made = await buildDelivery(join(root, format), keys, { format })
    const into = join(root, `${format}-opened`)
    await openDelivery(desk, keys, { folder: made.folder, out: into })
    const applied = await applyRemoval(desk, keys, {
      folder: await removalOf([made.refs[1]!, made.refs[5]!]),
      into,
    })
    expect(applied.receipt).toMatchObject({ removed: 2, absent: 0 })
    const table = await desk.tables.open(join(into, `records.${format}`), format)
    const left: (string | null)[] = []
    for await (const { columns } of table.rows()) left.push(...columns[0]!)
    expect(left).toEqual(made.refs.filter((_, row) => row !== 1 && row !== 5))
  })

  test('for another release than the folder holds is refused before anything is touched', async () => {
    const into = freshCopy()
    const folder = await removalOf([delivery.refs[0]!], { release: '3-acorn-post@57' })
    await expect(applyRemoval(desk, keys, { folder, into })).rejects.toMatchObject({ code: 'value.invalid' })
    expect(readFileSync(join(into, 'records.csv'))).toEqual(readFileSync(join(root, 'opened', 'records.csv')))
  })

  test('that was changed on the way is refused with its file, whichever byte was flipped', async () => {
    const folder = await removalOf([delivery.refs[0]!])
    const into = freshCopy()
    const whole = readFileSync(join(into, 'records.csv'))
    const files = readdirSync(folder)
    expect(files).toHaveLength(4)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, at, bits) => {
          const bytes = readFileSync(join(folder, file))
          const spoiled = Buffer.from(bytes)
          spoiled[at % bytes.length]! ^= bits
          writeFileSync(join(folder, file), spoiled)
          const outcome = await applyRemoval(desk, keys, { folder, into }).catch((error: unknown) => error)
          writeFileSync(join(folder, file), bytes)
          expect(outcome).toMatchObject({
            code: 'delivery.tampered',
            detail: expect.stringMatching(`^${file}`),
          })
        },
      ),
      { numRuns: 150, seed: 20180205 },
    )
    expect(readFileSync(join(into, 'records.csv'))).toEqual(whole)
  })

  test('whose list is not what the removal says is refused with the line', async () => {
    const [a, b] = [delivery.refs[0]!, delivery.refs[1]!].sort() as [string, string]
    const apply = async (list: string, refs: string[]) =>
      applyRemoval(desk, keys, { folder: await removalOf(refs, { list }), into: freshCopy() }).catch(
        (error) => error.detail,
      )
    expect(await apply(`fairshare_ref\r\n${b}\r\n${a}\r\n`, [a, b])).toContain('line 3')
    expect(await apply(`fairshare_ref\r\n${a}\r\n${a}\r\n`, [a, b])).toContain('line 3')
    expect(await apply(`fairshare_ref\r\n${a}\r\n`, [a, b])).toContain('names 1 lines, not 2')
    expect(await apply(`fairshare_ref\r\n${a}`, [a])).toContain('is not a list')
    expect(await apply(`name\r\n${a}\r\n`, [a])).toContain('is not a list')
    expect(await apply(`fairshare_ref\r\n${'\u0001'.repeat(16)}\r\n`, [a])).toContain('line 2')
  })

  test('from a register nobody vouched for is refused as that, with its key', async () => {
    const folder = await removalOf([delivery.refs[0]!])
    await expect(
      applyRemoval(desk, { ...keys, trusted: [] }, { folder, into: freshCopy() }),
    ).rejects.toMatchObject({ code: 'register.untrusted', detail: `it is signed by ${registerKey}` })
  })

  test('sealed for somebody else is not for you', async () => {
    const stranger = await recipientKeys('stranger', 4)
    const folder = await removalOf([delivery.refs[0]!])
    await expect(applyRemoval(desk, stranger, { folder, into: freshCopy() })).rejects.toMatchObject({
      code: 'delivery.not_for_you',
    })
  })
})

describe('a copy that somebody worked on', () => {
  const remove = async (text: string, refs: readonly string[]) => {
    const into = join(root, `edited-${number++}`)
    await desk.files.emptyFolder(into)
    writeFileSync(join(into, 'records.csv'), text)
    const { found } = await removeLines(desk, { into }, new Set(refs))
    return { found, text: readFileSync(join(into, 'records.csv'), 'utf8') }
  }

  test('may have other delimiters, line ends, quotes and columns in another order', async () => {
    expect(await remove('\ufeffname;fairshare_ref\n"a;\n""b";R1\nc;R2\nd;"R3"', ['R1', 'R3'])).toEqual({
      found: 2,
      text: '\ufeffname;fairshare_ref\nc;R2\n',
    })
    expect(await remove('fairshare_ref\r\nR1\r\nR2', ['R2'])).toEqual({
      found: 1,
      text: 'fairshare_ref\r\nR1\r\n',
    })
  })

  test('loses every line of a reference that stands in it twice, counted once', async () => {
    expect(await remove('fairshare_ref\tn\nR1\t1\nR2\t2\nR1\t3\n', ['R1'])).toEqual({
      found: 1,
      text: 'fairshare_ref\tn\nR2\t2\n',
    })
  })

  test('is refused, and stays, when the references are gone, a quote is open, or there are two copies', async () => {
    await expect(remove('name\nR1\n', ['R1'])).rejects.toMatchObject({ code: 'file.unreadable' })
    await expect(remove('fairshare_ref,n\nR1,"open\nR2,2\n', ['R2'])).rejects.toMatchObject({
      code: 'file.unreadable',
    })
    const into = freshCopy()
    writeFileSync(join(into, 'records.parquet'), '')
    await expect(removeLines(desk, { into }, new Set())).rejects.toMatchObject({ code: 'value.invalid' })
    expect(existsSync(join(into, '.records.csv.part'))).toBe(false)
  })

  test('has the same records however it is cut into chunks', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), fc.array(fc.nat({ max: 20 })), (rows, cuts) => {
        const quoted = rows.map(
          (cells) => `${cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')}\r\n`,
        )
        const bytes = Buffer.from(quoted.join(''))
        const splitter = new RecordSplitter()
        const found: string[][] = []
        const take = (buffer: Buffer, start: number, end: number) =>
          found.push([0, 1].map((index) => cellAt(buffer, start, end, { index, delimiter: 0x2c })!))
        let from = 0
        for (const cut of cuts) {
          splitter.push(bytes.subarray(from, from + cut), take)
          from += cut
        }
        splitter.push(bytes.subarray(from), take)
        expect(splitter.end(take)).toBe('whole')
        expect(found).toEqual(rows)
      }),
      { seed: 20180206 },
    )
    expect(findColumn(Buffer.from('a,fairshare_ref,fairshare_ref\n'), 'fairshare_ref')).toBeUndefined()
  })
})

/** Records of a CSV file in which only one has line breaks in a cell. */
function recordsOf(text: string): string[] {
  const splitter = new RecordSplitter()
  const records: string[] = []
  const take = (bytes: Buffer, start: number, end: number) => records.push(bytes.toString('utf8', start, end))
  splitter.push(Buffer.from(text), take)
  splitter.end(take)
  return records
}
