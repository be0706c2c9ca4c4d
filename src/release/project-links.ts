// Which enrolments are one person, from every word about links up to a position: the connected components of pairs whose
// latest word is "same" with enough confidence. Made anew whenever a word was added, so that taking a link back takes it apart.
import type { Pack } from '../decide/rule.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { Link } from '../model/release.ts'
import { readLinks } from '../register/link-people.ts'
import type { Register } from '../register/register.ts'

/** Nobody is enrolled more often: what grew larger is chained by mistake, and doubted instead of merged. */
const ENROLMENTS_MAX = 50

export type Clusters = {
  /** Enrolments of one person, two or more in each. */
  people: number[][]
  /** Enrolments that may be the same person as another one, and nobody is sure enough. */
  doubtful: Set<number>
}

/** The confidence that any of these packs asks for: with less, a link is a doubt, which refuses. */
export function linkConfidenceMin(packs: readonly Pack[]): number {
  // Without a pack nothing is sure enough.
  if (packs.length === 0) return NEVER_SURE
  return Math.max(...packs.map(({ parameters }) => parameters.linkConfidenceMin.value))
}

const NEVER_SURE = 101

/** Brings `person_mate` and `link_doubt` up to a position; a transaction of its own that knows how far it came. */
export async function projectLinks(
  register: Register,
  engine: SetEngine,
  { upTo, confidenceMin }: { upTo: number; confidenceMin: number },
): Promise<void> {
  const [made] = await engine.rows<{ confidence_min: number; position: number }>('select * from clusters')
  const after = made?.confidence_min === confidenceMin ? made.position : 0
  if (made !== undefined && after === upTo) return
  const fresh = made !== undefined && after > 0 && !(await hasLinks(register, { after, upTo }))
  const clusters = fresh
    ? undefined
    : clustersOf(await readLinks(register.store, { after: 0, upTo }), confidenceMin)
  await engine.run('begin')
  try {
    if (clusters !== undefined) await replaceClusters(engine, clusters)
    await engine.run(`delete from clusters; insert into clusters values (${confidenceMin}, ${upTo})`)
    await engine.run('commit')
  } catch (error) {
    await engine.run('rollback')
    throw error
  }
}

/** Later words replace earlier ones of the same pair. */
export function clustersOf(links: readonly Link[], confidenceMin: number): Clusters {
  const latest = new Map<string, Link>()
  for (const link of links) latest.set(`${link.a} ${link.b}`, link)
  const components = new Components()
  for (const link of latest.values())
    if (link.says === 'same' && link.confidence >= confidenceMin) components.join(link.a, link.b)
  const people: number[][] = []
  const doubtful = new Set<number>()
  for (const members of components.all()) {
    if (members.length <= ENROLMENTS_MAX) people.push(members)
    else for (const member of members) doubtful.add(member)
  }
  for (const { a, b, says } of latest.values()) {
    const together = components.rootOf(a) === components.rootOf(b)
    // Unsure, or said to be two and chained to one through others.
    if ((says === 'same') !== together) for (const member of [a, b]) doubtful.add(member)
  }
  return { people, doubtful }
}

/** Union-find over whoever is named. */
class Components {
  readonly #parents = new Map<number, number>()

  rootOf(member: number): number {
    let root = member
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) root = next
    // The way is walked once.
    for (let at = member; at !== root; ) {
      const next = this.#parents.get(at)!
      this.#parents.set(at, root)
      at = next
    }
    return root
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)]
    if (first !== second) this.#parents.set(Math.max(first, second), Math.min(first, second))
  }

  /** Ascending, each component too. */
  all(): number[][] {
    const found = new Map<number, number[]>()
    for (const member of [...this.#parents.keys()].sort((a, b) => a - b)) {
      const root = this.rootOf(member)
      const members = found.get(root) ?? [root]
      found.set(root, members)
      members.push(member)
    }
    return [...found.values()].sort(([a], [b]) => a! - b!)
  }
}

async function hasLinks(
  register: Register,
  { after, upTo }: { after: number; upTo: number },
): Promise<boolean> {
  const rows = await register.store.query(
    "select 1 from register.record where kind = 'links' and position > $1 and position <= $2 limit 1",
    [after, upTo],
  )
  return rows.length > 0
}

async function replaceClusters(engine: SetEngine, { people, doubtful }: Clusters): Promise<void> {
  await engine.run('delete from person_mate; delete from link_doubt')
  await engine.load('person_mate', ['subject', 'mate'], mateLines(people))
  await engine.load(
    'link_doubt',
    ['subject'],
    [Buffer.from([...doubtful].map((subject) => `${subject}\n`).join(''), 'latin1')],
  )
}

const CLUSTERS_AT_ONCE = 1_000

function* mateLines(people: readonly number[][]): Generator<Uint8Array> {
  for (let first = 0; first < people.length; first += CLUSTERS_AT_ONCE) {
    let text = ''
    for (const members of people.slice(first, first + CLUSTERS_AT_ONCE))
      for (const subject of members)
        for (const mate of members) if (mate !== subject) text += `${subject}\t${mate}\n`
    yield Buffer.from(text, 'latin1')
  }
}
