// Every byte of a file, one at a time, made into other bytes: each of its bits turned, and what means something in a text.

export type Changed = { bytes: Uint8Array; at: number; to: number }

const meaningful = Buffer.from('\n\r\t\0 09aA"{}[],:=+-\\\u00ff', 'latin1')

/** `spread`: of what a byte may become only so many, others for each byte, where looking at one takes long. */
export function* changeEachByte(bytes: Uint8Array, spread = Number.POSITIVE_INFINITY): Generator<Changed> {
  for (let at = 0; at < bytes.length; at++) {
    const was = bytes[at]!
    const bits = Array.from({ length: 8 }, (_, bit) => was ^ (1 << bit))
    const others = [...new Set([...bits, ...meaningful])].filter((to) => to !== was)
    const count = Math.min(spread, others.length)
    for (let n = 0; n < count; n++) {
      const to = others[(at * count + n) % others.length]!
      yield { bytes: Uint8Array.from(bytes).fill(to, at, at + 1), at, to }
    }
  }
}

/** The changes that `notices` says nothing about, as "byte 12 made 0x41"; and how many it was asked about. */
export async function unnoticed(
  changes: Iterable<Changed>,
  notices: (bytes: Uint8Array) => boolean | Promise<boolean>,
): Promise<{ asked: number; missed: string[] }> {
  let asked = 0
  const missed: string[] = []
  for (const { bytes, at, to } of changes) {
    asked++
    if (!(await notices(bytes))) missed.push(`byte ${at} made 0x${to.toString(16)}`)
  }
  return { asked, missed }
}
