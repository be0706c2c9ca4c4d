// A small club for the tests of this room: a published policy, mappings, files. Needs no test runner.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rejectFile, rejectFilePath } from '../../src/adapters/files/reject-file.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { type ImportOptions, importFacts } from '../../src/intake/import-facts.ts'
import type { ImportMapping } from '../../src/intake/mapping.ts'
import { type Canonical, canonicalJson } from '../../src/model/canonical.ts'
import type { PolicyKind } from '../../src/model/policy.ts'
import { publishPolicy } from '../../src/register/publish-policy.ts'
import type { Register } from '../../src/register/register.ts'

export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-intake-'))
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

const item = (kind: PolicyKind, name: string, value: Canonical, version?: string) => ({
  kind,
  name,
  body: canonicalJson(value),
  ...(version !== undefined && { version }),
})

const notice = (version: string) =>
  item('notice', 'web', { notice: 'web', version, id: `web@${version}`, routes: ['online', 'card'] }, version)

const rule = (route: string, from: number, to: number | undefined, shown: string, grade: string) =>
  item('attribution', `${route}/${from}`, { route, from, to, notice: shown, grade })

/** Online: web@1 until 1 June 2016, web@2 from then on. */
function clubPolicy(noticeVersions = ['1', '2']) {
  return [
    item('controller', 'club', { id: 'club', name: 'Club', jurisdiction: 'uk', zone: 'Europe/London' }),
    item('entity', 'teddies', { id: 'teddies' }),
    item('purpose', 'offers', { id: 'offers' }),
    ...noticeVersions.map(notice),
    rule('online', 20160101, 20160601, 'web@1', 'B'),
    rule('online', 20160601, undefined, 'web@2', 'B'),
  ]
}

export async function publishClub(register: Register, noticeVersions?: string[]): Promise<void> {
  await publishPolicy(register, clubPolicy(noticeVersions), 'test')
}

export const joinsMapping: ImportMapping = {
  source: 'joins',
  kind: 'presentation',
  person: { column: 'member_no', kind: 'member' },
  at: { column: 'joined_on', format: 'dd/mm/yyyy' },
  grade: 'B',
  route: { column: 'route' },
  notice: 'attributed',
}

export function writeText(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

export async function importFile(
  register: Register,
  path: string,
  mapping: ImportMapping,
  options: Partial<ImportOptions> = {},
) {
  const result = await importFacts(register, fileTableReader({ temporaryFolder: tmpdir() }), {
    file: { path, format: 'csv' },
    mapping,
    actor: 'test',
    rejects: rejectFile(rejectFilePath(path)),
    ...options,
  })
  const rejectsPath = rejectFilePath(path)
  const rejects = existsSync(rejectsPath) ? readFileSync(rejectsPath, 'utf8').trim().split('\n').slice(1) : []
  return { result, rejects }
}

/** Thousands of joins, people coming back, some rows spoiled; the same text every time. */
export function joinsFile(rows: number): string {
  let text = 'member_no,joined_on,route\n'
  for (let row = 0; row < rows; row++) {
    const member = row % 3 === 2 ? row - 2 : row
    const date =
      row % 97 === 0 ? '31/02/2016' : `${String(1 + (row % 28)).padStart(2, '0')}/0${1 + (row % 9)}/2016`
    text += `M${member},${date},${row % 101 === 0 ? 'door' : 'online'}\n`
  }
  return text
}
