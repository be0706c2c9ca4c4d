// Contact points as people write them: one form for each, and none for what nobody can be reached by.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contactRef,
  normaliseAddress,
  normaliseEmail,
  normalisePhone,
} from '../../src/intake/normalise-contact.ts'
import { refKeyOf } from '../../src/register/ref-key.ts'
import { testKeys } from '../register/open-on.ts'

describe('an e-mail address', () => {
  it.each([
    ['small letters', 'Jane.Doe@Example.ORG', 'jane.doe@example.org'],
    ['spaces', '  jane@example.org ', 'jane@example.org'],
    ['spaces within', 'jane @ example.org', 'jane@example.org'],
    ['full width', 'ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ', 'jane@example.org'],
    ['Cyrillic lookalikes', 'jаnе@exаmple.org', 'jane@example.org'],
    ['Greek lookalikes', 'jοhn@example.οrg', 'john@example.org'],
    ['no width at all', 'ja\u200bne@exam\u00adple.org', 'jane@example.org'],
    ['an address in brackets', 'Jane Doe <jane@example.org>', 'jane@example.org'],
    ['a link', 'mailto:jane@example.org', 'jane@example.org'],
    ['a root', 'jane@example.org.', 'jane@example.org'],
    ['a Turkish capital', 'İREM@example.org', 'irem@example.org'],
    ['a domain that is not ASCII', 'jane@Bücher.example', 'jane@xn--bcher-kva.example'],
    ['the same in ASCII', 'jane@XN--BCHER-KVA.example', 'jane@xn--bcher-kva.example'],
    ['a Cyrillic domain', 'anna@почта.рф', 'anna@xn--80a1acny.xn--p1ai'],
    ['dots and a plus, which stay', 'j.a.ne+club@gmail.com', 'j.a.ne+club@gmail.com'],
  ])('with %s has one form', (_, text, form) => {
    expect(normaliseEmail(text)).toBe(form)
    expect(normaliseEmail(form)).toBe(form)
  })

  it.each([
    '',
    'jane',
    '@example.org',
    'jane@',
    'jane@localhost',
    'a@b.org, c@d.org',
    'a@b@c.org',
    'jane@1.2.3.4',
    'jane@exa mple/x.org',
    `${'a'.repeat(400)}@b.org`,
  ])('is none: %s', (text) => expect(normaliseEmail(text)).toBeUndefined())
})

describe('a telephone number', () => {
  it.each([
    ['020 7946 0018', '442079460018'],
    ['(020) 7946-0018', '442079460018'],
    ['+44 20 7946 0018', '442079460018'],
    ['+44 (0)20 7946 0018', '442079460018'],
    ['(+44) 20 7946 0018', '442079460018'],
    ['0044 20 7946 0018', '442079460018'],
    ['00 44 (0) 20 7946 0018', '442079460018'],
    ['442079460018', '442079460018'],
    ['2079460018', '442079460018'],
    ['０２０ ７９４６ ００１８', '442079460018'],
    ['020 7946 0018 ext. 12', '442079460018'],
    ['020 7946 0018 x12', '442079460018'],
    ['tel:+44-20-7946-0018;ext=12', '442079460018'],
    ['+1 212 555 0123', '12125550123'],
    ['+39 06 6982 0000', '390669820000'],
  ])('%s has one form', (text, form) => {
    expect(normalisePhone(text, 'GB')).toBe(form)
    expect(normalisePhone(`+${form}`, 'GB')).toBe(form)
  })

  it('is dialled from its country', () => {
    expect(normalisePhone('01 23 45 67 89', 'FR')).toBe('33123456789')
    expect(normalisePhone('06 6982 0000', 'IT')).toBe('390669820000')
    expect(normalisePhone('030 123456', undefined)).toBe(normalisePhone('30 123456', undefined))
    expect(normalisePhone('030 123456', undefined)).not.toBe(normalisePhone('+30123456', undefined))
  })

  it.each([
    '',
    '12',
    'none',
    '0000000000',
    '99999999999',
    '020 7946 0018 or 0019',
    '+44 20 +44 20',
    '1'.repeat(80),
    '12345678901234567',
  ])('is none: %s', (text) => expect(normalisePhone(text, 'GB')).toBeUndefined())
})

describe('a name with an address', () => {
  it('is letters and digits', () => {
    const form = 'joseoneill 12highstreethamsw1a1aa'
    expect(normaliseAddress("José O'Neill", '12, High Street\nHam\nSW1A 1AA')).toBe(form)
    expect(normaliseAddress('JOSE O’NEILL', '12 HIGH STREET, HAM, SW1A1AA')).toBe(form)
    expect(normaliseAddress('Groß', 'Weg 1')).toBe(normaliseAddress('GROSS', 'Weg 1'))
    expect(normaliseAddress('GROẞ', 'Weg 1')).toBe(normaliseAddress('Groß', 'Weg 1'))
    expect(normaliseAddress('Γιώργος', 'ΟΔΟΣ 1')).toBe(normaliseAddress('ΓΙΏΡΓΟΣ', 'οδος1'))
  })

  it('is none without the name: a house is nobody', () => {
    expect(normaliseAddress('', '12 High Street')).toBeUndefined()
    expect(normaliseAddress('-', '12 High Street')).toBeUndefined()
    expect(normaliseAddress('Ann', ' , ')).toBeUndefined()
    expect(normaliseAddress('Ann 1', 'High Street')).not.toBe(normaliseAddress('Ann', '1 High Street'))
  })
})

describe('a reference', () => {
  it('is hashed under the version of its form, and never in another form', () => {
    const ref = contactRef({ kind: 'email', value: 'JANE@example.org' }, 'GB')!
    expect(ref).toEqual({ kind: 'email/1', value: 'jane@example.org' })
    expect(() => refKeyOf(testKeys(), { kind: 'email', value: 'JANE@example.org' })).toThrow(/normal form/)
  })

  it('is in its normal form once it has been through it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const email = normaliseEmail(`${text}@example.org`)
        if (email !== undefined) expect(normaliseEmail(email)).toBe(email)
        const phone = normalisePhone(text, 'GB')
        if (phone !== undefined) expect(normalisePhone(`+${phone}`, 'GB')).toBe(phone)
        const address = normaliseAddress(text, text)
        if (address !== undefined)
          expect(normaliseAddress(...(address.split(' ') as [string, string]))).toBe(address)
      }),
      { numRuns: 2_000 },
    )
  })
})
