// `select` in a request: the expression language over a dataset's columns, which are named but not typed.
//   marginal_area = true and (area in (1, 2, 3) or not child_presence) and born_on >= 1990-01-01
import type { DatasetField } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { Expression } from './expression.ts'
import { parseExpression } from './parse-expression.ts'

/** A quoted word compares with a `code` column; its number is found when the dataset is known. */
export type CodeLookup = (column: string, word: string) => number | undefined

/** The numbers of the values declared for `code` columns: their places in the list, from 1. */
export function declaredCodes(fields: readonly DatasetField[]): CodeLookup {
  return (column, word) => {
    const index = fields.find(({ name }) => name === column)?.values?.indexOf(word) ?? -1
    return index < 0 ? undefined : index + 1
  }
}

/** Columns appear as facts. Throws `expression.invalid` with the column number of what was not understood. */
export function parseSelect(text: string, codes: CodeLookup = () => -1): Expression {
  const { expression, fault } = parseExpression(text, {
    noun: 'a column name',
    find: (column) => ({ is: 'value', codeOf: (word) => codes(column, word) }),
  })
  if (fault === undefined) return expression
  throw new Problem('expression.invalid', `at character ${fault.at + 1}: ${fault.message}`)
}
