// Who asked to be erased and whose keys are still there: by number, with when that was recorded and any legal hold.
import { eventKinds } from '../model/event.ts'
import type { DateNumber, Instant } from '../model/instant.ts'
import type { StoreSession } from './store.ts'

export type AskedErasure = {
  subject: number
  /** When the first word of erasure was recorded: a time that is only claimed begins no period. */
  askedAt: Instant
  /** A legal hold, until this day. */
  hold?: { until: DateNumber; because: string }
}

/** In the order they were recorded; `subjects`: of these alone. */
export async function readErasures(
  session: Pick<StoreSession, 'query'>,
  subjects?: readonly number[],
): Promise<AskedErasure[]> {
  const rows = await session.query<{
    subject: number
    asked_at: Instant
    until_on: DateNumber | null
    because: string | null
  }>(
    `select e.subject, min(b.recorded_at) as asked_at, h.until_on, h.because
       from register.event e
       join register.batch b on b.position = e.position
       join erasable.secret s on s.subject = e.subject
       left join erasable.hold h on h.subject = e.subject
      where e.kind = $1 and ($2::int4[] is null or e.subject = any($2::int4[]))
      group by e.subject, h.until_on, h.because
      order by min(e.position), e.subject`,
    [eventKinds.erasure.number, subjects === undefined ? null : [...subjects]],
  )
  return rows.map(({ subject, asked_at, until_on, because }) => ({
    ...{ subject, askedAt: asked_at },
    ...(until_on !== null && { hold: { until: until_on, because: because ?? '' } }),
  }))
}

/** Everybody whose secret is gone, ascending. */
export async function readErased(session: Pick<StoreSession, 'query'>): Promise<number[]> {
  const rows = await session.query<{ number: number }>(
    `select c.number from register.subject c
      where not exists (select 1 from erasable.secret s where s.subject = c.number) order by c.number`,
  )
  return rows.map(({ number }) => number)
}
