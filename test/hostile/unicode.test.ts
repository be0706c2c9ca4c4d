// One thing written in two ways, and two things that look like one: in doubt a contact point is the suppressed one, an id is
// none, and nobody's words turn those beside them around.
import { describe, expect, test } from 'vitest'
import { checkColumns } from '../../src/adapters/files/check-columns.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import { isProblem } from '../../src/model/problem.ts'
import { idPattern } from '../../src/policy/schemas.ts'
import { isDeceptive } from '../../src/policy/text-shape.ts'
import { foldedRefKey, refKey } from '../../src/register/ref-key.ts'
import { testKeys } from '../register/open-on.ts'

const email = (value: string) => contactRef({ kind: 'email', value }, 'GB')?.value
const phone = (value: string) => contactRef({ kind: 'phone', value }, 'GB')?.value
const address = (name: string, value: string) => contactRef({ kind: 'address', name, value }, 'GB')?.value

describe('a suppressed e-mail address is known again', () => {
  const suppressed = email('kim.strasse@example.org')
  test.each([
    ['in capitals', 'KIM.STRASSE@EXAMPLE.ORG'],
    ['with a Kelvin sign', '\u212aim.strasse@example.org'],
    ['with ß', 'kim.straße@example.org'],
    ['with capital ß', 'kim.straẞe@example.org'],
    ['with a dotted capital İ', 'kİm.strasse@example.org'],
    ['with a dotless ı', 'kım.strasse@example.org'],
    ['in full-width letters', 'ｋｉｍ．ｓｔｒａｓｓｅ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
    ['in mathematical letters', '𝐤𝐢𝐦.𝐬𝐭𝐫𝐚𝐬𝐬𝐞@example.org'],
    ['with a ligature', 'kim.ſtrasse@example.org'],
    ['with Cyrillic letters', 'kіm.ѕtrаssе@ехаmрlе.оrg'],
    ['with Greek letters', 'κim.strαsse@example.org'],
    ['with zero-width characters', 'k\u200bi\u200cm\u200d.\u2060strasse@exam\u00adple.org'],
    ['with marks of direction', '\u202ekim.strasse@example.org\u202c'],
    ['with a byte order mark', '\ufeffkim.strasse@example.org'],
    ['with NUL and other controls', 'kim\0.strasse\u0007@example.org'],
    ['with spaces', ' kim . strasse @ example . org '],
    ['between angles', 'Kim Strasse <kim.strasse@example.org>'],
  ])('%s', (_, written) => {
    expect(suppressed).toBe('kim.strasse@example.org')
    expect(email(written)).toBe(suppressed)
  })

  test('with a combining mark as with the letter it makes', () => {
    expect(email('jose\u0301@example.org')).toBe(email('josé@example.org'))
    expect(email('a@bu\u0308cher.example')).toBe(email('a@xn--bcher-kva.example'))
  })
})

test('so are a telephone number and an address', () => {
  const number = phone('+44 20 7946 0000')
  for (const written of [
    '０２０ ７９４６ ００００',
    '\u202d020\u200b7946 0000\u202c',
    '(020) 7946\u00a00000',
    '+44\u2011(0)20-7946-0000',
  ])
    expect(phone(written)).toBe(number)
  const house = address('Łucja Strauß', '1 Rue de l’Église, AB1 2CD')
  for (const [name, value] of [
    ['ŁUCJA STRAUSS', '1 rue de l\u0027E\u0301glise AB1 2CD'],
    ['Łu\u200bcja  Strauß', '１ Rue de l’Église，ＡＢ１　２ＣＤ'],
  ])
    expect(address(name!, value!)).toBe(house)
})

test('what is no text at all is no contact point, and nothing fails', () => {
  for (const value of [
    '\ud800@example.org',
    '\udc00',
    '\ufffd',
    '\0',
    '\u202e',
    'a@\ud800.org',
    '\u{10ffff}@x.org',
  ]) {
    expect(phone(value)).toBeUndefined()
    expect(() => [email(value), address(value, value)]).not.toThrow()
  }
})

test('a reference is one, composed or not and whatever its width; folded, without what nobody sees', () => {
  const keys = testKeys()
  const key = (value: string) => Buffer.from(refKey(keys, 'member', value)).toString('hex')
  const folded = (value: string) => Buffer.from(foldedRefKey(keys, 'member', value)).toString('hex')
  expect(key('Ｍ１é')).toBe(key('M1e\u0301'))
  for (const value of ['m\u200b-0012', '\u202eM0012', 'Ｍ 0012', 'M\u00ad0012'])
    expect(folded(value)).toBe(folded('M0012'))
  expect(folded('M0012')).not.toBe(folded('M0013'))
})

test('an id is lower-case letters, digits and hyphens of ASCII', () => {
  for (const id of ['acorn', 'little-acorn-2']) expect(idPattern.test(id)).toBe(true)
  for (const id of [
    'Acorn',
    'асorn',
    'acorn\n',
    'acorn\0',
    'ａcorn',
    'acorn\u200b',
    '__proto__',
    'ſ',
    'K',
    '1\u0301',
  ])
    expect(idPattern.test(id)).toBe(false)
})

test('a text of a policy turns nothing around and hides nothing', () => {
  for (const text of ['a\u202eb', 'a\u2066b', 'a\0b', 'a\x1b[2Jb', 'a\x9bb', 'a\x7fb', 'a\ud800b', '\udc00'])
    expect(isDeceptive(text)).toBe(true)
  for (const text of ['Łódź', 'e\u0301', '𝒜', 'שלום', 'a\tb', 'a\nb']) expect(isDeceptive(text)).toBe(false)
})

test('two columns that differ in nothing one could see are two, and are never taken for one', () => {
  expect(() => checkColumns(['name', 'na\u200bme', 'nаme'], 'people.csv')).not.toThrow()
  const faults = (yaml: string) => {
    try {
      readMapping('mapping.yaml', yaml)
      return 0
    } catch (error) {
      return isProblem(error) ? error.findings.length : -1
    }
  }
  expect(
    faults(
      'source: "a\\u202eb"\nkind: objection\nperson: {column: a, kind: member}\nat: {column: b}\ngrade: B\nqualifier: marketing\n',
    ),
  ).toBeGreaterThan(0)
})
