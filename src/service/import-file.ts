// Importing one file of facts under its mapping; what cannot be taken is listed beside the file.
import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readText } from '../adapters/files/read-folder.ts'
import { rejectFile, rejectFilePath } from '../adapters/files/reject-file.ts'
import { type ImportResult, importFacts } from '../intake/import-facts.ts'
import { readMapping } from '../intake/mapping.ts'
import type { OnProgress } from '../intake/progress.ts'
import type { TableFormat } from '../intake/table-reader.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { stateCompleteness } from '../register/state-completeness.ts'
import type { App } from './open-app.ts'

export type FileToImport = {
  file: string
  format: TableFormat
  /** Path of the mapping file. */
  mapping: string
  onProgress?: OnProgress
  /** Up to here the file holds all its source knew. */
  completeTo?: Instant
}

/** `rejectsFile` is there when records were rejected: line and reason, never a cell. */
export type ImportedFile = ImportResult & {
  rejectsFile: string | undefined
  /** False where something was rejected: then the register does not hold all the source knew. */
  complete: boolean
}

export async function importFile(app: App, wanted: FileToImport): Promise<ImportedFile> {
  const { file, format, onProgress } = wanted
  const mapping = readMapping(wanted.mapping, await readText(wanted.mapping))
  const rejectsFile = rejectFilePath(file)
  await checkWritable(rejectsFile)
  const result = await importFacts(app.register, app.reader, {
    file: { path: file, format, ...(mapping.sheet !== undefined && { sheet: mapping.sheet }) },
    mapping,
    actor: app.configuration.actor,
    rejects: rejectFile(rejectsFile),
    ...(onProgress && { onProgress }),
  })
  const complete = await stateComplete(app, mapping.source, wanted.completeTo, result)
  const list = result.rejected > 0 && existsSync(rejectsFile) ? rejectsFile : undefined
  return { ...result, rejectsFile: list, complete }
}

async function stateComplete(
  { register, configuration }: App,
  source: string,
  completeTo: Instant | undefined,
  { rejected }: ImportResult,
): Promise<boolean> {
  if (completeTo === undefined || rejected > 0) return false
  await stateCompleteness(register, { source, completeTo, actor: configuration.actor })
  return true
}

/** Before a row is read: an import that could not say what it left out would lose it. */
async function checkWritable(path: string): Promise<void> {
  const folder = dirname(path)
  // A folder that is not there is the missing file's business.
  if (!existsSync(folder)) return
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new Problem(
      'file.unreadable',
      `rejected records could not be listed in ${folder}: copy the file to a folder you may write to`,
      { cause },
    )
  })
}
