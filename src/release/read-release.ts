// Where a release stands, read from the documents it left: which step is next, and what the earlier ones said.
import { readDestruction } from '../model/custody.ts'
import {
  type AbandonedBody,
  type AmendedBody,
  type CommittedBody,
  type DecisionBody,
  type DeliveredBody,
  type DestroyedBody,
  type EmptyBody,
  type OpenedBody,
  type RemovalAppliedBody,
  type RemovalDeliveredBody,
  type RemovalSealedBody,
  releaseKinds,
  type SealedBody,
} from '../model/release.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'

export type Stated<B> = { position: number; recordedAt: number; body: B; document: RegisterDocument }

export type RemovalState = {
  sealed: Stated<RemovalSealedBody>
  delivered?: Stated<RemovalDeliveredBody>
  applied?: Stated<RemovalAppliedBody>
}

export type ReleaseState = {
  release: string
  empty?: Stated<EmptyBody>
  committed?: Stated<CommittedBody>
  abandoned?: Stated<AbandonedBody>
  /** Each took people out before anything left; the last one is where sealing starts from. */
  amended: Stated<AmendedBody>[]
  /** Of what was sealed after the last amendment. */
  sealed?: Stated<SealedBody>
  delivered?: Stated<DeliveredBody>
  opened?: Stated<OpenedBody>
  removals: RemovalState[]
  /** The recipient has shown that it destroyed what it got: by a certificate it signed, or on somebody's word. */
  destroyed?: Stated<DestroyedBody>
  /** Not yet all of it: its certificate says until when backups hold it. */
  partly?: Stated<DestroyedBody>
}

/** One decision, at most one release. */
export function releaseIdOf(decision: { about: string; position: number }): string {
  return `${decision.about}@${decision.position}`
}

export async function readRelease(
  session: Pick<StoreSession, 'query'>,
  release: string,
): Promise<ReleaseState> {
  return stateOf(release, await readDocuments(session, { kind: releaseKinds, about: release }))
}

/** Every release there is, in the order they were committed; `upTo`: as they stood at that position. */
export async function readReleases(
  session: Pick<StoreSession, 'query'>,
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<ReleaseState[]> {
  const byRelease = new Map<string, RegisterDocument[]>()
  for (const document of await readDocuments(session, { kind: releaseKinds })) {
    if (document.position > upTo) continue
    const earlier = byRelease.get(document.about)
    if (earlier === undefined) byRelease.set(document.about, [document])
    else earlier.push(document)
  }
  return [...byRelease].map(([release, documents]) => stateOf(release, documents))
}

/** Up to here everybody was looked at; an amendment that removed nobody sealed lost files again and looked at nobody. */
export function lookedUpTo({ amended, committed }: ReleaseState): number | undefined {
  return (amended.findLast(({ body }) => body.removed > 0) ?? committed)?.position
}

/** The newest decision on record for a request, or the one at `position`. */
export async function readDecision(
  session: Pick<StoreSession, 'query'>,
  request: string,
  position?: number,
): Promise<Stated<DecisionBody> | undefined> {
  const filter = { kind: 'decision', about: request, ...(position !== undefined && { position }) }
  return newest<DecisionBody>(await readDocuments(session, filter), 'decision')
}

function stateOf(release: string, documents: readonly RegisterDocument[]): ReleaseState {
  const last = <B>(kind: string) => newest<B>(documents, kind)
  const amended = documents.filter(({ kind }) => kind === 'release.amended').map(stated<AmendedBody>)
  const sealed = last<SealedBody>('release.sealed')
  const settled = sealed !== undefined && sealed.position > (amended.at(-1)?.position ?? 0)
  return {
    release,
    amended,
    removals: removalsOf(documents),
    ...present('empty', last<EmptyBody>('release.empty')),
    ...present('committed', last<CommittedBody>('release.committed')),
    ...present('abandoned', last<AbandonedBody>('release.abandoned')),
    ...present('sealed', settled ? sealed : undefined),
    ...present('delivered', last<DeliveredBody>('release.delivered')),
    ...present('opened', last<OpenedBody>('release.opened')),
    ...readDestruction(documents.filter(({ kind }) => kind === 'destroyed').map(stated<DestroyedBody>)),
  }
}

function removalsOf(documents: readonly RegisterDocument[]): RemovalState[] {
  const of = <B extends { removal: number }>(kind: string) =>
    documents.filter((document) => document.kind === kind).map(stated<B>)
  const sealed = of<RemovalSealedBody>('removal.sealed')
  const numbers = [...new Set(sealed.map(({ body }) => body.removal))]
  return numbers.map((number) => {
    const mine = <B extends { removal: number }>(all: readonly Stated<B>[]) =>
      all.filter(({ body }) => body.removal === number)
    const last = <B extends { removal: number }>(all: readonly Stated<B>[]) => mine(all).at(-1)
    const first = <B extends { removal: number }>(all: readonly Stated<B>[]) => mine(all)[0]
    return {
      sealed: last(sealed)!,
      ...present('delivered', last(of<RemovalDeliveredBody>('removal.delivered'))),
      // The first: a recipient that applies a removal once more finds nothing left to remove, and says so.
      ...present('applied', first(of<RemovalAppliedBody>('removal.applied'))),
    }
  })
}

function newest<B>(documents: readonly RegisterDocument[], kind: string): Stated<B> | undefined {
  const found = documents.filter((document) => document.kind === kind).at(-1)
  return found && stated<B>(found)
}

export function stated<B>(document: RegisterDocument): Stated<B> {
  const { position, recordedAt, body } = document
  return { position, recordedAt, body: JSON.parse(body) as B, document }
}

function present<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V })
}
