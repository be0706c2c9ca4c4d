// Backup and restore of a register in a folder: what was lost comes back whole and goes on, what is not the newest or not as it
// was made does not come back at all, and nothing that a thief could use is in a backup.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { refuseTooSmall } from '../../src/adapters/files/backup-folder.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { backupFormat, backupParts, readBackupStatement } from '../../src/model/backup.ts'
import { canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import { statementText } from '../../src/model/statement.ts'
import { checkLog } from '../../src/register/check-log.ts'
import { logVerifierKey, publishLog } from '../../src/register/publish-log.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { backUp } from '../../src/service/back-up.ts'
import { configurationFrom } from '../../src/service/configuration.ts'
import { openApp } from '../../src/service/open-app.ts'
import { type RestoreOptions, restoreBackup } from '../../src/service/restore-backup.ts'
import { runInside } from '../cli/run-fairshare.ts'
import { newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  foundClub,
  hour,
  open,
  openClub,
  recipient,
  start,
  statement,
} from '../release/small-club.ts'

const folders = newFolder('backup')
const place = (name: string) => join(folders.path, name)
const lost = place('lost')
/** Made while a release was sealed and not delivered; and after it was, and somebody said stop: the newest. */
const early = place('early')
const newest = place('newest')
/** Of the log as the newest backup has it, kept by somebody outside. */
const kept = place('kept-checkpoint')
let verifierKey: string

const quiet = { onStep: () => {} }
/** Where the register wrote down what it signed last: on another disk, as it were. */
const secondPlace = (home: string) => `${home}-last-signed`
const configurationOf = (home: string, FAIRSHARE_SIGNED_STATE = secondPlace(home)) => ({
  ...configurationFrom({ FAIRSHARE_SIGNED_STATE }, { home }),
  now: () => start + hour,
})

function restore(
  backup: string,
  home: string,
  { signedState, ...more }: Partial<RestoreOptions> & { signedState?: string } = {},
) {
  return restoreBackup(configurationOf(home, signedState), {
    ...{ backup, kept: [], unwitnessed: false, key: undefined, ...quiet },
    ...more,
  })
}

beforeAll(async () => {
  // As a first opening would make it, in a tenth of the time.
  cpSync(inject('pgliteTemplate'), join(lost, 'register'), { recursive: true })
  const club = await foundClub({ home: lost })
  const { app } = club
  await askAndApprove(club, 'letter')
  const cutShort = releaseRequest(await club.context(), 'letter', {
    at(point) {
      if (point === 'checkpoint-signed') throw new Error('cut short')
    },
  })
  await expect(cutShort).rejects.toThrow('cut short')
  await backUp(app, { out: early, keepDays: 35, ...quiet })
  await releaseRequest(await club.context(), 'letter')
  await withdrawConsent(app.register, statement(3, start))
  await backUp(app, { out: newest, keepDays: 35, ...quiet })
  verifierKey = logVerifierKey(app.register)
  copyFileSync(join(lost, 'log', 'checkpoint'), kept)
  await club.close()
}, 180_000)
afterAll(() => folders.remove())

let homes = 0

/** A new data folder with the keys and nothing else, as they come back from their own backup; the second place was never lost. */
function newHome({ lastSigned = true } = {}): string {
  const home = place(`home-${++homes}`)
  cpSync(join(lost, 'keys'), join(home, 'keys'), { recursive: true })
  rmSync(join(home, 'keys', 'last-signed'))
  if (lastSigned) copyFileSync(join(lost, 'keys', 'last-signed'), secondPlace(home))
  return home
}

/** The second place as it was when this backup was made. */
function setBack(file: string, backup: string): void {
  const { position, root } = readBackupStatement(statementOf(backup))!
  writeFileSync(file, `${position} ${root}\n`)
}

/** The same club again: its data file and its recipient's keys are no part of a register. */
function openRestored(home: string): Promise<Club> {
  for (const name of ['data', 'people.txt', 'acorn'])
    cpSync(join(lost, name), join(home, name), { recursive: true })
  copyFileSync(secondPlace(home), join(home, 'keys', 'last-signed'))
  return openClub({ home, clock: { at: start + hour } })
}

describe('a restored register', () => {
  let home: string
  let club: Club

  beforeAll(async () => {
    home = newHome()
    // What an earlier try left that was killed between two names.
    mkdirSync(join(home, '.restoring', 'register'), { recursive: true })
    mkdirSync(join(home, 'log'))
    writeFileSync(join(home, 'log', 'checkpoint'), 'half')
    await restore(newest, home, { kept: [kept] })
  })
  afterAll(() => club.close())

  test('is its owner’s alone, as the backup is, and has nothing of an earlier try', () => {
    expect(readdirSync(home)).not.toContain('.restoring')
    const modes = (folder: string) =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).map((item) => ({
        path: join(item.parentPath, item.name),
        isFolder: item.isDirectory(),
        others: statSync(join(item.parentPath, item.name)).mode & 0o077,
      }))
    expect(modes(newest).filter(({ others }) => others !== 0)).toEqual([])
    // Files that PostgreSQL made since have the mode its process gives them; nobody else gets as far as their folder.
    const restored = backupParts.flatMap((part) => modes(join(home, part)))
    expect(restored.filter(({ isFolder, others }) => isFolder && others !== 0)).toEqual([])
  })

  test('holds everything, and goes on from what others kept', async () => {
    club = await openRestored(home)
    const { position, root } = readBackupStatement(statementOf(newest))!
    const { register, log } = club.app
    expect(await checkLog(register, log)).toMatchObject({ holds: true, size: position, root })
    await askAndApprove(club, 'again')
    const { release } = await releaseRequest(await club.context(), 'again')
    const { subjects } = await open(club, join(home, 'outbox', recipient, release!), place('opened'))
    expect(subjects).not.toContain(3)
    expect(subjects).toHaveLength(39)
    const words = ['verify', join(home, 'log'), '--key', verifierKey, '--kept', kept]
    const verified = await runInside(words, { FAIRSHARE_HOME: home })
    expect(verified.stdout).toContain('It goes on from the checkpoint that was kept')
    expect(verified.exit).toBe(0)
  })

  test('is not restored over while it is in use', async () => {
    await expect(restore(newest, home)).rejects.toMatchObject({ code: 'restore.occupied' })
    expect(await checkLog(club.app.register, club.app.log)).toMatchObject({ holds: true })
  })

  test('is not backed up over anything, nor into its data folder, nor from links', async () => {
    const to = (out: string) => backUp(club.app, { out, keepDays: 1, ...quiet })
    await expect(to(early)).rejects.toMatchObject({ code: 'out.exists' })
    await expect(to(join(home, 'outbox', 'mine'))).rejects.toMatchObject({ code: 'value.invalid' })
    const linked = place('linked')
    symlinkSync(home, linked)
    symlinkSync(join(home, 'log'), join(folders.path, 'linked-log'))
    for (const out of [linked, join(linked, 'new'), join(linked, 'a/b'), place('linked-log/new')])
      await expect(to(out)).rejects.toMatchObject({ code: 'value.invalid' })
    expect(readdirSync(home)).not.toContain('new')
    const link = join(home, 'trees', 'elsewhere')
    symlinkSync('/etc', link)
    await expect(to(place('with-a-link'))).rejects.toMatchObject({
      code: 'file.unreadable',
      detail: expect.stringContaining('trees/elsewhere in the data folder is a link'),
    })
    rmSync(link)
    expect(readdirSync(folders.path).filter((name) => name.startsWith('with-a-link'))).toEqual([])
  })

  test('is not backed up where something lies under the name of an unfinished backup, which stays there', async () => {
    const [out, theirs] = [place('taken'), place('taken.part')]
    mkdirSync(theirs)
    writeFileSync(join(theirs, 'thesis.txt'), 'mine')
    const refused = backUp(club.app, { out, keepDays: 1, ...quiet })
    await expect(refused).rejects.toMatchObject({
      code: 'out.exists',
      detail: expect.stringContaining('taken.part'),
    })
    expect(readFileSync(join(theirs, 'thesis.txt'), 'utf8')).toBe('mine')
    expect(existsSync(out)).toBe(false)
  })

  test('is backed up again by the command, which tells what is not in it and until when', async () => {
    await club.close()
    const environment = { FAIRSHARE_HOME: home, DATABASE_URL: '' }
    const made = await runInside(['backup', '--out', place('by-command'), '--keep-days', '7'], environment)
    expect(made).toMatchObject({ exit: 0, stderr: '' })
    expect(made.stdout).toContain('The keys are not in it')
    expect(made.stdout).toContain('--backups-kept-days 7')
    const over = await runInside(['restore', place('by-command'), '--json'], environment)
    expect(over.exit).toBe(4)
    expect(JSON.parse(over.stdout)).toMatchObject({ error: { code: 'restore.occupied' } })
    const inDatabase = await runInside(['restore', newest], { ...environment, DATABASE_URL: 'postgres://x' })
    expect(inDatabase).toMatchObject({ exit: 4, stderr: expect.stringContaining('backup.database') })
  })

  test('delivers what had been sealed and was not delivered yet', async () => {
    const earlier = newHome()
    // What was recorded later never was: the second place is that of the day of the backup.
    setBack(secondPlace(earlier), early)
    await restore(early, earlier)
    club = await openRestored(earlier)
    const { release } = await releaseRequest(await club.context(), 'letter')
    expect((await readRelease(club.app.register.store, release!)).delivered).toBeDefined()
    const { subjects } = await open(club, join(earlier, 'outbox', recipient, release!), place('opened-early'))
    expect(subjects).toHaveLength(40)
  })
})

describe('a backup that is not the newest', () => {
  const refused = { code: 'log.forked' }

  test('is refused by what was signed last, which says what would be lost', async () => {
    const home = newHome()
    const [older, newer] = [early, newest].map((path) => readBackupStatement(statementOf(path))!.position)
    await expect(restore(early, home)).rejects.toMatchObject({
      ...refused,
      detail: expect.stringContaining(`positions ${older! + 1} to ${newer} are not in it`),
    })
    expect(readdirSync(home)).toEqual(['keys'])
  })

  test('is refused by a checkpoint that somebody kept, when the second place is lost', async () => {
    const home = newHome({ lastSigned: false })
    await expect(restore(early, home, { kept: [kept] })).rejects.toMatchObject(refused)
    expect(readdirSync(home)).toEqual(['keys'])
  })

  test('cannot be told when nothing says what was signed last: somebody has to say so', async () => {
    const home = newHome({ lastSigned: false })
    await expect(restore(early, home)).rejects.toMatchObject({ code: 'log.state_unusable' })
  })

  test('can be read without the signing key, in a data folder that can sign nothing', async () => {
    const home = newHome({ lastSigned: false })
    rmSync(join(home, 'keys', 'signing.key'))
    const reading = { unwitnessed: true }
    await expect(restore(early, home, reading)).rejects.toMatchObject({ code: 'keys.unusable' })
    await restore(early, home, { ...reading, key: verifierKey })
    const { position, root } = readBackupStatement(statementOf(early))!
    expect(readFileSync(secondPlace(home), 'utf8')).toBe(`${position} ${root}\n`)
    const app = await openApp(configurationOf(home))
    await expect(publishLog(app.register, app.log)).rejects.toMatchObject({ code: 'keys.unusable' })
    await app.close()
  })

  test('is refused when another tree of its size was signed', async () => {
    const home = newHome()
    const { position } = readBackupStatement(statementOf(newest))!
    writeFileSync(secondPlace(home), `${position} ${'ab'.repeat(32)}\n`)
    await expect(restore(newest, home)).rejects.toMatchObject(refused)
    expect(readdirSync(home)).toEqual(['keys'])
  })

  describe('is not taken for the newest on the word of a second place that is itself an old copy:', () => {
    const unknown = (detail: string) => ({
      code: 'log.state_unusable',
      detail: expect.stringContaining(detail),
    })

    test('one that ends before the backup', async () => {
      const home = newHome()
      setBack(secondPlace(home), early)
      await expect(restore(newest, home)).rejects.toMatchObject(unknown('is older than the backup'))
      expect(readdirSync(home)).toEqual(['keys'])
      await restore(newest, home, { kept: [kept] })
      setBack(place('expected'), newest)
      expect(readFileSync(secondPlace(home))).toEqual(readFileSync(place('expected')))
    })

    test('one that came with a copy of the keys, from before the backup or from its very day', async () => {
      const home = newHome({ lastSigned: false })
      const withKeys = join(home, 'keys', 'last-signed')
      setBack(withKeys, early)
      for (const signedState of [withKeys, '']) {
        await expect(restore(newest, home, { signedState })).rejects.toMatchObject(unknown(withKeys))
        await expect(restore(early, home, { signedState })).rejects.toMatchObject(
          unknown('lies with the keys'),
        )
      }
      const link = place('link-to-keys')
      symlinkSync(join(home, 'keys'), link)
      const linked = { signedState: join(link, 'last-signed') }
      await expect(restore(early, home, linked)).rejects.toMatchObject(unknown('lies with the keys'))
      expect(readdirSync(home)).toEqual(['keys'])
    })

    test('which still shows that a backup is older than itself', async () => {
      const home = newHome({ lastSigned: false })
      const signedState = join(home, 'keys', 'last-signed')
      setBack(signedState, newest)
      await expect(restore(early, home, { signedState, unwitnessed: true })).rejects.toMatchObject(refused)
    })
  })
})

describe('a backup that is not as it was made is refused, and nothing of it is left:', () => {
  const inRegister = 'data/register/PG_VERSION'
  const spoilt: [string, (backup: string) => void, string][] = [
    [
      'one byte of a file changed',
      (backup) => changeByte(join(backup, 'data/log/checkpoint')),
      'log/checkpoint',
    ],
    ['a file cut off', (backup) => truncateSync(join(backup, inRegister), 1), 'register/PG_VERSION'],
    ['a file gone', (backup) => rmSync(join(backup, inRegister)), 'register/PG_VERSION is not there'],
    [
      'a folder gone',
      (backup) => rmSync(join(backup, 'data/register/pg_notify'), { recursive: true }),
      'register/pg_notify is not there',
    ],
    [
      'a file more',
      (backup) => writeFileSync(join(backup, 'data/register/standby.signal'), ''),
      'register/standby.signal was not backed up',
    ],
    ['a part more', (backup) => mkdirSync(join(backup, 'data/keys')), 'keys was not backed up'],
    [
      'a link in the place of a file',
      (backup) => {
        rmSync(join(backup, inRegister))
        symlinkSync('/etc/hostname', join(backup, inRegister))
      },
      'register/PG_VERSION is a link',
    ],
    [
      'a link in the place of a folder',
      (backup) => {
        rmSync(join(backup, 'data/trees'), { recursive: true })
        symlinkSync('/etc', join(backup, 'data/trees'))
      },
      'trees is a link',
    ],
    ['the list changed', (backup) => changeByte(join(backup, 'files.json')), 'files.json is not the list'],
    ['the list gone', (backup) => rmSync(join(backup, 'files.json')), 'files.json is not there'],
    ['the statement changed', (backup) => replaceIn(backup, '"position":', '"position":1'), 'backup.txt'],
    ['the statement cut off', (backup) => truncateSync(join(backup, 'backup.txt'), 40), 'backup.txt'],
    ['signed with another key', (backup) => signAgain(backup, 7), 'is not signed with this register’s key'],
  ]

  test.each(spoilt)('%s', async (_, spoil, detail) => {
    const backup = copyOfBackup()
    spoil(backup)
    const home = newHome()
    await expect(restore(backup, home)).rejects.toMatchObject({
      code: 'backup.invalid',
      detail: expect.stringContaining(detail),
    })
    expect(readdirSync(home)).toEqual(['keys'])
  })

  test('a list that names files elsewhere, whoever signed it', async () => {
    const own = new Uint8Array(readFileSync(join(lost, 'keys', 'signing.key')))
    const backup = copyOfBackup()
    const listed = readFileSync(join(backup, 'files.json'), 'utf8')
    const home = newHome()
    for (const path of ['../outside', '/etc/outside', 'register/../../outside', 'register\\..\\outside']) {
      const listing = JSON.parse(listed)
      listing.files.push({ path, sizeBytes: 1, sha256: '00'.repeat(32) })
      writeFileSync(join(backup, 'files.json'), canonicalJson(listing))
      signAgain(backup, own)
      const detail = `${path} is not there`
      await expect(restore(backup, home)).rejects.toMatchObject({ code: 'backup.invalid', detail })
    }
    expect(existsSync(join(dirname(home), 'outside'))).toBe(false)
    expect(readdirSync(home)).toEqual(['keys'])
  })

  test('one of another register', async () => {
    const home = newHome()
    rmSync(join(home, 'keys', 'signing.key'))
    writeFileSync(join(home, 'keys', 'signing.key'), new Uint8Array(32).fill(5), { mode: 0o600 })
    await expect(restore(newest, home)).rejects.toMatchObject({ code: 'backup.invalid' })
  })
})

test('no backup is restored where its keys are not', async () => {
  await expect(restore(newest, place('nothing-there'))).rejects.toMatchObject({ code: 'keys.unusable' })
})

test('a backup holds no key and no personal value', () => {
  const secrets = readdirSync(join(lost, 'keys'))
    .filter((name) => name.endsWith('.key'))
    .map((name) => readFileSync(join(lost, 'keys', name)))
  expect(secrets.length).toBeGreaterThan(4)
  for (const item of readdirSync(newest, { recursive: true, withFileTypes: true })) {
    if (!item.isFile()) continue
    const bytes = readFileSync(join(item.parentPath, item.name))
    for (const secret of [...secrets, ...canaries.map((text) => Buffer.from(text))])
      expect([item.name, bytes.includes(secret)]).toEqual([item.name, false])
  }
})

test('a backup is not begun where it does not fit', async () => {
  await expect(refuseTooSmall(place('not/there/yet'), 2 ** 60)).rejects.toMatchObject({ code: 'disk.full' })
  await refuseTooSmall(place('not/there/yet'), 1)
})

// --- spoiling ----------------------------------------------------------------------------------------------------

let copies = 0

function copyOfBackup(): string {
  const copy = place(`backup-${++copies}`)
  cpSync(newest, copy, { recursive: true })
  return copy
}

function statementOf(backup: string): string {
  const note = readFileSync(join(backup, 'backup.txt'), 'utf8')
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

function changeByte(path: string): void {
  const bytes = readFileSync(path)
  bytes[10]! ^= 1
  writeFileSync(path, bytes)
}

function replaceIn(backup: string, from: string, to: string): void {
  const path = join(backup, 'backup.txt')
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

/** The statement over what lies there now, signed with this seed, or with one that is nobody's. */
function signAgain(backup: string, seed: Uint8Array | number): void {
  const signer = signerFromSeed(typeof seed === 'number' ? new Uint8Array(32).fill(seed) : seed)
  const before = readBackupStatement(statementOf(backup))!
  const files = sha256Hex(readFileSync(join(backup, 'files.json'), 'utf8'))
  const text = statementText({ ...before, format: backupFormat, files })
  writeFileSync(join(backup, 'backup.txt'), signNote(text, { name: before.origin, ...signer }))
}
