// The packs as they are shipped, and a book with them for tests that decide something without a register.
import type { DecisionBook } from '../../src/decide/decision-book.ts'
import { nothingOnRecord } from '../../src/decide/standing.ts'
import { shippedPacks as read } from '../../src/service/shipped-packs.ts'

export const shippedPacks = read()

export function shippedBook({ policy, numbers }: Pick<DecisionBook, 'policy' | 'numbers'>): DecisionBook {
  return { policy, numbers, packs: shippedPacks, standing: nothingOnRecord }
}
