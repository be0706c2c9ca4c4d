// Readers of files of people, and of sealed files, through the file system as the program reads them. Every cell of a person
// holds the canary, so that a message which repeats one is found.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeAgeIdentity } from '../../src/adapters/age/age-identity.ts'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { parquetEncoder } from '../../src/adapters/parquet/parquet-encoder.ts'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import { isUnreadable, timeFormats, timeReader } from '../../src/intake/read-time.ts'
import type { TableFormat } from '../../src/intake/table-reader.ts'
import { canary, holdsCanary } from '../canary.ts'
import { type FuzzTarget, TAKEN } from './fuzz-target.ts'

const columns = ['member_no', 'name', 'email', 'joined_on']
const people = Array.from({ length: 20 }, (_, i) => [
  `${1000 + i}`,
  `${canary} ${i}, "the ${i}th"`,
  `${canary}-${i}@club.example`,
  i % 3 === 0 ? null : `0${(i % 9) + 1}/02/2018`,
])

/** `close` removes the folder of the files that are read. */
export async function tableTargets(): Promise<{ folder: string; targets: FuzzTarget[]; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-hostile-'))
  const targets = [
    tableTarget(folder, 'csv', csvFiles(), [',', ';', '"', '""', '\r', '\r\n', '\n', '\ufeff', '"\n']),
    tableTarget(folder, 'json', jsonFiles(), [
      '{',
      '[',
      '}',
      ']',
      '"',
      ':',
      ',',
      '\\u0000',
      '\\ud800',
      '1e999',
      '\n',
    ]),
    tableTarget(folder, 'parquet', parquetFiles(), ['PAR1', '\xff\xff\xff\x7f', '\x15\x00']),
    await ageTarget(folder),
    ...cellTargets(),
  ]
  return { folder, targets, close: () => rmSync(folder, { recursive: true, force: true }) }
}

function tableTarget(
  folder: string,
  format: TableFormat,
  corpus: readonly Uint8Array[],
  words: readonly string[],
): FuzzTarget {
  const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })
  const path = join(folder, `people.${format}`)
  return {
    ...{ kind: `table ${format}`, corpus, words },
    async read(bytes) {
      writeFileSync(path, bytes)
      const table = await reader.open({ path, format })
      let rejected = 0
      let rows = 0
      const refuse = ({ reason }: { reason: string }) => {
        if (holdsCanary(reason)) throw new Error('the reason of a reject repeats what a cell held')
        rejected++
      }
      for await (const batch of table.read(table.columns, refuse)) {
        rows += batch.count
        if (batch.columns.length !== table.columns.length) throw new Error('a batch without all its columns')
        if (batch.columns.some((cells) => cells.length < batch.count))
          throw new Error('a column shorter than its batch')
      }
      return rejected > 0 ? `rejects (${rows > 0 ? 'some' : 'all'})` : TAKEN
    },
  }
}

function csvFiles(): Buffer[] {
  const cell = (value: string | null) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)
  const lines = (delimiter: string, end: string) =>
    [columns, ...people].map((row) => row.map(cell).join(delimiter)).join(end) + end
  return [
    lines(',', '\n'),
    lines(';', '\r\n'),
    lines('\t', '\n').replaceAll('"', ''),
    `\ufeff${lines(',', '\n')}`,
  ].map((text) => Buffer.from(text))
}

function jsonFiles(): Buffer[] {
  const objects = people.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])))
  return [JSON.stringify(objects), objects.map((object) => JSON.stringify(object)).join('\n')].map((text) =>
    Buffer.from(text),
  )
}

function parquetFiles(): Buffer[] {
  const encoder = parquetEncoder(columns)
  for (const row of people) encoder.add(row)
  return [Buffer.concat([encoder.take() ?? new Uint8Array(0), encoder.end() ?? new Uint8Array(0)])]
}

async function ageTarget(folder: string): Promise<FuzzTarget> {
  const { identity, recipient } = await makeAgeIdentity()
  const other = await makeAgeIdentity()
  const sealed = await Promise.all(
    [recipient, other.recipient].map(async (to, i) => {
      const path = join(folder, `sealed-${i}.age`)
      await ageSealer.seal(to, [Buffer.from(people.flat().join('\n'))], path)
      return readFileSync(path)
    }),
  )
  const path = join(folder, 'spoiled.age')
  return {
    kind: 'age file',
    corpus: sealed,
    words: [
      'age-encryption.org/v1\n',
      '-> X25519 ',
      '-> scrypt ',
      '\n--- ',
      '-> ssh-rsa x\n',
      '-----BEGIN AGE ENCRYPTED FILE-----\n',
    ],
    async read(bytes) {
      writeFileSync(path, bytes)
      for await (const chunk of ageUnsealer.open([identity], path))
        if (chunk.length < 0) throw new Error('no bytes')
      return TAKEN
    },
  }
}

function cellTargets(): FuzzTarget[] {
  const times = [
    '01/02/2018',
    '2018-02-01T09:00:00+01:00',
    '1517475600',
    '1 Feb 2018 9:00 am',
    '43132.375',
    '20180201',
  ]
  const readers = timeFormats.map((format) => timeReader(format, 'Europe/London'))
  const contacts = [
    ...[
      'Ann.Lee@Example.COM',
      'Ann <ann@bücher.example>',
      '+44 (0)20 7946 0000 ext 5',
      '12 High St, AB1 2CD',
    ],
  ]
  return [
    {
      ...{
        kind: 'date or time',
        corpus: times.map((text) => Buffer.from(text)),
        words: ['-', '/', ':', 'Z', 'am', '9'],
      },
      read(bytes) {
        const readings = readers.map((read) => read(bytes.toString()))
        return readings.every(isUnreadable) ? 'unreadable' : TAKEN
      },
    },
    {
      ...{
        kind: 'contact point',
        corpus: contacts.map((text) => Buffer.from(text)),
        words: ['@', '<', '>', 'xn--', '+', 'İ', 'ß'],
      },
      read(bytes) {
        const value = bytes.toString()
        const forms = [
          contactRef({ kind: 'email', value }, 'GB'),
          contactRef({ kind: 'phone', value }, 'GB'),
          contactRef({ kind: 'address', name: 'Ann', value }, 'GB'),
        ]
        return forms.some((form) => form !== undefined) ? TAKEN : 'undefined'
      },
    },
  ]
}
