// Opens what is sealed in a verified delivery, and recomputes its root from the rows as they arrived.
// The rows lie in a folder of their own meanwhile, which the caller empties unless everything holds.
import { type Checklist, NotHeld, placeInSealed } from '../evidence/check.ts'
import { readOpenings, recomputeReleased } from '../evidence/recompute-released.ts'
import { isProblem, Problem } from '../model/problem.ts'
import type { ReleaseManifest } from '../model/release.ts'
import type { RecipientDesk } from './recipient-desk.ts'

export type ReadDelivery = {
  /** The plain records, in the folder that was given. */
  recordsPath: string
  /** Root recomputed from the rows, hex. */
  released: string
}

/** The files are as `verifyRelease` found them; `delivery.not_for_you` when they were sealed for another key. */
export async function readDelivery(
  desk: Pick<RecipientDesk, 'files' | 'tables' | 'unsealer'>,
  list: Checklist,
  manifest: ReleaseManifest,
  places: { folder: string; identities: readonly string[]; part: string },
): Promise<ReadDelivery> {
  const { files, tables, unsealer } = desk
  const { records, proof } = manifest
  const sealed = (file: string) => unsealer.open(places.identities, files.within(places.folder, file))
  const recordsPath = files.within(places.part, `records.${records.format}`)
  await list.check(`${records.file} opens with your key`, records.file, () =>
    files.write(recordsPath, sealed(records.file)),
  )
  const openings = await list.check(`${proof.file} opens with your key`, proof.file, async () =>
    readOpenings(await wholeProof(sealed(proof.file), records.rows, proof.file), proof.file, records.rows),
  )
  const released = await list.check('The rows are those the log holds', records.file, async () => {
    const root = await recomputed(records.file, async () =>
      recomputeReleased(manifest, await tables.open(recordsPath, records.format), openings, records.file),
    )
    if (root !== manifest.roots.released)
      throw new NotHeld(
        records.file,
        'its rows',
        'lead to another root than the log holds: what arrived is not what was released',
      )
    return root
  })
  return { recordsPath, released }
}

/** Where a sealed file that is not the one signed for was damaged, as near as the key can tell. */
export async function placeOfDamage(
  { unsealer, files }: Pick<RecipientDesk, 'unsealer' | 'files'>,
  identities: readonly string[],
  folder: string,
  file: string,
): Promise<string | undefined> {
  try {
    for await (const _ of unsealer.open(identities, files.within(folder, file)));
    return undefined
  } catch (error) {
    if (!isProblem(error)) throw error
    if (error.code === 'delivery.tampered') return placeInSealed(file, error.detail)
    return error.code === 'delivery.not_for_you' ? 'in its header' : undefined
  }
}

/** A proof has a fixed size for its rows; more than that is not kept. */
async function wholeProof(
  chunks: AsyncIterable<Uint8Array>,
  rows: number,
  file: string,
): Promise<Uint8Array> {
  const bytesMax = 64 + 32 * rows
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > bytesMax) throw new NotHeld(file, `byte ${bytesMax}`, 'goes on where it should end')
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** Records that cannot be read as their format were sealed so: nobody on the way could have made them. */
async function recomputed(file: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || !unreadable.has(error.code)) throw error
    const [, line] = /line (\d+)/.exec(error.detail) ?? []
    throw new NotHeld(
      file,
      line === undefined ? undefined : `line ${line}`,
      'cannot be read as the manifest says',
    )
  }
}

const unreadable = new Set<string>(['file.unreadable', 'dataset.invalid', 'mapping.invalid'])
