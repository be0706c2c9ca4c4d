// The published log at one size: its checkpoint, and every tile and entry bundle that a tree of this size has.

import { HASH_BYTES } from '../log/sha256.ts'
import {
  bundlePath,
  CHECKPOINT_PATH,
  decodeBundle,
  encodeBundle,
  hashesAt,
  TILE_WIDTH,
  tilePath,
} from '../log/tiles.ts'
import { Problem } from '../model/problem.ts'
import type { LogPlaces } from '../register/log-store.ts'

type LogFileRead = { path: string; read(): Promise<Uint8Array> }

/** In no order; `checkpoint` is the note of this size. */
export function* logFilesAt(size: number, checkpoint: string, { store }: LogPlaces): Generator<LogFileRead> {
  yield { path: CHECKPOINT_PATH, read: async () => new TextEncoder().encode(checkpoint) }
  for (const { index, width } of across(size))
    yield {
      path: bundlePath(index, width),
      read: () =>
        readCut(store, bundlePath(index, width), bundlePath(index), (full) =>
          firstEntries(full, width, index),
        ),
    }
  for (let level = 0; hashesAt(level, size) > 0; level++)
    for (const { index, width } of across(hashesAt(level, size)))
      yield {
        path: tilePath(level, index, width),
        read: () =>
          readCut(store, tilePath(level, index, width), tilePath(level, index), (full) =>
            full.subarray(0, width * HASH_BYTES),
          ),
      }
}

/** Full ones, then the partial one at the right edge if there is one. */
function* across(count: number): Generator<{ index: number; width: number }> {
  for (let index = 0; index * TILE_WIDTH < count; index++)
    yield { index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) }
}

/** Where the log has grown on and only the full file is left, the beginning of it. */
async function readCut(
  store: LogPlaces['store'],
  path: string,
  full: string,
  cut: (full: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const bytes = await store.read(path)
  if (bytes !== undefined) return bytes
  const whole = path === full ? undefined : await store.read(full)
  if (whole === undefined)
    throw new Problem(
      'register.unavailable',
      `${path} of the published log is gone: run fairshare log publish --rebuild`,
    )
  return cut(whole)
}

function firstEntries(bundle: Uint8Array, width: number, index: number): Uint8Array {
  return encodeBundle(decodeBundle(bundle, TILE_WIDTH, bundlePath(index)).slice(0, width))
}
