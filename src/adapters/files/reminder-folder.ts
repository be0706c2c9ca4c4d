// Reminders as files of the outbox: `outbox/<recipient>/reminders/<name>.txt`, each a signed note, whole under its name or not there.
import { join, resolve } from 'node:path'
import type { Post } from '../../custody/post.ts'
import { writeWhole } from './write-whole.ts'

/** What neither leads out of a folder, hides in it, nor means two things. */
const RECIPIENT = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const NAME = /^[a-z0-9][a-z0-9@-]*(?:\.[a-z0-9@-]+)*$/

/** Someone sends the files on, as with deliveries; what is for ourselves needs none. */
export function openReminderFolder({ home }: { home: string }): Post {
  return {
    way: 'outbox',
    reaches: ({ reader }) => reader !== undefined,
    async send({ reader, name, note }) {
      if (reader === undefined || !RECIPIENT.test(reader) || !NAME.test(name))
        throw new Error('this cannot be the name of a reminder')
      const path = join(resolve(home, 'outbox'), reader, 'reminders', `${name}.txt`)
      await writeWhole(path, Buffer.from(note, 'utf8'), 0o600)
      return { accepted: true, path }
    },
  }
}
