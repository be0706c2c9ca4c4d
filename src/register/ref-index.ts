// Every reference key and its subject in memory, for imports: 25 to 30 bytes a person, a million lookups in a moment.
import { REF_KEY_BYTES } from './ref-key.ts'

const FIRST_ENTRIES = 1 << 10
/** Slots are at least twice the entries: probes stay short. */
const SLOTS_PER_ENTRY = 2

/** Open addressing. Keys are keyed hashes and thus uniform: their first bytes are the slot. */
export class RefIndex {
  #keys = new Int32Array(4 * FIRST_ENTRIES)
  #subjects = new Int32Array(FIRST_ENTRIES)
  /** Entry number + 1; 0 = free. */
  #slots = new Int32Array(SLOTS_PER_ENTRY * FIRST_ENTRIES)
  #size = 0
  readonly #words = new Int32Array(4)
  readonly #bytes = new Uint8Array(this.#words.buffer)

  get size(): number {
    return this.#size
  }

  /** The subject of the 16-byte key at `offset` of `key`; 0 = nobody. */
  find(key: Uint8Array, offset = 0): number {
    this.#read(key, offset)
    const entry = this.#slots[this.#slotOfWords()]!
    return entry === 0 ? 0 : this.#subjects[entry - 1]!
  }

  /** Adds the key, or gives it this subject from now on. */
  insert(key: Uint8Array, offset: number, subject: number): void {
    if (this.#size === this.#subjects.length) this.#grow()
    this.#read(key, offset)
    const slot = this.#slotOfWords()
    const entry = this.#slots[slot]!
    if (entry !== 0) {
      this.#subjects[entry - 1] = subject
      return
    }
    this.#keys.set(this.#words, 4 * this.#size)
    this.#subjects[this.#size] = subject
    this.#slots[slot] = ++this.#size
  }

  #read(key: Uint8Array, offset: number): void {
    for (let i = 0; i < REF_KEY_BYTES; i++) this.#bytes[i] = key[offset + i]!
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOfWords(): number {
    const a = this.#words[0]!
    const b = this.#words[1]!
    const c = this.#words[2]!
    const d = this.#words[3]!
    const keys = this.#keys
    const mask = this.#slots.length - 1
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!
      if (entry === 0) return slot
      const at = 4 * (entry - 1)
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot
    }
  }

  #grow(): void {
    const entries = 2 * this.#subjects.length
    const keys = new Int32Array(4 * entries)
    keys.set(this.#keys)
    const subjects = new Int32Array(entries)
    subjects.set(this.#subjects)
    this.#keys = keys
    this.#subjects = subjects
    this.#slots = new Int32Array(SLOTS_PER_ENTRY * entries)
    const mask = this.#slots.length - 1
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = keys[4 * entry]! & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = entry + 1
    }
  }
}
