// Facts without a date: what allows is kept and allows nothing; what refuses is kept and refuses from the beginning of time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportMapping } from '../../src/intake/mapping.ts'
import { undatedInterval } from '../../src/model/instant.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import { readHistory } from '../../src/register/read-history.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'
import { importFile, publishClub, temporaryFolder, writeText } from './club.ts'

const { folder, remove } = temporaryFolder()
let opened: TestRegister
beforeAll(async () => {
  opened = await openTestRegister('postgres')
  await publishClub(opened.register)
})
afterAll(async () => {
  await opened.dispose()
  remove()
})

const consents: ImportMapping = {
  ...{ source: 'answers', kind: 'consent', grade: 'A', notice: 'web@1', purpose: 'offers' },
  person: { column: 'member', kind: 'member' },
  at: { column: 'at', format: 'yyyy-mm-dd', zone: 'Europe/London' },
  qualifier: { column: 'answer' },
}
const objections: ImportMapping = {
  ...{ source: 'stops', kind: 'objection', grade: 'A', qualifier: 'marketing' },
  person: { column: 'member', kind: 'member' },
  at: { column: 'at', format: 'yyyy-mm-dd', zone: 'Europe/London' },
}

async function spansOf(member: string) {
  const subject = await findSubject(opened.register, { kind: 'member', value: member })
  if (subject === undefined) return []
  return (await readHistory(opened.register, subject)).map(({ earliest, latest }) => ({ earliest, latest }))
}

test.each(['', '1900-01-01', '1970-01-01', '9999-12-31', '0000-00-00', '1017-05-05', '2317-05-05'])(
  'a yes at “%s” is kept with all of time for its date; a no lasts from its beginning to the import',
  async (at) => {
    const [yes, no] = [`yes ${at}`, `no ${at}`]
    const path = writeText(
      folder,
      'answers.csv',
      `member,at,answer\n${yes},${at},given\n${no},${at},refused\n`,
    )
    const { result, rejects } = await importFile(opened.register, path, consents)
    expect(rejects).toEqual([])
    expect(result.events).toBe(2)
    expect(await spansOf(yes)).toEqual([undatedInterval])
    const [span] = await spansOf(no)
    expect(span!.earliest).toBe(undatedInterval.earliest)
    expect(span!.latest).toBeLessThanOrEqual(opened.register.now())
    expect(span!.latest).toBeGreaterThan(Date.UTC(2020, 0) * 1000)
  },
)

test.each(['05.05.17', '2017-02-31', 'about May'])('a yes at “%s” is listed; a no is taken', async (at) => {
  const dated = Array.from({ length: 5 }, (_, index) => `other${index},2017-05-05,given\n`).join('')
  const path = writeText(
    folder,
    'odd.csv',
    `member,at,answer\n${dated}odd yes ${at},${at},given\nodd no ${at},${at},refused\n`,
  )
  const { rejects } = await importFile(opened.register, path, consents)
  expect(rejects).toHaveLength(1)
  expect(await spansOf(`odd yes ${at}`)).toEqual([])
  expect(await spansOf(`odd no ${at}`)).toHaveLength(1)
})

test('the same no without a date in a later file of the source is the same no', async () => {
  const rows = 'member,at\ntwice,\n'
  await importFile(opened.register, writeText(folder, 'stops.csv', rows), objections)
  const later = await importFile(
    opened.register,
    writeText(folder, 'stops.csv', `${rows}new,2018-01-01\n`),
    objections,
  )
  expect(later.result).toMatchObject({ events: 1, alreadyThere: 1 })
  expect(await spansOf('twice')).toHaveLength(1)
})

test('a file of refusals whose dates are of another format is refused whole: it could not be taken back', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => `w${index},05/05/2017\n`).join('')
  const path = writeText(folder, 'wrong.csv', `member,at\n${rows}`)
  await expect(importFile(opened.register, path, objections)).rejects.toMatchObject({
    code: 'mapping.invalid',
  })
  expect(await spansOf('w1')).toEqual([])
})

test('objections by contact points enrol them as such, however they are written; what is none is listed', async () => {
  const mapping: ImportMapping = { ...objections, person: { column: 'member', kind: 'email' } }
  const path = writeText(
    folder,
    'emails.csv',
    'member,at\nC@Example.org,2018-01-01\nc@example.org ,2018-01-02\nnobody,2018-01-03\n',
  )
  const { result, rejects } = await importFile(opened.register, path, mapping)
  expect(result).toMatchObject({ events: 2, enrolled: 1 })
  expect(rejects).toEqual(['4,"no usable email in column member"'])
  const [{ contacts }] = (await opened.register.store.query<{ contacts: number }>(
    'select count(*)::int4 as contacts from erasable.ref where contact',
  )) as [{ contacts: number }]
  expect(contacts).toBe(1)
})
