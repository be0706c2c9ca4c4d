import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, equalBytes, fromHex, toHex, utf8 } from '../../src/log/bytes.ts'

const seed = 20180503

describe('bytes', () => {
  test('say what a Buffer says of the same bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (parts) => {
        const joined = Buffer.concat(parts)
        expect(toHex(concatBytes(parts))).toBe(joined.toString('hex'))
        expect(fromHex(joined.toString('hex'))).toEqual(new Uint8Array(joined))
      }),
      { seed },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8(text)).toEqual(new Uint8Array(Buffer.from(text, 'utf8')))
      }),
      { seed },
    )
  })

  test('are equal only when every byte is, and none is over', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false)
    expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true)
  })

  test.each(['A0', 'a', '0g', ' 00', '00\n', '0x00', '+1', '1.'])('refuse %j as hexadecimal', (text) => {
    expect(fromHex(text)).toBeUndefined()
  })
})
