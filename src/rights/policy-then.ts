// Policy as it was published when a release was committed: a recipient is told by the legal name it had on that day.
import { type DateNumber, dateOf, type Instant } from '../model/instant.ts'
import type { Controller, LegalEntity, PolicyKind, Purpose } from '../model/policy.ts'
import type { Party } from '../model/release.ts'
import { type PolicyTerms, policyTermsByPosition } from '../register/policy-terms.ts'
import type { PolicyVersion } from '../register/publish-policy.ts'

export type PolicyThen = {
  /** On the day of the release in the controller's zone; the id stands for itself if it was never published. */
  party(id: string): Party
  purpose(id: string): string
  /** Whose terms it went by; undefined before a controller was published. */
  terms(): PolicyTerms | undefined
}

/** Every version is read once, however many releases are asked about; `versions` oldest first. */
export function policyByPosition(
  versions: readonly PolicyVersion[],
): (position: number, at: Instant) => PolicyThen {
  const bodies = bodiesOf(versions)
  const termsAt = policyTermsByPosition(versions)
  return (position, at) => {
    const body = <T>(kind: PolicyKind, name: string) => bodies<T>(kind, name, position)
    const controller = controllerAt(versions, position, body)
    const dayOf = (instant: Instant) => dateOf(instant, controller?.zone ?? 'UTC')
    return {
      terms: () => termsAt(position),
      party(id) {
        if (id === controller?.id) return { id, name: controller.name }
        const names = body<LegalEntity>('entity', id)?.names ?? []
        // A calendar is slow to ask a thousand times, and most names have always been the same.
        return { id, name: (names.length > 1 ? nameOn(names, dayOf(at)) : names[0]?.name) ?? id }
      },
      purpose: (id) => body<Purpose>('purpose', id)?.text ?? id,
    }
  }
}

type BodyAt = <T>(kind: PolicyKind, name: string, position: number) => T | undefined

/** The newest version before a position that was not retired; an entity retired since still has the record. */
function bodiesOf(versions: readonly PolicyVersion[]): BodyAt {
  const byItem = new Map<string, PolicyVersion[]>()
  for (const version of versions) {
    const key = `${version.kind} ${version.name}`
    byItem.set(key, [...(byItem.get(key) ?? []), version])
  }
  const parsed = new Map<number, unknown>()
  return <T>(kind: PolicyKind, name: string, position: number) => {
    const found = byItem
      .get(`${kind} ${name}`)
      ?.findLast((version) => version.body !== undefined && version.position < position)
    if (found?.body === undefined) return undefined
    if (!parsed.has(found.number)) parsed.set(found.number, JSON.parse(found.body))
    // Our own canonical texts, read from an append-only table: their type follows from their kind.
    return parsed.get(found.number) as T
  }
}

/** Its id is the organisation's, which may have changed it; the newest counts. */
function controllerAt(
  versions: readonly PolicyVersion[],
  position: number,
  body: <T>(kind: PolicyKind, name: string) => T | undefined,
): Controller | undefined {
  const version = versions.findLast(
    (candidate) =>
      candidate.kind === 'controller' && candidate.body !== undefined && candidate.position < position,
  )
  return version && body<Controller>('controller', version.name)
}

function nameOn(names: LegalEntity['names'], day: DateNumber): string | undefined {
  const holding = names.find(({ from = 0, to = Number.MAX_SAFE_INTEGER }) => from <= day && day < to)
  return (holding ?? names.at(-1))?.name
}
