// The recipient's commands as they are run: open and verify, offline, with a folder of keys.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRecipientKeyFolder, trustRegister } from '../../src/adapters/keys/recipient-key-folder.ts'
import type { Command, Invocation } from '../../src/cli/command.ts'
import { openCommand } from '../../src/cli/commands/open.ts'
import { verifyCommand } from '../../src/cli/commands/verify.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { encodeEntry } from '../../src/log/log-entry.ts'
import { leafHash, nodeHash } from '../../src/log/merkle.ts'
import { encodeVerifierKey } from '../../src/log/signed-note.ts'
import { encodeBundle } from '../../src/log/tiles.ts'
import { isProblem, type Problem } from '../../src/model/problem.ts'
import { configurationFrom } from '../../src/service/configuration.ts'
import { makeRecipientKeys } from '../../src/service/recipient-keys.ts'
import {
  buildDelivery,
  buildRemoval,
  type Delivery,
  registerId,
  registerKey,
  registerSigner,
} from '../recipient/build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-verify-'))
const keyFolder = join(root, 'acorn-keys')
let delivery: Delivery
let number = 0

beforeAll(async () => {
  await makeRecipientKeys(keyFolder, 'little-acorn')
  delivery = await buildDelivery(join(root, 'delivery'), await openRecipientKeyFolder(keyFolder))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function run(command: Command, path: string, options: Invocation['options'] = {}) {
  let stdout = ''
  const out = {
    write(text: string) {
      stdout += text
    },
  }
  const terminal = openTerminal(out, out)
  const configuration = configurationFrom({}, { home: join(root, 'none') })
  const exit = await command.run({ arguments: [path], options, terminal, configuration })
  return { stdout, exit }
}

async function problem(work: Promise<unknown>): Promise<Problem> {
  const outcome = await work.catch((error: unknown) => error)
  if (!isProblem(outcome)) throw new Error('no Problem', { cause: outcome })
  return outcome
}

function spoiled(from: string, file: string, change: (bytes: Buffer) => Buffer): string {
  const copy = join(root, `spoiled-${number++}`)
  cpSync(from, copy, { recursive: true })
  writeFileSync(join(copy, file), change(readFileSync(join(copy, file))))
  return copy
}

const flipLast = (bytes: Buffer) => {
  bytes[bytes.length - 2]! ^= 1
  return bytes
}

describe('fairshare open', () => {
  test('refuses a register nobody vouched for, opens it with --trust, and trusts it from then on', async () => {
    const out = join(root, 'out-1')
    const refused = await problem(run(openCommand, delivery.folder, { key: keyFolder, out }))
    expect(refused.detail).toContain(registerKey)
    expect(existsSync(out)).toBe(false)
    const opened = await run(openCommand, delivery.folder, { key: keyFolder, out, trust: registerKey })
    expect(opened.exit).toBe(0)
    expect(opened.stdout).toContain('Release 3-acorn-post@41 is whole.')
    expect(opened.stdout).toContain('by 2018-08-01')
    expect(readdirSync(out).sort()).toEqual(['receipt.txt', 'records.csv'])
    expect((await run(openCommand, delivery.folder, { key: keyFolder })).exit).toBe(0)
    expect(readdirSync(join(delivery.folder, 'opened')).sort()).toEqual(['receipt.txt', 'records.csv'])
  })

  test('refuses --trust of a second key for a register that is trusted', async () => {
    const { signer } = await openRecipientKeyFolder(keyFolder)
    const trust = encodeVerifierKey(registerSigner.name, signer.publicKey)
    const refused = await problem(
      run(openCommand, delivery.folder, { key: keyFolder, out: join(root, 'x'), trust }),
    )
    expect(refused.detail).toContain('another key is trusted')
  })

  test('says which folder is not there, or cannot be written to', async () => {
    expect((await problem(run(openCommand, join(root, 'nowhere'), { key: keyFolder }))).code).toBe(
      'file.missing',
    )
    const out = join(delivery.folder, 'README.txt', 'opened')
    expect((await problem(run(openCommand, delivery.folder, { key: keyFolder, out }))).detail).toContain(
      'cannot be written',
    )
  })

  test('takes --apply for a removal only', async () => {
    const refused = await problem(run(openCommand, delivery.folder, { key: keyFolder, apply: root }))
    expect(refused.detail).toBe('--apply is for a removal; this is a release')
  })

  test('shows a removal, applies it where it is told to, and signs for it', async () => {
    const removal = join(root, 'removal')
    const keys = await openRecipientKeyFolder(keyFolder)
    await buildRemoval(removal, keys, { release: delivery.release, refs: delivery.refs.slice(0, 2) })
    const shown = await run(openCommand, removal, { key: keyFolder })
    expect(shown.exit).toBe(0)
    expect(shown.stdout).toContain('--apply <copy>')
    const into = join(root, 'out-1')
    const before = readFileSync(join(into, 'records.csv'), 'utf8')
    const missing = join(root, 'nowhere.csv')
    expect((await problem(run(openCommand, removal, { key: keyFolder, apply: missing }))).code).toBe(
      'file.missing',
    )
    const applied = await run(openCommand, removal, { key: keyFolder, apply: join(into, 'records.csv') })
    expect(applied.stdout).toContain('of 2 lines 2 removed, 0 not there')
    expect(readFileSync(join(into, 'records.csv'), 'utf8').length).toBeLessThan(before.length)
    expect(
      (await run(verifyCommand, join(into, 'removal-1-receipt.txt'), { identity: keyFolder })).exit,
    ).toBe(0)
    expect((await run(verifyCommand, removal, { key: registerKey })).exit).toBe(0)
    expect(
      (await run(verifyCommand, spoiled(removal, 'README.txt', flipLast), { key: registerKey })).stdout,
    ).toContain('README.txt: is not the file that was signed for')
  })
})

describe('fairshare verify', () => {
  test('holds a delivery without the recipient’s keys, and says what it did not look at', async () => {
    const { stdout, exit } = await run(verifyCommand, delivery.folder, { key: registerKey })
    expect(exit).toBe(0)
    expect(stdout.match(/ {2}ok {2}/g)).toHaveLength(8)
    expect(stdout).toContain('The rows were not looked at')
    expect(stdout).toContain('does not show that nothing left outside the register')
  })

  test('recomputes the rows with the recipient’s keys, and leaves nothing plain behind', async () => {
    const { stdout, exit } = await run(verifyCommand, delivery.folder, { identity: keyFolder })
    expect(exit).toBe(0)
    expect(stdout).toContain('ok  The rows are those the log holds')
    expect(readdirSync(keyFolder)).not.toContain('.verify')
  })

  test('takes a key that is named twice for one', async () => {
    expect((await run(verifyCommand, delivery.folder, { identity: keyFolder, key: registerKey })).exit).toBe(
      0,
    )
  })

  test('refuses what it would compare with nothing', async () => {
    const refused = async (path: string, options: Invocation['options']) =>
      (await problem(run(verifyCommand, path, { key: registerKey, ...options }))).detail
    const receipt = join(root, 'any-receipt.txt')
    writeFileSync(receipt, 'fairshare/release-receipt@v1\n')
    for (const path of [delivery.folder, receipt]) {
      expect(await refused(path, { kept: ['checkpoint'] })).toBe('--kept is for a log or an evidence pack')
      for (const option of ['enquiry', 'before'])
        expect(await refused(path, { [option]: '2018-07-02' })).toBe(
          '--enquiry and --before are for an evidence pack',
        )
    }
  })

  test('takes a file of a folder for that, any other JSON for none, and neither for a forged receipt', async () => {
    const manifest = join(delivery.folder, 'manifest.json')
    const found = async (path: string) =>
      (await problem(run(verifyCommand, path, { key: registerKey }))).detail
    expect(await found(manifest)).toBe('This file is part of a delivery: check its folder')
    const other = join(root, 'other.json')
    writeFileSync(other, '{"name":"fairshare"}')
    expect(await found(other)).toContain('is no delivery, removal, receipt or log')
    writeFileSync(other, '{"about":"a","body":"","entry":"","kind":"decision","position":1,"salt":""}')
    expect(await found(other)).toBe('This file is part of an evidence pack: check its folder')
    writeFileSync(other, '{"events":[],"format":"fairshare/person-receipt@v1"')
    expect((await run(verifyCommand, other, { key: registerKey })).stdout).toContain('receipt does not hold')
  })

  test('says of a key that was mistyped or cut off that it does not fit its id', async () => {
    for (const key of [
      registerKey.slice(0, -4),
      registerKey.replace(/.(.{6})$/, (all, rest) => (all[0] === 'A' ? 'B' : 'A') + rest),
    ])
      expect((await problem(run(verifyCommand, delivery.folder, { key }))).detail).toBe(
        '--key: the key does not fit its id: mistyped or cut off',
      )
  })

  test('ends with 1 and the place of the first failure, as lines and as JSON', async () => {
    for (const file of readdirSync(delivery.folder).filter((name) => name !== 'opened')) {
      const copy = spoiled(delivery.folder, file, flipLast)
      const { stdout, exit } = await run(verifyCommand, copy, { key: registerKey, json: true })
      const { holds, checks } = JSON.parse(stdout)
      expect([exit, holds]).toEqual([1, false])
      expect(checks.at(-1)).toMatchObject({ holds: false, place: { file } })
      expect((await run(verifyCommand, copy, { key: registerKey })).stdout).toContain(`\n      ${file}`)
    }
  })

  test('takes no key from the file itself, but shows the one it names', async () => {
    const refused = await problem(run(verifyCommand, delivery.folder))
    expect(refused).toMatchObject({ code: 'register.untrusted', detail: `it is signed by ${registerKey}` })
    const letter = spoiled(delivery.folder, 'manifest.json', flipLast)
    expect((await problem(run(verifyCommand, letter))).code).toBe('usage.invalid')
  })

  test('of what another register signed says whose it is; under a key that was named, that it does not hold', async () => {
    const stranger = join(root, 'stranger-keys')
    const { verifierKey } = await makeRecipientKeys(stranger, 'stranger')
    await trustRegister(stranger, { origin: 'stranger', verifierKey, controller: 'Another Club' })
    const refused = await problem(run(verifyCommand, delivery.folder, { identity: stranger }))
    expect(refused).toMatchObject({ code: 'register.untrusted', detail: `it is signed by ${registerKey}` })
    const named = await run(verifyCommand, delivery.folder, { key: verifierKey })
    expect(named.exit).toBe(1)
    expect(named.stdout).toContain(
      `manifest.json, at register.verifierKey: is not a key you trust: ${registerKey}`,
    )
    const checkpoint = join(root, 'checkpoint')
    writeFileSync(checkpoint, signCheckpoint({ size: 1, root: leafHash(Buffer.of(1)) }, registerSigner))
    expect(await problem(run(verifyCommand, checkpoint, { identity: stranger }))).toMatchObject({
      code: 'register.untrusted',
      detail: expect.stringContaining(registerSigner.name),
    })
  })

  test('holds a recipient’s receipt under the key of its card, and finds a changed one', async () => {
    const receipt = join(root, 'out-1', 'receipt.txt')
    const card = join(keyFolder, 'card.json')
    expect((await run(verifyCommand, receipt, { key: card })).exit).toBe(0)
    expect((await run(verifyCommand, receipt, { identity: keyFolder })).exit).toBe(0)
    expect((await run(verifyCommand, receipt, { key: registerKey })).exit).toBe(1)
    const changed = join(root, 'changed.txt')
    writeFileSync(changed, readFileSync(receipt, 'utf8').replace('"rows":12', '"rows":11'))
    expect((await run(verifyCommand, changed, { key: card })).stdout).toContain('changed.txt, at signature 1')
  })

  test('derives a copy of a log anew, and names the tile that does not fit', async () => {
    const folder = join(root, 'log')
    const entries = [1, 2, 3].map((position) =>
      encodeEntry({
        ...{ register: registerId, format: 1, position, kind: 'test', recordedAt: 1000 + position },
        ...{ events: 0, enrolled: 0 },
      }),
    )
    const write = (path: string, bytes: Uint8Array | string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    const [first, second, third] = entries.map(leafHash)
    const treeRoot = nodeHash(nodeHash(first!, second!), third!)
    write('tile/entries/000.p/3', encodeBundle(entries))
    write('tile/0/000.p/3', Buffer.concat(entries.map(leafHash)))
    write('checkpoint', signCheckpoint({ size: 3, root: treeRoot }, registerSigner))
    expect((await run(verifyCommand, folder, { key: registerKey })).exit).toBe(0)
    expect((await run(verifyCommand, join(folder, 'checkpoint'), { identity: keyFolder })).exit).toBe(0)
    const { stdout, exit } = await run(verifyCommand, spoiled(folder, 'tile/0/000.p/3', flipLast), {
      key: registerKey,
    })
    expect(exit).toBe(1)
    expect(stdout).toContain('tile/0/000.p/3')
  })

  test('says so when a path is nothing it knows', async () => {
    writeFileSync(join(root, 'letter.txt'), 'Dear all')
    expect((await problem(run(verifyCommand, join(root, 'letter.txt'), { key: registerKey }))).code).toBe(
      'value.invalid',
    )
    expect((await problem(run(verifyCommand, join(root, 'nowhere'), { key: registerKey }))).code).toBe(
      'file.missing',
    )
    const folder = join(root, 'plain')
    mkdirSync(folder)
    expect((await problem(run(verifyCommand, folder, { key: registerKey }))).detail).toContain(
      'is no delivery',
    )
    expect((await problem(run(openCommand, folder, { key: keyFolder }))).detail).toContain(
      'is not a delivery: it has no manifest.json',
    )
  })
})
