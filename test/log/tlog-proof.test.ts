// Checkpoints and proofs as texts: exactly one spelling, under one key, of one entry.
import { createHash } from 'node:crypto'
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
import { changeEachByte, unnoticed } from './change-each-byte.ts'

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

/** From c2sp.org/tlog-proof, its signatures shortened there. */
const exampleProof = `c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw[...]1roloI=
— witness1.example mJirIklj[...]qY9v2B/5bg==
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

  test('does not open with any one of its bytes changed', async () => {
    const { asked, missed } = await unnoticed(
      changeEachByte(Buffer.from(checkpoint)),
      (bytes) => codeOf(() => openCheckpoint(bytes, log)) !== undefined,
    )
    expect(missed).toEqual([])
    expect(asked).toBeGreaterThan(20 * checkpoint.length)
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
  test('is read from the example of the specification, and written back letter for letter', () => {
    const proof = parseProof(exampleProof)
    expect(proof).toMatchObject({
      index: 73_894,
      checkpoint: exampleProof.split('\n\n').slice(1).join('\n\n'),
    })
    expect([proof.hashes.length, proof.extra?.length]).toEqual([5, 39])
    expect(parseCheckpoint(proof.checkpoint.slice(0, proof.checkpoint.indexOf('\n\n') + 1))).toMatchObject({
      origin: 'example.com/fancylog',
      size: 109_482,
    })
    expect(encodeProof(proof)).toBe(exampleProof)
    // What is shortened is no signature.
    expect(codeOf(() => verifyProof(exampleProof, entries[0]!, log))).toBe('note.malformed')
  })

  test('is written as the implementation of transparency-dev writes it', () => {
    const [one, two] = ['hash1', 'hash2'].map((text) => createHash('sha256').update(text).digest())
    const [first, second] = [one!, two!].map((hash) => hash.toString('base64'))
    const extra = Buffer.from('extra information')
    expect([
      encodeProof({ index: 5, hashes: [one!, two!], checkpoint: 'test checkpoint\n' }),
      encodeProof({ index: 10, hashes: [one!], checkpoint: 'checkpoint data\n', extra }),
      encodeProof({ index: 0, hashes: [], checkpoint: 'checkpoint\n' }),
    ]).toEqual([
      `c2sp.org/tlog-proof@v1\nindex 5\n${first}\n${second}\n\ntest checkpoint\n`,
      `c2sp.org/tlog-proof@v1\nextra ${extra.toString('base64')}\nindex 10\n${first}\n\ncheckpoint data\n`,
      'c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n',
    ])
  })

  test('of every entry verifies, and of no other', async () => {
    for (const [index, entry] of entries.entries()) {
      const proof = encodeProof({ index, hashes: await tree.inclusionProof(index), checkpoint })
      expect(verifyProof(proof, entry, log)).toEqual({ index, tree: { size: 200, root: growth.root() } })
      expect(codeOf(() => verifyProof(proof, entries[(index + 1) % 200]!, log))).toBe('proof.invalid')
    }
  })

  test('does not verify with any one of its bytes changed', async () => {
    const proof = Buffer.from(encodeProof({ index: 77, hashes: await tree.inclusionProof(77), checkpoint }))
    const verify = (text: Uint8Array) => verifyProof(Buffer.from(text).toString('utf8'), entries[77]!, log)
    expect(verify(proof).index).toBe(77)
    const { asked, missed } = await unnoticed(
      changeEachByte(proof),
      (bytes) => codeOf(() => verify(bytes)) !== undefined,
    )
    expect(missed).toEqual([])
    expect(asked).toBeGreaterThan(20 * proof.length)
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
