// Customer datasets as the decision needs them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rejectFile } from '../../src/adapters/files/reject-file.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import { readDataset, roleColumns } from '../../src/intake/read-dataset.ts'
import { wholeDay } from '../../src/model/instant.ts'
import type { Dataset, DatasetField } from '../../src/model/policy.ts'
import { findSubject, loadRefIndex } from '../../src/register/find-subject.ts'
import { contactKey, refKeyOf } from '../../src/register/ref-key.ts'
import { openTestRegister } from '../register/test-registers.ts'
import { temporaryFolder, writeText } from './club.ts'

const { folder, remove } = temporaryFolder()
const { register, dispose } = await openTestRegister('postgres')
afterAll(async () => {
  await dispose()
  remove()
})

const field = (name: string, type: DatasetField['type'], values?: string[]): DatasetField => ({
  name,
  type,
  category: 'other',
  about: 'subject',
  ...(values && { values }),
})

const members: Dataset = {
  id: 'members',
  location: 'members.csv',
  format: 'csv',
  dateFormat: 'dd/mm/yyyy',
  key: { column: 'member_no', kind: 'member' },
  bornOn: 'born',
  expectingOn: 'due',
  contact: { email: 'email' },
  source: { tells: '', categories: [] },
  childrenLikely: false,
  fields: [
    field('member_no', 'integer'),
    field('name', 'text'),
    field('email', 'text'),
    field('has_child', 'boolean'),
    field('children', 'integer'),
    field('area', 'code', ['North', 'South, East']),
    field('joined', 'date'),
    field('births', 'dates'),
  ],
}
const header = 'member_no,name,email,born,due,has_child,children,area,joined,births\n'

async function read(text: string, dataset: Dataset = members, name = 'members.csv') {
  const path = writeText(folder, name, text)
  const rejectsPath = join(folder, `${name}.rejects.csv`)
  const reading = await readDataset(register, fileTableReader({ temporaryFolder: folder }), dataset, path, {
    refs: await loadRefIndex(register),
    ...{ actor: 'test', zone: 'Europe/London', country: 'GB' },
    rejects: rejectFile(rejectsPath),
  })
  const chunks: Uint8Array[] = []
  for await (const chunk of reading.chunks) chunks.push(chunk)
  const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1)
  const rejects = existsSync(rejectsPath) ? readFileSync(rejectsPath, 'utf8').trim().split('\n').slice(1) : []
  const cells = lines.map((line) => line.split('\t'))
  // What most tests ask for; the other roles by name.
  const roles = cells.map((row) => Object.fromEntries(roleColumns.map(({ name }, at) => [name, row[at]!])))
  return { reading, rows: cells.map((row) => [...row.slice(0, 5), ...row.slice(10)]), roles, rejects }
}

const subjectOf = async (value: string) => String(await findSubject(register, { kind: 'member', value }))

describe('a dataset', () => {
  it('becomes integers: ordinal, subject, duplicate, birth and expected date, and the decidable columns', async () => {
    const { reading, rows } = await read(
      `${header}1001,Anna,a@example.org,02/03/1985,01/06/2017,yes,2,"South, East",05/05/2016,01/01/2015
1002,Zoë,,31/02/1985,,maybe,many,West,2016-05-05,
1003,"O'Brien; drop table x",,01/01/1900,,0,-3,North,01/02/2016,
`,
    )
    const [first, second, third] = [await subjectOf('1001'), await subjectOf('1002'), await subjectOf('1003')]
    expect(rows).toEqual([
      ['1', first, '0', '19850302', '20170601', '1001', '1', '2', '2', '20160505'],
      // 31 February cannot be read: the youngest reading counts.
      ['2', second, '0', '99991231', '\\N', '1002', '\\N', '\\N', '\\N', '\\N'],
      ['3', third, '0', '\\N', '\\N', '1003', '0', '-3', '1', '20160201'],
    ])
    expect(reading.columns.map(({ name }) => name)).toEqual([
      'member_no',
      'has_child',
      'children',
      'area',
      'joined',
    ])
    expect(reading).toMatchObject({ rows: 3, rejected: 0, enrolled: 3 })
  })

  it('enrols nobody twice', async () => {
    const again = await read(`${header}1001,,,,,,,,,\n1004,,,,,,,,,\n`)
    expect(again.reading.enrolled).toBe(1)
    expect(again.rows.map((row) => row[1])).toEqual([await subjectOf('1001'), await subjectOf('1004')])
  })

  it('marks every row of a key that comes twice, the first one too', async () => {
    const { rows, reading } = await read(
      `${header}D1,a,,,,,,,,\nD2,b,,,,,,,,\n D1 ,c,,,,,,,,\nD1,d,,,,,,,,\n`,
    )
    expect(rows.map((row) => row[2])).toEqual(['1', '0', '1', '1'])
    expect(reading).toMatchObject({ rows: 4, enrolled: 2 })
  })

  it('loses no record in silence: ordinals keep the gap, rejects keep line and reason', async () => {
    const { rows, reading, rejects } = await read(
      `${header}E1,a,,,,,,,,\n,b,,,,,,,,\nE3,c\n"E4\nx",d,,,,,,,,\nE5,e,,,,,,,,\n`,
    )
    expect(rows.map((row) => row[0])).toEqual(['1', '4', '5'])
    expect(reading).toMatchObject({ rows: 3, rejected: 2 })
    expect(rejects).toEqual(['3,"no key in column member_no"', '4,"it has 2 cells, the header has 10"'])
  })

  it('with a column nobody classified is refused, and the column named', async () => {
    await expect(read(`${header.trim()},income\n`)).rejects.toMatchObject({
      code: 'dataset.unclassified',
      detail: expect.stringContaining('income'),
    })
  })

  it('without a declared column is refused, and the column named', async () => {
    await expect(read('member_no,name\n1,Anna\n')).rejects.toMatchObject({
      code: 'dataset.invalid',
      detail: expect.stringMatching(/email.*born/),
    })
  })

  it('that is not there, or dates written in no known way, are refused', async () => {
    const reader = fileTableReader({ temporaryFolder: folder })
    const options = {
      refs: await loadRefIndex(register),
      actor: 'test',
      zone: 'Europe/London',
      country: 'GB',
    }
    await expect(
      readDataset(register, reader, members, join(folder, 'none.csv'), options),
    ).rejects.toMatchObject({
      code: 'dataset.missing',
    })
    await expect(read(header, { ...members, dateFormat: 'd/m/y' })).rejects.toMatchObject({
      code: 'dataset.invalid',
    })
  })

  it('holds contact points by the keys under which whoever objects is enrolled, and counts those nobody can object by', async () => {
    const dataset: Dataset = {
      ...members,
      contact: { email: 'email', phone: 'phone', name: 'name', address: 'street' },
      retainUntil: 'keep',
      collectedOn: 'taken',
      fields: [field('name', 'text'), field('phone', 'text'), field('street', 'text')],
    }
    const columns = 'member_no,name,email,phone,street,keep,taken,born,due'
    const { roles, reading } = await read(
      `${columns}
F1,Ann Day,Ann@Example.org,020 7946 0018,"1 High St, Ham, SW1A 1AA",31/12/2019,05/05/2017,,
F2,"DAY, Ann",ann@ｅxample.org,+44 (0)20 7946 0018,"1 HIGH ST HAM SW1A1AA",someday,05/05/2017 10:00,,
F3,Ann Day,nobody,12,,,,,
F4,,,,"1 High St, Ham, SW1A 1AA",31/12/9999,,,
`,
      dataset,
      'contacts.csv',
    )
    const keys = roles.map(({ email_key, phone_key, address_key }) => [email_key, phone_key, address_key])
    const [first, second, ...others] = keys
    expect(first!.every((key) => /^[1-9]\d+$/.test(key!) && Number.isSafeInteger(Number(key)))).toBe(true)
    expect(new Set(first).size).toBe(3)
    expect(second!.slice(0, 2)).toEqual(first!.slice(0, 2))
    expect(others).toEqual([
      ['\\N', '\\N', '\\N'],
      ['\\N', '\\N', '\\N'],
    ])
    // nobody, 12, and an address without a name.
    expect(reading.unusable()).toBe(3)
    const ref = contactRef({ kind: 'email', value: ' ANN@EXAMPLE.ORG' }, 'GB')!
    expect(Number(first![0])).toBe(contactKey(refKeyOf(register.keys, ref)))
    // A day that cannot be read is past; a time of collection is known to its latest instant.
    expect(roles.map(({ retain_until }) => retain_until)).toEqual(['20191231', '19000101', '\\N', '\\N'])
    expect(roles[0]!.collected_by).toBe(String(wholeDay(20170505, 'Europe/London').latest))
    expect(roles.slice(1).map(({ collected_by }) => collected_by)).toEqual(['\\N', '\\N', '\\N'])
  })

  it('may be keyed by an e-mail address: who objects by it is then the record itself', async () => {
    const dataset: Dataset = {
      ...members,
      key: { column: 'email', kind: 'email' },
      contact: {},
      fields: [field('name', 'text')],
    }
    const { roles, rejects } = await read(
      'email,name,born,due\nQ@Example.org,q,,\nq@example.org,r,,\nnobody,s,,\n',
      dataset,
      'keyed.csv',
    )
    const [one, two] = roles
    expect([one!.subject, one!.duplicate]).toEqual([two!.subject, '1'])
    expect(rejects).toEqual(['4,"no usable email in column email"'])
    const ref = contactRef({ kind: 'email', value: 'q@example.org' }, undefined)!
    expect(String(await findSubject(register, ref))).toBe(one!.subject)
  })

  it('may be JSON', async () => {
    const dataset: Dataset = {
      ...members,
      format: 'json',
      contact: {},
      fields: [field('born', 'date'), field('due', 'date'), field('has_child', 'boolean')],
    }
    const { rows } = await read(
      '{"member_no":1001,"born":"02/03/1985","has_child":true}\n{"member_no":"1002","due":"01/06/2017"}\n',
      dataset,
      'members.json',
    )
    expect(rows).toEqual([
      ['1', await subjectOf('1001'), '0', '19850302', '\\N', '19850302', '\\N', '1'],
      ['2', await subjectOf('1002'), '0', '\\N', '20170601', '\\N', '20170601', '\\N'],
    ])
  })

  it('that changes between its two readings fails instead of mixing them', async () => {
    const path = writeText(folder, 'moving.csv', `${header}G1,,,,,,,,,\n`)
    const reading = await readDataset(register, fileTableReader({ temporaryFolder: folder }), members, path, {
      refs: await loadRefIndex(register),
      ...{ actor: 'test', zone: 'Europe/London', country: 'GB' },
    })
    writeText(folder, 'moving.csv', `${header}G2,,,,,,,,,\n`)
    const drain = async () => {
      for await (const _ of reading.chunks);
    }
    await expect(drain()).rejects.toMatchObject({ code: 'file.unreadable' })
  })
})
