// A pack, one rule of it, and what differs between two, set out to be read by someone who knows law and no code.
import type { Pack, Rule } from '../../decide/rule.ts'
import { dateToIso } from '../../model/instant.ts'
import { reasons } from '../../model/reason.ts'
import { type Change, type PackDiff, parameterWords, wordsOf } from '../../packs/diff-packs.ts'
import { parameterNames } from '../../packs/pack-shapes.ts'
import { count, table } from '../terminal.ts'

const unverifiedMark = 'UNVERIFIED'

export function packListLines(packs: readonly Pack[]): string[] {
  return table(
    [
      ['pack', 'holds', 'rules', 'unverified', 'title'],
      ...packs.map((pack) => [
        pack.id,
        periodOf(pack),
        count(pack.rules.length),
        count(unverifiedIn(pack)),
        pack.title,
      ]),
    ],
    [2, 3],
  )
}

/** Citations and parameters whose source nobody has read again. */
export function unverifiedIn({ rules, parameters }: Pack): number {
  return [...rules, ...Object.values(parameters)].filter(({ verified }) => !verified).length
}

export function packLines(pack: Pack, hash: string): string[] {
  return [
    pack.title,
    `${pack.id}: ${pack.jurisdiction}, ${periodOf(pack)}, days as in ${pack.zone}`,
    `sha-256 ${hash}`,
    '',
    ...pack.rules.map(
      ({ code, law, authority, verified }) =>
        `${code} ${reasons[code].slug}\n     ${authority}: ${law}${mark(verified)}`,
    ),
    '',
    'Parameters',
    ...parameterNames.map((name) => {
      const { value, source, authority } = parameterWords(pack.parameters[name])
      return `${name}: ${value}\n     ${authority}: ${source}${mark(pack.parameters[name].verified)}`
    }),
    '',
    unverifiedIn(pack) === 0
      ? 'Every source was read.'
      : `${count(unverifiedIn(pack))} marked ${unverifiedMark}: written from memory, not read again in the source.`,
  ]
}

export function ruleLines(rule: Rule, pack: Pack): string[] {
  const { slug, level, effect, override } = reasons[rule.code]
  const { verified: _, ...words } = wordsOf(rule)
  return [
    `${rule.code} ${slug} in ${pack.id}`,
    `${effect} of a ${level}; ${override === 'never' ? 'nobody can decide otherwise' : 'a named person may decide otherwise'}`,
    '',
    ...Object.entries(words).map(
      ([part, text]) => `${part.padEnd(10)} ${text}${part === 'law' ? mark(rule.verified) : ''}`,
    ),
  ]
}

export function diffLines(diff: PackDiff, [before, after]: readonly [Pack, Pack]): string[] {
  const lines = [
    ...changeLines(diff.frame),
    ...diff.removed.map((code) => `- ${code} ${reasons[code].slug}`),
    ...diff.added.map((code) => `+ ${code} ${reasons[code].slug}: ${lawOf(code, after)}`),
    ...diff.changed.flatMap(({ code, changes }) => [
      `~ ${code} ${reasons[code].slug}`,
      ...changeLines(changes),
    ]),
    ...diff.parameters.flatMap(({ name, changes }) => [`~ ${name}`, ...changeLines(changes)]),
  ]
  const from = `${before.id} (${periodOf(before)})`
  const to = `${after.id} (${periodOf(after)})`
  return lines.length === 0
    ? [`${from} and ${to} have the same rules and numbers.`]
    : [`from ${from} to ${to}`, '', ...lines]
}

function changeLines(changes: readonly Change[]): string[] {
  return changes.flatMap(({ part, before, after }) => [
    `    ${part}`,
    `      - ${before ?? 'nothing'}`,
    `      + ${after ?? 'nothing'}`,
  ])
}

function lawOf(code: string, { rules }: Pack): string {
  const rule = rules.find((candidate) => candidate.code === code)
  return rule === undefined ? '' : `${rule.law}${mark(rule.verified)}`
}

function mark(verified: boolean): string {
  return verified ? '' : ` [${unverifiedMark}]`
}

function periodOf({ from, to }: Pack): string {
  return to === undefined ? `from ${dateToIso(from)}` : `${dateToIso(from)} to before ${dateToIso(to)}`
}
