// Signed documents are read strictly: one value has one text, and what is not foreseen is refused with its place.
import { expect, test } from 'vitest'
import {
  count,
  listOf,
  members,
  oneOf,
  readDocument,
  sha256,
  text,
} from '../../src/evidence/document-shape.ts'

type Letter = { format: 'letter@v1'; to: { name: string }[]; pages: number; seal?: string }
const letter = members<Letter>(
  { format: oneOf('letter@v1'), to: listOf(members<{ name: string }>({ name: text }, {})), pages: count },
  { seal: sha256 },
)
const read = (written: string | Uint8Array) => readDocument(Buffer.from(written), letter)

test('a document in its canonical form is read, with members that may be there and those that must', () => {
  const written = '{"format":"letter@v1","pages":2,"to":[{"name":"Zoë"}]}'
  expect(read(written)).toEqual({ value: { format: 'letter@v1', pages: 2, to: [{ name: 'Zoë' }] } })
  expect(read(written.replace(',"to"', `,"seal":"${'a'.repeat(64)}","to"`)).fault).toBeUndefined()
})

test.each([
  ['{"format":"letter@v1","pages":2, "to":[]}', 'character 32', 'is not canonical JSON'],
  ['{"format":"letter@v1","pages":2,"to":[]}\n', 'character 40', 'is not canonical JSON'],
  ['{"pages":2,"format":"letter@v1","to":[]}', 'character 2', 'is not canonical JSON'],
  ['{"format":"letter@v1","pages":1,"pages":2,"to":[]}', 'character 30', 'is not canonical JSON'],
  ['{"format":"letter@v1","pages":2.0,"to":[]}', 'character 31', 'is not canonical JSON'],
  ['{"format":"letter@v1","pages":2,"to":[{"name":"\\u0061"}]}', 'character 47', 'is not canonical JSON'],
  ['{"format":"letter@v1","pages":2.5,"to":[]}', 'pages', 'is no whole number'],
  ['{"format":"letter@v1","pages":-1,"to":[]}', 'pages', 'is no whole number'],
  ['{"format":"letter@v1","pages":9007199254740992,"to":[]}', 'pages', 'is no whole number'],
  ['{"format":"letter@v2","pages":2,"to":[]}', 'format', 'is not letter@v1'],
  ['{"format":"letter@v1","pages":2}', 'to', 'is missing'],
  ['{"__proto__":{},"format":"letter@v1","pages":2,"to":[]}', '__proto__', 'is not known'],
  ['{"format":"letter@v1","pages":2,"to":[{"name":"a"},{"name":1}]}', 'to[1].name', 'is no text'],
  ['{"format":"letter@v1","pages":2,"to":{}}', 'to', 'is no list'],
  [
    '{"format":"letter@v1","pages":2,"seal":"A","to":[]}',
    'seal',
    'is not a SHA-256 in lower-case hexadecimal',
  ],
  ['{"format":"letter@v1",]', 'byte 22', 'is not JSON'],
  ['null', '', 'is no object'],
])('%s is refused at %s', (written, at, found) => {
  expect(read(written).fault).toEqual({ at, found })
})

test('bytes that are not UTF-8 are refused with the first of them, a byte order mark too', () => {
  const bytes = Buffer.from('{"format":"letter@v1","pages":2,"to":[{"name":"Zoe"}]}')
  bytes[47] = 0xff
  expect(read(bytes).fault).toEqual({ at: 'byte 47', found: 'is not UTF-8' })
  expect(read(`\ufeff${'{"format":"letter@v1","pages":2,"to":[]}'}`).fault?.found).toBe('is not JSON')
})

test('the name of an unknown member is shown without what could steer a terminal', () => {
  expect(read('{"\\u001b[2J":1,"format":"letter@v1","pages":2,"to":[]}').fault?.at).toBe('??2J')
})
