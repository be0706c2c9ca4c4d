// Broken policies for tests: the 2017 example with one file changed, and a mark where the finding must point.
import { join } from 'node:path'
import type { Place } from '../../src/model/problem.ts'
import type { PolicyFiles } from '../../src/policy/merge-overlay.ts'
import { folderFiles } from './folder-files.ts'

export const caseFolder = join(import.meta.dirname, '../../examples/baby-club-2017')
export const casePolicy = folderFiles(join(caseFolder, 'policy'))

/** Stands, in a broken text, right before the place a finding must name; taken out before reading. */
const mark = '▸'

export type Broken = { files: PolicyFiles; place: Place }

/** The case with `from` replaced by `to` in one file. Without a mark in `to`, the finding names the file only. */
export function edited(
  file: string,
  from: string | RegExp,
  to: string,
  base: PolicyFiles = casePolicy,
): Broken {
  const before = base.get(file)
  if (before === undefined) throw new Error(`${file} is not in the example`)
  const after = before.replace(from, () => to)
  if (after === before) throw new Error(`the text to replace is not in ${file}`)
  return written(file, after, base)
}

/** The case with one file put in place, or added. */
export function written(file: string, text: string, base: PolicyFiles = casePolicy): Broken {
  const at = text.indexOf(mark)
  const files = new Map([...base, [file, text.replace(mark, '')]])
  if (at < 0) return { files, place: { file } }
  const lines = text.slice(0, at).split('\n')
  return { files, place: { file, line: lines.length, column: lines.at(-1)!.length + 1 } }
}
