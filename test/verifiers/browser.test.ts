// verify.html in a real Chromium, opened from the disk: what it finds, that it asks no network for anything, and that the log
// room computes in a browser what it computes in Node.
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleForBrowser, makeVerifierPage, verifierPath } from '../../scripts/verifier-page.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { writeEvidencePack } from '../../src/service/evidence-pack.ts'
import { claimsOf, receiptOf } from '../../src/service/person-rights.ts'
import { newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  day,
  foundClub,
  memberNo,
  minute,
  statement,
} from '../release/small-club.ts'
import { checkpointText, logAnswers, type MadeLog, madeEntries, type Vectors } from './log-answers.ts'

const folders = newFolder('browser')
let browser: Browser
let club: Club
let key: string
let files: Record<'released' | 'withheld' | 'checkpoint' | 'claim', string>
let pack: Buffer

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
  club = await foundClub({ home: join(folders.path, 'club'), people: 12 })
  const { register } = club.app
  key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
  await objectToProcessing(register, { ...statement(2, club.clock.at - 2 * day), qualifier: 'marketing' })
  club.clock.at += minute
  await askAndApprove(club, 'letter')
  const { release } = await releaseRequest(await club.context(), 'letter')
  pack = await packOf(release)
  files = {
    released: await receiptOf(club.app, { kind: 'member', value: memberNo(1) }),
    withheld: await receiptOf(club.app, { kind: 'member', value: memberNo(2) }),
    checkpoint: '',
    claim: await claimOf(2, 'not-released'),
  }
  const { enrolment } = JSON.parse(files.released) as { enrolment: { proof: string } }
  files.checkpoint = enrolment.proof.slice(enrolment.proof.indexOf('\n\n') + 2)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await club?.close()
  folders.remove()
})

test('verify.html is what its sources make', async () => {
  const made = await makeVerifierPage()
  expect(made, 'two builds differ').toBe(await makeVerifierPage())
  expect(
    made === readFileSync(verifierPath, 'utf8'),
    'verifiers/verify.html is old: run npm run build:verifier',
  ).toBe(true)
  expect(made).not.toMatch(
    /\bBuffer\.|\bprocess\.|\brequire\(|\bimport\(|["'`]node:|https?:\/\/(?!www\.w3\.org)|\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket/,
  )
})

describe('verify.html', () => {
  test('finds that a receipt holds, and says what it says', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await choose(page, ['receipt.json', files.released])
    expect(await results(page)).toEqual([['receipt.json', 'The person’s receipt holds.']])
    expect(await page.locator('.mark').allTextContents()).toContain('ok')
    expect(await page.locator('.mark').allTextContents()).not.toContain('NO')
    const says = await page.locator('.sentences.strong li').allTextContents()
    expect(says).toContainEqual(
      expect.stringMatching(
        /^On 2018-03-12, at 09:00:00 UTC, this person was shown the privacy notice form@2017-01, route online/,
      ),
    )
    expect(says).toContainEqual(
      expect.stringContaining('this person gave consent: recipient acorn, purpose offers, by e-mail'),
    )
    expect(says).toContainEqual(
      expect.stringMatching(
        /^This person’s record was in the release letter@\d+ \(2018-06-12, to Little Acorn Foods Ltd, for Offers by Little Acorn\)/,
      ),
    )
    expect(await page.locator('.sentences').last().textContent()).toContain(
      'nothing left outside the register',
    )
    await closed(page, asked)
  })

  test('says why a record stayed', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await choose(page, ['receipt.json', files.withheld])
    expect(await results(page)).toEqual([['receipt.json', 'The person’s receipt holds.']])
    const says = await page.locator('.sentences.strong li').allTextContents()
    expect(says).toContainEqual(
      expect.stringMatching(/this person objected to marketing: to all of it \(recorded 2 days later/),
    )
    expect(says).toContainEqual(
      expect.stringMatching(
        /was considered for the release letter@.* and withheld\. Because, in the register’s words: S301/,
      ),
    )
    await closed(page, asked)
  })

  test('finds that a claim holds, and that it does not say more than it is', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await choose(page, ['claim.json', files.claim])
    expect(await results(page)).toEqual([['claim.json', 'The claim holds.']])
    const says = await page.locator('.sentences.strong li').allTextContents()
    expect(says).toContainEqual(expect.stringMatching(/^This person’s record was not in the release letter@/))
    expect(says).toContainEqual('How it was made sure who asked for this: passport seen.')
    await closed(page, asked)
  })

  test('finds that an evidence pack holds, and compares its log with a checkpoint beside it', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await choose(page, ['pack.zip', pack])
    expect(await page.locator('.wrong').allTextContents()).toEqual([])
    expect(await results(page)).toEqual([['pack.zip', 'The evidence pack holds.']])
    await choose(page, ['kept', otherHistory(files.checkpoint)])
    expect(await results(page)).toEqual([
      ['kept', 'The checkpoint holds.'],
      ['pack.zip', 'The evidence pack does not hold.'],
    ])
    expect((await page.locator('.wrong').allTextContents()).join()).toMatch(/^kept/)
    const spoilt = Buffer.from(pack)
    spoilt[spoilt.length >> 1]! ^= 1
    await page.getByRole('button', { name: 'Clear' }).click()
    await choose(page, ['spoilt.zip', spoilt])
    expect(await results(page)).toEqual([['spoilt.zip', 'The evidence pack does not hold.']])
    await closed(page, asked)
  })

  test('takes files that are dropped anywhere on it, several at once', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await drop(page, [
      ['one.json', files.released],
      ['two.json', files.withheld],
      ['checkpoint', files.checkpoint],
      ['holiday.jpg', 'ÿØÿà'],
    ])
    expect(await results(page)).toEqual([
      ['one.json', 'The person’s receipt holds.'],
      ['two.json', 'The person’s receipt holds.'],
      ['checkpoint', 'The checkpoint holds.'],
      ['holiday.jpg', 'Not a file this page can check.'],
    ])
    expect(await page.textContent('#summary')).toBe('4 files: 3 hold, 1 not checked.')
    await closed(page, asked)
  })

  test('refuses a receipt of which one byte was changed, with the place', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    const changed = files.released.replace('"recipient":"acorn"', '"recipient":"bcorn"')
    const secret = files.released.replace(
      /"secret":"(.)/,
      (_, digit: string) => `"secret":"${digit === '0' ? '1' : '0'}`,
    )
    expect(new Set([changed, secret, files.released]).size).toBe(3)
    await choose(page, ['word.json', changed], ['secret.json', secret])
    expect(await results(page)).toEqual([
      ['word.json', 'The person’s receipt does not hold.'],
      ['secret.json', 'The person’s receipt does not hold.'],
    ])
    const wrong = await page.locator('.wrong').allTextContents()
    expect(wrong[0]).toMatch(/^word\.json, at signature: is over /)
    expect(wrong[1]).toMatch(/^secret\.json, at enrolment: subject, secret, index and path do not lead/)
    expect(await page.locator('.no .mark').allTextContents()).toEqual(['NO', 'NO'])
    expect(await page.locator('.sentences').count(), 'what does not hold says nothing').toBe(0)
    await closed(page, asked)
  })

  test('refuses under another register’s key, and checks nothing without one', async () => {
    const { page, asked } = await openPage()
    await choose(page, ['receipt.json', files.released])
    expect(await results(page)).toEqual([['receipt.json', 'Not checked yet: there is no key.']])
    expect(await page.textContent('.result')).toContain('It says that it is from club.example/register')
    expect(await page.content(), 'the key of the file is not offered').not.toContain(key)
    const other = signerFromSeed(new Uint8Array(32).fill(99)).publicKey
    await page.fill('#key', encodeVerifierKey('club.example/register', other))
    await page.waitForSelector('.result.fails')
    expect(await page.locator('.wrong').allTextContents()).toEqual([
      'receipt.json, at register.verifierKey: is not the key that is trusted',
    ])
    await page.fill('#key', key.slice(0, -3))
    expect(await page.textContent('#key-state')).toContain('no verifier key')
    await settled(page, 1)
    expect(await results(page)).toEqual([['receipt.json', 'Not checked yet: there is no key.']])
    await page.fill('#key', key)
    await page.waitForSelector('.result.holds')
    await closed(page, asked)
  })

  test('writes what stands in a file as text, whatever it looks like', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    const name = '<img src=x onerror="document.title=1">.json'
    await drop(page, [[name, files.released.replace('"enrolment"', '"<b onclick=1>"')]])
    expect(await results(page)).toEqual([[name, 'The person’s receipt does not hold.']])
    expect(await page.locator('#results img, #results b').count()).toBe(0)
    expect(await page.title()).toBe('Check a proof – Fairshare')
    await closed(page, asked)
  })

  test('takes a file of a folder for that, and other JSON for no receipt', async () => {
    const { page, asked } = await openPage()
    await page.fill('#key', key)
    await drop(page, [
      ['certificate.json', '{"format":"fairshare/due-diligence@v1"}'],
      ['other.json', '{"a":1}'],
    ])
    const verdict = 'Not a file this page can check.'
    expect(await results(page)).toEqual([
      ['certificate.json', verdict],
      ['other.json', verdict],
    ])
    expect(await page.locator('.result').allTextContents()).toEqual([
      expect.stringContaining('This file is part of a certificate: check its folder.'),
      expect.not.stringContaining('Do not rely on this file'),
    ])
    await closed(page, asked)
  })

  test('lets no script of its own or of anybody else send anything', async () => {
    const { page } = await openPage()
    const forbidden = await page.evaluate(
      `new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))
        fetch('http://127.0.0.1:9/').then(() => resolve('sent'), () => undefined)
      })`,
    )
    expect(forbidden).toBe('connect-src')
    await expect(page.addScriptTag({ content: 'document.title = "taken over"' })).rejects.toThrow()
    expect(await page.title()).toBe('Check a proof – Fairshare')
    await page.context().close()
  })

  test('can be used from the keyboard, and names all it has', async () => {
    const { page, asked } = await openPage()
    // Waited for from here on: a dialog that opens before somebody waits is a real one, and stays open.
    const chooser = page.waitForEvent('filechooser')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('key')
    await page.keyboard.type(key)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('files')
    expect(await page.getByLabel('Verifier key').count()).toBe(1)
    await page.keyboard.press('Enter')
    await (await chooser).setFiles([asFile('receipt.json', files.released)])
    await page.waitForSelector('.result.holds')
    await page.getByRole('button', { name: 'Clear' }).press('Enter')
    expect(await page.locator('.result').count()).toBe(0)
    await closed(page, asked)
  })
})

async function claimOf(person: number, kind: string): Promise<string> {
  const meant = { kind: 'member', value: memberNo(person) }
  const options = { grounds: false, checked: 'passport seen' }
  const [claim] = await claimsOf(club.app, meant, (all) => all.filter((one) => one.claim === kind), options)
  return claim!.text
}

async function packOf(release: string): Promise<Buffer> {
  const out = join(folders.path, 'pack.zip')
  const options = { out, page: () => '<!doctype html>', onStep: () => undefined }
  await writeEvidencePack(club.app, { scope: { release } }, options)
  return readFileSync(out)
}

/** A checkpoint of the same log, as large and signed by its key, over other entries. */
function otherHistory(checkpoint: string): string {
  const { logOrigin: name, keys } = club.app.register
  const [origin, size] = checkpoint.split('\n')
  return signNote(`${origin}\n${Number(size) - 1}\n${'A'.repeat(43)}=\n`, { name, ...keys.signer })
}

test('the log room computes in Chromium what it computes in Node', async () => {
  const script = await bundleForBrowser(join(import.meta.dirname, 'log-answers.ts'), 'logRoom')
  const published = (path: string) =>
    JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8'))
  const vectors: Vectors = {
    ...published('docs/spec/vectors/release-tree.json'),
    inclusion: published('test/log/vectors/inclusion.json').cases,
    consistency: published('test/log/vectors/consistency.json').cases,
  }
  const log = signedLog()
  const { page, asked } = await openPage('<!doctype html><meta charset="utf-8"><title>log</title>')
  await page.addScriptTag({ content: script })
  const inBrowser = await page.evaluate(
    ([given, made]) => (globalThis as unknown as Bundled).logRoom.logAnswers(given, made),
    [vectors, log] as const,
  )
  const inNode = await logAnswers(vectors, log)
  expect(inNode.inclusion.filter((holds) => holds).length).toBe(6)
  expect(inNode.log).toMatchObject({
    proven: 200,
    consistent: true,
    forged: expect.stringContaining('note.unsigned'),
  })
  expect(inBrowser).toEqual(inNode)
  await closed(page, asked)
})

type Bundled = { logRoom: { logAnswers: typeof logAnswers } }

function signedLog(): MadeLog {
  const made = { origin: 'club.example/small', entries: madeEntries(600) }
  const signer = { name: made.origin, ...signerFromSeed(new Uint8Array(32).fill(21)) }
  return {
    ...made,
    checkpoint: signNote(checkpointText(made), signer),
    verifierKey: encodeVerifierKey(signer.name, signer.publicKey),
  }
}

// --- the browser -------------------------------------------------------------------------------------------------

function findChromium(): string {
  const named = process.env.CHROMIUM_PATH
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const found = [...(named === undefined ? onPath : [named])].find(isProgram)
  if (found === undefined)
    throw new Error('no Chromium here: apt-get install chromium, or CHROMIUM_PATH=<a Chromium that is there>')
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Opened by file://, with all that it asks for written down. */
async function openPage(content?: string): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('pageerror', (error) => asked.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') asked.push(`console: ${message.text()}`)
  })
  let url = pathToFileURL(verifierPath).href
  if (content !== undefined) {
    mkdirSync(folders.path, { recursive: true })
    writeFileSync(join(folders.path, 'page.html'), content)
    url = pathToFileURL(join(folders.path, 'page.html')).href
  }
  await page.goto(url)
  return { page, asked }
}

/** It asked for itself and for nothing else, and nothing went wrong. */
async function closed(page: Page, asked: readonly string[]): Promise<void> {
  expect(asked).toEqual([page.url()])
  await page.context().close()
}

function asFile(name: string, content: string | Buffer) {
  return { name, mimeType: '', buffer: Buffer.from(content) }
}

async function choose(page: Page, ...chosen: [name: string, content: string | Buffer][]): Promise<void> {
  const before = await page.locator('.result').count()
  await page.setInputFiles(
    '#files',
    chosen.map(([name, content]) => asFile(name, content)),
  )
  await settled(page, before + chosen.length)
}

/** What a page has and this program has not. */
type Dropping = {
  DataTransfer: new () => { items: { add(file: object): void } }
  File: new (parts: string[], name: string) => object
}

async function drop(page: Page, dropped: readonly [name: string, content: string][]): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const { DataTransfer, File } = globalThis as unknown as Dropping
    const made = new DataTransfer()
    for (const [name, content] of given) made.items.add(new File([content], name))
    return made
  }, dropped)
  await page.dispatchEvent('h1', 'drop', { dataTransfer: transfer })
  await settled(page, dropped.length)
}

/** So many files stand there checked. */
async function settled(page: Page, count: number): Promise<void> {
  const said = new RegExp(`^${count} files?: `)
  await page.locator('#summary').filter({ hasText: said }).waitFor()
}

/** Name and verdict of each file, from the top. */
async function results(page: Page): Promise<string[][]> {
  const names = await page.locator('.result > h3').allTextContents()
  const verdicts = await page.locator('.result > .verdict').allTextContents()
  return names.map((name, index) => [name, verdicts[index]!])
}
