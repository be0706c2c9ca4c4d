// No personal value lies anywhere but in the file it came from and, once opened, with the recipient: not after success, not
// after any failure, not in the register, the log, the projection, the verdicts or the trees.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Problem } from '../../src/model/problem.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import type { ReleaseContext } from '../../src/release/decision-context.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { type ReleasePoint, releasePoints } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import type { Sealer } from '../../src/release/sealer.ts'
import { newFolder } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  foundClub,
  open,
  openClub,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('canaries')
afterAll(() => folders.remove())

/** On the embedded store, so that the register's own files are looked through as well. */
const prepared = join(folders.path, 'prepared')
beforeAll(async () => {
  mkdirSync(prepared)
  cpSync(inject('pgliteTemplate'), join(prepared, 'register'), { recursive: true })
  const club = await foundClub({ home: prepared, people: 400 })
  await askAndApprove(club, 'letter')
  await club.close()
})

type Place = { home: string; temporary: string }
let copies = 0

function copy(): Place {
  const place = join(folders.path, `copy-${++copies}`)
  cpSync(prepared, join(place, 'home'), { recursive: true })
  mkdirSync(join(place, 'tmp'))
  return { home: join(place, 'home'), temporary: join(place, 'tmp') }
}

/** Files that hold one of the values, below this folder. */
function filesWithCanaries(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => holdsCanary(readFileSync(path)))
    .map((path) => relative(folder, path))
    .sort()
}

/** In UTF-8, and as JavaScript and Windows keep text. */
function holdsCanary(bytes: Buffer): boolean {
  return canaries.some((canary) => bytes.includes(canary) || bytes.includes(Buffer.from(canary, 'utf16le')))
}

const source = ['data/members.csv']

/** Looked at twice: while it is open, as files that are gone at the end count too, and after it was closed. */
async function expectClean(place: Place, use: (club: Club) => Promise<void>): Promise<void> {
  const club = await openClub({ home: place.home, clock: { at: start } })
  try {
    await use(club)
    expect(filesWithCanaries(place.home)).toEqual(source)
  } finally {
    await club.close()
  }
  expect(filesWithCanaries(place.home)).toEqual(source)
}

/** Lets `bytes` through to the real sealer, then throws as a full disk or a broken stream would. */
function sealerThatFails(sealer: Sealer, file: string, error: Error, bytes = 1_000): Sealer {
  return {
    seal(to, plaintext, path) {
      if (!path.endsWith(file)) return sealer.seal(to, plaintext, path)
      async function* broken(): AsyncGenerator<Uint8Array> {
        let passed = 0
        for await (const chunk of plaintext) {
          yield chunk.subarray(0, bytes - passed)
          passed += chunk.length
          if (passed >= bytes) throw error
        }
        throw error
      }
      return sealer.seal(to, broken(), path)
    },
  }
}

test('the search finds what it looks for', () => {
  const folder = join(folders.path, 'planted', 'deep')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'a'), `\0\0${canaries[0]}`)
  writeFileSync(join(folder, 'b'), Buffer.from(`x${canaries[1]}`, 'utf16le'))
  writeFileSync(join(folder, 'c'), 'nothing')
  expect(filesWithCanaries(join(folders.path, 'planted'))).toEqual(['deep/a', 'deep/b'])
  expect(filesWithCanaries(prepared)).toEqual(source)
})

describe('after a release', () => {
  test.each(['csv', 'parquet'] as const)(
    'as %s, and its recall, only the source holds anybody',
    async (format) => {
      const place = copy()
      await expectClean(place, async (club) => {
        const seen = new Set<string>()
        const at = (point: ReleasePoint) => {
          if (point !== 'records-sealed' && point !== 'sealed') return
          for (const file of filesWithCanaries(place.home)) seen.add(file)
        }
        const { folder } = await releaseRequest(await club.context(), 'letter', { format, at })
        expect([...seen]).toEqual(source)
        await objectToProcessing(club.app.register, { ...statement(3, start), qualifier: 'marketing' })
        expect(await followUp(await club.context())).toHaveLength(1)
        expect(readdirSync(folder!)).toContain(`records.${format}.age`)
        // Opened, the recipient's own folder holds them, and the folder it opened does not.
        const opened = join(place.temporary, 'opened')
        await open(club, folder!, opened)
        expect(filesWithCanaries(opened)).toEqual([`records.${format}`])
      })
    },
  )
})

describe('after a failure', () => {
  const failures: [string, (context: ReleaseContext) => ReleaseContext, object][] = [
    [
      'the sealer fails half-way through the records',
      (context) => ({
        ...context,
        sealer: sealerThatFails(context.sealer, 'records.csv.age', new Error('broken'), 20_000),
      }),
      { message: 'broken' },
    ],
    [
      'the disk is full during the records',
      (context) => ({
        ...context,
        sealer: sealerThatFails(context.sealer, 'records.csv.age', new Problem('disk.full', 'sealing')),
      }),
      { code: 'disk.full' },
    ],
    [
      'the disk is full during the proof',
      (context) => ({
        ...context,
        sealer: sealerThatFails(context.sealer, 'proof.bin.age', new Problem('disk.full', 'sealing')),
      }),
      { code: 'disk.full' },
    ],
    [
      'the disk is full at the manifest',
      (context) => ({
        ...context,
        outbox: { ...context.outbox, write: () => Promise.reject(new Problem('disk.full', 'writing')) },
      }),
      { code: 'disk.full' },
    ],
  ]
  test('and one after another, nothing is left behind, and the next run finishes', async () => {
    const place = copy()
    await expectClean(place, async (club) => {
      for (const [says, fail, expected] of failures) {
        const failed = releaseRequest(fail(await club.context()), 'letter')
        await expect(failed, says).rejects.toMatchObject(expected)
        expect([says, filesWithCanaries(place.home)]).toEqual([says, source])
      }
      expect((await releaseRequest(await club.context(), 'letter')).released).toBe(400)
    })
  })

  test('when the file of people changes meanwhile, nothing is left behind', async () => {
    const place = copy()
    await expectClean(place, async (club) => {
      const at = (point: ReleasePoint) => {
        if (point === 'committed') writeFileSync(club.dataFile, `${readFileSync(club.dataFile, 'utf8')}\r\n`)
      }
      const failed = releaseRequest(await club.context(), 'letter', { at })
      await expect(failed).rejects.toMatchObject({ code: 'decision.changed' })
    })
  })
})

describe('after the process was killed', () => {
  /** With a temporary folder of its own, so that whatever it would put there is found. */
  async function kill({ home, temporary }: Place, point: ReleasePoint): Promise<void> {
    const script = fileURLToPath(new URL('release-until-killed.ts', import.meta.url))
    const child = spawn(process.execPath, [script, home, '', 'release', point], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    })
    const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)))
    expect(signal).toBe('SIGKILL')
  }

  test.each(releasePoints.filter((point) => ['records-sealed', 'sealed'].includes(point)))(
    'at “%s”, only the source holds anybody',
    async (point) => {
      const place = copy()
      await kill(place, point)
      expect(filesWithCanaries(place.home)).toEqual(source)
      expect(filesWithCanaries(place.temporary)).toEqual([])
    },
  )
})
