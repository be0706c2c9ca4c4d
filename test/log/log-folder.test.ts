// The places of a published log on disk: whole files, no way out of the folder, and a second place that is not guessed.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLogFolder } from '../../src/adapters/files/log-folder.ts'
import { openSignedState } from '../../src/adapters/files/signed-state.ts'
import { type LogServer, startLogServer } from '../../src/service/log-server.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-log-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('a log folder', () => {
  const folder = join(scratch, 'made', 'by', 'the-first-write')
  const log = openLogFolder(folder)

  test('gives back what was written, replaced whole, with nothing left beside it', async () => {
    expect(await log.read('checkpoint')).toBeUndefined()
    for (const text of ['first', 'a longer second', 'x']) {
      await log.write('checkpoint', Buffer.from(text))
      expect(Buffer.from((await log.read('checkpoint'))!).toString()).toBe(text)
    }
    await log.write('tile/entries/x001/x234/067.p/3', Buffer.from('bundle'))
    await log.write('tile/entries/x001/x234/067', Buffer.from('full'))
    expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual([
      'checkpoint',
      'tile',
      'tile/entries',
      'tile/entries/x001',
      'tile/entries/x001/x234',
      'tile/entries/x001/x234/067',
      'tile/entries/x001/x234/067.p',
      'tile/entries/x001/x234/067.p/3',
    ])
  })

  test('takes what a killed write left for nothing', async () => {
    writeFileSync(join(folder, 'checkpoint.part'), 'half a check')
    await log.write('checkpoint', Buffer.from('whole'))
    expect(Buffer.from((await log.read('checkpoint'))!).toString()).toBe('whole')
  })

  test.each(['../secret', 'tile/0/../../../secret', '/etc/passwd', 'checkpoint.part', ''])(
    'has no file %j to read or write',
    async (path) => {
      await expect(log.read(path)).rejects.toThrow('no file of a log')
      await expect(log.write(path, Buffer.from('x'))).rejects.toThrow('no file of a log')
    },
  )
})

describe('the second place', () => {
  const path = join(scratch, 'keys', 'log-signed.txt')
  const state = openSignedState(path)
  const root = new Uint8Array(32).fill(7)

  test('remembers size and root, and knows when there never were any', async () => {
    expect(await state.read()).toBeUndefined()
    await state.write({ size: 70_000, root })
    expect(await state.read()).toEqual({ size: 70_000, root })
    expect(readFileSync(path, 'latin1')).toBe(`70000 ${'07'.repeat(32)}\n`)
  })

  test.each([
    '',
    '70000',
    `070000 ${'07'.repeat(32)}\n`,
    `1 ${'07'.repeat(31)}\n`,
    `1 ${'07'.repeat(32)}`,
    '\0',
  ])('that says %j is refused, not taken for nothing signed', async (text) => {
    writeFileSync(path, text)
    await expect(state.read()).rejects.toMatchObject({ code: 'log.state_unusable' })
  })

  test('that cannot be read is refused', async () => {
    mkdirSync(join(scratch, 'folder'))
    await expect(openSignedState(join(scratch, 'folder')).read()).rejects.toMatchObject({
      code: 'log.state_unusable',
    })
  })
})

describe('served over HTTP', () => {
  let server: LogServer

  beforeAll(async () => {
    const folder = join(scratch, 'served')
    const log = openLogFolder(folder)
    await log.write('checkpoint', Buffer.from('a note\n'))
    await log.write('tile/0/000', Buffer.from('hashes'))
    await log.write('tile/entries/000.p/2', Buffer.from('entries'))
    writeFileSync(join(scratch, 'secret'), 'secret')
    writeFileSync(join(folder, 'other'), 'secret')
    server = await startLogServer(log, { host: '127.0.0.1', port: 0 })
  })
  afterAll(() => server.close())

  const immutable = 'public, max-age=31536000, immutable'
  test.each([
    ['checkpoint', 'a note\n', 'text/plain; charset=utf-8', 'no-cache'],
    ['tile/0/000', 'hashes', 'application/octet-stream', immutable],
    ['tile/entries/000.p/2', 'entries', 'application/octet-stream', immutable],
  ])('%s has its bytes, its type, and how long to keep it', async (path, body, type, caching) => {
    const response = await fetch(server.url + path)
    expect(await response.text()).toBe(body)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'cache-control': caching,
      'content-length': String(body.length),
    })
    const head = await fetch(server.url + path, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test.each([
    '',
    'other',
    'tile/0/001',
    'tile/0/000.part',
    'checkpoint?x=1',
    'tile/0/%2e%2e/%2e%2e/%2e%2e/secret',
    '..%2fsecret',
    '%2e%2e/secret',
    '%00',
  ])('/%s is not there', async (path) => {
    const response = await fetch(server.url + path)
    expect([response.status, await response.text()]).toEqual([404, 'Not found\n'])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('nothing can be changed', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${server.url}checkpoint`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
  })

  test('a port that is taken is said to be', async () => {
    const port = Number(new URL(server.url).port)
    const again = startLogServer(openLogFolder(scratch), { host: '127.0.0.1', port })
    await expect(again).rejects.toMatchObject({ code: 'value.invalid' })
  })
})
