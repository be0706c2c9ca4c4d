// The numbers of the names an organisation gives to purposes, recipients, routes and sources; given once, never reused.
import { randomUUID } from 'node:crypto'
import { canonicalHash } from '../model/canonical.ts'
import type { TermKind } from '../model/vocabulary.ts'
import { appendBatch } from './append-batch.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

export type Term = { number: number; kind: TermKind; name: string }

/** Terms never change, so what was read once stays true. */
const known = new WeakMap<Register['store'], Map<string, number>>()

/** Name → number, in the order given; names not known yet are added to the register. */
export async function termNumbers(
  register: Register,
  kind: TermKind,
  names: Iterable<string>,
): Promise<Map<string, number>> {
  const wanted = [...new Set(names)]
  const cache = cacheOf(register)
  if (wanted.some((name) => !cache.has(cacheKey(kind, name)))) await remember(register, cache)
  const missing = wanted.filter((name) => !cache.has(cacheKey(kind, name)))
  if (missing.length > 0) {
    await addTerms(register, kind, missing)
    await remember(register, cache)
  }
  return new Map(wanted.map((name) => [name, cache.get(cacheKey(kind, name))!]))
}

export async function readTerms(from: { store: Pick<StoreSession, 'query'> }): Promise<Term[]> {
  return from.store.query<Term>('select number, kind, name from register.term order by number')
}

async function remember(register: Register, cache: Map<string, number>): Promise<void> {
  for (const { kind, name, number } of await readTerms(register)) cache.set(cacheKey(kind, name), number)
}

async function addTerms(register: Register, kind: TermKind, names: readonly string[]): Promise<void> {
  await appendBatch(register, {
    kind: 'term',
    actor: 'register',
    idempotencyKey: randomUUID(),
    contentHash: canonicalHash({ kind, names }),
    extra: (session, position) => insertTerms(session, position, kind, names),
  })
}

/** Under the head's lock: somebody else may have added some of them since they were found missing. */
async function insertTerms(
  session: StoreSession,
  position: number,
  kind: TermKind,
  names: readonly string[],
): Promise<void> {
  const present = await session.query<{ name: string }>(
    'select name from register.term where kind = $1 and name = any($2::text[])',
    [kind, names],
  )
  const have = new Set(present.map(({ name }) => name))
  const missing = names.filter((name) => !have.has(name))
  const [head] = await session.query<{ term_count: number }>(
    'update register.head set term_count = term_count + $1::int4 returning term_count',
    [missing.length],
  )
  const first = head!.term_count - missing.length + 1
  await session.query(
    `insert into register.term (number, kind, name, position)
     select $1::int4 + t.n::int4 - 1, $2, t.name, $3::int8 from unnest($4::text[]) with ordinality as t (name, n)`,
    [first, kind, position, missing],
  )
}

function cacheOf(register: Register): Map<string, number> {
  const cache = known.get(register.store) ?? new Map<string, number>()
  known.set(register.store, cache)
  return cache
}

function cacheKey(kind: TermKind, name: string): string {
  return `${kind}\0${name}`
}
