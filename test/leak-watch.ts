// Looks through everything a run of tests prints for the words that stand in made-up people alone. What it finds is told by how
// often, never by what.
import { canaries } from './canary.ts'

export type LeakWatch = {
  /** Text as it comes, in pieces of any size. */
  look(text: string): void
  found(): number
}

const words = canaries.map((word) => word.toLowerCase())
const longest = Math.max(...words.map((word) => word.length))

export function leakWatch(): LeakWatch {
  let count = 0
  let rest = ''
  return {
    look(text) {
      const seen = (rest + text).toLowerCase()
      for (const word of words)
        for (let at = seen.indexOf(word); at >= 0; at = seen.indexOf(word, at + word.length))
          // What ended within the rest was counted when it came.
          if (at + word.length > rest.length) count++
      rest = seen.slice(-(longest - 1))
    },
    found: () => count,
  }
}

/** Whatever goes through this stream from now on is looked at as well as written. */
export function watchStream(stream: NodeJS.WriteStream, watch: LeakWatch): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean
  const looking = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    watch.look(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    return write(chunk, ...rest)
  }
  stream.write = looking as typeof stream.write
}
