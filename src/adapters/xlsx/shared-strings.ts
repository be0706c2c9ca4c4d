// The texts that the cells of a workbook share, kept as UTF-8 end to end: ten million of them must fit beside everything else.

import { unescaped } from './escaped-text.ts'
import { type Attributes, readXml, type XmlHandlers } from './read-xml.ts'
import type { Refuse } from './unreadable.ts'

export type SharedStrings = {
  /** Undefined when there are fewer. */
  at(index: number): string | undefined
}

export const noSharedStrings: SharedStrings = { at: () => undefined }

export async function readSharedStrings(
  chunks: AsyncIterable<Uint8Array>,
  refuse: Refuse,
): Promise<SharedStrings> {
  const store = new TextStore()
  const xml = readXml(
    itemTexts((text) => {
      if (text.length > TEXT_LENGTH_MAX) throw refuse('holds a text that is too long for a cell')
      if (!store.add(text)) throw refuse('holds more text than a workbook may hold')
    }),
    refuse,
  )
  for await (const chunk of chunks) xml.write(chunk)
  xml.end()
  return store
}

/** Longer ones are no cell's; those between a cell's limit and this are refused with the cell that has them. */
const TEXT_LENGTH_MAX = 1 << 20

/** The `<t>` of an item and of its runs, but not how it is pronounced (`rPh`), which nobody sees in the cell. */
function itemTexts(take: (text: string) => void): XmlHandlers {
  let text = ''
  let isText = false
  let unseen = 0
  return {
    open(name, _attributes: Attributes, depth) {
      if (depth === 2 && name === 'si') text = ''
      else if (unseen === 0 && isUnseen(name)) unseen = depth
      else if (name === 't' && unseen === 0) isText = true
    },
    close(name, depth) {
      if (name === 't') isText = false
      if (depth === unseen) unseen = 0
      if (depth === 2 && name === 'si') take(unescaped(text))
    },
    text(piece) {
      if (isText) text += piece
    },
  }
}

export function isUnseen(name: string): boolean {
  return name === 'rPh' || name === 'phoneticPr'
}

const PAGE_BYTES = 1 << 22
const BYTES_MAX = 2 ** 29
/** As many as there are cells in a full sheet of 16 columns. */
const COUNT_MAX = 1 << 24

class TextStore implements SharedStrings {
  readonly #pages: Buffer[] = [Buffer.allocUnsafeSlow(PAGE_BYTES)]
  #used = 0
  #count = 0
  /** Where each text begins, counted over all pages, and how many bytes it has. */
  #starts = new Uint32Array(1 << 12)
  #lengths = new Uint32Array(1 << 12)

  /** False when it is full. */
  add(text: string): boolean {
    const length = Buffer.byteLength(text)
    if (this.#used + length > PAGE_BYTES) {
      if ((this.#pages.length + 1) * PAGE_BYTES > BYTES_MAX || this.#count === COUNT_MAX) return false
      this.#pages.push(Buffer.allocUnsafeSlow(PAGE_BYTES))
      this.#used = 0
    }
    if (this.#count === this.#starts.length) this.#grow()
    this.#starts[this.#count] = (this.#pages.length - 1) * PAGE_BYTES + this.#used
    this.#lengths[this.#count++] = length
    this.#pages.at(-1)!.write(text, this.#used)
    this.#used += length
    return this.#count < COUNT_MAX
  }

  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined
    // One that is empty may begin where the last page ends.
    if (this.#lengths[index] === 0) return ''
    const start = this.#starts[index]!
    const from = start % PAGE_BYTES
    return this.#pages[Math.floor(start / PAGE_BYTES)]!.toString('utf8', from, from + this.#lengths[index]!)
  }

  #grow(): void {
    this.#starts = doubled(this.#starts)
    this.#lengths = doubled(this.#lengths)
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length)
  larger.set(numbers)
  return larger
}
