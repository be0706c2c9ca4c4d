// Options that several commands read the same way.

import type { TableFormat } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import type { Command, Invocation } from '../command.ts'

/** By the file's ending: .csv or .tsv, .parquet, .xlsx, .json or .ndjson. */
export function formatOf(path: string): TableFormat {
  if (/\.(csv|tsv|txt)$/i.test(path)) return 'csv'
  if (/\.parquet$/i.test(path)) return 'parquet'
  if (/\.(json|ndjson|jsonl)$/i.test(path)) return 'json'
  if (/\.xlsx$/i.test(path)) return 'xlsx'
  if (/\.(xls|xlsm|xlsb|ods|numbers)$/i.test(path))
    throw new Problem('usage.invalid', 'this is a spreadsheet of another kind: save it as .xlsx')
  throw new Problem('usage.invalid', 'the file’s ending says its format: .csv, .xlsx, .parquet or .json')
}

/** A repeated option, each value possibly a comma-separated list. */
export function listOption(value: Invocation['options'][string]): string[] {
  const given = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return given
    .flatMap((item) => String(item).split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** `kind:value`, e.g. member:M0000042. */
export function personOption(text: string): { kind: string; value: string } {
  const at = text.indexOf(':')
  if (at < 1 || at === text.length - 1)
    throw new Problem('usage.invalid', '--person is written <kind>:<reference>, e.g. member:M0000042')
  return { kind: text.slice(0, at), value: text.slice(at + 1) }
}

/** Of what an approver signs with a reason beside it. */
export const signedReasonOptions = {
  because: {
    type: 'string',
    recorded: true,
    value: 'why',
    says: 'why, in a sentence: it is signed and stays on record',
  },
  by: { type: 'string', value: 'id', says: 'the approver’s id (default: whoever the key is on record for)' },
  key: { type: 'string', value: 'file', says: 'the approver’s key file' },
} as const satisfies Command['options']
