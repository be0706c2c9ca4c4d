// Places for a published log in memory, with a write that fails when it is told to: as a crash before that write.
import type { LogPlaces, SignedTree } from '../../src/register/log-store.ts'

export type MemoryPlaces = LogPlaces & {
  files: Map<string, Uint8Array>
  signedTree: SignedTree | undefined
  /** Every write so far, in order; `signed` for the second place. */
  written: string[]
  /** The process dies before the write after so many more; undefined = it lives. */
  diesAfter: number | undefined
}

export class Died extends Error {}

export function memoryPlaces(): MemoryPlaces {
  const places: MemoryPlaces = {
    files: new Map(),
    signedTree: undefined,
    written: [],
    diesAfter: undefined,
    store: {
      read: async (path) => places.files.get(path),
      write: async (path, bytes) => {
        step(path)
        places.files.set(path, bytes.slice())
      },
    },
    signed: {
      read: async () => places.signedTree,
      write: async (tree) => {
        step('signed')
        places.signedTree = { size: tree.size, root: tree.root.slice() }
      },
    },
  }
  const step = (name: string) => {
    if (places.diesAfter === 0) throw new Died()
    if (places.diesAfter !== undefined) places.diesAfter--
    places.written.push(name)
  }
  return places
}
