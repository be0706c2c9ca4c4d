// Files of people as large as somebody likes, read by a process of its own that says what became of each and how much memory it
// took at most: `node test/hostile/huge-inputs.ts <bytes> [<which>]`.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCsv } from '../../src/adapters/files/csv-reader.ts'
import { isProblem } from '../../src/model/problem.ts'

export type HugeRead = { what: string; rows: number; rejects: string[]; code?: string; peakBytes: number }

const good = 'M1,Ann\nM2,Bob\n'
const header = 'member_no,name\n'

const manyNames = Array.from({ length: 100_000 }, (_, n) => `c${n}`).join(',')

type HugeFile = { what: string; parts: readonly (string | { byte: string; times: number })[] }

function hugeFiles(bytes: number): HugeFile[] {
  const many = (byte: string) => ({ byte, times: bytes })
  return [
    { what: 'a cell in quotes', parts: [header, 'M0,"', many('x'), '"\n', good] },
    { what: 'a cell without quotes', parts: [header, 'M0,', many('x'), '\n', good] },
    { what: 'a cell of NUL bytes', parts: [header, 'M0,"', many('\0'), '"\n', good] },
    { what: 'a quote that never closes', parts: [header, good, 'M0,"', many('x')] },
    { what: 'a quote that never closes, over many lines', parts: [header, good, 'M0,"', many('\n')] },
    { what: 'a last line that never ends', parts: [header, good, 'M0,', many('x')] },
    { what: 'a record of as many cells', parts: [header, 'M0', many(','), '\n', good] },
    { what: 'a record of a million cells', parts: [header, 'M0', { byte: ',', times: 1e6 }, '\n', good] },
    { what: 'as many empty lines', parts: [header, many('\n'), good] },
    { what: 'as many quotes', parts: [header, 'M0,', many('"'), '\n', good] },
    { what: 'a header that never ends', parts: [many('x')] },
    { what: 'a header in a quote that never closes', parts: ['"', many('\n')] },
    { what: 'a header of 100,000 names', parts: [`${manyNames}\n`, good] },
    { what: 'a header of as many names', parts: [many(','), '\n', good] },
  ]
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-huge-'))
  try {
    const [, , bytes, which] = process.argv
    for (const file of hugeFiles(Number(bytes)))
      if (which === undefined || file.what === which) console.log(JSON.stringify(await read(folder, file)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function read(folder: string, { what, parts }: HugeFile): Promise<HugeRead> {
  const path = join(folder, 'people.csv')
  writeParts(path, parts)
  const found: HugeRead = { what, rows: 0, rejects: [], peakBytes: 0 }
  try {
    const table = await openCsv({ path, format: 'csv' })
    const refuse = ({ reason }: { reason: string }) => found.rejects.push(reason)
    for await (const batch of table.read(table.columns, refuse)) found.rows += batch.count
  } catch (error) {
    if (!isProblem(error)) throw error
    found.code = error.code
  }
  rmSync(path)
  return { ...found, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

function writeParts(path: string, parts: HugeFile['parts']): void {
  writeFileSync(path, '')
  const file = openSync(path, 'r+')
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') at += writeSync(file, part, at)
    else if (part.byte === '\0') {
      // A hole: it reads as NUL bytes and takes no room.
      at += part.times
      ftruncateSync(file, at)
    } else {
      const block = Buffer.alloc(Math.min(1 << 20, part.times), part.byte)
      const end = at + part.times
      while (at < end) at += writeSync(file, block, 0, Math.min(block.length, end - at), at)
    }
  }
  closeSync(file)
}
