// Notes and verifier keys: the specification's own example, and everything a forger or a bad copy could change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { toBase64 } from '../../src/log/base64.ts'
import { LogError } from '../../src/log/log-error.ts'
import {
  encodeVerifierKey,
  keyId,
  type NoteSigner,
  openNote,
  parseVerifierKey,
  signNote,
} from '../../src/log/signed-note.ts'
import { changeEachByte, unnoticed } from './change-each-byte.ts'

/** From c2sp.org/signed-note. */
const exampleKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const exampleNote = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`
/** From the tests of golang.org/x/mod/sumdb/note. */
const peterNeumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'

const signers = Array.from({ length: 120 }, (_, n) => signerOf(`example.com/${n}`, n))
const [alice, bob] = signers as [NoteSigner, NoteSigner]

describe('the example of the specification', () => {
  test('opens under its key', () => {
    const { text, signatures } = openNote(exampleNote, [parseVerifierKey(exampleKey)])
    expect(text).toBe('This is an example message.\n')
    expect(signatures.map(({ name }) => name)).toEqual(['example.com/foo'])
  })

  test('does not open with any one of its bytes changed', async () => {
    const verifiers = [parseVerifierKey(exampleKey)]
    const { asked, missed } = await unnoticed(
      changeEachByte(Buffer.from(exampleNote)),
      (bytes) => codeOf(() => openNote(bytes, verifiers)) !== undefined,
    )
    expect(missed).toEqual([])
    expect(asked).toBeGreaterThan(20 * exampleNote.length)
  })

  test('does not open when cut short anywhere', () => {
    for (let length = 0; length < exampleNote.length; length++)
      expect(codeOf(() => openNote(exampleNote.slice(0, length), [parseVerifierKey(exampleKey)]))).toMatch(
        /^note\./,
      )
  })
})

describe('a verifier key', () => {
  test.each([exampleKey, peterNeumann])('is read and written back letter for letter: %s', (text) => {
    const { name, publicKey } = parseVerifierKey(text)
    expect(encodeVerifierKey(name, publicKey)).toBe(text)
  })

  test('is refused when cut short, changed in one letter, or continued', () => {
    for (let at = 0; at < peterNeumann.length; at++) {
      expect(codeOf(() => parseVerifierKey(peterNeumann.slice(0, at)))).toBe('key.malformed')
      for (const letter of ['+', 'A', 'a', '0', '=', ' ', '\n']) {
        const mangled = peterNeumann.slice(0, at) + letter + peterNeumann.slice(at + 1)
        if (mangled !== peterNeumann) expect(codeOf(() => parseVerifierKey(mangled))).toBe('key.malformed')
      }
    }
    for (const more of [' ', '\n', 'A', '=', '+'])
      expect(codeOf(() => parseVerifierKey(peterNeumann + more))).toBe('key.malformed')
  })

  test('of another signature type is refused', () => {
    const typed = new Uint8Array(33)
    typed[0] = 4
    const id = keyId('witness.example', typed.subarray(1)).toString(16).padStart(8, '0')
    expect(codeOf(() => parseVerifierKey(`witness.example+${id}+${toBase64(typed)}`))).toBe('key.malformed')
  })

  test.each(['', 'two words', 'a+b', 'line\nbreak', 'no\u00a0break', 'half\ud800'])(
    'has no such name: %j',
    (name) => {
      expect(codeOf(() => encodeVerifierKey(name, alice.publicKey))).toBe('key.malformed')
    },
  )
})

describe('opening', () => {
  const text = 'Ognuno sta solo\n\nsul cuor della terra\n'
  const note = signNote(text, alice)

  test('gives back any text that was signed, and who signed', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/\p{Cc}/gu, '')))
    fc.assert(
      fc.property(lines, (parts) => {
        const signed = `${parts.join('\n')}\n`
        expect(openNote(signNote(signed, alice), [verifierOf(alice)]).text).toBe(signed)
      }),
    )
  })

  test('passes over keys it does not know, sharing a name or an id with one it knows', () => {
    const namesake = signerOf(alice.name, 77)
    const both = note + signatureLine(signNote(text, namesake)) + signatureLine(signNote(text, bob))
    expect(openNote(both, [verifierOf(alice)]).signatures).toEqual([verifierOf(alice)])
    expect(openNote(both, [verifierOf(bob), verifierOf(alice)]).signatures).toHaveLength(2)
  })

  test('refuses the note when a known key fails, though another one holds', () => {
    const forged = note + signatureLine(signNote('Something else\n', bob))
    expect(openNote(forged, [verifierOf(alice)]).text).toBe(text)
    expect(codeOf(() => openNote(forged, [verifierOf(alice), verifierOf(bob)]))).toBe('note.unsigned')
    const repeated = note + signatureLine(signNote('Something else\n', alice))
    expect(codeOf(() => openNote(repeated, [verifierOf(alice)]))).toBe('note.unsigned')
  })

  test('refuses a note that nobody known signed', () => {
    expect(codeOf(() => openNote(note, [verifierOf(bob)]))).toBe('note.unsigned')
    expect(codeOf(() => openNote(note, []))).toBe('note.unsigned')
  })

  test('takes sixteen signatures, and a hundred, and has a limit', () => {
    const lines = signers.map((signer) => signatureLine(signNote(text, signer)))
    const withSignatures = (count: number) => `${text}\n${lines.slice(0, count).join('')}`
    const verifiers = signers.map(verifierOf)
    expect(openNote(withSignatures(16), verifiers).signatures).toHaveLength(16)
    expect(openNote(withSignatures(100), verifiers).signatures).toHaveLength(100)
    expect(codeOf(() => openNote(withSignatures(101), verifiers))).toBe('note.malformed')
  })

  test('refuses a note that a known key signed twice, which the specification leaves open; of unknown keys it does not ask', () => {
    const twice = note + signatureLine(note)
    expect(() => openNote(twice, [verifierOf(alice)])).toThrow(
      new LogError('note.malformed', 'signature 2: second of one key'),
    )
    const byOthers = signatureLine(signNote(text, bob)).repeat(2)
    expect(openNote(note + byOthers, [verifierOf(alice)]).signatures).toEqual([verifierOf(alice)])
    expect(codeOf(() => openNote(note + byOthers, [verifierOf(alice), verifierOf(bob)]))).toBe(
      'note.malformed',
    )
  })

  test('names the line and the character that no note holds', () => {
    const placeOf = (broken: string) => {
      try {
        openNote(broken, [verifierOf(alice)])
      } catch (error) {
        if (error instanceof LogError) return error.place
        throw error
      }
      return undefined
    }
    expect(placeOf(note.replaceAll('\n', '\r\n'))).toBe('line 1: carriage return U+000D')
    expect(placeOf(note.replace('terra\n', 'terra\r\n'))).toBe('line 3: carriage return U+000D')
    expect(placeOf(note.replace('solo', 'so\tlo'))).toBe('line 1: U+0009')
    expect(placeOf(note.replace('cuor', '\ud800'))).toBe('line 3: U+D800')
  })

  test('refuses two known keys that cannot be told apart', () => {
    expect(codeOf(() => openNote(note, [verifierOf(alice), { ...verifierOf(alice) }]))).toBe('key.malformed')
  })

  test.each([
    ['no final newline', note.slice(0, -1)],
    ['no blank line', note.replace(/\n\n(?=—)/, '\n')],
    ['a tab in the text', note.replace('solo', 'so\tlo')],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['two spaces before the signature', note.replace(/ (?=\S+\n$)/, '  ')],
    ['a signature of four bytes', note.replace(/\S+\n$/, 'AAAAAA==\n')],
    ['a signature with stray bits', note.replace(/\S+\n$/, 'AAAAAAB=\n')],
    ['a signature without padding', note.replace(/=+\n$/, '\n')],
    ['a line after the signatures', `${note}\n`],
    ['half a surrogate pair', note.replace('solo', '\ud800')],
    ['a byte that is not UTF-8', Buffer.from(note.replace('solo', '\u00ff'), 'latin1')],
  ])('refuses %s', (_, broken) => {
    expect(codeOf(() => openNote(broken, [verifierOf(alice)]))).toBe('note.malformed')
  })

  test('does not take a byte order mark away, which would open what was not signed', () => {
    expect(codeOf(() => openNote(Buffer.from(`\ufeff${note}`), [verifierOf(alice)]))).toBe('note.unsigned')
  })
})

test.each(['', 'no newline', 'tab\t\n', 'half \ud800\n'])('a text like %j is not signed', (text) => {
  expect(codeOf(() => signNote(text, alice))).toBe('note.malformed')
})

function signerOf(name: string, seed: number): NoteSigner {
  return { name, ...signerFromSeed(new Uint8Array(32).fill(seed + 1)) }
}

function verifierOf({ name, publicKey }: NoteSigner) {
  return parseVerifierKey(encodeVerifierKey(name, publicKey))
}

function signatureLine(note: string): string {
  return note.slice(note.lastIndexOf('\n\n') + 2)
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof LogError) return error.code
    throw error
  }
  return undefined
}
