// How many people were shown a version of a privacy notice: what a new sentence in it changes, and for whom.
import { eventKinds } from '../model/event.ts'
import type { Register } from './register.ts'

export type NoticeReach = {
  /** Everybody enrolled. */
  people: number
  /** Number of a notice version → people with at least one presentation of it, 0 included. */
  shown: ReadonlyMap<number, number>
}

/** `notices`: numbers of published notice versions. */
export async function countShown(register: Register, notices: readonly number[]): Promise<NoticeReach> {
  const [head] = await register.store.query<{ subject_count: number }>(
    'select subject_count from register.head',
  )
  // A showing is only recorded of what is published, so it stands after the version: for versions just published this
  // reads nothing, where a scan would read every event there is.
  const rows = await register.store.query<{ notice: number; people: number }>(
    `select e.notice, count(distinct e.subject)::int4 as people from register.event e
      where e.kind = $1 and e.notice = any($2::int4[])
        and e.position > (select min(v.position) from register.policy_version v where v.number = any($2::int4[]))
      group by e.notice`,
    [eventKinds.presentation.number, notices],
  )
  const counted = new Map(rows.map(({ notice, people }) => [notice, people]))
  return {
    people: head!.subject_count,
    shown: new Map(notices.map((notice) => [notice, counted.get(notice) ?? 0])),
  }
}
