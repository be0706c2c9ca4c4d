// A recipient's card becomes a key that releases are sealed to, once whoever holds it has shown that they do.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { openRecipientKeyFolder } from '../../src/adapters/keys/recipient-key-folder.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { Challenge } from '../../src/model/challenge.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { RecipientCard } from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import { answerChallenge } from '../../src/recipient/answer-challenge.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import type { Register } from '../../src/register/register.ts'
import { addRecipientKey } from '../../src/release/add-recipient-key.ts'
import { readCard } from '../../src/release/read-card.ts'
import { readRecipientKey } from '../../src/release/read-recipient-key.ts'
import { revokeRecipientKey } from '../../src/release/revoke-recipient-key.ts'
import { verifyRecipientKey } from '../../src/release/verify-recipient-key.ts'
import { makeRecipientKeys } from '../../src/service/recipient-keys.ts'
import { openAll } from '../contract/sealer.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'

const days = 86_400_000_000
const scratch = mkdtempSync(join(tmpdir(), 'fairshare-recipient-keys-'))
let opened: TestRegister
let register: Register
let clock = instantFromIso('2018-06-12T09:00:00Z')
/** One recipient for each test, so that none sees another's keys. */
let recipient = ''
let recipients = 0
let files = 0
const newPath = (ending: string) => join(scratch, `${++files}${ending}`)

let acorn: RecipientKeys
let other: RecipientKeys

beforeAll(async () => {
  opened = await openTestRegister('pglite')
  register = { ...opened.register, now: () => clock }
  acorn = await makeKeys('little-acorn')
  other = await makeKeys('other')
})
afterAll(async () => {
  await opened.dispose()
  rmSync(scratch, { recursive: true, force: true })
})
beforeEach(() => {
  clock += 30 * days
  recipient = `recipient-${++recipients}`
})

async function makeKeys(name: string): Promise<RecipientKeys> {
  const folder = newPath('-keys')
  await makeRecipientKeys(folder, name)
  return openRecipientKeyFolder(folder)
}

const policyOf = (...entities: string[]): Policy => ({
  controller: { id: 'baby-club', name: 'Baby Club', jurisdiction: 'uk', zone: 'Europe/London' },
  entities: entities.map((id) => ({ id, names: [{ name: id }], brands: [], sectors: [] })),
  ...{
    purposes: [],
    notices: [],
    attributions: [],
    processing: [],
    prohibitions: [],
    workOrders: [],
    copyGrants: [],
    feeds: [],
    agreements: [],
    assessments: [],
    determinations: [],
    datasets: [],
  },
})

/** The challenge for a card, as a file. */
async function add(
  card: RecipientCard,
  to = recipient,
): Promise<{ path: string; position: number; expiresAt: number }> {
  const path = newPath('.age')
  const entity = { recipient: to, card, path, actor: 'test' }
  return { path, ...(await addRecipientKey(register, ageSealer, policyOf(to), entity)) }
}
const answer = async (path: string, keys: RecipientKeys) =>
  (await answerChallenge(ageUnsealer, keys, path)).answer
const verify = (text: string, of = recipient) =>
  verifyRecipientKey(register, { recipient: of, answer: text, actor: 'test' })
const newest = () => readRecipientKey(register.store, recipient)

describe('a recipient’s key', () => {
  test('is used once its holder has answered the challenge, and not before', async () => {
    await expect(newest()).rejects.toMatchObject({ code: 'recipient.key_missing' })
    const { path, position } = await add(acorn.card)
    await expect(newest()).rejects.toMatchObject({ code: 'recipient.key_missing' })
    const verified = await verify(await answer(path, acorn))
    expect(verified).toMatchObject({ key: position, repeated: false, card: acorn.card })
    expect(await newest()).toEqual({ position, card: acorn.card, verifiedAt: verified.position })
  })

  test('is verified once: the same answer again changes nothing', async () => {
    const { path } = await add(acorn.card)
    const text = await answer(path, acorn)
    const first = await verify(text)
    expect(await verify(text)).toEqual({ ...first, repeated: true })
    const documents = await readDocuments(register.store, {
      kind: 'recipient-key-verified',
      about: recipient,
    })
    expect(documents.length).toBe(1)
  })

  test('stays when a newer card comes without an answer, and goes when it is answered', async () => {
    const first = await add(acorn.card)
    await verify(await answer(first.path, acorn))
    const second = await add(other.card)
    expect((await newest()).card).toEqual(acorn.card)
    await verify(await answer(second.path, other))
    expect(await newest()).toMatchObject({ position: second.position, card: other.card })
  })

  test('does not come back when the challenge of an older card is answered late', async () => {
    const first = await add(acorn.card)
    const second = await add(other.card)
    await verify(await answer(second.path, other))
    await expect(verify(await answer(first.path, acorn))).rejects.toMatchObject({
      code: 'recipient.challenge_failed',
      detail: expect.stringContaining('newer'),
    })
    expect((await newest()).card).toEqual(other.card)
  })

  test('that is revoked is gone with all before it, and no late answer brings it back; a new card does', async () => {
    const older = await add(acorn.card)
    await verify(await answer(older.path, acorn))
    const waiting = await add(other.card)
    const because = 'Its laptop was stolen.'
    const asked = { recipient, because, actor: 'test' }
    const revoked = await revokeRecipientKey(register, asked)
    expect(revoked).toMatchObject({ repeated: false, upTo: waiting.position })
    expect(await revokeRecipientKey(register, asked)).toEqual({ ...revoked, repeated: true })
    const [head] = await register.store.query('select position from register.head')
    expect(head).toEqual({ position: revoked.position })
    await expect(revokeRecipientKey(register, { ...asked, recipient: 'nobody' })).rejects.toMatchObject({
      code: 'recipient.not_found',
    })
    await expect(newest()).rejects.toMatchObject({ code: 'recipient.key_missing' })
    for (const text of [await answer(waiting.path, other), await answer(older.path, acorn)])
      await expect(verify(text)).rejects.toMatchObject({
        code: 'recipient.challenge_failed',
        detail: expect.stringContaining('revoked'),
      })
    const renewed = await add(other.card)
    await verify(await answer(renewed.path, other))
    expect((await newest()).position).toBe(renewed.position)
  })

  test('is of an entity of the policy', async () => {
    const path = newPath('.age')
    const entity = { recipient, card: acorn.card, path, actor: 'test' }
    await expect(addRecipientKey(register, ageSealer, policyOf('somebody'), entity)).rejects.toMatchObject({
      code: 'policy.not_found',
    })
    expect(existsSync(path)).toBe(false)
  })
})

describe('a challenge', () => {
  test('tells the recipient the register’s key and who asks', async () => {
    const { path } = await add(acorn.card)
    const { challenge } = await answerChallenge(ageUnsealer, acorn, path)
    expect(challenge).toMatchObject({
      ...{ register: register.registerId, origin: register.logOrigin, controller: 'Baby Club', recipient },
      verifierKey: expect.stringContaining(`${register.logOrigin}+`),
    })
  })

  test('opens for nobody else', async () => {
    const { path } = await add(acorn.card)
    await expect(answer(path, other)).rejects.toMatchObject({ code: 'challenge.invalid' })
  })

  test('runs out', async () => {
    const { path, expiresAt } = await add(acorn.card)
    const text = await answer(path, acorn)
    expect(expiresAt).toBe(clock + 14 * days)
    clock = expiresAt
    await expect(verify(text)).rejects.toMatchObject({
      code: 'recipient.challenge_failed',
      detail: expect.stringContaining('ran out'),
    })
    const again = await add(acorn.card)
    clock = again.expiresAt - 1
    await expect(verify(await answer(again.path, acorn))).resolves.toMatchObject({ repeated: false })
  })

  test('of another recipient, or of another card, is not answered by this answer', async () => {
    const mine = await add(acorn.card)
    const text = await answer(mine.path, acorn)
    const elsewhere = `${recipient}-b`
    await add(acorn.card, elsewhere)
    await expect(verify(text, elsewhere)).rejects.toMatchObject({ code: 'recipient.challenge_failed' })
    await expect(verify(text, `${recipient}-c`)).rejects.toMatchObject({ code: 'recipient.key_missing' })
  })

  test('opened by a thief of the age key alone is not answered: the card’s other key has to sign', async () => {
    const { path } = await add(acorn.card)
    const thief: RecipientKeys = { ...other, identities: acorn.identities }
    await expect(verify(await answer(path, thief))).rejects.toMatchObject({
      code: 'recipient.challenge_failed',
    })
    const renamed: RecipientKeys = { ...thief, signer: { ...other.signer, name: 'little-acorn' } }
    await expect(verify(await answer(path, renamed))).rejects.toMatchObject({
      code: 'recipient.challenge_failed',
    })
  })

  test('is not answered by a guess, nor by another text that the right key has signed', async () => {
    const { path } = await add(acorn.card)
    const { challenge } = await answerChallenge(ageUnsealer, acorn, path)
    const form = {
      format: 'fairshare/challenge-answer@v1',
      register: register.registerId,
      recipient,
      token: challenge.token,
    }
    const changed = [
      { ...form, token: '0'.repeat(64) },
      { ...form, token: challenge.token.toUpperCase() },
      { ...form, register: '00000000-0000-0000-0000-000000000000' },
      { ...form, recipient: 'another' },
      { ...form, format: 'fairshare/challenge-answer@v2' },
      { ...form, more: 'x' },
    ].map((statement) => signNote(statementText(statement), acorn.signer))
    const loose = signNote(`${form.format}\n${JSON.stringify(form, undefined, 1)}\n`, acorn.signer)
    const unsigned = statementText(form)
    for (const text of [...changed, loose, unsigned, '', challenge.token])
      await expect(verify(text)).rejects.toMatchObject({ code: 'recipient.challenge_failed' })
    await expect(verify(signNote(statementText(form), acorn.signer))).resolves.toBeDefined()
  })

  const challenge = (): Challenge => ({
    ...{ format: 'fairshare/challenge@v1', register: register.registerId, origin: acorn.card.name },
    ...{ verifierKey: acorn.card.verifierKey, controller: 'Baby Club', recipient, token: '0'.repeat(64) },
  })
  const texts: [string, () => string][] = [
    ['records', () => 'fairshare_ref,parent_name\r\n'],
    ['a receipt', () => 'fairshare/release-receipt@v1\n{}\n'],
    ['a challenge with more in it', () => statementText({ ...challenge(), more: 'x' })],
    ['a challenge without a token', () => statementText({ ...challenge(), token: '' })],
    [
      'a challenge whose words would move a cursor',
      () => statementText({ ...challenge(), controller: '\u001b[2JBank' }),
    ],
    [
      'a challenge with a key of another name',
      () => statementText({ ...challenge(), origin: 'example.org/log' }),
    ],
    [
      'a challenge written otherwise',
      () => `fairshare/challenge@v1\n${JSON.stringify(challenge(), undefined, 1)}\n`,
    ],
    ['far too much', () => 'x'.repeat(100_000)],
  ]
  test.each(texts)(
    'is a challenge in every letter: the recipient’s keys sign nothing for %s',
    async (_, text) => {
      const path = newPath('.age')
      await ageSealer.seal(acorn.card.ageRecipient, [Buffer.from(text(), 'utf8')], path)
      await expect(answer(path, acorn)).rejects.toMatchObject({ code: 'challenge.invalid' })
    },
  )

  test('made by anybody at all is answered in its own words only', async () => {
    const path = newPath('.age')
    await ageSealer.seal(acorn.card.ageRecipient, [Buffer.from(statementText(challenge()), 'utf8')], path)
    expect(await answer(path, acorn)).toContain(
      `fairshare/challenge-answer@v1\n${canonicalJson({ format: 'fairshare/challenge-answer@v1', recipient, register: register.registerId, token: '0'.repeat(64) })}\n`,
    )
  })
})

describe('a card', () => {
  const card = () => ({ ...acorn.card })
  const cards: [string, () => unknown][] = [
    ['is JSON', () => '{'],
    ['is an object', () => '[]'],
    ['is of this form', () => ({ ...card(), format: 'fairshare/recipient-card@v2' })],
    ['has a name', () => ({ ...card(), name: undefined })],
    ['has a key for signatures under its name', () => ({ ...card(), name: 'other' })],
    [
      'has a key for signatures that holds together',
      () => ({ ...card(), verifierKey: `${card().verifierKey.slice(0, -4)}AAA=` }),
    ],
    ['has nothing besides', () => ({ ...card(), note: 'hello' })],
  ]
  test.each(cards)('%s', (_, made) => {
    const value = made()
    expect(() => readCard(typeof value === 'string' ? value : JSON.stringify(value))).toThrow(
      expect.objectContaining({ code: 'recipient.key_invalid' }),
    )
    expect(readCard(JSON.stringify(acorn.card, undefined, 2))).toEqual(acorn.card)
  })

  test('whose age key does not hold together is refused, and nothing is on record', async () => {
    const broken = {
      ...acorn.card,
      ageRecipient: `${acorn.card.ageRecipient.slice(0, -1)}${acorn.card.ageRecipient.endsWith('q') ? 'p' : 'q'}`,
    }
    await expect(add(broken)).rejects.toMatchObject({ code: 'recipient.key_invalid' })
    expect(await readDocuments(register.store, { kind: 'recipient-key', about: recipient })).toEqual([])
  })
})

describe('keys in a folder', () => {
  test('are age’s own: its command opens what was sealed to the card, and seals what they open', async () => {
    const folder = newPath('-keys')
    const card = await makeRecipientKeys(folder, 'little-acorn')
    const sealed = newPath('.age')
    await ageSealer.seal(card.ageRecipient, [Buffer.from('hello')], sealed)
    const identity = join(folder, 'identity.txt')
    expect(run('age', ['--decrypt', '--identity', identity, sealed])).toBe('hello')
    expect(run('age-keygen', ['-y', identity]).trim()).toBe(card.ageRecipient)
    const theirs = newPath('.age')
    run('age', ['--recipient', card.ageRecipient, '--output', theirs, join(folder, 'card.json')])
    const { identities } = await openRecipientKeyFolder(folder)
    expect((await openAll(ageUnsealer, [...identities], theirs)).toString()).toBe(
      `${canonicalJson({ ...card })}\n`,
    )
  })

  function run(command: string, words: readonly string[]): string {
    const { error, status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' })
    if (error !== undefined)
      throw new Error('this test needs the age command: apt-get install age', { cause: error })
    expect([stderr, status]).toEqual(['', 0])
    return stdout
  }

  test('are not used with the card of others', async () => {
    const folder = newPath('-keys')
    const card = await makeRecipientKeys(folder, 'little-acorn')
    for (const wrong of [
      acorn.card,
      { ...card, ageRecipient: acorn.card.ageRecipient },
      { ...card, name: 'x' },
    ]) {
      writeFileSync(join(folder, 'card.json'), JSON.stringify(wrong))
      await expect(openRecipientKeyFolder(folder)).rejects.toMatchObject({
        code: 'recipient.keys_unusable',
      })
    }
    for (const text of ['', '{', 'null', '{}']) {
      writeFileSync(join(folder, 'card.json'), text)
      await expect(openRecipientKeyFolder(folder)).rejects.toMatchObject({
        code: 'recipient.keys_unusable',
      })
    }
  })
})
