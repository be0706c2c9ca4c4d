// Whether a quote stands in a wording as whole sentences. A piece of a sentence is not enough:
// "share your details with Acorn Baby" also stands in "We never share your details with Acorn Baby".

export type QuoteFit = 'whole' | 'part' | 'absent'

/** Compares letter by letter; only runs of white space (line breaks included) count as one space. */
export function quoteInWording(quote: string, wording: string): QuoteFit {
  const needle = oneSpaced(quote)
  const { text, starts, ends } = sentencesOf(wording)
  let fit: QuoteFit = 'absent'
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    if (starts.has(at) && ends.has(at + needle.length)) return 'whole'
    fit = 'part'
  }
  return fit
}

/** True when the name stands in the text as whole words. */
export function namedIn(name: string, text: string): boolean {
  const needle = oneSpaced(name)
  const hay = oneSpaced(text)
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    // Two units hold the character beside the name, whichever it is.
    const before = hay.slice(Math.max(0, at - 2), at)
    const after = hay.slice(at + needle.length, at + needle.length + 2)
    if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) return true
  }
  return false
}

function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** The wording on one line, with the offsets at which a sentence may start and end. */
function sentencesOf(wording: string): { text: string; starts: Set<number>; ends: Set<number> } {
  const starts = new Set<number>()
  const ends = new Set<number>()
  let text = ''
  for (const block of blocksOf(wording)) {
    if (text !== '') text += ' '
    const from = text.length
    text += block
    starts.add(from)
    const marker = /^([-*+>]|#+|\d+[.)]) /.exec(block)
    if (marker !== null) starts.add(from + marker[0].length)
    markEnd(block, block.length, from, ends)
    for (const stop of block.matchAll(/[.!?]["'”’)*_]* /g)) {
      const next = stop.index + stop[0].length
      markEnd(block, next - 1, from, ends)
      starts.add(from + next)
    }
  }
  return { text, starts, ends }
}

/** No sentence closes with more signs than this. */
const CLOSING_MAX = 40

/** A sentence may be quoted with or without its final punctuation. */
function markEnd(block: string, end: number, from: number, ends: Set<number>): void {
  ends.add(from + end)
  // A tail, lest a wording of one long line be read from its start for every sentence in it.
  const tail = block.slice(Math.max(0, end - CLOSING_MAX), end)
  ends.add(from + end - tail.length + tail.replace(/[.!?:;,]?["'”’)*_]*$/, '').length)
}

/** Paragraphs, headings and list items: a sentence never runs from one into the next. */
function blocksOf(wording: string): string[] {
  const blocks: string[] = []
  let lines: string[] = []
  const close = () => {
    const block = oneSpaced(lines.join(' '))
    if (block !== '') blocks.push(block)
    lines = []
  }
  for (const line of wording.split('\n')) {
    const heading = /^\s*#/.test(line)
    if (line.trim() === '' || heading || /^\s*([-*+>]|\d+[.)])\s/.test(line)) close()
    lines.push(line)
    if (heading) close()
  }
  close()
  return blocks
}
