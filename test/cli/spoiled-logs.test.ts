// Copies of a log that are cut, incomplete, or say what no log may say, though signed with its key: `fairshare log fsck` and
// `fairshare verify` refuse each of them, with what is wrong and where.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { buildLog, type LogFiles, logKey, logSigner, writeLog } from '../log/build-log.ts'
import { runInside } from './run-fairshare.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-spoiled-'))
const folder = join(scratch, 'copy')
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const size = 600
const whole = buildLog(size)
let files: LogFiles
beforeEach(() => {
  files = new Map(whole)
})

const fairshare = (...words: string[]) =>
  runInside(words, { FAIRSHARE_HOME: join(scratch, 'home'), DATABASE_URL: undefined })
const fsck = () => fairshare('log', 'fsck', '--folder', folder, '--key', logKey)
const verify = (...more: string[]) => fairshare('verify', folder, '--key', logKey, ...more)

/** Refused by both, in these words of each. */
async function expectRefused(fsckSays: string, verifySays: string): Promise<void> {
  writeLog(folder, files)
  expect(await fsck()).toEqual({ stdout: `does not hold: ${fsckSays}\n`, stderr: '', exit: 1 })
  const { stdout, exit } = await verify()
  expect(stdout).toContain(`\n      ${verifySays}\n`)
  expect([exit, stdout.includes('The log does not hold')]).toEqual([1, true])
}

const note = () => Buffer.from(files.get('checkpoint')!).toString('utf8')

test('a copy that nobody touched holds', async () => {
  writeLog(folder, files)
  expect((await fsck()).stdout).toMatch(/^600 entries hold/)
  expect((await verify()).exit).toBe(0)
})

describe('files', () => {
  const all = [...whole.keys()].filter((path) => path !== 'checkpoint')

  test('are of every kind that a log has', () => {
    expect(all.sort()).toEqual([
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ])
  })

  test.each(all)('%s missing', async (path) => {
    files.delete(path)
    await expectRefused(`${path} (not there)`, `log, at ${path}: is not there`)
  })

  test.each(all)('%s cut short, emptied, or with bytes behind it', async (path) => {
    const bytes = whole.get(path)!
    for (const spoiled of [bytes.slice(0, -1), bytes.slice(0, 31), new Uint8Array(0), twice(bytes)]) {
      files.set(path, spoiled)
      await expectRefused(
        `${path} (not of the form it must have)`,
        `log, at ${path}: is not as long as it should be`,
      )
    }
  })

  test('a bundle whose last entry is gone, whole and not only its end', async () => {
    const last = Buffer.from(whole.get('tile/entries/002.p/88')!)
    const from = last.lastIndexOf('{"enrolled"') - 2
    files.set('tile/entries/002.p/88', last.subarray(0, from))
    await expectRefused(
      'tile/entries/002.p/88 (not of the form it must have)',
      'log, at tile/entries/002.p/88: is not as long as it should be',
    )
  })
})

describe('a checkpoint', () => {
  const signedOver = (count: number) =>
    files.set('checkpoint', Buffer.from(signCheckpoint({ size: count, root: whole.root }, logSigner)))

  test('that is larger than the tiles', async () => {
    for (const [count, path] of [
      [601, 'tile/entries/002.p/89'],
      [768, 'tile/entries/002'],
      [70_000, 'tile/entries/002'],
    ] as const) {
      signedOver(count)
      await expectRefused(`${path} (not there)`, `log, at ${path}: is not there`)
    }
  })

  test('that is smaller than the tiles, with the root of all of them', async () => {
    signedOver(512)
    await expectRefused(
      'checkpoint: its entries lead to another root (not what it is made from)',
      'log, at checkpoint: does not lead to the root that was signed',
    )
  })

  test.each([
    ['over no entries', 0],
    ['over fewer than there are, of which no partial tile is there', 599],
  ])('%s', async (_, count) => {
    signedOver(count)
    writeLog(folder, files)
    expect((await fsck()).stdout).toMatch(/^does not hold: (checkpoint|tile\/entries\/002.p\/87)/)
    expect((await verify()).exit).toBe(1)
  })

  test('that is not there, or is cut short', async () => {
    files.delete('checkpoint')
    writeLog(folder, files)
    expect(await fsck()).toMatchObject({ stdout: 'does not hold: checkpoint (not there)\n', exit: 1 })
    expect(await verify()).toMatchObject({ stderr: expect.stringContaining('(file.missing)'), exit: 3 })
    files.set('checkpoint', whole.get('checkpoint')!.slice(0, -1))
    await expectRefused(
      'checkpoint: signature lines (not a signed note)',
      'log, at checkpoint: signature lines: is not a signed note',
    )
  })

  test('with ends of lines as a mail program makes them, in one line or in all', async () => {
    for (const [spoiled, line] of [
      [note().replaceAll('\n', '\r\n'), 1],
      [note().replace('\n600\n', '\n600\r\n'), 2],
      [note().replace(/\n$/, '\r\n'), 5],
    ] as const) {
      files.set('checkpoint', Buffer.from(spoiled))
      await expectRefused(
        `checkpoint: line ${line}: carriage return U+000D (not a signed note)`,
        `log, at checkpoint: line ${line}: carriage return U+000D: is not a signed note`,
      )
      files = new Map(whole)
    }
  })

  test('that its key signed twice', async () => {
    files.set('checkpoint', Buffer.from(note() + note().split('\n\n')[1]))
    await expectRefused(
      'checkpoint: signature 2: second of one key (not a signed note)',
      'log, at checkpoint: signature 2: second of one key: is not a signed note',
    )
  })

  test('with a line more than it has', async () => {
    const text = `${note().split('\n\n')[0]}\nmore\n`
    files.set('checkpoint', Buffer.from(signNote(text, logSigner)))
    await expectRefused(
      'checkpoint: not three lines (not a checkpoint of this log)',
      'log, at checkpoint: is not a checkpoint of this log',
    )
  })

  test('of another log, though its key is that of this one', async () => {
    const text = note().split('\n\n')[0]!.replace('club', 'other')
    files.set('checkpoint', Buffer.from(signNote(`${text}\n`, logSigner)))
    await expectRefused(
      'checkpoint: it is of another log (not a checkpoint of this log)',
      'log, at checkpoint: is not a checkpoint of this log',
    )
  })
})

describe('entries, signed and under a root that holds them', () => {
  test.each<[string, (entry: LogEntry) => LogEntry | Uint8Array, string, string]>([
    [
      'recorded before the entry they come after',
      (entry) => ({ ...entry, recordedAt: entry.recordedAt - 1001 }),
      'not recorded later than the one before it',
      'was not recorded later than the entry before it',
    ],
    [
      'recorded in the same microsecond as that one',
      (entry) => ({ ...entry, recordedAt: entry.recordedAt - 1000 }),
      'not recorded later than the one before it',
      'was not recorded later than the entry before it',
    ],
    [
      'of another register',
      (entry) => ({ ...entry, register: '00000000-0000-4000-8000-000000000000' }),
      'of another register than the entries before it',
      'is of another register than the entries before it',
    ],
    [
      'at a position that another one has',
      (entry) => ({ ...entry, position: entry.position - 1 }),
      'it says that it is at another position',
      'says that it is at another position',
    ],
    [
      'of a format that is not known',
      (entry) => ({ ...entry, format: 2 }),
      'not an entry of a register',
      'is not an entry of a log as this version knows it',
    ],
    [
      'that count events without a root over them',
      (entry) => ({ ...entry, events: 1 }),
      'not an entry of a register',
      'is not an entry of a log as this version knows it',
    ],
    [
      'in another spelling',
      (entry) => Buffer.from(`${Buffer.from(encodeEntry(entry))} `),
      'not an entry of a register',
      'is not an entry of a log as this version knows it',
    ],
    [
      'that are none',
      () => Buffer.from('Dear all'),
      'not an entry of a register',
      'is not an entry of a log as this version knows it',
    ],
  ])('%s', async (_, change, fsckSays, verifySays) => {
    for (const [position, path] of [
      [2, 'tile/entries/000'],
      [257, 'tile/entries/001'],
      [600, 'tile/entries/002.p/88'],
    ] as const) {
      files = buildLog(size, (entry) => (entry.position === position ? change(entry) : entry))
      const place = `${path}: entry ${position - 1}`
      await expectRefused(`${place} (${fsckSays})`, `log, at ${place}: ${verifySays}`)
    }
  })
})

describe('beside checkpoints that were kept', () => {
  const keep = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(scratch, name), bytes)
    return ['--kept', join(scratch, name)]
  }
  const kept = (count: number) => keep(`kept-${count}`, buildLog(count).get('checkpoint')!)

  test('a log that goes on from each of them holds', async () => {
    writeLog(folder, files)
    const { stdout, exit } = await verify(...kept(1), ...kept(256), ...kept(599), ...kept(600))
    expect(stdout.match(/ok {2}It goes on from the checkpoint that was kept/g)).toHaveLength(4)
    expect(exit).toBe(0)
  })

  test('a checkpoint smaller than one of them is an old copy, or a log that went back', async () => {
    writeLog(folder, files)
    const { stdout, exit } = await verify(...kept(512), ...kept(601))
    expect(stdout).toContain(
      'log, at checkpoint: signs 600 entries, and kept-601 signed 601 before: this copy is older, or the log went back',
    )
    expect(exit).toBe(1)
  })

  test('a log with another beginning, or another one of the same size, is a second history', async () => {
    writeLog(folder, files)
    for (const count of [300, 600]) {
      const other = buildLog(count, (entry) => ({ ...entry, kind: 'decision' })).get('checkpoint')!
      const { stdout, exit } = await verify(...keep('other', other))
      expect(stdout).toMatch(/\n {6}other, at root: is signed too, .*: the operator keeps two histories\n/)
      expect(exit).toBe(1)
    }
  })

  test('one that another key signed, or that is none, is not compared with', async () => {
    writeLog(folder, files)
    const stranger = signCheckpoint({ size: 3, root: whole.root }, { ...logSigner, name: 'other.example' })
    for (const bytes of [stranger, 'Dear all\n', note().replaceAll('\n', '\r\n')]) {
      const { stdout, exit } = await verify(...keep('stranger', bytes))
      expect(stdout).toMatch(/\n {6}stranger: is no checkpoint that a key of this register signed\n/)
      expect(exit).toBe(1)
    }
    expect((await verify('--kept', join(scratch, 'nowhere'))).stderr).toContain('(file.missing)')
  })
})

function twice(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, bytes])
}
