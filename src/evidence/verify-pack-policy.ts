// The policy, notices and rule packs in an evidence pack: as the log binds them, and on record before what rests on them.
import { sha256Hex } from '../model/canonical.ts'
import { documentPath, packPaths } from '../model/evidence-pack.ts'
import type { ApprovalRule } from '../model/release.ts'
import { NotHeld } from './check.ts'
import { bodyOf, policyRowsShape, type ReadPolicyRow } from './pack-shapes.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'
import type { PackRelease } from './verify-pack-releases.ts'

/** Versions as published, oldest first. */
type Published = ReadPolicyRow & { position: number }

export type PackPolicy = {
  /** The controller's time zone and rule of approval before a position, as far as the body is enclosed. */
  controllerAt(position: number): Controller | undefined
  /** Releases whose rule of approval cannot be looked up: the controller's body is named as left out. */
  unruled: readonly string[]
}

type Controller = { zone?: string; rule?: ApprovalRule }

export async function checkPolicy(
  pack: OpenedPack,
  documents: PackDocuments,
  releases: readonly PackRelease[],
): Promise<PackPolicy> {
  const published = documents
    .of('policy')
    .flatMap((document) =>
      bodyOf(document, policyRowsShape).map((row) => ({ ...row, position: document.position })),
    )
  for (const release of releases) checkPolicyHash(published, release)
  const bodies = await checkBodies(pack, published, releases)
  await checkReadable(pack, bodies)
  await checkRulePacks(pack, releases)
  const controllerAt = (position: number) => controllerOf(published, bodies, position)
  const unruled = releases.filter((release) => !hasRule(pack, published, controllerAt, release))
  return { controllerAt, unruled: unruled.map(({ release }) => release) }
}

/** What was decided by is what the log says was published, all of it, and nothing that came later. */
function checkPolicyHash(published: readonly Published[], { release, commit, decision }: PackRelease): void {
  const committed = 'policyHash' in commit.body ? commit.body.policyHash : undefined
  const policyHash = decision?.body.policyHash ?? committed
  if (policyHash === undefined) return
  const file = documentPath(commit.document)
  if (committed !== undefined && committed !== policyHash)
    throw new NotHeld(file, 'body.policyHash', 'is not that of the decision')
  const lines = inForceBefore(published, commit.document.position).map(
    ({ kind, name, version, sha256 }) => `${kind} ${name} ${version} ${sha256}\n`,
  )
  if (sha256Hex(lines.join('')) !== policyHash)
    throw new NotHeld(file, 'body.policyHash', `is not that of the policy on record before ${release}`)
}

/** Every notice version that was ever published; of all else the newest version, unless it was retired. */
function inForceBefore(published: readonly Published[], position: number): Published[] {
  const before = published.filter((row) => row.position < position)
  const newest = new Map(before.map((row) => [`${row.kind}\0${row.name}`, row]))
  return before.filter(
    (row) => row.sha256 !== '' && (row.kind === 'notice' || newest.get(`${row.kind}\0${row.name}`) === row),
  )
}

/** By `kind/name@version`. */
type Bodies = ReadonlyMap<string, Readonly<Record<string, unknown>>>

async function checkBodies(
  pack: OpenedPack,
  published: readonly Published[],
  releases: readonly PackRelease[],
): Promise<Bodies> {
  const before = Math.max(...releases.map(({ commit }) => commit.document.position))
  const upTo = releases.length === 0 ? Number.POSITIVE_INFINITY : before
  const bodies = new Map<string, Readonly<Record<string, unknown>>>()
  for (const { path } of pack.manifest.files) {
    const [, item] = /^policy\/(.+)\.json$/.exec(path) ?? []
    if (item === undefined) continue
    const bytes = await pack.read(path)
    const row = published.find(({ kind, name, version }) => `${kind}/${name}@${version}` === item)
    if (row === undefined) throw new NotHeld(path, undefined, 'is no version that was published')
    if (row.sha256 !== sha256Hex(bytes)) throw new NotHeld(path, undefined, 'is not what was published')
    if (row.position >= upTo)
      throw new NotHeld(path, undefined, 'was published after the last decision that it is enclosed for')
    bodies.set(item, objectIn(bytes))
  }
  return bodies
}

/** The text that people read is the one that was hashed, to the letter but for line breaks at its end. */
async function checkReadable(pack: OpenedPack, bodies: Bodies): Promise<void> {
  for (const { path } of pack.manifest.files) {
    const [, notice] = /^notices\/(.+)\.(?:md|txt)$/.exec(path) ?? []
    if (notice === undefined) continue
    const wording = bodies.get(`notice/${notice}`)?.wording
    if (typeof wording !== 'string') throw new NotHeld(path, undefined, 'is of a notice that is not enclosed')
    const text = new TextDecoder().decode(await pack.read(path))
    if (text.trimEnd() !== wording.trimEnd())
      throw new NotHeld(path, undefined, 'is not the wording that was published')
  }
}

async function checkRulePacks(pack: OpenedPack, releases: readonly PackRelease[]): Promise<void> {
  const named = new Map<string, Set<string>>()
  for (const { decision } of releases)
    for (const [id, hash] of Object.entries(decision?.body.packHashes ?? {}))
      named.set(id, (named.get(id) ?? new Set()).add(hash))
  for (const [id, hashes] of named) {
    const path = `packs/${id}.json`
    if (pack.has(path)) {
      if (!hashes.has(sha256Hex(await pack.read(path))))
        throw new NotHeld(path, undefined, 'is not the pack that was decided by')
    } else if (!pack.leaves('pack', id))
      throw new NotHeld(path, undefined, 'is not there, and not named as left out')
    if (hashes.size > 1 && !pack.leaves('pack', id))
      throw new NotHeld(packPaths.manifest, 'left', `does not say that ${id} was more than one pack`)
  }
  if (releases.some(({ decision }) => decision === undefined)) return
  const other = pack.manifest.files.find(({ path }) => {
    const [, id] = /^packs\/(.+)\.json$/.exec(path) ?? []
    return id !== undefined && !named.has(id)
  })
  if (other !== undefined) throw new NotHeld(other.path, undefined, 'is no pack that was decided by')
}

// --- the controller ----------------------------------------------------------------------------------------------

function controllerOf(
  published: readonly Published[],
  bodies: Bodies,
  position: number,
): Controller | undefined {
  const row = controllerRow(published, position)
  const body = row && bodies.get(`${row.kind}/${row.name}@${row.version}`)
  if (body === undefined) return undefined
  const { zone, approval } = body
  const rule =
    typeof approval === 'object' && approval !== null && 'rule' in approval ? approval.rule : 'second-person'
  return {
    ...(typeof zone === 'string' && { zone }),
    ...((rule === 'second-person' || rule === 'sole-person') && { rule }),
  }
}

function controllerRow(published: readonly Published[], position: number): Published | undefined {
  return inForceBefore(published, position).findLast(({ kind }) => kind === 'controller')
}

/**
 * That one person alone may decide is said before, in the policy, and not by that person. False where the manifest says that
 * the policy is not enclosed.
 */
function hasRule(
  pack: OpenedPack,
  published: readonly Published[],
  controllerAt: PackPolicy['controllerAt'],
  { commit, approval }: PackRelease,
): boolean {
  const { position } = commit.document
  const file = documentPath(commit.document)
  const row = controllerRow(published, position)
  if (row === undefined)
    throw new NotHeld(file, 'body.approvalRule', 'rests on no controller that was on record before')
  const controller = controllerAt(position)
  if (controller === undefined) {
    const item = `${row.kind}/${row.name}@${row.version}`
    if (pack.leaves('body', item)) return false
    throw new NotHeld(`policy/${item}.json`, undefined, 'is not there, and not named as left out')
  }
  if (controller.rule !== approval.statement.rule)
    throw new NotHeld(file, 'body.approvalRule', 'is not the rule of the policy')
  return true
}

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
