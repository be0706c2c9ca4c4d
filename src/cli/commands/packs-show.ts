// fairshare packs show: the law the program knows, one pack of it, or one rule with everything it says.
import { packHash } from '../../decide/pack-hash.ts'
import type { Pack, Rule } from '../../decide/rule.ts'
import { dateToIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { reasons } from '../../model/reason.ts'
import { wordsOf } from '../../packs/diff-packs.ts'
import { shippedPacks } from '../../service/shipped-packs.ts'
import type { Command } from '../command.ts'
import { packLines, packListLines, ruleLines, unverifiedIn } from '../report/pack-report.ts'
import { atMost } from './argument-count.ts'

export const packsShowCommand: Command = {
  name: 'packs show',
  summary: 'List the rule packs, or show one of them, or one rule, with what is not verified',
  usage: '[<pack> [<CODE>]]',
  example: 'packs show uk-gdpr-2018 N407',
  options: {},
  async run({ options, terminal, arguments: given }) {
    atMost(2, given, 'at most a pack and a code')
    const [id, code] = given
    const print = (lines: readonly string[], json: unknown) => {
      if (options.json === true) terminal.printJson(json)
      else for (const line of lines) terminal.print(line)
    }
    if (id === undefined) {
      const packs = shippedPacks()
      print(packListLines(packs), packs.map(summary))
      return 0
    }
    const pack = packNamed(id)
    if (code === undefined) {
      print(packLines(pack, packHash(pack)), {
        ...summary(pack),
        parameters: pack.parameters,
        rules: pack.rules.map(ruleJson),
      })
      return 0
    }
    const rule = ruleNamed(code, pack)
    print(ruleLines(rule, pack), { pack: pack.id, ...ruleJson(rule) })
    return 0
  },
}

export function packNamed(id: string): Pack {
  const pack = shippedPacks().find((candidate) => candidate.id === id)
  if (pack !== undefined) return pack
  const ids = shippedPacks().map((candidate) => candidate.id)
  throw new Problem('usage.invalid', `there is no pack ${id}; there are ${ids.join(', ')}`)
}

function ruleNamed(code: string, pack: Pack): Rule {
  const rule = pack.rules.find((candidate) => candidate.code === code.toUpperCase())
  if (rule !== undefined) return rule
  throw new Problem(
    'usage.invalid',
    `${pack.id} has no rule ${code}; it has ${pack.rules.map((candidate) => candidate.code).join(', ')}`,
  )
}

function summary(pack: Pack) {
  const { id, title, jurisdiction, zone, from, to, rules } = pack
  return {
    id,
    title,
    jurisdiction,
    zone,
    from: dateToIso(from),
    ...(to !== undefined && { to: dateToIso(to) }),
    sha256: packHash(pack),
    ruleCount: rules.length,
    unverified: unverifiedIn(pack),
  }
}

function ruleJson(rule: Rule) {
  const { slug, level, effect, override } = reasons[rule.code]
  return { code: rule.code, slug, level, effect, override, ...wordsOf(rule), verified: rule.verified }
}
