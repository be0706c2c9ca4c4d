// Every transcript, run as it stands: on PostgreSQL inside this process, as opening the embedded store takes seconds.
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { generate } from '../../examples/baby-club-2017/generate.ts'
import { createDatabase } from '../postgres-server.ts'
import { runInside, wordsOf } from './run-fairshare.ts'
import { readTranscript, withPlaceholders, written } from './transcript.ts'

const folder = join(import.meta.dirname, 'transcripts')
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
const scratch = mkdtempSync(join(tmpdir(), 'fairshare-transcripts-'))
const example = join(scratch, 'example')

beforeAll(async () => {
  await generate(example, 1_000)
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('there are transcripts', () => expect(files.length).toBeGreaterThan(0))

describe.each(files)('%s', (file) => {
  const transcript = readTranscript(readFileSync(join(folder, file), 'utf8'))

  test(transcript.name, async () => {
    const data = join(scratch, file.replace('.txt', ''))
    const home = join(data, 'home')
    for (const { name, text } of transcript.files) {
      mkdirSync(dirname(join(data, name)), { recursive: true })
      writeFileSync(join(data, name), text)
    }
    const name = `cli_${randomUUID().replaceAll('-', '')}`
    const environment = {
      FAIRSHARE_HOME: home,
      DATABASE_URL: await createDatabase(inject('postgresUrl'), name, 'register_template'),
    }
    const placed = (word: string) => word.replaceAll('<data>', data).replaceAll('<example>', example)
    for (const { line, prints, changes } of transcript.commands) {
      for (const path of changes) changeOneByte(placed(path))
      const words = wordsOf(line).map(placed)
      const run = await runInside(words, environment)
      const shown = written(run, { '<home>': home, '<data>': data, '<example>': example })
      expect(`$ fairshare${line}\n${withPlaceholders(shown, prints)}`).toBe(`$ fairshare${line}\n${prints}`)
    }
  })
})

/** In the middle, past headers. */
function changeOneByte(path: string): void {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(path, bytes)
}
