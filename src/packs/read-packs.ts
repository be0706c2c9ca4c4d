// Pack folders → packs: read, put together from what they extend, and refused with file and line where anything is wrong.
import type { Pack, Rule } from '../decide/rule.ts'
import type { Finding } from '../model/problem.ts'
import { type ReasonCode, reasonCodes, reasons } from '../model/reason.ts'
import { type Declared, inReadingOrder } from '../policy/declared.ts'
import { checkCitations } from './check-citations.ts'
import { checkValidity } from './check-validity.ts'
import { gatherPart, linesOf } from './gather-part.ts'
import { type PackEntry, parameterNames } from './pack-shapes.ts'
import { conditionReader, type ReadCondition } from './read-conditions.ts'
import { type PackFiles, type Part, type Parts, readParts } from './read-parts.ts'
import { type DeclaredRule, readRules } from './read-rules.ts'

/** No packs when there is any finding: half a law is none. */
export function readPacks(files: PackFiles): { packs: readonly Pack[] | undefined; findings: Finding[] } {
  const { parts, findings } = readParts(files)
  // What refers to a file that cannot be read would only be its echo.
  if (findings.length > 0) return { packs: undefined, findings: inReadingOrder(findings) }
  const readCondition = conditionReader(files, parts, findings)
  const rules = readRules(parts, readCondition, findings)
  const packs = [...parts.folders.values()].flatMap((part) =>
    part.pack === undefined
      ? []
      : (assemble(part, part.pack, { parts, rules, readCondition, findings }) ?? []),
  )
  findings.push(...linesOf(parts), ...checkCitations(parts, rules), ...checkValidity(parts))
  if (findings.length > 0) return { packs: undefined, findings: inReadingOrder(onlyOnce(findings)) }
  return { packs: packs.sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1)), findings: [] }
}

type Known = {
  parts: Parts
  rules: ReadonlyMap<ReasonCode, DeclaredRule>
  readCondition: ReadCondition
  findings: Finding[]
}

function assemble(
  part: Part,
  pack: Declared<PackEntry>,
  { parts, rules, readCondition, findings }: Known,
): Pack | undefined {
  const { law, parameters } = gatherPart(part, parts)
  const missing = parameterNames.filter((name) => parameters[name] === undefined)
  for (const name of missing) findings.push(missingParameter(name, pack))
  if (law.size === 0) findings.push(lawless(pack))
  const found = reasonCodes.flatMap((code): Rule[] => {
    const rule = rules.get(code)
    const cited = law.get(code)
    if (rule === undefined || cited === undefined) return []
    const { when: own, ...citation } = cited.entry
    const when =
      own === undefined
        ? rule.text.when
        : readCondition(cited.source, [code, 'when'], own, reasons[code].level)
    return when === undefined ? [] : [{ ...rule.text, when, ...citation }]
  })
  if (!isWhole(parameters)) return undefined
  const { title, jurisdiction, zone, from, to } = pack.value
  return { id: part.id, title, jurisdiction, zone, from, to, parameters, rules: found }
}

function isWhole(parameters: Partial<Pack['parameters']>): parameters is Pack['parameters'] {
  return parameterNames.every((name) => parameters[name] !== undefined)
}

/** A condition several packs inherit is read for each of them, and is wrong once. */
function onlyOnce(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}

function missingParameter(name: string, pack: Declared<unknown>): Finding {
  return {
    place: pack.place(['parameters'], 'key'),
    message: `the parameter ${name} is missing`,
    remedy: 'Give it here, or extend a folder whose parameters.yaml has it.',
  }
}

function lawless(pack: Declared<unknown>): Finding {
  return {
    place: pack.place([]),
    message: 'the pack cites no code, so it would refuse nothing',
    remedy: 'Write its law.yaml, or extend a folder that has one.',
  }
}
