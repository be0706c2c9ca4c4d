// The root of a release's rows, computed from the rows as they arrived: an extra, missing or altered row gives another.

import { equalBytes, toHex, utf8 } from '../log/bytes.ts'
import { buildPrefixTree } from '../log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf } from '../log/release-leaves.ts'
import { refColumn } from '../log/row-bytes.ts'
import { LEAF_BYTES } from '../log/sort-leaves.ts'
import type { ReleaseManifest } from '../model/release.ts'
import { NotHeld } from './check.ts'

/** Rows in file order, column by column; null is an empty cell. */
export type RowBlock = { count: number; columns: (string | null)[][] }

export type DeliveredTable = {
  columns: readonly string[]
  rows(): AsyncIterable<RowBlock>
}

const PROOF_MAGIC = utf8('fairshare/proof@v1\n')
const OPENING_BYTES = 32
const COMMITMENT_AT = 32

/** proof.bin: a line that names the form ‖ number of rows u32 ‖ 32 bytes per row, in row order. */
export function readOpenings(bytes: Uint8Array, file: string, rows: number): Uint8Array {
  const head = PROOF_MAGIC.length + 4
  if (!equalBytes(PROOF_MAGIC, bytes.subarray(0, PROOF_MAGIC.length)))
    throw new NotHeld(file, 'byte 0', 'is not of a known form')
  if (bytes.length < head) throw new NotHeld(file, `byte ${bytes.length}`, 'ends too early')
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(PROOF_MAGIC.length)
  if (count !== rows)
    throw new NotHeld(file, `byte ${PROOF_MAGIC.length}`, `is for ${count} rows, not ${rows}`)
  if (bytes.length !== head + OPENING_BYTES * count)
    throw new NotHeld(
      file,
      `byte ${Math.min(bytes.length, head + OPENING_BYTES * count)}`,
      'is not as long as it says',
    )
  return bytes.subarray(head)
}

/** The root, hex. Throws `NotHeld` with the row where the table cannot be the one that was released. */
export async function recomputeReleased(
  manifest: Pick<ReleaseManifest, 'release' | 'register' | 'records'>,
  table: DeliveredTable,
  openings: Uint8Array,
  file: string,
): Promise<string> {
  const { rows, columns } = manifest.records
  const names = columns.map(({ name }) => name)
  if (names[0] !== refColumn || new Set(names).size !== names.length)
    throw new NotHeld(file, 'the header', `does not begin with ${refColumn}, or has a column twice`)
  if (table.columns.length !== names.length || names.some((name, index) => table.columns[index] !== name))
    throw new NotHeld(file, 'the header', 'does not have the columns the manifest names')
  const leaves = new RowLeaves(manifest.register.id, manifest.release, names, openings, rows)
  for await (const block of table.rows())
    for (let row = 0; row < block.count; row++) leaves.add(block, row, file)
  if (leaves.count !== rows)
    throw new NotHeld(file, `row ${leaves.count + 1}`, `ends after ${leaves.count} rows of ${rows}`)
  return rootOf(leaves.leaves, rows, file)
}

/** Key and commitment of one row after another. */
class RowLeaves {
  readonly leaves: Uint8Array
  count = 0
  readonly #keys: ReleaseLeaves
  readonly #committer: RowCommitter
  readonly #openings: Uint8Array
  readonly #rows: number
  readonly #cells: (string | null)[]

  constructor(
    registerId: string,
    release: string,
    columns: readonly string[],
    openings: Uint8Array,
    rows: number,
  ) {
    this.#keys = new ReleaseLeaves(registerId, release)
    this.#committer = new RowCommitter(registerId, columns)
    this.#openings = openings
    this.#rows = rows
    this.#cells = new Array<string | null>(columns.length).fill(null)
    this.leaves = new Uint8Array(LEAF_BYTES * rows)
  }

  add(block: RowBlock, row: number, file: string): void {
    if (this.count === this.#rows)
      throw new NotHeld(file, `row ${this.count + 1}`, 'has more rows than the manifest says')
    const at = LEAF_BYTES * this.count
    const cells = this.#cells
    for (let column = 0; column < cells.length; column++) cells[column] = cellOf(block.columns[column]![row])
    this.#keys.releasedKey(this.#openings, OPENING_BYTES * this.count, this.leaves, at)
    // The reference follows from the opening: the first row that is not in its place is told here, and not by the root.
    if (cells[0] !== refOf(this.leaves, at))
      throw new NotHeld(file, `row ${this.count + 1}`, 'has not the reference its proof gives it')
    this.#committer.commit(cells, this.#openings, OPENING_BYTES * this.count, this.leaves, at + COMMITMENT_AT)
    this.count++
  }
}

/** CSV has one way to write an empty cell, so no text and empty text are one value. */
function cellOf(cell: string | null | undefined): string | null {
  return cell === '' || cell === undefined ? null : cell
}

function rootOf(leaves: Uint8Array, rows: number, file: string): string {
  try {
    return toHex(buildPrefixTree(leaves, rows).root)
  } catch (error) {
    const row = repeatedRow(leaves, rows)
    if (row === undefined) throw error
    throw new NotHeld(file, `row ${row}`, 'repeats the reference of an earlier row')
  }
}

/** The tree refuses two rows under one key without saying which. */
function repeatedRow(leaves: Uint8Array, rows: number): number | undefined {
  const seen = new Set<string>()
  for (let row = 0; row < rows; row++) {
    seen.add(toHex(leaves.subarray(LEAF_BYTES * row, LEAF_BYTES * row + COMMITMENT_AT)))
    if (seen.size === row) return row + 1
  }
  return undefined
}
