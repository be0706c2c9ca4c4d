// A folder of packs as it lies on disk, checked, its findings placed on disk.
import { join } from 'node:path'
import { readFolder } from '../adapters/files/read-folder.ts'
import { readCalendar } from '../clocks/read-calendar.ts'
import { readClockRules } from '../clocks/read-clock-rules.ts'
import type { Pack } from '../decide/rule.ts'
import { type Finding, Problem } from '../model/problem.ts'
import { readPacks } from '../packs/read-packs.ts'

export async function checkPacksFolder(
  folder: string,
): Promise<{ packs: readonly Pack[] | undefined; findings: Finding[]; files: number }> {
  // .yml is read so that it can be reported: it would be silently without effect.
  const files = await readFolder(folder, ['.yaml', '.yml']).catch((cause: unknown) => {
    throw isNoFolder(cause) ? new Problem('file.missing', `${folder} is no folder of packs`) : cause
  })
  if (![...files.keys()].some((file) => /^[^/]+\/pack\.yaml$/.test(file)))
    throw new Problem('file.missing', `no folder in ${folder} has a pack.yaml`)
  const { packs, findings } = readPacks(files)
  if (findings.length === 0) readClockFiles(folder, files)
  return {
    packs,
    files: files.size,
    findings: findings.map((finding) => ({
      ...finding,
      place: { ...finding.place, file: join(folder, finding.place.file) },
    })),
  }
}

/** What the clocks read, where the folder has it; they refuse a file whole and name it. */
function readClockFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    if (file === 'clocks.yaml') readClockRules(join(folder, file), text)
    if (file.startsWith('calendars/')) readCalendar(join(folder, file), text)
  }
}

function isNoFolder(cause: unknown): boolean {
  return cause instanceof Problem && cause.code === 'policy.folder_missing'
}
