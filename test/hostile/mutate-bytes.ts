// Files made wrong: a valid one, changed in a few places by a generator with a seed, so that any of them can be made again.

export type Random = () => number

export function below(random: Random, end: number): number {
  return Math.floor(random() * end)
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

/** One to six changes; seldom so many that nothing valid is left, as what is nearly right gets furthest. */
export function mutateBytes(
  random: Random,
  original: Uint8Array,
  { corpus, words = [] }: { corpus: readonly Uint8Array[]; words?: readonly string[] },
): Buffer {
  let bytes: Buffer = Buffer.from(original)
  const times = 1 + below(random, random() < 0.2 ? 6 : 2)
  for (let n = 0; n < times; n++) bytes = oneOf(random, mutators)(random, bytes, corpus, words)
  return bytes.length > BYTES_MAX ? bytes.subarray(0, BYTES_MAX) : bytes
}

/** Sizes have their own tests: here a small file tries more. */
const BYTES_MAX = 1 << 18
const REPEATED_MAX = 4096

type Mutator = (
  random: Random,
  bytes: Buffer,
  corpus: readonly Uint8Array[],
  words: readonly string[],
) => Buffer

const mutators: readonly Mutator[] = [
  function turnBit(random, bytes) {
    if (bytes.length === 0) return bytes
    const at = below(random, bytes.length)
    bytes[at] = bytes[at]! ^ (1 << below(random, 8))
    return bytes
  },
  function setByte(random, bytes) {
    if (bytes.length > 0) bytes[below(random, bytes.length)] = oneOf(random, telling)
    return bytes
  },
  function cutOff(random, bytes) {
    return Buffer.from(bytes.subarray(0, below(random, bytes.length + 1)))
  },
  function takeOut(random, bytes) {
    const [from, to] = range(random, bytes)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  function repeat(random, bytes) {
    const [from, to] = range(random, bytes, 64)
    const piece = bytes.subarray(from, to)
    const times = 1 + below(random, random() < 0.2 ? REPEATED_MAX : 4)
    return inserted(bytes, to, Buffer.concat(Array.from({ length: times }, () => piece)))
  },
  function putIn(random, bytes, _, words) {
    return inserted(bytes, below(random, bytes.length + 1), wordOf(random, words))
  },
  function putOver(random, bytes, _, words) {
    const word = wordOf(random, words)
    const at = below(random, bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + word.length)])
  },
  function putForLine(random, bytes, _, words) {
    const lines = bytes.toString('latin1').split('\n')
    lines[below(random, lines.length)] = wordOf(random, words).toString('latin1')
    return Buffer.from(lines.join('\n'), 'latin1')
  },
  function splice(random, bytes, corpus) {
    const other = Buffer.from(oneOf(random, corpus))
    const [from, to] = range(random, other)
    return inserted(bytes, below(random, bytes.length + 1), other.subarray(from, to))
  },
  function swapLines(random, bytes) {
    const lines = bytes.toString('latin1').split('\n')
    const [one, other] = [below(random, lines.length), below(random, lines.length)]
    ;[lines[one], lines[other]] = [lines[other]!, lines[one]!]
    return Buffer.from(lines.join('\n'), 'latin1')
  },
  function changeNumber(random, bytes) {
    const text = bytes.toString('latin1')
    const numbers = [...text.matchAll(/\d+/g)]
    if (numbers.length === 0) return bytes
    const { index, 0: digits } = oneOf(random, numbers)
    return Buffer.from(
      text.slice(0, index) + oneOf(random, tellingNumbers) + text.slice(index + digits.length),
      'latin1',
    )
  },
]

const telling = [
  ...Buffer.from('\0\t\n\r\x1b "\'#&*,-:;<=>?@[\\]`{|}~09AZaz', 'latin1'),
  0x80,
  0xc2,
  0xed,
  0xff,
]

const tellingNumbers = ['0', '-1', '00', '1e999', '9007199254740993', '4294967296', '99999999999999999999999']

/** What means something to one reader or another, wherever it comes to stand. */
const wordsEverywhere = [
  ...['\ufeff', '\0', '\u202e', '\u200b', '\u2028', '\x1b]0;owned\x07', '\u009b31m', 'e\u0301'],
  ...['__proto__', 'constructor', 'prototype', 'toString', '{"__proto__":{"polluted":true}}'],
  ...["'); drop table register.event; --", '"; drop table dataset_1; --', '$$', "'||pg_sleep(9)||'"],
  ...['=1+1', '../../etc/passwd', '%s%n', '\\', 'null', '1e308', '-0', '0x10', '2018-02-30', '\ud800'],
]

function wordOf(random: Random, words: readonly string[]): Buffer {
  const word = oneOf(random, random() < 0.5 && words.length > 0 ? words : wordsEverywhere)
  // Half a surrogate pair as its three bytes, which are not UTF-8.
  return word === '\ud800' ? Buffer.from([0xed, 0xa0, 0x80]) : Buffer.from(word)
}

function range(random: Random, bytes: Uint8Array, most = 1024): [from: number, to: number] {
  const from = below(random, bytes.length + 1)
  return [from, Math.min(bytes.length, from + 1 + below(random, most))]
}

function inserted(bytes: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
}
