// Reminders of an open app: into the outbox, and by mail where a mail server is configured and the entity has an address.
import { openReminderFolder } from '../adapters/files/reminder-folder.ts'
import { openSmtpPost } from '../adapters/mail/smtp-post.ts'
import { readObligations } from '../custody/read-obligations.ts'
import { type Reminder, sendReminders } from '../custody/send-reminders.ts'
import { dateOf } from '../model/instant.ts'
import type { App } from './open-app.ts'
import { readPolicyBook } from './policy-book.ts'

export async function remind(
  { register, configuration }: Pick<App, 'register' | 'configuration'>,
  { dryRun }: { dryRun: boolean },
): Promise<Reminder[]> {
  const { policy } = await readPolicyBook(register)
  const { id, name, zone } = policy.controller
  const { home, mail, actor } = configuration
  // Addresses as they are now: whoever moved is written to where they are.
  const holders = new Map(
    policy.entities.flatMap((entity) => (entity.contact ? [[entity.id, entity.contact.email]] : [])),
  )
  return sendReminders(
    {
      ...{ register, controller: { id, name }, actor, dryRun },
      addresses: { holders, us: mail?.to },
      posts: [openReminderFolder({ home }), ...(mail ? [openSmtpPost(mail.server, mail.from)] : [])],
      today: dateOf(register.now(), zone),
    },
    await readObligations({ register }),
  )
}
