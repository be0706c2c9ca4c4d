// People whom an evidence pack names as erased: no more of them than the log says keys were destroyed of.
import { documentPath, packPaths } from '../model/evidence-pack.ts'
import { NotHeld } from './check.ts'
import { bodyOf, keysDestroyedShape } from './pack-shapes.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'

/** `destroyed` in all, whoever they are; of them `named` in the manifest, without a receipt. */
export type ErasedPeople = { destroyed: number; named: number }

/** After `checkDocuments`, which misses none of these documents. */
export function checkErased({ manifest }: OpenedPack, documents: PackDocuments, log: PackLog): ErasedPeople {
  let destroyed = 0
  for (const document of documents.of('erasure.keys-destroyed')) {
    const { people } = bodyOf(document, keysDestroyedShape)
    if (people !== log.documents.get(document.position)?.entry.events)
      throw new NotHeld(documentPath(document), 'body.people', 'is not one event for each of them')
    destroyed += people
  }
  const named = manifest.left.filter((line) => line.startsWith('erased ')).length
  if (named > destroyed)
    throw new NotHeld(
      packPaths.manifest,
      'left',
      `names ${named} people as erased, and the keys of ${destroyed} were destroyed`,
    )
  return { destroyed, named }
}
