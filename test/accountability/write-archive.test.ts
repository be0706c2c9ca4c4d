// Archives as they are written: the same bytes for the same files, and what other programs make of them.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type ArchivedFile, writeArchive } from '../../src/adapters/archive/write-archive.ts'
import { readArchive } from '../../src/evidence/read-archive.ts'
import { sha256Hex } from '../../src/model/canonical.ts'
import { newFolder } from '../release/club-places.ts'

const folder = newFolder('archive')
afterAll(() => folder.remove())
const at = (name: string) => join(folder.path, name)

const large = randomBytes(300_000).toString('hex')
const files = (cut: number): ArchivedFile[] => [
  { path: 'a/empty.txt', chunks: [] },
  { path: 'a/large.txt', chunks: cutInto(Buffer.from(large), cut) },
  { path: 'b.txt', chunks: cutInto(Buffer.from('twice '.repeat(1000)), cut) },
]

function* cutInto(bytes: Uint8Array, cut: number) {
  for (let from = 0; from < bytes.length; from += cut) yield bytes.subarray(from, from + cut)
}

test('the same files make the same bytes, however their content is cut', async () => {
  const whole = await writeArchive(at('whole.zip'), files(1 << 30))
  const cut = await writeArchive(at('cut.zip'), files(777))
  expect(cut).toEqual(whole)
  expect(whole.sha256).toBe(sha256Hex(readFileSync(at('whole.zip'))))
  expect(statSync(at('whole.zip')).mode & 0o777).toBe(0o600)
})

test('Python’s zipfile and our own reader find what went in, and no time of day', async () => {
  await writeArchive(at('read.zip'), files(4096))
  const told = execFileSync('python3', ['-c', tellZip, at('read.zip')], { encoding: 'utf8' })
  expect(JSON.parse(told)).toEqual([
    ['a/empty.txt', 0, [1980, 1, 1, 0, 0, 0], '', sha256Hex('')],
    ['a/large.txt', 600_000, [1980, 1, 1, 0, 0, 0], '', sha256Hex(large)],
    ['b.txt', 6000, [1980, 1, 1, 0, 0, 0], '', sha256Hex('twice '.repeat(1000))],
  ])
  const read = await readArchive(readFileSync(at('read.zip')))
  expect(read.paths).toEqual(['a/empty.txt', 'a/large.txt', 'b.txt'])
  expect(Buffer.from(await read.read('a/large.txt')).toString()).toBe(large)
})

const tellZip = `
import hashlib, json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([[i.filename, i.file_size, i.date_time, i.extra.hex(), hashlib.sha256(z.read(i)).hexdigest()] for i in z.infolist()]))
`

test('files out of order or twice are a mistake of the caller, and nothing is left of the attempt', async () => {
  const out = at('bad.zip')
  for (const paths of [['b', 'a'], ['a', 'a'], ['ä']])
    await expect(
      writeArchive(
        out,
        paths.map((path) => ({ path, chunks: [] })),
      ),
    ).rejects.toThrow()
  expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false])
})

test('what fails while it is written leaves nothing under either name', async () => {
  const failing = async function* () {
    yield new Uint8Array(10)
    throw new Error('the register is gone')
  }
  await expect(writeArchive(at('gone.zip'), [{ path: 'a', chunks: failing() }])).rejects.toThrow('gone')
  expect([existsSync(at('gone.zip')), existsSync(at('gone.zip.part'))]).toEqual([false, false])
})
