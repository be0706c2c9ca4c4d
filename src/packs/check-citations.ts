// Law and rules belong together: a code that is cited has a rule, and a rule is cited somewhere.
import type { Finding } from '../model/problem.ts'
import { isReasonCode, type ReasonCode } from '../model/reason.ts'
import type { Parts } from './read-parts.ts'
import { type DeclaredRule, unknownCode } from './read-rules.ts'

export function checkCitations(parts: Parts, rules: ReadonlyMap<ReasonCode, DeclaredRule>): Finding[] {
  const findings: Finding[] = []
  const cited = new Set<string>()
  for (const { law } of parts.folders.values()) {
    for (const [code, { authority, law: words }] of Object.entries(law?.value ?? {})) {
      cited.add(code)
      if (!isReasonCode(code)) findings.push(unknownCode(code, law!))
      else if (!rules.has(code))
        findings.push({
          place: law!.place([code], 'key'),
          message: `${code} is cited and has no rule`,
          remedy: 'Write its rule in rules/, or take the citation out.',
        })
      if (authority === 'house' && !words.startsWith('House rule'))
        findings.push({
          place: law!.place([code, 'law']),
          message: 'a rule of the house is not the law',
          remedy: 'Begin its text with “House rule”, or name the authority it has.',
        })
    }
  }
  for (const [code, { source }] of rules) {
    if (cited.has(code)) continue
    findings.push({
      place: source.place([code], 'key'),
      message: `${code} has a rule that no pack cites`,
      remedy: 'Cite the law behind it in the law.yaml of a pack, or take the rule out.',
    })
  }
  return findings
}
