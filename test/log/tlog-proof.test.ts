// Checkpoints and proofs as texts: exactly one spelling, under one key, of one entry.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '../../src/log/checkpoint.ts'
import { LogError } from '../../src/log/log-error.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { encodeVerifierKey, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { tileTree } from '../../src/log/tile-tree.ts'
import { encodeProof, parseProof, verifyProof } from '../../src/log/tlog-proof.ts'

const signer = { name: 'log.example.com/a', ...signerFromSeed(new Uint8Array(32).fill(9)) }
const log = parseVerifierKey(encodeVerifierKey(signer.name, signer.publicKey))
const entries = Array.from({ length: 200 }, (_, n) => Buffer.from(`entry ${n}`))
const growth = new TileGrowth()
growth.add(Buffer.concat(entries.map(leafHash)))
const [tile] = growth.partials()
const tree = tileTree(200, async () => tile!.hashes)
const checkpoint = signCheckpoint({ size: 200, root: growth.root() }, signer)

/** From c2sp.org/tlog-checkpoint; its key is not published. */
const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
`

describe('a checkpoint', () => {
  test('is read from the example of the specification', () => {
    expect(parseCheckpoint(example)).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
    })
  })

  test('opens under the key of the log', () => {
    expect(openCheckpoint(checkpoint, log)).toEqual({ size: 200, root: growth.root() })
  })

  test('of another origin, though the key signed it, is refused', () => {
    expect(codeOf(() => openCheckpoint(signNote(example, signer), log))).toBe('checkpoint.malformed')
  })

  test.each([
    ['an extension line', `${example}more\n`],
    ['no root', 'a\n1\n'],
    ['an empty origin', example.replace(/^.*/, '')],
    ['a leading zero', example.replace('2085', '02085')],
    ['a sign', example.replace('2085', '+2085')],
    ['an empty size', example.replace('20852163', '')],
    ['a size beyond 2^53', example.replace('20852163', '9007199254740993')],
    ['a short root', example.replace('q2I=', '')],
    ['a root with stray bits', example.replace('q2I=', 'q2J=')],
    ['a root in other letters', example.replace('+', '-').replace('/', '_').replace('/Xajj7h', '_Xajj7h')],
    ['no final newline', example.slice(0, -1)],
  ])('with %s is refused', (_, text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe('checkpoint.malformed')
  })
})

describe('a proof', () => {
  test('of every entry verifies, and of no other', async () => {
    for (const [index, entry] of entries.entries()) {
      const proof = encodeProof({ index, hashes: await tree.inclusionProof(index), checkpoint })
      expect(verifyProof(proof, entry, log)).toEqual({ index, tree: { size: 200, root: growth.root() } })
      expect(codeOf(() => verifyProof(proof, entries[(index + 1) % 200]!, log))).toBe('proof.invalid')
    }
  })

  test('does not verify with any one bit of its text changed', async () => {
    const proof = Buffer.from(encodeProof({ index: 77, hashes: await tree.inclusionProof(77), checkpoint }))
    const verify = (text: Buffer) => verifyProof(text.toString('utf8'), entries[77]!, log)
    expect(verify(proof).index).toBe(77)
    for (let at = 0; at < proof.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(proof)
        changed[at]! ^= 1 << bit
        expect(
          codeOf(() => verify(changed)),
          `bit ${bit} of byte ${at}`,
        ).toBeDefined()
      }
  })

  test('is read as it was written, with extra data or without', () => {
    const parts = fc.record({
      index: fc.nat(),
      hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 53 }),
      extra: fc.option(fc.uint8Array(), { nil: undefined }),
    })
    fc.assert(
      fc.property(parts, ({ index, hashes, extra }) => {
        const proof = { index, hashes, checkpoint, ...(extra && { extra }) }
        expect(parseProof(encodeProof(proof))).toEqual(proof)
      }),
    )
  })

  const good = encodeProof({ index: 0, hashes: [growth.root()], checkpoint })
  test.each([
    ['another version', good.replace('@v1', '@v2')],
    ['no index', good.replace(/index 0\n/, '')],
    ['a leading zero', good.replace('index 0', 'index 00')],
    ['extra data after the index', good.replace('index 0', 'index 0\nextra AAAA')],
    ['extra data twice', good.replace('index', 'extra AAAA\nextra AAAA\nindex')],
    ['a short hash', good.replace('index 0', 'index 0\nAAAA')],
    ['a carriage return', good.replaceAll('\n', '\r\n')],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n'))],
    ['54 hashes', encodeProof({ index: 0, hashes: Array(54).fill(growth.root()), checkpoint })],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(codeOf(() => parseProof(text))).toBe('proof.malformed')
  })
})

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof LogError) return error.code
    throw error
  }
  return undefined
}
