// Which person in cell order has which member number: an affine permutation, so that no cell lies together in the file
// and both directions are whole-number arithmetic, the same in TypeScript and SQL.
import type { SizedCase } from './cells.ts'

/** number = (stride × index + offset) mod size; back again with the inverse stride. */
type Permutation = { size: number; stride: number; inverse: number; offset: number }

export type MemberNumbers = {
  /** Person's place in cell order, from 0 → member number. */
  memberNo(index: number): string
  /** SQL for the place in cell order of the person whose number, from 1, is in `column`. */
  indexSql(column: string): string
}

/** The seed of the order. Another seed is another file of the same people. */
const SEED = 2017

/** Members come first, joiners of 2018 after them: each part is mixed within itself. */
export function memberNumbers({ members, joiners }: Pick<SizedCase, 'members' | 'joiners'>): MemberNumbers {
  const before = permutation(members)
  const after = permutation(joiners)
  return {
    memberNo: (index) =>
      memberNo(index < members ? 1 + place(before, index) : 1 + members + place(after, index - members)),
    indexSql: (column) =>
      `case when ${column} <= ${members} then ${inverseSql(before, `${column} - 1`)} ` +
      `else ${members} + ${inverseSql(after, `${column} - ${members + 1}`)} end`,
  }
}

/** SQL that writes the number in `column` as a member number. */
export function memberNoSql(column: string): string {
  return `'M' || lpad(${column}::varchar, greatest(7, length(${column}::varchar))::integer, '0')`
}

function memberNo(number: number): string {
  return `M${String(number).padStart(7, '0')}`
}

/** A stride near the golden section of the size spreads neighbours furthest apart. */
function permutation(size: number): Permutation {
  let stride = Math.max(1, Math.floor((size * 618_034) / 1_000_000))
  while (greatestCommonDivisor(stride, size) !== 1) stride += 1
  return { size, stride, inverse: inverseModulo(stride, size), offset: SEED % size }
}

function place({ size, stride, offset }: Permutation, index: number): number {
  return Number((BigInt(stride) * BigInt(index) + BigInt(offset)) % BigInt(size))
}

function inverseSql({ size, inverse, offset }: Permutation, place: string): string {
  return `(${inverse}::bigint * (${place} + ${size - offset})) % ${size}`
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Extended Euclid: the number x with stride × x ≡ 1 (mod size). */
function inverseModulo(stride: number, size: number): number {
  let [remainder, next] = [size, stride % size]
  let [x, nextX] = [0, 1]
  while (next !== 0) {
    const quotient = Math.floor(remainder / next)
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[x, nextX] = [nextX, x - quotient * nextX]
  }
  return ((x % size) + size) % size
}
