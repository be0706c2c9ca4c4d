// Columns as they are delivered: what each can be turned into, in words a recipient reads, and the one no dataset has.
import type { ColumnType, FieldTransform } from './policy.ts'

/** The first column of every delivered file: which line of which release this is. */
export const refColumn = 'fairshare_ref'

type Coarsening = Extract<FieldTransform, { as: 'coarsen' }>['to']

/** Whether cells of this type can be turned so; a pseudonym can stand for anything. */
export function transformFits(transform: FieldTransform, type: ColumnType): boolean {
  return transform.as === 'pseudonymise' || coarsenings[transform.to].types.includes(type)
}

/** In a few words, for a manifest: what is left of the field. */
export function transformWords(transform: FieldTransform): string {
  return transform.as === 'pseudonymise'
    ? 'a pseudonym, the same for the same value in every release to this recipient for this purpose'
    : coarsenings[transform.to].words
}

/** What coarsenings there are for a column of this type. */
export function coarseningsOf(type: ColumnType): Coarsening[] {
  return (Object.keys(coarsenings) as Coarsening[]).filter((to) => coarsenings[to].types.includes(type))
}

const dates: readonly ColumnType[] = ['date', 'dates']

const coarsenings: Record<Coarsening, { types: readonly ColumnType[]; words: string }> = {
  year: { types: dates, words: 'year only' },
  month: { types: dates, words: 'year and month only' },
  decade: { types: dates, words: 'decade only' },
  'first-2': { types: ['text'], words: 'first 2 characters only' },
  'first-4': { types: ['text'], words: 'first 4 characters only' },
  tens: { types: ['integer'], words: 'band of ten only' },
  hundreds: { types: ['integer'], words: 'band of a hundred only' },
}
