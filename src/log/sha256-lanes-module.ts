// The WebAssembly module that hashes four messages at a time: SHA-256 (FIPS 180-4) written out as straight-line code over vectors
// of four 32-bit words, word i of all four messages in one vector. Emitted here and not kept as a file, so that what runs can be read.
//
//   memory   LANE_TABLES_END bytes of constants, then whatever its user lays out
//   hash(messages, strideBytes, blocks, groups, digests)
//            `groups` times four padded messages of `blocks` blocks, `strideBytes` apart; digests of 32 bytes end to end

/** Bytes as the binary format has them, in nested lists: copied once, at the end, and not at every level. */
type Code = readonly (number | Code)[]

const ROUNDS = 64
const BLOCK_WORDS = 16
const STATE_WORDS = 8
const LANES = 4
const IV_AT = 4 * ROUNDS
export const LANE_TABLES_END = 512

const I32 = 0x7f
const V128 = 0x7b
const [MESSAGES, STRIDE, BLOCKS, GROUPS, DIGESTS, BLOCK, BLOCKS_LEFT] = [0, 1, 2, 3, 4, 5, 6] as const
const POINTERS = 7
const FIRST_VECTOR = POINTERS + LANES
const word = (index: number) => FIRST_VECTOR + (index % BLOCK_WORDS)
const saved = (index: number) => FIRST_VECTOR + BLOCK_WORDS + index
const state = (index: number) => FIRST_VECTOR + BLOCK_WORDS + STATE_WORDS + index
const row = (index: number) => state(STATE_WORDS) + index
const SUM = row(LANES)
/** a ⊕ b of this round and of the last: b ⊕ c of a round is a ⊕ b of the one before. */
const parity = (round: number) => SUM + 1 + (round % 2)
const VECTORS = parity(1) + 1 - FIRST_VECTOR

/** The module for a memory of so many pages of 64 KiB. */
export function emitLaneModule(pages: number): Uint8Array<ArrayBuffer> {
  const bytes = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, [1, 0x60, vector([I32, I32, I32, I32, I32].map((type) => [type])), 0]),
    section(3, [1, 0]),
    section(5, [1, 0x01, unsigned(pages), unsigned(pages)]),
    section(7, vector([exported('memory', 2), exported('hash', 0)])),
    section(10, vector([sized([localTypes(), hashGroups(), 0x0b])])),
    section(11, [1, 0, i32(0), 0x0b, sized(tables())]),
  ]
  return Uint8Array.from(flat(bytes))
}

function hashGroups(): Code {
  return loop([
    each(STATE_WORDS, (i) => set(state(i), splatAt(IV_AT + 4 * i))),
    set(BLOCK, get(MESSAGES)),
    set(BLOCKS_LEFT, get(BLOCKS)),
    loop([hashBlocks(), add32(BLOCK, i32(4 * BLOCK_WORDS)), countDown(BLOCKS_LEFT)]),
    storeDigests(),
    add32(MESSAGES, [get(STRIDE), i32(LANES), 0x6c]),
    add32(DIGESTS, i32(4 * STATE_WORDS * LANES)),
    countDown(GROUPS),
  ])
}

function hashBlocks(): Code {
  return [
    each(LANES, (lane) =>
      set(POINTERS + lane, lane === 0 ? get(BLOCK) : [get(POINTERS + lane - 1), get(STRIDE), 0x6a]),
    ),
    each(BLOCK_WORDS / 4, (quarter) => [
      each(LANES, (lane) => set(row(lane), swapBytes(load(POINTERS + lane, 16 * quarter)))),
      transpose(row, (i) => word(4 * quarter + i)),
    ]),
    each(STATE_WORDS, (i) => set(saved(i), get(state(i)))),
    set(parity(1), xor(get(state(1)), get(state(2)))),
    each(ROUNDS, hashRound),
    each(STATE_WORDS, (i) => set(state(i), add(get(state(i)), get(saved(i))))),
  ]
}

/** FIPS 180-4, 6.2.2: instead of moving a to h on, each round names them anew. After 64 rounds all have their own names again. */
function hashRound(round: number): Code {
  const at = (letter: number) => state((letter + STATE_WORDS * ROUNDS - round) % STATE_WORDS)
  const [a, b, d, e, f, g, h] = [at(0), at(1), at(3), at(4), at(5), at(6), at(7)]
  const choice = xor(and(xor(get(f), get(g)), get(e)), get(g))
  const majority = xor(get(b), and(tee(parity(round), xor(get(a), get(b))), get(parity(round + 1))))
  return [
    round < BLOCK_WORDS ? [] : scheduleWord(round),
    set(
      SUM,
      add(add(add(get(h), get(word(round))), splatAt(4 * round)), add(choice, rotations(e, 6, 11, 25))),
    ),
    set(d, add(get(d), get(SUM))),
    set(h, add(add(rotations(a, 2, 13, 22), majority), get(SUM))),
  ]
}

function scheduleWord(round: number): Code {
  const before = (count: number) => word(round - count)
  const [late, early] = [before(2), before(15)]
  const sigma0 = xor(xor(rotate(early, 7), rotate(early, 18)), shift(SHIFT_RIGHT, get(early), 3))
  const sigma1 = xor(xor(rotate(late, 17), rotate(late, 19)), shift(SHIFT_RIGHT, get(late), 10))
  return set(word(round), add(add(get(before(16)), sigma0), add(get(before(7)), sigma1)))
}

function storeDigests(): Code {
  return each(STATE_WORDS / 4, (half) => [
    transpose((i) => state(4 * half + i), row),
    each(LANES, (lane) => [
      get(DIGESTS),
      swapBytes(get(row(lane))),
      simd(0x0b, [alignedAs(0), unsigned(32 * lane + 16 * half)]),
    ]),
  ])
}

/** Rows of four words to columns. `word(0)` to `word(3)` may serve as rows, since the first four temporaries are others. */
function transpose(from: (index: number) => number, to: (index: number) => number): Code {
  const [low, high] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ] as const
  const pairs = [SUM, parity(0), parity(1), saved(0)] as const
  return [
    set(pairs[0], shuffle(from(0), from(1), low)),
    set(pairs[1], shuffle(from(2), from(3), low)),
    set(pairs[2], shuffle(from(0), from(1), high)),
    set(pairs[3], shuffle(from(2), from(3), high)),
    set(to(0), shuffle(pairs[0], pairs[1], [0, 1, 4, 5])),
    set(to(1), shuffle(pairs[0], pairs[1], [2, 3, 6, 7])),
    set(to(2), shuffle(pairs[2], pairs[3], [0, 1, 4, 5])),
    set(to(3), shuffle(pairs[2], pairs[3], [2, 3, 6, 7])),
  ]
}

/** Words 0 to 3 are those of `first`, 4 to 7 those of `second`. */
function shuffle(first: number, second: number, words: readonly number[]): Code {
  return [
    get(first),
    get(second),
    simd(
      0x0d,
      words.flatMap((at) => [0, 1, 2, 3].map((byte) => 4 * at + byte)),
    ),
  ]
}

/** A message's words are big-endian, WebAssembly's little-endian. The vector is pushed twice, as a shuffle takes two. */
function swapBytes(vector128: Code): Code {
  const order = [0, 4, 8, 12].flatMap((at) => [at + 3, at + 2, at + 1, at])
  return [tee(SUM, vector128), get(SUM), simd(0x0d, order)]
}

function rotations(local: number, ...bits: readonly [number, number, number]): Code {
  return xor(xor(rotate(local, bits[0]), rotate(local, bits[1])), rotate(local, bits[2]))
}

const SHIFT_LEFT = 0xab
const SHIFT_RIGHT = 0xad

function rotate(local: number, bits: number): Code {
  return or(shift(SHIFT_RIGHT, get(local), bits), shift(SHIFT_LEFT, get(local), 32 - bits))
}

function shift(instruction: number, value: Code, bits: number): Code {
  return [value, i32(bits), simd(instruction)]
}

const add = (a: Code, b: Code): Code => [a, b, simd(0xae)]
const and = (a: Code, b: Code): Code => [a, b, simd(0x4e)]
const or = (a: Code, b: Code): Code => [a, b, simd(0x50)]
const xor = (a: Code, b: Code): Code => [a, b, simd(0x51)]
const get = (local: number): Code => [0x20, unsigned(local)]
const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)]
const tee = (local: number, value: Code): Code => [value, 0x22, unsigned(local)]
const i32 = (value: number): Code => [0x41, signed(value)]
const add32 = (local: number, value: Code): Code => set(local, [get(local), value, 0x6a])
const simd = (instruction: number, rest: Code = []): Code => [0xfd, unsigned(instruction), rest]
const alignedAs = (log2: number): Code => [log2]
const load = (pointer: number, offset: number): Code => [
  get(pointer),
  simd(0x00, [alignedAs(0), unsigned(offset)]),
]
/** The constant at `address` in all four lanes. */
const splatAt = (address: number): Code => [i32(0), simd(0x09, [alignedAs(2), unsigned(address)])]
/** Once at least; what `body` leaves on the stack says whether again. */
const loop = (body: Code): Code => [0x03, 0x40, body, 0x0d, 0, 0x0b]
const countDown = (local: number): Code => tee(local, [get(local), i32(1), 0x6b])

function each(count: number, code: (index: number) => Code): Code {
  return Array.from({ length: count }, (_, index) => code(index))
}

function localTypes(): Code {
  return vector([
    [unsigned(FIRST_VECTOR - BLOCK), I32],
    [unsigned(VECTORS), V128],
  ])
}

/** The first 32 bits behind the point of the cube roots of the first 64 primes, then of the square roots of the first eight. */
function tables(): Code {
  const primes: number[] = []
  for (let n = 2; primes.length < ROUNDS; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const roots = [...primes.map(Math.cbrt), ...primes.slice(0, STATE_WORDS).map(Math.sqrt)]
  return roots.flatMap((root) => {
    const bits = Math.floor((root % 1) * 2 ** 32)
    return [bits, bits >>> 8, bits >>> 16, bits >>> 24].map((byte) => byte & 0xff)
  })
}

function exported(name: string, kind: number): Code {
  return [...sized([...name].map((letter) => letter.charCodeAt(0))), kind, 0]
}

function section(id: number, content: Code): Code {
  return [id, sized(content)]
}

function sized(content: Code): Code {
  const bytes = flat(content)
  return [unsigned(bytes.length), bytes]
}

function flat(code: Code, into: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') into.push(part)
    else flat(part, into)
  }
  return into
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items]
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, unsigned(value >>> 7)]
}

/** LEB128 of a number not below zero, whose highest bit must not pass for a sign. */
function signed(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, signed(value >>> 7)]
}
