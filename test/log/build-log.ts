// A register's log made without a register: entries of nothing, their tiles, and a checkpoint; to be spoiled by tests.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { encodeVerifierKey, type NoteSigner } from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { bundlePath, encodeBundle, TILE_WIDTH, tilePath } from '../../src/log/tiles.ts'

export const logSigner: NoteSigner = {
  name: 'log.example.com/club',
  ...signerFromSeed(new Uint8Array(32).fill(21)),
}
export const logKey = encodeVerifierKey(logSigner.name, logSigner.publicKey)

export type LogFiles = Map<string, Uint8Array>

/** As an operator makes it who has the key: `change` says what an entry is instead, and everything is hashed and signed over it. */
export function buildLog(
  count: number,
  change: (entry: LogEntry) => LogEntry | Uint8Array = (entry) => entry,
): LogFiles & { root: Uint8Array } {
  const entries = Array.from({ length: count }, (_, index) => {
    const made = change({
      register: '7b0c4e2a-9d1f-4c3e-8a56-0f1e2d3c4b5a',
      ...{ format: 1, position: index + 1, kind: 'policy', events: 0, enrolled: 0 },
      recordedAt: 1_517_475_601_000_000 + 1000 * index,
    })
    return made instanceof Uint8Array ? made : encodeEntry(made)
  })
  const files: LogFiles = new Map()
  for (let at = 0; at < count; at += TILE_WIDTH) {
    const bundle = entries.slice(at, at + TILE_WIDTH)
    files.set(bundlePath(at / TILE_WIDTH, bundle.length), encodeBundle(bundle))
  }
  const growth = new TileGrowth()
  const tiles = [...growth.add(Buffer.concat(entries.map(leafHash))), ...growth.partials()]
  for (const { level, index, width, hashes } of tiles) files.set(tilePath(level, index, width), hashes)
  files.set('checkpoint', Buffer.from(signCheckpoint({ size: count, root: growth.root() }, logSigner)))
  return Object.assign(files, { root: growth.root() })
}

/** The folder holds these files afterwards, and no others. */
export function writeLog(folder: string, files: LogFiles): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}
