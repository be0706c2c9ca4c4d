// What every way of sending reminders promises; each adapter's test runs this suite.
import { describe, expect, test } from 'vitest'
import type { Letter, Post } from '../../src/custody/post.ts'

export const letter: Letter = {
  reader: 'little-acorn-foods',
  name: 'delete.4-acorn-email@46.last-day',
  address: 'data@acorn.example',
  subject: 'Reminder: delete every copy, release 4-acorn-email@46, by 2018-08-11',
  text: 'Club Ltd to Little Acorn Foods Ltd: a reminder\n\n  Delete every copy, contractors’ copies too.\n',
  note: 'Club Ltd to Little Acorn Foods Ltd: a reminder\n\n— club.example/register AAAA\n',
  digest: 'ab'.repeat(20),
}

/** `arrived`: the signed notes that are there for the reader, in the order they came. */
export function describePost(
  name: string,
  make: () => { post: Post; arrived(): Promise<string[]> | string[] },
): void {
  describe(`reminders by ${name}`, () => {
    test('a letter that is accepted is there, byte by byte', async () => {
      const { post, arrived } = make()
      expect(post.reaches(letter)).toBe(true)
      expect(await post.send(letter)).toMatchObject({ accepted: true })
      expect(await arrived()).toEqual([letter.note])
    })

    test('the same letter again is accepted again, and nothing but the same can be found', async () => {
      const { post, arrived } = make()
      await post.send(letter)
      expect(await post.send(letter)).toMatchObject({ accepted: true })
      expect(new Set(await arrived())).toEqual(new Set([letter.note]))
    })
  })
}
