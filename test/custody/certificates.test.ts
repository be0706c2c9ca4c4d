// Certificates of destruction: what a holder signs is taken in for what it was given and for nothing else, whichever member is
// changed; and one that leaves backups ends nothing.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAgeIdentity } from '../../src/adapters/age/age-identity.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { verifyDestruction } from '../../src/evidence/verify-destruction.ts'
import { verifyFile } from '../../src/evidence/verify-file.ts'
import { encodeVerifierKey, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { type Canonical, canonicalJson } from '../../src/model/canonical.ts'
import { type DestructionStatement, readDestruction } from '../../src/model/custody.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import { statementText } from '../../src/model/statement.ts'
import { destructionTemplate, readDestructionFile } from '../../src/policy/destruction-file.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { readCopies } from '../../src/release/read-copies.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { receiveDestruction } from '../../src/release/receive-destruction.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { type Club, foundClub, hour } from '../release/small-club.ts'
import {
  certified,
  contractorPolicy,
  copyOfClub,
  grant,
  release,
  report,
  takenAway,
} from './contractor-club.ts'

const folders = newFolder('certificates')
const stranger = { name: 'acorn', ...signerFromSeed(new Uint8Array(32).fill(99)) }
let club: Club
let made: string
let folder: string
let signed: { statement: DestructionStatement; certificate: string }

beforeAll(async () => {
  const policy = { ...contractorPolicy, copyGrants: [grant] }
  club = await foundClub({
    databaseUrl: await newDatabase(),
    home: join(folders.path, 'club'),
    people: 10,
    policy,
  })
  made = await release(club, 'repair', takenAway)
  await release(club, 'another', takenAway)
  folder = (await readRelease(club.app.register.store, made)).delivered!.body.folder
  club.clock.at += hour
  signed = await certified(club, { folder })
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

const receive = (note: string) => receiveDestruction(club.app.register, note, 'dpo')
const sign = (statement: object, by = club.keys.signer) =>
  signNote(statementText(statement as DestructionStatement), by)
const recorded = () => readDocuments(club.app.register.store, { kind: ['destroyed', 'copy.destroyed'] })

/** Refused, and nothing recorded. */
async function refused(note: string, code = 'certificate.invalid'): Promise<string> {
  const before = (await recorded()).length
  const error: { code?: string; detail?: string } = await receive(note).then(
    () => ({ code: 'taken' }),
    (problem: { code: string; detail: string }) => problem,
  )
  expect(error.code).toBe(code)
  expect(await recorded()).toHaveLength(before)
  return error.detail ?? ''
}

describe('what a certificate is taken in for', () => {
  test.each<[string, (club: Club) => object, RegExp]>([
    ['another register', () => ({ register: '00000000-0000-4000-8000-000000000000' }), /another register/],
    ['another release', () => ({ of: { release: 'another@1' } }), /certificate names|another file/],
    ['another holder', () => ({ holder: 'other' }), /certificate of other/],
    ['other records', () => ({ recordsSha256: 'a'.repeat(64) }), /another file of records/],
    [
      'a day before it was delivered',
      ({ clock }) => ({ destroyedAt: clock.at - 2 * hour }),
      /before the holder/,
    ],
    ['a day that has not come', ({ clock }) => ({ destroyedAt: clock.at + hour }), /has not come/],
    ['no medium', () => ({ media: [] }), /names no medium/],
    [
      'a sub-processor that kept it',
      () => ({ subProcessors: [{ name: 'Sub', certified: false }] }),
      /has not certified/,
    ],
    ['backups gone before', () => ({ backups: { goneBy: 20180601 } }), /then there are none/],
    ['a day that does not exist', () => ({ backups: { goneBy: 20180631 } }), /is no date/],
  ])('not %s', async (_, change, words) => {
    const note = sign({ ...signed.statement, ...change(club) })
    expect(await refused(note, note.includes('another@1') ? 'release.not_found' : undefined)).toMatch(words)
  })

  test('not the other release of the same records: its rows are sealed anew', async () => {
    const releases = await club.app.register.store.query<{ about: string }>(
      `select about from register.record where kind = 'release.delivered' and about <> $1`,
      [made],
    )
    const note = sign({ ...signed.statement, of: { release: releases[0]!.about } })
    expect(await refused(note)).toMatch(/another file of records/)
  })

  test('not signed by another key, nor by a new key of the holder’s: the card it was sealed to counts', async () => {
    expect(await refused(sign(signed.statement, stranger))).toMatch(/not signed with the key/)
    const body = signed.certificate.slice(0, signed.certificate.indexOf('\n\n') + 2)
    expect(await refused(`${body}${sign({ format: 'x' } as never, stranger).split('\n\n')[1]}`)).toMatch(
      /not signed/,
    )
  })

  test('nor with any one member changed after it was signed', async () => {
    const leaves = leavesOf(signed.statement as unknown as Canonical)
    expect(leaves.length).toBeGreaterThan(18)
    for (const path of leaves) {
      const changed = structuredClone(signed.statement) as unknown as Canonical
      spoil(changed, path)
      const note = signed.certificate.replace(
        canonicalJson(signed.statement as unknown as Canonical),
        canonicalJson(changed),
      )
      expect(note, path.join('.')).not.toBe(signed.certificate)
      const error = await receive(note).catch((problem: { code: string }) => problem.code)
      expect(['certificate.invalid', 'release.not_found'], path.join('.')).toContain(error)
    }
    expect(await recorded()).toEqual([])
  })

  test('nor with a member more, one less, or another text about it', async () => {
    const { statement, certificate } = signed
    expect(await refused(sign({ ...statement, extra: 1 }))).toMatch(/extra is not known/)
    for (const name of Object.keys(statement).filter((key) => key !== 'format')) {
      const { [name as 'holder']: _, ...less } = statement
      await refused(sign(less))
    }
    expect(await refused(`${certificate.split('\n')[0]}\n{}\n\n`)).toMatch(/is missing/)
  })
})

test('a certificate with backups still to go is on record, ends nothing, and unsays an unsigned word', async () => {
  const { store } = club.app.register
  await recordDestruction(club.app.register, { release: made, evidence: 'a call', by: 'Noor', actor: 'dpo' })
  expect((await readRelease(store, made)).destroyed!.body).not.toHaveProperty('certificate')
  const partly = await certified(club, { folder }, { backups: { goneBy: 20180801 } })
  expect(await receive(partly.certificate)).toMatchObject({ whole: false })
  const state = await readRelease(store, made)
  expect(state).not.toHaveProperty('destroyed')
  expect(state.partly!.body.certificate!.statement.backups).toEqual({ goneBy: 20180801 })
})

test('nor does any word after it end what its holder signed is still held', async () => {
  const word = { release: made, evidence: 'another call', by: 'Noor', actor: 'dpo' }
  await recordDestruction(club.app.register, word)
  const state = await readRelease(club.app.register.store, made)
  expect(state).not.toHaveProperty('destroyed')
  expect(state.partly!.body).toHaveProperty('certificate')
})

test('a whole one ends it, from the manifest alone, and no word after it changes that', async () => {
  const bare = join(folders.path, 'bare')
  mkdirSync(bare)
  for (const file of ['manifest.json', 'manifest.json.sig'])
    copyFileSync(join(folder, file), join(bare, file))
  const { statement, certificate } = await certified(club, { folder: bare })
  expect(statement).toMatchObject({ of: { release: made }, holder: 'acorn' })
  const received = await receive(certificate)
  expect(received).toMatchObject({ of: made, whole: true, repeated: false })
  expect(received).not.toHaveProperty('fewer')
  expect(await receive(certificate)).toMatchObject({ repeated: true })
  await recordDestruction(club.app.register, { release: made, evidence: 'later', by: 'Noor', actor: 'dpo' })
  const { destroyed } = await readRelease(club.app.register.store, made)
  expect(destroyed!.body.certificate).toEqual({ statement, note: certificate })
})

test('a holder that corrects itself opens it again, and ends it with a new certificate', async () => {
  const { store } = club.app.register
  const corrected = await certified(club, { folder }, { backups: { goneBy: 20180901 } })
  await receive(corrected.certificate)
  const open = await readRelease(store, made)
  expect(open).not.toHaveProperty('destroyed')
  expect(open.partly!.body.certificate!.statement.backups).toEqual({ goneBy: 20180901 })
  club.clock.at += hour
  await receive((await certified(club, { folder })).certificate)
  expect((await readRelease(store, made)).destroyed!.body).toHaveProperty('certificate')
})

describe('of several certificates and words', () => {
  const body = (backups: 'none' | { goneBy: number }) => ({
    body: { certificate: { statement: { ...signed.statement, backups } } },
  })
  test('the newest certificate decides, and a word only where there is none', () => {
    const [whole, part, word] = [body('none'), body({ goneBy: 20300101 }), { body: {} }]
    expect(readDestruction([])).toEqual({})
    for (const said of [[word], [whole], [word, whole], [whole, word], [part, whole], [part, word, whole]])
      expect(readDestruction(said)).toEqual({ destroyed: said.includes(whole) ? whole : word })
    for (const said of [
      [part],
      [word, part],
      [part, word],
      [word, part, word],
      [whole, part],
      [whole, part, word],
    ])
      expect(readDestruction(said)).toEqual({ partly: part })
  })
})

test('a copy’s certificate is taken under any verified card of its holder, and for no other copy', async () => {
  await report(club)
  await report(club, { place: 'A phone' })
  const { certificate } = await certified(club, copyOfClub(club, 'c2'))
  expect(await refused(certificate.replace('"c2"', '"c1"'))).toMatch(/not signed/)
  expect(await refused(sign({ ...signed.statement, of: { copy: 'c9' } }), 'copy.not_found')).not.toBe('')
  expect(await receive(certificate)).toMatchObject({ kind: 'copy.destroyed', of: 'c2' })
  const [first, second] = await readCopies(club.app.register.store)
  expect([first!.destroyed, second!.destroyed?.body.copy]).toEqual([undefined, 'c2'])
})

describe('the holder’s side', () => {
  test('signs for a delivery of its own only, and only what a register it trusts has made', async () => {
    const { identity, recipient: ageRecipient } = await makeAgeIdentity()
    const other = {
      ...club,
      keys: { ...club.keys, identities: [identity], card: { ...club.keys.card, ageRecipient } },
    }
    await expect(certified(other, { folder })).rejects.toMatchObject({ code: 'delivery.not_for_you' })
    const untrusting = { ...club, keys: { ...club.keys, trusted: [] } }
    await expect(certified(untrusting, { folder })).rejects.toMatchObject({ code: 'register.untrusted' })
    const spoilt = join(folders.path, 'spoilt')
    mkdirSync(spoilt)
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8').replace('"rows":10', '"rows":11')
    writeFileSync(join(spoilt, 'manifest.json'), manifest)
    await expect(certified(club, { folder: spoilt })).rejects.toMatchObject({ code: 'delivery.tampered' })
    copyFileSync(join(folder, 'manifest.json.sig'), join(spoilt, 'manifest.json.sig'))
    await expect(certified(club, { folder: spoilt })).rejects.toMatchObject({ code: 'delivery.tampered' })
  })

  test('does not sign while somebody further down has not certified, or for a time to come', async () => {
    const open = { subProcessors: [{ name: 'Sub', certified: false }] }
    const wrong = [open, { destroyedAt: club.clock.at + hour }, { media: [] }]
    for (const more of wrong)
      await expect(certified(club, { folder }, more)).rejects.toMatchObject({ code: 'certificate.invalid' })
  })

  test('does not sign that it was destroyed before it was released', async () => {
    const manifest: { decidedAt: string } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    const decidedAt = instantFromIso(manifest.decidedAt)
    for (const destroyedAt of [decidedAt, decidedAt - hour])
      await expect(certified(club, { folder }, { destroyedAt })).rejects.toMatchObject({
        code: 'certificate.invalid',
        detail: expect.stringContaining('before'),
      })
  })

  test('fills in a template that says nothing by itself, and is told the place of what is wrong in it', () => {
    const { report, findings } = readDestructionFile(destructionTemplate, 'media.yaml')
    expect(report).toBeUndefined()
    const empty = findings.filter(({ message }) => message.endsWith(' is empty'))
    expect(empty).toHaveLength(13)
    const lines = destructionTemplate.split('\n')
    expect(empty.map(({ place }) => lines[place.line! - 1]!.split(':')[0]!.replace('-', ' ').trim())).toEqual(
      [
        ...['medium', 'place', 'loaded', 'records', 'method', 'tool', 'verification', 'destination'],
        ...['backups', 'subProcessors', 'destroyedAt', 'name', 'title'],
      ],
    )
    // Each comment beside a key shows how it is filled in.
    const filled = destructionTemplate.replaceAll(/^([ -]*\w+:) +# (.*)$/gm, '$1 $2')
    expect(readDestructionFile(filled, 'media.yaml')).toMatchObject({
      findings: [],
      report: { media: [{ method: 'purge', records: 812 }], backups: 'none', subProcessors: [] },
    })
    const wrong = filled.replace('method: purge', 'method: delete')
    expect(readDestructionFile(wrong, 'media.yaml').findings).toMatchObject([
      { place: { file: 'media.yaml' } },
    ])
  })
})

test('anybody with the holder’s key checks it offline, and is told what it says and what it does not', async () => {
  const key = parseVerifierKey(encodeVerifierKey('acorn', club.keys.signer.publicKey))
  const bytes = Buffer.from(signed.certificate)
  const told = await verifyFile('certificate of destruction', bytes, key, 'certificate.txt')
  expect(told.checks.every(({ holds }) => holds)).toBe(true)
  expect(told.says[0]).toContain(`destroyed release ${made}`)
  expect(told.doesNotSay).toContain('That this was the only copy.')
  const { statement } = await verifyDestruction(
    signed.certificate.replace('purge', 'clear'),
    key,
    'certificate.txt',
  )
  expect(statement).toBeUndefined()
})

// --- every member ------------------------------------------------------------------------------------------------

function leavesOf(value: Canonical, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part as Canonical, [...path, key]))
}

/** Another value of the same form where there is one. */
function spoil(value: Canonical, path: readonly (string | number)[]): void {
  const last = path.at(-1)!
  const holder = path.slice(0, -1).reduce<Canonical>((part, key) => (part as never)[key], value) as Record<
    string,
    Canonical
  >
  const before = holder[last]
  if (before === 'purge') holder[last] = 'clear'
  else if (typeof before === 'number') holder[last] = before - 1
  else if (typeof before === 'boolean') holder[last] = !before
  else if (last === 'recordsSha256') holder[last] = 'b'.repeat(64)
  else holder[last] = `${String(before)}x`
}
