// One normal form per contact point.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ContactPointKind, normaliseContactPoint } from '../../src/intake/contact-point.ts'

const kinds: ContactPointKind[] = ['email', 'phone', 'address']

describe('a contact point', () => {
  it.each<[ContactPointKind, string, string | undefined]>([
    ['email', ' Anna.Smith@Example.ORG ', 'anna.smith@example.org'],
    ['email', 'ａnna@example.org', 'anna@example.org'],
    ['email', 'anna@MÜNCHEN.example.', 'anna@xn--mnchen-3ya.example'],
    ['email', 'STRASSE@example.org', 'strasse@example.org'],
    ['email', 'straße@example.org', 'strasse@example.org'],
    ['email', 'anna', undefined],
    ['email', 'anna@', undefined],
    ['email', '@example.org', undefined],
    ['email', 'a b@example.org', undefined],
    ['phone', '07700 900123', '+447700900123'],
    ['phone', '+44 (0)7700 900-123', '+447700900123'],
    ['phone', '0044 7700 900123', '+447700900123'],
    ['phone', '447700900123', '+447700900123'],
    ['phone', '7700900123', '+447700900123'],
    ['phone', '+33 1 70 18 99 00', '+33170189900'],
    ['phone', 'call me', undefined],
    ['phone', '12', undefined],
    ['address', '1 High  Street, Town, zz1 1zz', 'ZZ11ZZ|1 high street'],
    ['address', '1, High Street\nTown\nZZ1 1ZZ', 'ZZ11ZZ|1 high street'],
    ['address', '1 High Street, Town ZZ1 1ZZ', 'ZZ11ZZ|1 high street'],
    ['address', 'ZZ1 1ZZ', undefined],
    ['address', 'ZZ11ZZ|1 HIGH STREET.', 'ZZ11ZZ|1 high street'],
    ['address', '1 High Street', undefined],
  ])('%s %j is %s', (kind, text, expected) => {
    expect(normaliseContactPoint(kind, text)).toBe(expected)
  })

  it('in normal form is its own normal form', () => {
    const domain = fc.constantFrom('example.org', 'EXAMPLE.ORG', 'bücher.example', 'İstanbul.example')
    const email = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), domain)
      .map((parts) => parts.join('@'))
    const phone = fc.string({ unit: fc.constantFrom(...'+0123456789 ()-.'), maxLength: 18 })
    const address = fc
      .tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('ZZ1 1ZZ', 'zz99 9zz'))
      .map((p) => p.join(', '))
    fc.assert(
      fc.property(
        fc.oneof(email, phone, address, fc.string({ unit: 'grapheme' })),
        fc.constantFrom(...kinds),
        (text, kind) => {
          const once = normaliseContactPoint(kind, text)
          if (once !== undefined) expect(normaliseContactPoint(kind, once)).toBe(once)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('does not depend on case, width or surrounding space', () => {
    const local = fc.string({ unit: fc.constantFrom(...'abcxyz.+_0189'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(local, (name) => {
        const plain = normaliseContactPoint('email', `${name}@example.org`)
        expect(normaliseContactPoint('email', `  ${name.toUpperCase()}@EXAMPLE.org\t`)).toBe(plain)
        expect(normaliseContactPoint('email', `${name}@ｅxample.org`)).toBe(plain)
      }),
    )
  })
})
