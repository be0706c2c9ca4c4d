// A recipient's keys as its commands make and use them: where none can be made, and what is no challenge, in words.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRecipientKeyFolder, trustRegister } from '../../src/adapters/keys/recipient-key-folder.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { keyRotationFormat, type RotationReason } from '../../src/model/key-rotation.ts'
import { statementText } from '../../src/model/statement.ts'
import { answerChallengeFile, makeRecipientKeys, trustNextKey } from '../../src/service/recipient-keys.ts'
import { registerSigner } from './build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-keys-'))
const folder = join(root, 'new', 'acorn-keys')
beforeAll(() => makeRecipientKeys(folder, 'little-acorn'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('keys are made in a folder whose parents are not there yet', async () => {
  expect((await openRecipientKeyFolder(folder)).card.name).toBe('little-acorn')
})

test.each([
  ['on a file system that takes no folders', '/proc/none/acorn-keys', 'cannot be made'],
  ['below a file', join(folder, 'card.json', 'keys'), 'cannot be made'],
  ['where a file is', join(folder, 'card.json'), 'something in'],
])('keys %s are refused, and what is there stays', async (_, place, words) => {
  const before = readFileSync(join(folder, 'card.json'))
  await expect(makeRecipientKeys(place, 'other')).rejects.toMatchObject({
    code: 'value.invalid',
    detail: expect.stringContaining(words),
  })
  expect(readFileSync(join(folder, 'card.json'))).toEqual(before)
})

test('a folder without keys in it is said to be one, with what to name instead', async () => {
  for (const place of [root, join(root, 'nowhere')])
    await expect(openRecipientKeyFolder(place)).rejects.toMatchObject({ code: 'recipient.keys_unusable' })
})

test('a file that is no age file is said to hold no challenge, and nothing is answered', async () => {
  const path = join(root, 'letter.txt')
  const out = join(root, 'answer.txt')
  for (const text of ['', 'Dear all', 'age-encryption.org/v1\n-> X25519 \n--- \n'.padEnd(200, 'x')]) {
    writeFileSync(path, text)
    await expect(answerChallengeFile({ path, folder, out })).rejects.toMatchObject({
      code: 'challenge.invalid',
    })
  }
  await expect(answerChallengeFile({ path: join(root, 'nowhere'), folder, out })).rejects.toMatchObject({
    code: 'file.missing',
  })
  expect(existsSync(out)).toBe(false)
})

test.each<RotationReason>(['stolen', 'lost'])(
  'a note about a key that was %s is followed by people only',
  async (why) => {
    const origin = registerSigner.name
    const verifierKey = encodeVerifierKey(origin, registerSigner.publicKey)
    await trustRegister(folder, { origin, verifierKey, controller: 'A Club' })
    const path = join(root, `${why}.note`)
    const statement = {
      ...{
        format: keyRotationFormat,
        register: 'r',
        origin,
        rotation: 1,
        previous: verifierKey,
        next: 'another key',
        why,
      },
      rotatedAt: '2018-07-02T09:00:00Z',
    }
    writeFileSync(path, signNote(statementText(statement), registerSigner))
    await expect(trustNextKey({ path, folder })).rejects.toMatchObject({
      code: 'register.untrusted',
      detail: `the old key did not sign this, as the sender says it was ${why}: compare the new key by telephone, then take the old file out of ${folder}/trusted and run open --trust`,
    })
  },
)
