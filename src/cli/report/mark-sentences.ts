// A wording cut into pieces, so that the sentences that mattered stand out in it wherever their lines break.

export type WordingPart = { text: string; matters: boolean }

/** The pieces together are the wording, letter for letter. */
export function markSentences(wording: string, sentences: readonly string[]): WordingPart[] {
  const spans = mergeSpans(sentences.flatMap((sentence) => placesOf(sentence, wording)))
  const parts: WordingPart[] = []
  let at = 0
  for (const [from, to] of spans) {
    parts.push(
      { text: wording.slice(at, from), matters: false },
      { text: wording.slice(from, to), matters: true },
    )
    at = to
  }
  return [...parts, { text: wording.slice(at), matters: false }].filter(({ text }) => text !== '')
}

type Span = readonly [from: number, to: number]

/** Any run of white space is as good as another, as where quotes are checked. */
function placesOf(sentence: string, wording: string): Span[] {
  const words = sentence.trim().split(/\s+/).map(escaped)
  if (words[0] === '') return []
  return [...wording.matchAll(new RegExp(words.join(String.raw`\s+`), 'gu'))].map(({ index, 0: found }) => [
    index,
    index + found.length,
  ])
}

function escaped(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], to)]
    else merged.push([from, to])
  }
  return merged
}
