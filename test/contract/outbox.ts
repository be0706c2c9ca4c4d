// What every outbox promises; each adapter's test runs this suite.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/model/canonical.ts'
import type { Outbox } from '../../src/release/outbox.ts'

const release = '3-acorn-post@41'
const removal = '3-acorn-post@41.removal-2'
const recipient = 'little-acorn-foods'

/** `open` again on the same place gives what a process started later sees. */
export function describeOutbox(
  name: string,
  make: () => { open(): Outbox; treePath(release: string, tree: string): string },
): void {
  describe(`an outbox of ${name}`, () => {
    let open: () => Outbox
    let treePath: (release: string, tree: string) => string
    let outbox: Outbox
    beforeEach(() => {
      ;({ open, treePath } = make())
      outbox = open()
    })

    test('delivers a staged folder whole, under the recipient and the release', async () => {
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'manifest.json', '{"é":1}')
      await outbox.write(folder, 'proof.bin.age', Uint8Array.of(0, 255))
      expect(existsSync(outbox.pathOf(release, recipient))).toBe(false)
      const delivered = await delivery(outbox)
      expect(delivered).toBe(outbox.pathOf(release, recipient))
      expect(delivered.endsWith(join(recipient, release))).toBe(true)
      expect(readFileSync(join(delivered, 'manifest.json'), 'utf8')).toBe('{"é":1}')
      expect(readFileSync(join(delivered, 'proof.bin.age'))).toEqual(Buffer.of(0, 255))
      expect(existsSync(folder)).toBe(false)
    })

    test('delivering again, also by a later process, finds it there and changes nothing', async () => {
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'README.txt', 'first')
      const delivered = await delivery(outbox)
      expect(await open().deliver(release, recipient)).toBe(delivered)
      await outbox.write(await outbox.stage(release), 'README.txt', 'second')
      expect(await outbox.deliver(release, recipient)).toBe(delivered)
      expect(readFileSync(join(delivered, 'README.txt'), 'utf8')).toBe('first')
    })

    test('a removal stands beside its release', async () => {
      for (const made of [release, removal]) {
        await outbox.stage(made)
        await outbox.deliver(made, recipient)
      }
      expect(readdirSync(join(outbox.pathOf(release, recipient), '..')).sort()).toEqual([release, removal])
    })

    test('does not deliver what nobody staged, and makes nothing for it', async () => {
      expect(await outbox.deliver(release, recipient)).toBeUndefined()
      expect(existsSync(join(outbox.pathOf(release, recipient), '..'))).toBe(false)
    })

    test('finds what an earlier run left staged, file by file', async () => {
      expect(await outbox.staged(release)).toBeUndefined()
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'manifest.json', 'text')
      expect(await open().staged(release)).toBe(folder)
      expect(await open().hash(folder, 'manifest.json')).toBe(sha256Hex('text'))
      expect(await open().hash(folder, 'sealed.json')).toBeUndefined()
    })

    test('staging again begins with an empty folder', async () => {
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'manifest.json', 'text')
      expect(await outbox.stage(release)).toBe(folder)
      expect(readdirSync(folder)).toEqual([])
    })

    test('writing again replaces', async () => {
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'README.txt', 'a longer first text')
      await outbox.write(folder, 'README.txt', 'short')
      expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toBe('short')
    })

    test('what is staged and delivered is its owner’s alone', async () => {
      const folder = await outbox.stage(release)
      await outbox.write(folder, 'README.txt', 'text')
      expect([statSync(folder).mode & 0o777, statSync(join(folder, 'README.txt')).mode & 0o777]).toEqual([
        0o700, 0o600,
      ])
      const delivered = await delivery(outbox)
      expect(statSync(join(delivered, '..')).mode & 0o777).toBe(0o700)
    })

    test('sweeps what is staged and not to be kept, and nothing delivered', async () => {
      expect(await outbox.sweep([])).toBeUndefined()
      await outbox.stage('1-done@7')
      await outbox.deliver('1-done@7', recipient)
      const done = outbox.pathOf('1-done@7', recipient)
      const kept = await outbox.stage(release)
      const left = await outbox.stage('2-left@9')
      writeFileSync(join(left, 'records.csv.age'), 'half')
      await outbox.sweep([release])
      expect([existsSync(done), existsSync(kept), existsSync(left)]).toEqual([true, true, false])
    })

    test('keeps a tree whole, and the old one when the new one fails on the way', async () => {
      const path = treePath(release, 'released')
      await outbox.keepTree(release, 'released', [Uint8Array.of(1), Uint8Array.of(2, 3)])
      expect(readFileSync(path)).toEqual(Buffer.of(1, 2, 3))
      const failing = async function* () {
        yield Uint8Array.of(9)
        throw new Error('the source broke')
      }
      await expect(outbox.keepTree(release, 'released', failing())).rejects.toThrow('the source broke')
      expect(readFileSync(path)).toEqual(Buffer.of(1, 2, 3))
      expect(readdirSync(join(path, '..'))).toEqual([basename(path)])
      await outbox.keepTree(release, 'decided', [Uint8Array.of(4)])
      expect(readFileSync(treePath(release, 'decided'))).toEqual(Buffer.of(4))
    })

    const names = [
      '',
      '.',
      '..',
      '../x@1',
      'x',
      'x@',
      'x@0',
      'x@01',
      'x@1/..',
      'X@1',
      'x@1\0',
      '.staging',
      'x@1.removal-0',
      'x--y@1',
      'x@1\n',
    ]
    test.each(names)('takes no name that could lead elsewhere or mean two things: %j', async (bad) => {
      await expect(async () => outbox.stage(bad)).rejects.toThrow('cannot be the name')
      await expect(async () => outbox.staged(bad)).rejects.toThrow('cannot be the name')
      await expect(async () => outbox.deliver(bad, recipient)).rejects.toThrow('cannot be the name')
      await expect(async () => outbox.keepTree(bad, 'released', [])).rejects.toThrow('cannot be the name')
    })

    test.each(['', '.', '..', '../..', 'a/b', '.staging', 'A', 'a@1'])(
      'takes no recipient that could lead elsewhere: %j',
      async (bad) => {
        await outbox.stage(release)
        await expect(async () => outbox.deliver(release, bad)).rejects.toThrow('cannot be the name')
        expect(() => outbox.pathOf(release, bad)).toThrow('cannot be the name')
      },
    )

    test.each(['', '.', '..', '../x', 'a/b', '.hidden', 'a..b', 'a\0', 'a b'])(
      'takes no file name that could lead elsewhere: %j',
      async (bad) => {
        const folder = await outbox.stage(release)
        await expect(async () => outbox.write(folder, bad, '')).rejects.toThrow('cannot be the name')
        await expect(async () => outbox.hash(folder, bad)).rejects.toThrow('cannot be the name')
      },
    )

    test('writes into staged folders only', async () => {
      const folder = await outbox.stage(release)
      const delivered = await delivery(outbox)
      for (const other of [delivered, join(folder, 'below'), join(folder, '..'), '/'])
        await expect(async () => outbox.write(other, 'README.txt', '')).rejects.toThrow(
          'only a staged folder',
        )
    })
  })
}

async function delivery(outbox: Outbox): Promise<string> {
  const folder = await outbox.deliver(release, recipient)
  if (folder === undefined) throw new Error('nothing was delivered')
  return folder
}
