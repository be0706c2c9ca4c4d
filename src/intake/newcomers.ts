// People a file speaks of whom the register does not know yet: counted below zero until a batch enrols them.
import { Problem } from '../model/problem.ts'
import { appendBatch } from '../register/append-batch.ts'
import type { Appended, BatchDraft } from '../register/batch.ts'
import type { RefIndex } from '../register/ref-index.ts'
import { REF_KEY_BYTES, refKeyText } from '../register/ref-key.ts'
import type { Register } from '../register/register.ts'

/** Newcomers not yet enrolled; the first is newcomer −`first`, the next −`first` − 1, … */
export type Unenrolled = { first: number; keys: Uint8Array; folded: Uint8Array | undefined; count: number }

const ATTEMPTS_MAX = 3

export class Newcomers {
  readonly #refs: RefIndex
  /** A register's own index stays free of numbers that may never come true. */
  readonly #pending: RefIndex
  readonly #fold: ((reference: string) => Uint8Array) | undefined
  /** Subject of newcomer −n at n − 1; 0 = not enrolled yet. */
  #subjects = new Int32Array(1 << 10)
  #keys: Uint8Array[] = []
  /** Of all of them or of none. */
  #folded: Uint8Array[] = []
  #count = 0

  /** `fold`: makes the folded key of a newcomer's reference; contact points have none. */
  constructor(refs: RefIndex, empty: RefIndex, fold?: (reference: string) => Uint8Array) {
    this.#fold = fold
    this.#refs = refs
    this.#pending = empty
  }

  get waiting(): number {
    return this.#keys.length
  }

  /** The subject with this key of this reference; below 0 a newcomer, the same one for the same key. */
  find(key: Uint8Array, reference = ''): number {
    const known = this.#refs.find(key)
    if (known !== 0) return known
    const pending = this.#pending.find(key)
    if (pending !== 0) return pending
    const newcomer = -++this.#count
    this.#pending.insert(key, 0, newcomer)
    this.#keys.push(key)
    if (this.#fold !== undefined) this.#folded.push(this.#fold(reference))
    return newcomer
  }

  /** The subject a newcomer has become. */
  subjectOf(newcomer: number): number {
    return this.#subjects[-newcomer - 1] ?? 0
  }

  /** Those found since the last call, to be enrolled by the caller. */
  take(): Unenrolled {
    const count = this.#keys.length
    const keys = endToEnd(this.#keys)
    const folded = this.#fold && endToEnd(this.#folded)
    this.#keys = []
    this.#folded = []
    return { first: this.#count - count + 1, keys, folded, count }
  }

  settle(taken: Unenrolled, subjects: Int32Array): void {
    const last = taken.first + taken.count - 1
    if (this.#subjects.length < last) {
      const larger = new Int32Array(2 * last)
      larger.set(this.#subjects)
      this.#subjects = larger
    }
    this.#subjects.set(subjects, taken.first - 1)
    for (let k = 0; k < taken.count; k++) this.#refs.insert(taken.keys, k * REF_KEY_BYTES, subjects[k]!)
  }
}

function endToEnd(keys: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(keys.length * REF_KEY_BYTES)
  for (const [index, key] of keys.entries()) all.set(key, index * REF_KEY_BYTES)
  return all
}

/**
 * Appends a batch that enrols `taken` and settles their numbers. Whoever another caller has enrolled meanwhile keeps
 * the number from there. Events name the batch's newcomers as `Newcomers.find` gave them.
 */
export async function appendWithNewcomers(
  register: Register,
  newcomers: Newcomers,
  taken: Unenrolled,
  draft: Omit<BatchDraft, 'enrol' | 'folded'>,
): Promise<Appended & { enrolled: number }> {
  const stated = draft.events?.subject
  let known = new Int32Array(taken.count)
  for (let attempt = 1; ; attempt++) {
    const { enrol, folded, subjects } = numberBelowZero(taken, known)
    const events =
      draft.events === undefined || stated === undefined
        ? undefined
        : { ...draft.events, subject: renumber(stated, draft.events.count, newcomers, taken, subjects) }
    try {
      const appended = await appendBatch(register, { ...draft, enrol, folded, ...(events && { events }) })
      // What an earlier call appended under this key, it may have numbered otherwise.
      if (appended.repeated) known = await findSubjects(register, taken)
      const settled = appended.repeated
        ? known
        : subjects.map((n) => (n < 0 ? appended.firstSubject - n - 1 : n))
      newcomers.settle(taken, settled)
      return { ...appended, enrolled: appended.repeated ? 0 : enrol.length / REF_KEY_BYTES }
    } catch (error) {
      const isConflict = error instanceof Problem && error.code === 'enrolment.conflict'
      if (!isConflict || attempt === ATTEMPTS_MAX) throw error
      known = await findSubjects(register, taken)
    }
  }
}

/** Keys of those without a subject, and each newcomer's subject, or −1, −2, … in the order of the keys. */
function numberBelowZero(
  taken: Unenrolled,
  known: Int32Array,
): { enrol: Uint8Array; folded: Uint8Array | undefined; subjects: Int32Array } {
  const subjects = new Int32Array(taken.count)
  const enrol = new Uint8Array(taken.keys.length)
  const folded = taken.folded && new Uint8Array(taken.keys.length)
  let count = 0
  for (let k = 0; k < taken.count; k++) {
    if (known[k] !== 0) {
      subjects[k] = known[k]!
      continue
    }
    const [from, to] = [k * REF_KEY_BYTES, (k + 1) * REF_KEY_BYTES]
    enrol.set(taken.keys.subarray(from, to), count * REF_KEY_BYTES)
    if (taken.folded !== undefined) folded?.set(taken.folded.subarray(from, to), count * REF_KEY_BYTES)
    subjects[k] = -++count
  }
  const bytes = count * REF_KEY_BYTES
  return { enrol: enrol.subarray(0, bytes), folded: folded?.subarray(0, bytes), subjects }
}

function renumber(
  stated: Int32Array,
  count: number,
  newcomers: Newcomers,
  taken: Unenrolled,
  subjects: Int32Array,
): Int32Array {
  const renumbered = stated.slice(0, count)
  for (let row = 0; row < count; row++) {
    const subject = renumbered[row]!
    if (subject > 0) continue
    renumbered[row] =
      -subject < taken.first ? newcomers.subjectOf(subject) : subjects[-subject - taken.first]!
  }
  return renumbered
}

async function findSubjects(register: Register, taken: Unenrolled): Promise<Int32Array<ArrayBuffer>> {
  const keys = Array.from({ length: taken.count }, (_, k) =>
    refKeyText(taken.keys.subarray(k * REF_KEY_BYTES, (k + 1) * REF_KEY_BYTES)),
  )
  const rows = await register.store.query<{ key: string; subject: number }>(
    'select key, subject from erasable.ref where key = any($1::uuid[])',
    [keys],
  )
  const subjects = new Map(rows.map((row) => [row.key, row.subject]))
  return Int32Array.from(keys, (key) => subjects.get(key) ?? 0)
}
