// An honest evidence pack of a small club: all of it holds, and what it says comes with the figures that matter. With one file
// more, less or other than was signed for it does not hold, and the file is named.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import type { Invocation } from '../../src/cli/command.ts'
import { verifyCommand } from '../../src/cli/commands/verify.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { takeSample } from '../../src/evidence/sample-rule.ts'
import { recogniseFile, verifyFile } from '../../src/evidence/verify-file.ts'
import { parseVerifierKey } from '../../src/log/signed-note.ts'
import { configurationFrom } from '../../src/service/configuration.ts'
import { newFolder } from '../release/club-places.ts'
import { memberNo } from '../release/small-club.ts'
import { type ClubWithPack, clubWithPack, objector, people } from './club-with-pack.ts'
import {
  finding,
  honestPack,
  keyOf,
  manifestIn,
  receiptsIn,
  resigned,
  textOf,
  type Unpacked,
  verify,
} from './dishonest-operator.ts'

const folders = newFolder('verify-pack')
let made: ClubWithPack
const held = () => made.pack
const find = (pack: Unpacked) => finding(pack, made.signer)

beforeAll(async () => {
  made = await clubWithPack(join(folders.path, 'club'))
})
afterAll(async () => {
  await made.club.close()
  folders.remove()
})

describe('an honest pack', () => {
  test('holds, check by check', async () => {
    const { checks } = await verify(held(), made.signer, { kept: [made.kept] })
    expect(checks.map(({ what, holds }) => `${holds ? 'ok' : 'NO'} ${what}`)).toEqual([
      'ok The register’s key signed the manifest',
      'ok Every file is the one that was signed for, and there is no other',
      'ok Every entry of the log leads to the root that was signed, each later than the one before',
      'ok Every document is the one that the log binds',
      'ok The log is the same history as checkpoint-of-12-june',
      'ok No release id is used twice',
      `ok ${made.release}: decided, approved as its rule says, committed, and sealed before it left`,
      'ok Every determination is signed by a key that was on record before',
      'ok Policy, notices and rule packs are those that were decided by, and were published before',
      'ok No release of the scope is left out',
      'ok What recipients say was signed by them, of what was sealed',
      'ok Every receipt enclosed holds, and is of this log',
      `ok ${made.release}: the records considered add up to what was decided, committed and sealed`,
      'ok The receipts are of those whom the seed picks',
      'ok The receipts say what the records considered say',
    ])
  })

  test('says with figures what it proves, and what it does not', async () => {
    const { says, doesNotSay } = await verify(held(), made.signer, {
      kept: [made.kept],
      enquiry: '2018-06-13',
    })
    const text = says.join('\n')
    expect(text).toMatch(/The log club\.example\/register has \d+ entries, the first of 2018-06-12/)
    expect(text).toContain('that checkpoint-of-12-june is of: one history')
    expect(text).toMatch(
      /Of the log’s documents \d+ are enclosed, each as it was logged; there are no others\./,
    )
    expect(text).toContain(
      `${people} records of ${people} people considered; ${people - 1} were to leave (0 of them reduced), 1 denied`,
    )
    expect(text).toContain(
      `0 recorded within a day of it, 0 within 30 days, ${people} more than 30 days after it is said to have happened`,
    )
    expect(text).toContain(
      '0 go by a showing that was entered after 2018-06-13, when the question was first asked',
    )
    expect(text).toContain(
      'Since the enquiry began (2018-06-13) the log has 0 events entered, and 0 people enrolled.',
    )
    expect(text).toContain(
      'Dana Whitlock approved it on 2018-06-13, with a key that dpo put on record on 2018-06-12; Sam Idris had asked for it.',
    )
    expect(text).toContain(
      `the recipient signed that it opened ${people - 1} rows, and that they lead to the root that was sealed, with the key ${made.club.keys.card.verifierKey} that dpo put on record on 2018-06-12, and that answered a challenge on 2018-06-12.`,
    )
    expect(text).toContain(
      `The receipts of ${people} people are enclosed, those whom the seed “chosen by the auditor” picks.`,
    )
    expect(doesNotSay.join('\n')).toContain('That everything was recorded')
    expect(doesNotSay.join('\n')).not.toContain('only history of the log')
    expect((await verify(held(), made.signer)).doesNotSay.join('\n')).toContain('only history of the log')
  })

  test('is of nobody but whose key signed it', async () => {
    const other = { ...made.signer, ...signerFromSeed(new Uint8Array(32).fill(99)) }
    expect(await finding(held(), other)).toContain('register.verifierKey: is not a key you trust')
  })

  test('of a person holds, and is that person’s', async () => {
    const pack = await honestPack(made.club, { scope: { subject: objector } }, 'person.zip')
    const { checks, says } = await verify(pack, made.signer)
    expect(firstFailure(checks)).toBeUndefined()
    expect(says.join('\n')).toContain(
      'The receipt of the person asked about holds, and says what the register gave out of that person',
    )
    const other = resigned(pack, made.signer, (_files, manifest) => {
      manifest.scope = { subject: 3 }
    })
    expect(await find(other)).toContain('pack.json, at scope.subject: is not whose receipt is enclosed')
    const fewer = resigned(pack, made.signer, (files, manifest) => {
      manifest.releases = []
      for (const path of [...files.keys()])
        if (/^(releases|packs)\/|-(release|removal)\.|^policy\/|^notices\//.test(path)) files.delete(path)
    })
    expect(await find(fewer)).toContain(`releases, ${made.release}: is not among the releases of the pack`)
  })

  test('of a period holds, and leaves no release of it out', async () => {
    const period = { scope: { from: 20180601, to: 20180630 } }
    const pack = await honestPack(made.club, period, 'period.zip')
    expect(manifestIn(pack).releases).toEqual([made.release])
    expect(await find(pack)).toBe('')
    const fewer = resigned(pack, made.signer, (files, manifest) => {
      manifest.releases = []
      for (const path of [...files.keys()])
        if (/^(releases|packs)\/|-(release|removal)\.|^policy\/|^notices\//.test(path)) files.delete(path)
    })
    expect(await find(fewer)).toMatch(
      /pack\.json, at releases: does not name what the log has at position \d+: a release\.committed within the period/,
    )
    const empty = await honestPack(made.club, { scope: { from: 20180101, to: 20180131 } }, 'empty.zip')
    expect(await find(empty)).toBe('')
  })
})

describe('files', () => {
  test('one that is not in the manifest', async () => {
    const pack = new Map(held()).set('index.html.bak', Buffer.from('x'))
    expect(await find(pack)).toContain('index.html.bak: is not named in the manifest')
  })

  test('one that is missing, longer, shorter or other than was signed for', async () => {
    const without = new Map(held())
    without.delete('README.txt')
    expect(await find(without)).toContain('README.txt: is not there')
    const with_ = (text: string) => find(new Map(held()).set('README.txt', Buffer.from(text)))
    const text = textOf(held(), 'README.txt')
    expect(await with_(`${text}x`)).toContain('goes on where it should end')
    expect(await with_(text.slice(1))).toContain('ends 1 bytes early')
    expect(await with_(`x${text.slice(1)}`)).toContain('README.txt: is not the file that was signed for')
  })

  test.each([
    'notes.txt',
    'people/0001/secret.txt',
    'releases/other@1/people.csv',
    'log.html',
    'documents/x.json',
  ])('one that no pack has, though it is signed for: %s', async (path) => {
    const pack = resigned(held(), made.signer, (files) => files.set(path, Buffer.from('x')))
    expect(await find(pack)).toContain(`${path}: is no file that a pack has`)
  })

  test('a path that leads out of the folder, though it is signed for', async () => {
    const pack = resigned(held(), made.signer, (files) => files.set('log/../../x', Buffer.from('x')))
    expect(await find(pack)).toContain('pack.json, at log/../../x: leads out of its folder')
  })

  test('a tile of another tree', async () => {
    const pack = resigned(held(), made.signer, (files) => files.set('log/tile/0/000.p/3', Buffer.alloc(96)))
    expect(await find(pack)).toMatch(/log\/tile\/0\/000\.p\/3: is no file of a log of \d+ entries/)
  })

  test('every single byte of manifest and signature', async () => {
    for (const path of ['pack.json', 'pack.json.sig']) {
      const bytes = held().get(path)!
      for (let at = 0; at < bytes.length; at += path === 'pack.json' ? 61 : 1) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1
        expect(await find(new Map(held()).set(path, changed)), `${path} at ${at}`).not.toBe('')
      }
    }
  })
})

describe('a pack as a file or a folder', () => {
  const archive = () => join(made.club.app.configuration.home, 'evidence.zip')

  async function run(path: string, options: Invocation['options'] = {}) {
    let stdout = ''
    const out = {
      write(text: string) {
        stdout += text
      },
    }
    const configuration = configurationFrom({}, { home: join(folders.path, 'none') })
    const invocation = { arguments: [path], options, terminal: openTerminal(out, out), configuration }
    return { exit: await verifyCommand.run(invocation), stdout }
  }

  function unpack(name: string): string {
    const folder = join(folders.path, name)
    for (const [path, bytes] of held()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    return folder
  }

  test('is verified by the command, with what was kept and since when somebody asked', async () => {
    const kept = join(folders.path, 'kept-checkpoint')
    writeFileSync(kept, made.kept.note)
    const key = keyOf(made.signer)
    const { exit, stdout } = await run(archive(), { key, kept: [kept], enquiry: '2018-06-12' })
    expect(stdout).toContain('  ok  The archive has plain files only, and nothing beside them')
    expect(stdout).toContain('  ok  The log is the same history as kept-checkpoint')
    expect(stdout).toContain('when the enquiry began')
    expect(stdout).toContain('The evidence pack holds.')
    expect(exit).toBe(0)
  })

  test('is verified without a name for the key only by a key', async () => {
    await expect(run(archive())).rejects.toMatchObject({ code: 'register.untrusted' })
  })

  test('holds unpacked too', async () => {
    const { exit, stdout } = await run(unpack('unpacked'), { key: keyOf(made.signer) })
    expect(stdout).toContain('The evidence pack holds.')
    expect(exit).toBe(0)
  })

  test('does not hold with a link in it, whatever it leads to', async () => {
    const folder = unpack('linked')
    rmSync(join(folder, 'README.txt'))
    symlinkSync(join(folders.path, 'kept-checkpoint'), join(folder, 'README.txt'))
    const { exit, stdout } = await run(folder, { key: keyOf(made.signer) })
    expect(stdout).toContain('README.txt: is a link')
    expect(exit).toBe(1)
  })

  test('does not hold with a file more', async () => {
    const folder = unpack('more')
    writeFileSync(join(folder, '.hidden'), 'x')
    expect((await run(folder, { key: keyOf(made.signer) })).stdout).toContain(
      '.hidden: is not named in the manifest',
    )
  })

  test('is known by its first bytes where there are bytes only', async () => {
    const bytes = readFileSync(archive())
    expect(recogniseFile(bytes)).toBe('evidence pack')
    const verified = await verifyFile(
      'evidence pack',
      bytes,
      parseVerifierKey(keyOf(made.signer)),
      'evidence.zip',
    )
    expect(firstFailure(verified.checks)).toBeUndefined()
    expect(verified.says.length).toBeGreaterThan(5)
  })
})

describe('the sample', () => {
  const commitments = Array.from({ length: 500 }, (_, index) => index.toString(16).padStart(64, '0'))

  test('is the same in whatever order and however often people are offered', () => {
    const once = takeSample(20, 'seed')
    for (const one of commitments) once.offer(one)
    const again = takeSample(20, 'seed')
    for (const one of [...commitments].reverse()) for (let n = 0; n < 5; n++) again.offer(one)
    expect(again.picked()).toEqual(once.picked())
    expect(new Set(once.picked()).size).toBe(20)
  })

  test('is another one for another seed, and everybody when there are no more', () => {
    const [one, other, all] = [takeSample(20, 'seed'), takeSample(20, 'seeds'), takeSample(1000, 'seed')]
    for (const commitment of commitments) for (const taker of [one, other, all]) taker.offer(commitment)
    expect(other.picked()).not.toEqual(one.picked())
    expect(all.picked().slice(0, 20)).toEqual(one.picked())
    expect([...all.picked()].sort()).toEqual(commitments)
  })

  test('names nobody in the pack', () => {
    expect(receiptsIn(held())).toHaveLength(people)
    for (const [path, bytes] of held()) expect(Buffer.from(bytes).includes(memberNo(1)), path).toBe(false)
  })
})
