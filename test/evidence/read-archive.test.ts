// Archives that no evidence pack is: each is refused with the entry and what is wrong, before anything is written anywhere.

import fc from 'fast-check'
import { deflateSync, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { NotHeld, placeText } from '../../src/evidence/check.ts'
import { clashingPath, pathFault } from '../../src/evidence/pack-paths.ts'
import { looksLikeArchive, readArchive } from '../../src/evidence/read-archive.ts'
import { type ArchiveEntry, type ArchiveLies, archiveOf } from './hostile-archive.ts'

const content = Buffer.from('what people were told, '.repeat(40))
const one: ArchiveEntry = { name: 'README.txt', content }
const two: ArchiveEntry = { name: 'log/checkpoint', content: Buffer.from('a log\n3\n') }

/** Place and finding of the refusal. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    const files = readArchive(bytes, 'pack.zip')
    for (const path of files.paths) await files.read(path)
  } catch (error) {
    if (error instanceof NotHeld) return `${placeText(error.place)}: ${error.message}`
    throw error
  }
  return 'nothing'
}

const refusedOf = (entries: readonly ArchiveEntry[], lies?: ArchiveLies) => refusal(archiveOf(entries, lies))

describe('an archive that is read', () => {
  test('gives back what was put in, stored, deflated, empty, or with its sizes behind the data', async () => {
    const entries: ArchiveEntry[] = [
      one,
      { ...two, stored: true },
      { name: 'empty', content: new Uint8Array(0) },
      { name: 'empty-stored', content: new Uint8Array(0), stored: true },
      { name: 'large', content: Buffer.alloc(3_000_000, 'abc') },
      { name: 'later', content, descriptor: true },
    ]
    const bytes = archiveOf(entries)
    expect(looksLikeArchive(bytes)).toBe(true)
    const files = readArchive(bytes)
    expect(files.paths).toEqual(entries.map(({ name }) => name))
    for (const { name, content: put } of entries)
      expect(Buffer.from(await files.read(name)).equals(put)).toBe(true)
  })

  test('may come from another program that writes plain archives', async () => {
    const files = readArchive(zipSync({ 'a.txt': new Uint8Array(content), 'b/c.txt': new Uint8Array(9) }))
    expect(Buffer.from(await files.read('a.txt')).equals(content)).toBe(true)
  })

  test('reads no file that is not there', async () => {
    await expect(readArchive(archiveOf([one])).read('../README.txt')).rejects.toThrow('is not there')
  })
})

describe('a name is refused that', () => {
  test.each([
    ['/etc/passwd', 'is an absolute path'],
    ['../../etc/passwd', 'leads out of its folder'],
    ['log/../../x', 'leads out of its folder'],
    ['./pack.json', 'leads out of its folder'],
    ['log/..', 'leads out of its folder'],
    ['log\\..\\x', 'has a backslash'],
    ['C:/x', 'begins with a drive'],
    ['c:x', 'begins with a drive'],
    ['pack.json\0.txt', 'has control characters or letters beyond ASCII'],
    ['pack\u001b[2J.json', 'has control characters or letters beyond ASCII'],
    ['pack\n.json', 'has control characters or letters beyond ASCII'],
    ['p\u00e4ck.json', 'has control characters or letters beyond ASCII'],
    ['pack.json ', 'has a part that ends in a dot or a space'],
    ['pack.json.', 'has a part that ends in a dot or a space'],
    ['log /x', 'has a part that ends in a dot or a space'],
    ['log./x', 'has a part that ends in a dot or a space'],
    ['log//x', 'has an empty part'],
    ['log/', 'is a folder'],
    ['pack.json:stream', 'has a character that no name in a pack has'],
    ['a b', 'has a character that no name in a pack has'],
    ['~/x', 'has a character that no name in a pack has'],
    ['$(x)', 'has a character that no name in a pack has'],
    ['log/NUL', 'is the name of a device'],
    ['log/con.txt', 'is the name of a device'],
    ['x'.repeat(401), 'is too long a name'],
    ['', 'is empty'],
  ])('%j: %s', async (name, found) => {
    expect(await refusedOf([{ ...one, name }])).toContain(`: ${found}`)
    expect(pathFault(name)).toBe(found)
  })

  test('is shown without what would repaint a terminal', async () => {
    expect(await refusedOf([{ ...one, name: 'a\u001b[2J\u0007b' }])).toContain('a?[2J?b')
  })

  test('another entry has too, whatever the case, or of which it is the folder', async () => {
    expect(await refusedOf([one, two, one])).toBe('pack.zip, at README.txt: is there twice')
    expect(await refusedOf([one, { ...two, name: 'readme.TXT' }])).toBe(
      'pack.zip, at readme.TXT: is there twice',
    )
    expect(await refusedOf([{ ...one, name: 'log' }, two])).toBe('pack.zip, at log: is a file and a folder')
    expect(await refusedOf([{ ...one, name: 'LOG' }, two])).toBe('pack.zip, at LOG: is a file and a folder')
  })

  test('no name leads out of its folder, whatever it is made of', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'log', '\\', 'C:', 'x.', ' ', '%2e%2e', '\0', 'NUL')
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = parts.join('/')
        if (pathFault(path) !== undefined || clashingPath([path]) !== undefined) return
        expect(new URL(path, 'file:///safe/folder/').pathname).toBe(`/safe/folder/${path}`)
      }),
      { seed: 5, numRuns: 2000 },
    )
  })
})

describe('an entry is refused', () => {
  test.each<[string, ArchiveEntry, string]>([
    ['that is encrypted', { ...one, flags: 1 }, 'is encrypted'],
    ['whose header is masked', { ...one, flags: 1 << 13 }, 'has flags that change how it is read'],
    ['that is packed otherwise', { ...one, method: 12 }, 'is packed in a way no pack is'],
    ['that is a symbolic link', { ...one, attributes: (0o120777 << 16) >>> 0 }, 'is a link'],
    ['that is a folder by its mode', { ...one, attributes: (0o040755 << 16) >>> 0 }, 'is a folder'],
    ['that is a folder for DOS', { ...one, attributes: 0x10 }, 'is a folder'],
    ['that is a device', { ...one, attributes: (0o020644 << 16) >>> 0 }, 'is neither file nor folder'],
    ['with extra fields', { ...one, extra: Buffer.from([1, 0, 0, 0]) }, 'has extra fields'],
    [
      'with extra fields before its data only',
      { ...one, local: { extra: Buffer.alloc(4) } },
      'has extra fields in its header',
    ],
    ['with a comment', { ...one, comment: 'x' }, 'has a comment'],
    [
      'with its sizes in ZIP64',
      { ...one, central: { sizeBytes: 0xffffffff } },
      'has its sizes in a ZIP64 record',
    ],
    ['with two names', { ...one, local: { name: 'README.TXT' } }, 'has another name in its header'],
    [
      'with two sizes',
      { ...one, local: { sizeBytes: 3 } },
      'has another size or checksum in its header than in the directory',
    ],
    [
      'with two checksums',
      { ...one, local: { crc: 3 } },
      'has another size or checksum in its header than in the directory',
    ],
    [
      'that unpacks to more than it says',
      { ...one, central: { sizeBytes: 10 }, local: { sizeBytes: 10 } },
      'does not unpack to the size it declares',
    ],
    [
      'that unpacks to less than it says',
      { ...one, central: { sizeBytes: 1000 }, local: { sizeBytes: 1000 } },
      'does not unpack to the size it declares',
    ],
    [
      'with another checksum than its content',
      { ...one, central: { crc: 3 }, local: { crc: 3 } },
      'has another checksum than it declares',
    ],
    [
      'with something behind its stream',
      { ...one, packed: Buffer.concat([deflateSync(content), Buffer.from('!')]) },
      'does not unpack to the size it declares',
    ],
    [
      'whose stream is cut off',
      { ...one, packed: deflateSync(content).slice(0, -2) },
      'does not unpack to the size it declares',
    ],
    [
      'that is no stream',
      { ...one, packed: Buffer.alloc(40, 0xff) },
      'does not unpack to the size it declares',
    ],
  ])('%s', async (_which, entry, found) => {
    expect(await refusedOf([two, entry])).toContain(`README.txt: ${found}`)
  })

  test('that is stored under another size', async () => {
    const stored = { ...one, stored: true, central: { sizeBytes: 3 }, local: { sizeBytes: 3 } }
    expect(await refusedOf([stored])).toBe(
      'pack.zip, at README.txt: is stored, and declares another size than it has',
    )
  })
})

describe('an archive is refused', () => {
  const some = Buffer.from('a second story')
  test.each<[string, ArchiveEntry[], ArchiveLies, string]>([
    [
      'with something before it',
      [one, two],
      { before: some },
      'pack.zip, at README.txt: has something before it',
    ],
    [
      'with something between two entries',
      [{ ...one, after: some }, two],
      {},
      'pack.zip, at log/checkpoint: has something before it',
    ],
    [
      'with something before its directory',
      [one],
      { beforeDirectory: some },
      'pack.zip, at before its directory: has something of no entry',
    ],
    [
      'with something behind its directory',
      [one],
      { afterDirectory: some },
      'pack.zip, in its end record: has something between its directory and its end',
    ],
    [
      'with something behind it',
      [one],
      { behind: some },
      'pack.zip, in its last 22 bytes: is not the end of an archive, or something stands behind it',
    ],
    [
      'with a comment',
      [one],
      { comment: 'x' },
      'pack.zip, in its last 22 bytes: is not the end of an archive, or something stands behind it',
    ],
    [
      'with two entries over one another',
      [one, { ...two, central: { offset: 0 } }],
      {},
      'pack.zip, at log/checkpoint: overlaps the entry before it',
    ],
    [
      'with a directory in another order',
      [one, two],
      { directoryOrder: (all) => [...all].reverse() },
      'pack.zip, at log/checkpoint: has something before it',
    ],
    [
      'with fewer entries than it says',
      [one],
      { count: 2 },
      'pack.zip, at entry 2 of its directory: is none',
    ],
    [
      'with more entries than it says',
      [one, two],
      { count: 1 },
      'pack.zip, in its directory: has more entries than it says',
    ],
    [
      'with as many entries as ZIP64 has',
      [one],
      { count: 0xffff },
      'pack.zip, in its end record: is a ZIP64 archive',
    ],
    ['without any', [], {}, 'pack.zip, in its directory: has no files'],
  ])('%s', async (_which, entries, lies, found) => {
    expect(await refusedOf(entries, lies)).toBe(found)
  })

  test('that is two archives, one in the comment of the other', async () => {
    const outer = archiveOf([one], { comment: archiveOf([two]).toString('latin1') })
    expect(await refusal(outer)).toContain('pack.zip')
    expect(await refusal(outer)).not.toBe('nothing')
  })

  test('that would fill the memory, before a byte of it is unpacked', async () => {
    const zeros = { name: 'zeros', content: new Uint8Array(0), packed: deflateSync(new Uint8Array(1 << 20)) }
    const huge = { sizeBytes: 600 * 2 ** 20 }
    expect(await refusedOf([{ ...zeros, central: huge, local: huge }])).toContain(
      'declares more than 536870912 bytes',
    )
    const lie = { sizeBytes: 500 * 2 ** 20 }
    expect(await refusedOf([{ ...zeros, central: lie, local: lie }])).toContain(
      'declares more bytes than its data can hold',
    )
    const packed = new Uint8Array(600_000)
    const many = Array.from({ length: 9 }, (_, index) => ({
      ...zeros,
      packed,
      name: `z${index}`,
      central: lie,
      local: lie,
    }))
    expect(await refusedOf(many)).toContain('declares more than 4294967296 bytes in all')
  })

  test('whatever byte is changed: nothing but what was put in is ever read', async () => {
    const bytes = archiveOf([one, two])
    const whole = new Map(
      [one, two].map(({ name, content: put }) => [name, Buffer.from(put).toString('hex')]),
    )
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [1, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= flip
        let read: Map<string, string> | undefined
        try {
          const files = readArchive(changed)
          const all = new Map<string, string>()
          for (const path of files.paths) all.set(path, Buffer.from(await files.read(path)).toString('hex'))
          read = all
        } catch (error) {
          if (!(error instanceof NotHeld)) throw error
        }
        // Times, versions and modes are nobody's content.
        if (read !== undefined) expect([...read.values()]).toEqual([...whole.values()])
      }
  })

  test('however it is cut off', async () => {
    const bytes = archiveOf([one, two])
    for (let length = 0; length < bytes.length; length++)
      expect(await refusal(bytes.subarray(0, length))).not.toBe('nothing')
  })
})
