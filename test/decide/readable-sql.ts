// A compiled decision set out for a reviewer: a clause to a line, and every bit with the code it stands for.
import { type CompiledDecision, wordCount } from '../../src/decide/compile-decision.ts'
import { codesOf } from '../../src/decide/decide-set.ts'
import { bitsPerWord, type DecisionPlan, recordCodes } from '../../src/decide/plan.ts'

export function readableDecision(plan: DecisionPlan, compiled: CompiledDecision): string {
  const { request, scope } = plan
  const chain = [request.recipient, ...request.onBehalfOf].map((id, index) => `${id} = ${scope.chain[index]}`)
  const channels = request.channels.map((channel, index) => `${channel} = ${scope.channels[index]}`)
  return [
    `-- request    ${request.id}, to ${chain.join(' for ')}`,
    `-- by         ${channels.join(', ')}`,
    `-- basis      ${request.basis ?? 'none'}`,
    `-- packs      ${plan.packs.release.map(({ id }) => id).join(', ') || 'none'} at release; at collection ${plan.packs.collection.map(({ id }) => id).join(', ')}`,
    ...noticeLines(plan, compiled.artefact),
    setOut(compiled.artefact),
    '',
  ].join('\n')
}

/** What each row of `notice_said` says, read back from its numbers. */
function noticeLines(plan: DecisionPlan, sql: string): string[] {
  const rows = /notice_said\([^)]*\) as \(values (\(.*?\))\)[,\n]/.exec(sql)![1]!
  return [...rows.matchAll(/\(([^()]*)\)/g)].map(([, values]) => {
    const [number, fields, ...words] = values!.split(', ')
    const notice = plan.notices.get(Number(number))!
    const kept = plan.request.fields.filter((_, index) => (Number(fields) >> index) & 1)
    const codes = (from: number) =>
      words
        .slice(from, from + wordCount)
        .flatMap((bits, word) => codesOf(Number(bits), word))
        .join(' ') || 'nothing'
    return `-- notice ${number}   ${notice.id ?? 'none shown'}: settles ${codes(0)}; answered ${codes(wordCount)}; keeps ${kept.join(', ') || 'no field'}`
  })
}

const lineMax = 120
const clause = /^(?:with|select|from|where|left join|join|qualify|group by)\b/

/** Clauses on lines of their own, and list items too where a line would be long; the SQL itself stays as it is. */
function setOut(sql: string): string {
  return query(sql.replaceAll(/\s+/g, ' ').trim(), '')
}

function query(text: string, indent: string): string {
  const parts = splitOutside(text, (rest) => (rest.startsWith(' union all ') ? ' union all '.length : 0))
  if (parts.length > 1) return parts.map((part) => query(part, indent)).join(`\n${indent}union all\n`)
  if (fits(text, indent)) return indent + text
  return splitBefore(text, clause)
    .map((part) => indent + listClause(part, indent))
    .join('\n')
}

function listClause(text: string, indent: string): string {
  const [keyword] = /^(?:with|select|values) /.exec(text) ?? []
  if (keyword === undefined || fits(text, indent)) return nested(text, indent)
  const inner = `${indent}  `
  const items = splitOutside(text.slice(keyword.length), (rest) => (rest.startsWith(', ') ? 2 : 0))
  const lines = items.map((item) => inner + nested(item, inner))
  return `${keyword.trim()}\n${lines.map((line, index) => (index < lines.length - 1 ? withComma(line) : line)).join('\n')}`
}

/** Before the comment, where the last line has one. */
function withComma(lines: string): string {
  const comment = /\s+-- \w+$/.exec(lines)
  return comment === null ? `${lines},` : `${lines.slice(0, comment.index)},${comment[0]}`
}

/** Opens a parenthesis that holds a query; gives each bit of a mask its line and its code. */
function nested(text: string, indent: string): string {
  const at = text.search(/\((?=select |values )/)
  if (at < 0) return bits(text, indent)
  const end = closing(text, at)
  const inner = text.slice(at + 1, end)
  const body = inner.startsWith('values')
    ? `${indent}  ${listClause(inner, `${indent}  `)}`
    : query(inner, `${indent}  `)
  return `${text.slice(0, at + 1)}\n${body}\n${indent})${nested(text.slice(end + 1), indent)}`
}

function bits(text: string, indent: string): string {
  const word = Number(/ as mask_(\d+)$/.exec(text)?.[1] ?? 0)
  return text
    .replaceAll(' | (', `\n${indent}  | (`)
    .split('\n')
    .map((line) =>
      line.replace(
        / is (?:not false|true) then (\d+) else 0 end\).*$/,
        (rest, bit) => `${rest} -- ${recordCodes[word * bitsPerWord + Math.log2(Number(bit))]}`,
      ),
    )
    .join('\n')
}

function fits(text: string, indent: string): boolean {
  return !text.startsWith('with ') && !text.includes(' | (') && indent.length + text.length <= lineMax
}

function splitBefore(text: string, words: RegExp): string[] {
  const starts = [...outside(text)].filter(
    (at) => (at === 0 || text[at - 1] === ' ') && words.test(text.slice(at)),
  )
  // "left join" is one clause: the join in it begins none.
  const clauses = starts.filter((at) => text.slice(0, at).match(/left $/) === null)
  return clauses.map((at, index) => text.slice(at, clauses[index + 1]).trim())
}

function splitOutside(text: string, separator: (rest: string) => number): string[] {
  const parts: string[] = []
  let start = 0
  for (const at of outside(text)) {
    const length = at < start ? 0 : separator(text.slice(at))
    if (length === 0) continue
    parts.push(text.slice(start, at))
    start = at + length
  }
  return [...parts, text.slice(start)]
}

/** Positions outside every parenthesis. */
function* outside(text: string): Generator<number> {
  for (let at = 0; at < text.length; at++) {
    yield at
    if (text[at] === '(') at = closing(text, at)
  }
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return at
  }
  throw new Error('a parenthesis is not closed')
}
