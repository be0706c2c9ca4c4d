// Every reason a decision may give, as one page: what each means, by which law in which pack, how to mend it, and in what
// words three kinds of reader are told. docs/reasons.md is this page for the packs that are shipped.
import type { Pack, Rule } from '../decide/rule.ts'
import { type ReasonCode, reasonCodes, reasons } from '../model/reason.ts'
import { readingEase } from './readability.ts'
import { writeExpression } from './write-expression.ts'

type Cited = { code: ReasonCode; rule: Rule; packs: { pack: Pack; rule: Rule }[] }

/** Markdown. Codes that no pack has are left out: they can never be given. */
export function describeReasons(packs: readonly Pack[]): string {
  const cited = reasonCodes.flatMap((code) => citedIn(code, packs))
  return [
    '# Reasons',
    '',
    'Made by `fairshare packs reasons`; a test compares this page with the packs. Do not edit it: edit `packs/`.',
    '',
    `${cited.length} codes. *File* reasons stop or hold a whole file, *record* reasons one person’s record, *field* reasons`,
    'take a field out. No override: nobody can decide otherwise. “From memory” marks a source that was not read again.',
    '',
    ...easeTable(cited),
    '',
    '| code | name | asked of | effect | override |',
    '|---|---|---|---|---|',
    ...cited.map(({ code }) => tableRow(code)),
    ...cited.flatMap(describe),
    '',
  ].join('\n')
}

function citedIn(code: ReasonCode, packs: readonly Pack[]): Cited[] {
  const found = packs.flatMap((pack) => {
    const rule = pack.rules.find((candidate) => candidate.code === code)
    return rule === undefined ? [] : [{ pack, rule }]
  })
  const newest = found.at(-1)
  return newest === undefined ? [] : [{ code, rule: newest.rule, packs: found }]
}

function easeTable(cited: readonly Cited[]): string[] {
  const readers = ['marketer', 'person', 'regulator'] as const
  const ease = readers.map((reader) => readingEase(cited.map(({ rule }) => rule.explain[reader])))
  return [
    '| reading ease (Flesch: 60 is plain English, 30 is hard) | marketer | person | regulator |',
    '|---|---|---|---|',
    `| all explanations together | ${ease.join(' | ')} |`,
  ]
}

function tableRow(code: ReasonCode): string {
  const { slug, level, effect, override } = reasons[code]
  return `| [${code}](#${code.toLowerCase()}) | ${slug} | ${level} | ${effect} | ${override === 'never' ? 'no' : 'by a named person'} |`
}

function describe({ code, rule, packs }: Cited): string[] {
  const { slug } = reasons[code]
  return [
    '',
    `## ${code}`,
    '',
    `**${slug}** · ${rule.question === 'veto' ? 'what the person said or suffered' : `${rule.question}?`}`,
    '',
    `- Fires when: \`${writeExpression(rule.when)}\`${rule.unknown === 'fires' ? '; unknown counts as yes' : '; unknown is left to another rule'}`,
    `- Remedy: ${rule.remedy}`,
    `- To a marketer: ${rule.explain.marketer}`,
    `- To the person: ${rule.explain.person}`,
    `- To a regulator: ${rule.explain.regulator}`,
    ...sources(packs).map((line) => `- ${line}`),
  ]
}

/** One line for packs that cite the same words. */
function sources(packs: Cited['packs']): string[] {
  const lines = new Map<string, string[]>()
  for (const { pack, rule } of packs) {
    const words = `${rule.authority}: ${rule.law}${rule.verified ? '' : ' (from memory)'}`
    lines.set(words, [...(lines.get(words) ?? []), `\`${pack.id}\``])
  }
  return [...lines].map(([words, ids]) => `${ids.join(', ')}: ${words}`)
}
