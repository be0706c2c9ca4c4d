// What the document of a sealed release says of the delivered columns: enough to tell a person what of hers has left, for
// as long as the register stands, whatever becomes of the manifest.
import { refColumn } from './delivered-column.ts'
import type { DeliveredColumn, SealedColumn } from './release.ts'

/** In the order of the file, without the reference: that is of the file, and of nobody. */
export function sealedColumns(columns: readonly DeliveredColumn[]): SealedColumn[] {
  return columns
    .filter(({ name }) => name !== refColumn)
    .map(({ name, treatment, note, dropped }) => ({
      name,
      treatment,
      ...(note !== undefined && { note }),
      partly: dropped > 0,
    }))
}
