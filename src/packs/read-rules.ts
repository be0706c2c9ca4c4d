// The rules as the files of `rules/` have them: one for a code, each condition read.
import type { RuleText } from '../decide/rule.ts'
import type { Finding } from '../model/problem.ts'
import { isReasonCode, type ReasonCode, reasonCodes, reasons } from '../model/reason.ts'
import type { Declared } from '../policy/declared.ts'
import { nearestName } from '../policy/nearest-name.ts'
import type { ReadCondition } from './read-conditions.ts'
import type { Parts } from './read-parts.ts'

/** A rule as it stands in `rules/`, with its place. */
export type DeclaredRule = { text: RuleText; source: Declared<unknown> }

export function readRules(
  { rules: sources }: Parts,
  readCondition: ReadCondition,
  findings: Finding[],
): Map<ReasonCode, DeclaredRule> {
  const rules = new Map<ReasonCode, DeclaredRule>()
  for (const source of sources) {
    for (const [code, entry] of Object.entries(source.value)) {
      if (!isReasonCode(code)) {
        findings.push(unknownCode(code, source))
        continue
      }
      const earlier = rules.get(code)
      if (earlier !== undefined) {
        findings.push(twice(code, source, earlier.source))
        continue
      }
      const { because: _, ...said } = entry
      const when = readCondition(source, [code, 'when'], entry.when, reasons[code].level)
      rules.set(code, {
        text: { code, ...said, when: when ?? { op: 'constant', value: undefined } },
        source,
      })
    }
  }
  return rules
}

export function unknownCode(code: string, source: Declared<unknown>): Finding {
  const nearest = nearestName(code, reasonCodes)
  return {
    place: source.place([code], 'key'),
    message: `\`${code.slice(0, 20)}\` is no reason code`,
    remedy: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Codes are registered in src/model/reason.ts.`,
  }
}

function twice(code: ReasonCode, source: Declared<unknown>, earlier: Declared<unknown>): Finding {
  const { file, line } = earlier.place([code], 'key')
  return {
    place: source.place([code], 'key'),
    message: `${code} has a rule already, in ${file}:${line}`,
    remedy: 'A code has one rule; a pack with another condition says so in its law.yaml under `when`.',
  }
}
