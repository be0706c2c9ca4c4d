// COPY text in whole lines: a store's chunks may end inside one.
import type { RegisterStore } from './store.ts'

const NEWLINE = 0x0a

/** Chunks that end with a newline; together the same bytes. */
export async function* copyLines(store: RegisterStore, sql: string): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0)
  for await (const chunk of store.copyOut(sql)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end === 0) {
      rest = joined(rest, chunk)
      continue
    }
    yield joined(rest, chunk.subarray(0, end))
    rest = chunk.slice(end)
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}
