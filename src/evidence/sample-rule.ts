// Who is in a sample: picked by a hash over a seed that the one who asks has chosen, so that the operator cannot choose.
import { concatBytes, fromHex, toHex, utf8 } from '../log/bytes.ts'
import { sha256 } from '../log/sha256.ts'

export type SampleTaker = {
  /** Takes one subject commitment, hex; again and again the same one changes nothing. */
  offer(commitment: string): void
  /** The commitments picked, in the order of the rule. */
  picked(): string[]
}

/** The `size` smallest of what is offered, by H("fairshare/sample@v1" ‖ 0 ‖ seed ‖ 0 ‖ commitment). Holds no more than these. */
export function takeSample(size: number, seed: string): SampleTaker {
  const prefix = utf8(`fairshare/sample@v1\0${seed}\0`)
  let best: { rank: string; commitment: string }[] = []
  let waiting: { rank: string; commitment: string }[] = []
  let worst: string | undefined
  const settle = () => {
    const distinct = new Map([...best, ...waiting].map((one) => [one.rank, one]))
    best = [...distinct.values()].sort((one, other) => (one.rank < other.rank ? -1 : 1)).slice(0, size)
    waiting = []
    worst = best.length < size ? undefined : best.at(-1)?.rank
  }
  return {
    offer(commitment) {
      if (size === 0) return
      const bytes = fromHex(commitment)
      if (bytes === undefined) throw new Error('a commitment is 32 bytes in hex')
      const rank = toHex(sha256(concatBytes([prefix, bytes])))
      if (worst !== undefined && rank >= worst) return
      waiting.push({ rank, commitment })
      if (waiting.length >= Math.max(size, 1024)) settle()
    },
    picked() {
      settle()
      return best.map(({ commitment }) => commitment)
    },
  }
}
