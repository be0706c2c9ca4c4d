// Publishing policy: what changed is appended as a new immutable version, what is gone is retired, the rest stays.
import { randomUUID } from 'node:crypto'
import { canonicalHash, canonicalJson, sha256Hex } from '../model/canonical.ts'
import type { PolicyKind } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { appendUnderLock } from './append-batch.ts'
import type { BatchDraft } from './batch.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

/** One declaration; `body` is its canonical JSON. Only notices name their own version. */
export type PolicyItem = { kind: PolicyKind; name: string; version?: string; body: string }

type PublishedItem = {
  kind: PolicyKind
  name: string
  version: string
  number: number
  /** The version that was current before, of a notice the one published last; absent for something new. */
  previous?: string
}

export type Publication = {
  /** Absent when nothing changed, and so nothing was appended. */
  position: number | undefined
  published: PublishedItem[]
  retired: PublishedItem[]
  unchanged: number
}

/** A row of `register.policy_version`. `body` is undefined where the item was retired. */
export type PolicyVersion = {
  number: number
  kind: PolicyKind
  name: string
  version: string
  sha256: string
  body: string | undefined
  position: number
  /** In force now: the newest version and not retired. Every published notice version is: people were shown it. */
  current: boolean
}

/** Publishes the whole policy; items that are not among `items` any more are retired, except notices. */
export async function publishPolicy(
  register: Register,
  items: readonly PolicyItem[],
  actor: string,
): Promise<Publication> {
  const planned = plan(await readPublishedPolicy(register), items)
  if (planned.rows.length === 0) return { position: undefined, ...planned.result }
  let result = planned.result
  const appended = await appendUnderLock(register, async (session) => {
    // Planned again under the head's lock: numbers and versions are given out here.
    const final = plan(await readVersions(session), items)
    result = final.result
    return final.rows.length === 0 ? undefined : publicationDraft(items, final.rows, actor)
  })
  return { position: appended?.position, ...result }
}

/** The document lists what changed by hash; the bodies themselves stand in `policy_version`. */
function publicationDraft(
  items: readonly PolicyItem[],
  rows: readonly NewVersion[],
  actor: string,
): BatchDraft {
  return {
    kind: 'policy',
    actor,
    idempotencyKey: randomUUID(),
    contentHash: canonicalHash(items.map(({ kind, name, version, body }) => ({ kind, name, version, body }))),
    record: {
      about: 'policy',
      body: canonicalJson(rows.map(({ kind, name, version, sha256 }) => ({ kind, name, version, sha256 }))),
    },
    extra: (session, position) => insertVersions(session, position, rows),
  }
}

/** Every version ever published, oldest first: from the register, or from the session of a transaction that holds the lock. */
export async function readPublishedPolicy(
  from: { store: Pick<StoreSession, 'query'> },
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<PolicyVersion[]> {
  return readVersions(from.store, upTo)
}

async function readVersions(
  session: Pick<StoreSession, 'query'>,
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<PolicyVersion[]> {
  const rows = await session.query<Omit<PolicyVersion, 'body' | 'current'> & { body: string | null }>(
    'select number, kind, name, version, sha256, body, position from register.policy_version where position <= $1 order by number',
    [upTo],
  )
  const newest = new Map(rows.map((row) => [itemKey(row), row.number]))
  return rows.map((row) => ({
    ...row,
    body: row.body ?? undefined,
    current: row.body !== null && (row.kind === 'notice' || newest.get(itemKey(row)) === row.number),
  }))
}

type NewVersion = Omit<PolicyVersion, 'position' | 'current'>
type Plan = { rows: NewVersion[]; result: Omit<Publication, 'position'> }

/** What to append so that `items` is what is published. */
function plan(versions: readonly PolicyVersion[], items: readonly PolicyItem[]): Plan {
  const newest = new Map(versions.map((version) => [itemKey(version), version]))
  const counts = new Map<string, number>()
  for (const version of versions) counts.set(itemKey(version), (counts.get(itemKey(version)) ?? 0) + 1)
  const notices = new Map(
    versions.filter(({ kind }) => kind === 'notice').map((version) => [versionKey(version), version]),
  )
  const planned: Plan = { rows: [], result: { published: [], retired: [], unchanged: 0 } }
  let number = versions.at(-1)?.number ?? 0

  const add = (item: Omit<PolicyItem, 'body'>, into: PublishedItem[], body: string | undefined) => {
    const { kind, name } = item
    const before = newest.get(itemKey(item))
    const version = kind === 'notice' ? item.version! : String((counts.get(itemKey(item)) ?? 0) + 1)
    number++
    planned.rows.push({
      number,
      kind,
      name,
      version,
      sha256: body === undefined ? '' : sha256Hex(body),
      body,
    })
    const previous = before?.body === undefined ? {} : { previous: before.version }
    into.push({ kind, name, version, number, ...previous })
  }

  for (const item of items) {
    const before = item.kind === 'notice' ? notices.get(versionKey(item)) : newest.get(itemKey(item))
    if (before?.body !== undefined && before.sha256 === sha256Hex(item.body)) {
      planned.result.unchanged++
      continue
    }
    if (item.kind === 'notice' && before !== undefined)
      throw new Problem(
        'policy.invalid',
        `a published notice version never changes: ${item.name}@${item.version} was published with other text`,
      )
    add(item, planned.result.published, item.body)
  }
  const kept = new Set(items.map(itemKey))
  for (const version of newest.values())
    if (version.kind !== 'notice' && version.body !== undefined && !kept.has(itemKey(version)))
      add(version, planned.result.retired, undefined)
  return planned
}

async function insertVersions(
  session: StoreSession,
  position: number,
  rows: readonly NewVersion[],
): Promise<void> {
  for (const { number, kind, name, version, sha256, body } of rows)
    await session.query(
      `insert into register.policy_version (number, kind, name, version, sha256, body, position)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [number, kind, name, version, sha256, body ?? null, position],
    )
  await session.query('update register.head set policy_count = policy_count + $1::int4', [rows.length])
}

function itemKey({ kind, name }: { kind: PolicyKind; name: string }): string {
  return `${kind}\0${name}`
}

function versionKey(item: { kind: PolicyKind; name: string; version?: string }): string {
  if (item.version === undefined) throw new Error('a notice names its version')
  return `${itemKey(item)}\0${item.version}`
}
