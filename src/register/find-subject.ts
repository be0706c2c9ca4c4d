// From a reference to the person enrolled under it.
import { copyLines } from './copy-lines.ts'
import { RefIndex } from './ref-index.ts'
import { type PersonRef, REF_KEY_BYTES, refKeyOf, refKeyText } from './ref-key.ts'
import type { Register } from './register.ts'

/** The subject number, or undefined when nobody is enrolled under this reference. */
export async function findSubject(register: Register, ref: PersonRef): Promise<number | undefined> {
  const [found] = await register.store.query<{ subject: number }>(
    'select subject from erasable.ref where key = $1::uuid',
    [refKeyText(refKeyOf(register.keys, ref))],
  )
  return found?.subject
}

const UUID_CHARACTERS = 36
const DASH = 0x2d

/** What a process has read of a register's references, and up to which position. */
const loaded = new WeakMap<Register['store'], { index: RefIndex; position: number; epoch: number }>()

/**
 * All references as they are now. People enrolled later are the caller's to insert. Read once per process and then only
 * what has come since: references are added at positions and never changed. They go only where an epoch ends.
 */
export async function loadRefIndex(register: Register): Promise<RefIndex> {
  const [head] = await register.store.query<{ position: number; epoch: number }>(
    'select position, epoch from register.head',
  )
  const { position, epoch } = head!
  const before = loaded.get(register.store)
  const known = before?.epoch === epoch ? before : { index: new RefIndex(), position: 0 }
  await addReferences(register, known.index, known.position, position)
  loaded.set(register.store, { index: known.index, position, epoch })
  return known.index
}

async function addReferences(
  register: Register,
  index: RefIndex,
  after: number,
  upTo: number,
): Promise<void> {
  const key = new Uint8Array(REF_KEY_BYTES)
  const sql = `select key, subject from erasable.ref where position > ${after} and position <= ${upTo}`
  for await (const lines of copyLines(register.store, sql)) {
    for (let at = 0; at < lines.length; ) {
      readUuid(lines, at, key)
      at += UUID_CHARACTERS + 1
      let subject = 0
      for (; lines[at] !== 0x0a; at++) subject = 10 * subject + lines[at]! - 0x30
      at++
      index.insert(key, 0, subject)
    }
  }
}

function readUuid(text: Uint8Array, from: number, into: Uint8Array): void {
  let at = from
  for (let i = 0; i < REF_KEY_BYTES; i++) {
    if (text[at] === DASH) at++
    into[i] = (hexDigit(text[at]!) << 4) | hexDigit(text[at + 1]!)
    at += 2
  }
}

/** PostgreSQL writes uuids in lower case. */
function hexDigit(character: number): number {
  return character < 0x3a ? character - 0x30 : character - 0x57
}
