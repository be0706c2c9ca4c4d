// proof.bin: what opens each delivered row in the tree R, in the order of the rows.

const head = 'fairshare/proof@v1\n'
const CHUNK_BYTES = 1 << 20

/** `openings`: 32 bytes per row. Layout in docs/spec/release-format.md. */
export function* proofBytes(rows: number, openings: Uint8Array): Generator<Uint8Array> {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(rows)
  yield Buffer.concat([Buffer.from(head, 'latin1'), count])
  for (let at = 0; at < openings.length; at += CHUNK_BYTES) yield openings.subarray(at, at + CHUNK_BYTES)
}
