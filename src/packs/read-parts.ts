// The files of `packs/` by what each is, every one of the right shape and with its places; nothing is compared yet.
import type { z } from 'zod'
import type { Finding } from '../model/problem.ts'
import { checkShape } from '../policy/check-shape.ts'
import type { Declared } from '../policy/declared.ts'
import { readYaml } from '../policy/read-yaml.ts'
import { idPattern } from '../policy/schemas.ts'
import {
  definitionsShape,
  type LawEntry,
  lawShape,
  type PackEntry,
  type ParametersEntry,
  packShape,
  parametersShape,
  type RuleEntry,
  rulesShape,
} from './pack-shapes.ts'

export type PackFiles = ReadonlyMap<string, string>

/** One folder: a pack where it has a `pack.yaml`, else something packs extend. */
export type Part = {
  id: string
  pack: Declared<PackEntry> | undefined
  law: Declared<Readonly<Record<string, LawEntry>>> | undefined
  parameters: Declared<ParametersEntry> | undefined
}

export type Parts = {
  definitions: Declared<Readonly<Record<string, string>>> | undefined
  rules: Declared<Readonly<Record<string, RuleEntry>>>[]
  folders: Map<string, Part>
}

export function readParts(files: PackFiles): { parts: Parts; findings: Finding[] } {
  const parts: Parts = { definitions: undefined, rules: [], folders: new Map() }
  const findings: Finding[] = []
  const read = <S extends z.ZodType>(schema: S, file: string, text: string) => {
    const { value, findings: found } = readShape(schema, file, text)
    findings.push(...found)
    return value
  }
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [folder = '', name, ...deeper] = file.split('/')
    if (isOthers(file)) continue
    if (file === 'definitions.yaml') parts.definitions = read(definitionsShape, file, text)
    else if (folder === 'rules' && name?.endsWith('.yaml') && deeper.length === 0) {
      const rules = read(rulesShape, file, text)
      if (rules !== undefined) parts.rules.push(rules)
    } else if (idPattern.test(folder) && deeper.length === 0 && isPartFile(name)) {
      const part = parts.folders.get(folder) ?? emptyPart(folder)
      parts.folders.set(folder, part)
      if (name === 'pack.yaml') part.pack = read(packShape, file, text)
      if (name === 'law.yaml') part.law = read(lawShape, file, text)
      if (name === 'parameters.yaml') part.parameters = read(parametersShape, file, text)
    } else findings.push(strayFile(file))
  }
  return { parts, findings }
}

/** Words for people, and the calendars and periods that `clocks/` reads. */
function isOthers(file: string): boolean {
  return file.endsWith('.md') || file === 'clocks.yaml' || file.startsWith('calendars/')
}

function isPartFile(name: string | undefined): boolean {
  return name === 'pack.yaml' || name === 'law.yaml' || name === 'parameters.yaml'
}

function emptyPart(id: string): Part {
  return { id, pack: undefined, law: undefined, parameters: undefined }
}

function readShape<S extends z.ZodType>(
  schema: S,
  file: string,
  text: string,
): { value: Declared<z.output<S>> | undefined; findings: Finding[] } {
  const yaml = readYaml(file, text)
  if (yaml.value === undefined) return { value: undefined, findings: yaml.findings }
  const source = yaml.value
  const { value, findings } = checkShape(schema, source)
  return {
    value: value === undefined ? undefined : { file, value, place: source.place },
    findings: findings.map((finding) => ({
      ...finding,
      remedy: finding.remedy.replaceAll('docs/guide/policy-files.md', 'packs/README.md'),
    })),
  }
}

function strayFile(file: string): Finding {
  return {
    place: { file },
    message: 'nothing reads this file',
    remedy:
      'There are definitions.yaml, rules/<family>.yaml, and in a folder pack.yaml, law.yaml, parameters.yaml.',
  }
}
