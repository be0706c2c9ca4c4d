// How easy a text is to read: the Flesch reading ease of English prose. 100 is very easy, 60 plain, under 30 hard.
// Source: R. Flesch, A new readability yardstick (1948): 206.835 − 1.015 × words per sentence − 84.6 × syllables per word.

/** Of several texts together, to one decimal; undefined where there are no words. */
export function readingEase(texts: readonly string[]): number | undefined {
  const sentences = texts.flatMap((text) => text.split(/[.!?:;]+(?:\s|$)/)).filter((part) => /\w/.test(part))
  const words = sentences.flatMap(
    (sentence) => sentence.match(/[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*/gu) ?? [],
  )
  if (words.length === 0) return undefined
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0)
  const ease = 206.835 - 1.015 * (words.length / sentences.length) - 84.6 * (syllables / words.length)
  return Math.round(ease * 10) / 10
}

/** Groups of vowels, less a silent final e: right for most English words, and wrong alike for all texts compared. */
function syllablesOf(word: string): number {
  const letters = word.toLowerCase().replaceAll(/[^a-zà-ÿ]/g, '')
  const groups = letters.replace(/(?:[^laeiouy]e|ed|es)$/, '').match(/[aeiouyà-ÿ]+/g)?.length ?? 0
  return Math.max(1, groups)
}
