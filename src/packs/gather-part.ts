// A folder with what it extends: law and parameters in force there, each with the file it comes from.
import type { Pack } from '../decide/rule.ts'
import type { Finding } from '../model/problem.ts'
import { isReasonCode, type ReasonCode } from '../model/reason.ts'
import type { Declared } from '../policy/declared.ts'
import { nearestName } from '../policy/nearest-name.ts'
import type { LawEntry } from './pack-shapes.ts'
import type { Part, Parts } from './read-parts.ts'

export type Cited = { entry: LawEntry; source: Declared<unknown> }
type Gathered = { law: Map<ReasonCode, Cited>; parameters: Partial<Pack['parameters']> }

/** What is extended first, in the order named; what stands nearer replaces it. Cycles end here; `linesOf` reports them. */
export function gatherPart(part: Part, parts: Parts, from: readonly string[] = []): Gathered {
  const gathered: Gathered = { law: new Map(), parameters: {} }
  for (const base of part.pack?.value.extends ?? []) {
    const found = parts.folders.get(base)
    if (found === undefined || base === part.id || from.includes(base)) continue
    const inherited = gatherPart(found, parts, [...from, part.id])
    for (const [code, cited] of inherited.law) gathered.law.set(code, cited)
    Object.assign(gathered.parameters, inherited.parameters)
  }
  for (const [code, entry] of Object.entries(part.law?.value ?? {})) {
    if (isReasonCode(code)) gathered.law.set(code, { entry, source: part.law! })
  }
  Object.assign(gathered.parameters, part.parameters?.value, part.pack?.value.parameters)
  return gathered
}

/** What is wrong with who extends whom. */
export function linesOf(parts: Parts): Finding[] {
  const findings: Finding[] = []
  const extended = new Set<string>()
  for (const { pack } of parts.folders.values()) {
    for (const [index, base] of (pack?.value.extends ?? []).entries()) {
      extended.add(base)
      if (!parts.folders.has(base)) findings.push(unknownFolder(base, parts, pack!, index))
    }
  }
  for (const part of parts.folders.values()) {
    const back = wayBack(part.id, part, parts, [])
    // Each pack of the circle could say so; the first by name does.
    if (back?.every((id) => id >= part.id)) findings.push(cycle(back, part.pack!))
    if (part.pack === undefined && !extended.has(part.id)) findings.push(unused(part))
  }
  return findings
}

/** The shortest names first: `a → b → a`, undefined where nothing leads back. */
function wayBack(
  goal: string,
  { id, pack }: Part,
  parts: Parts,
  path: readonly string[],
): readonly string[] | undefined {
  if (path.includes(id)) return undefined
  for (const base of pack?.value.extends ?? []) {
    if (base === goal) return [...path, id, goal]
    const next = parts.folders.get(base)
    const found = next && wayBack(goal, next, parts, [...path, id])
    if (found !== undefined) return found
  }
  return undefined
}

function unknownFolder(base: string, parts: Parts, pack: Declared<unknown>, index: number): Finding {
  const nearest = nearestName(base, parts.folders.keys())
  return {
    place: pack.place(['extends', index]),
    message: `there is no folder \`${base}\` to extend`,
    remedy:
      nearest === undefined
        ? `There are ${[...parts.folders.keys()].join(', ')}.`
        : `Did you mean \`${nearest}\`?`,
  }
}

function cycle(names: readonly string[], pack: Declared<unknown>): Finding {
  return {
    place: pack.place(['extends']),
    message: `this pack extends itself: ${names.join(' → ')}`,
    remedy: 'A pack extends what came before it, never what comes after.',
  }
}

function unused({ id, law, parameters }: Part): Finding {
  return {
    place: (law ?? parameters)?.place([]) ?? { file: id },
    message: `\`${id}\` is no pack, and no pack extends it`,
    remedy: 'Add its pack.yaml, or name it under `extends` in the pack that is to have it.',
  }
}
