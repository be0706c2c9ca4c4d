// Reminders as files of the outbox: whole under their name, and never outside it.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openReminderFolder } from '../../src/adapters/files/reminder-folder.ts'
import { describePost, letter } from '../contract/post.ts'
import { newFolder } from '../release/club-places.ts'

const folders = newFolder('reminders')
afterAll(() => folders.remove())

let homes = 0
const newHome = () => {
  const home = join(folders.path, `${++homes}`)
  mkdirSync(home)
  return home
}
const inHome = (home: string) => join(home, 'outbox', 'little-acorn-foods', 'reminders')

describePost('files', () => {
  const home = newHome()
  return {
    post: openReminderFolder({ home }),
    arrived: () => readdirSync(inHome(home)).map((name) => readFileSync(join(inHome(home), name), 'utf8')),
  }
})

test('lies beside the deliveries, for its owner alone', async () => {
  const home = newHome()
  await openReminderFolder({ home }).send(letter)
  expect(readdirSync(inHome(home))).toEqual(['delete.4-acorn-email@46.last-day.txt'])
  expect(statSync(join(inHome(home), 'delete.4-acorn-email@46.last-day.txt')).mode & 0o777).toBe(0o600)
})

test('a name that leads elsewhere is never written to', async () => {
  const home = newHome()
  const post = openReminderFolder({ home })
  const names = ['../x', 'a/b', '.hidden', 'a..b', 'A', 'a\0b', '']
  for (const name of names) await expect(post.send({ ...letter, name }), name).rejects.toThrow('cannot be')
  for (const reader of ['..', 'a/b', 'A', '', '.staging'])
    await expect(post.send({ ...letter, reader }), reader).rejects.toThrow('cannot be')
  expect(readdirSync(home)).toEqual([])
})

test('what is for ourselves is no file', () => {
  expect(openReminderFolder({ home: newHome() }).reaches({ ...letter, reader: undefined })).toBe(false)
})
