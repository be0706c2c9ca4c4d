// D: a leaf for every record that was considered, with what became of it and why. Whoever was taken out after the decision
// stands in it with the verdict that took her out.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { verdictBytes } from '../log/release-leaves.ts'
import type { CommittedBody } from '../model/release.ts'
import type { MemberSet } from '../register/release-members.ts'
import type { ManySecrets } from '../register/secrets/read-secrets.ts'
import type { ReleaseContext } from './decision-context.ts'
import type { VerdictNumbers } from './judge-touched.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import type { GrownTree } from './tree-builder.ts'
import { rowNumbers, type VerdictColumns } from './verdict-table.ts'

/** Without a secret there is no leaf that its owner could find: such a person was erased, and cannot be in a release. */
export function secretAt(secrets: ManySecrets, subject: number): number {
  const at = secrets.at(subject)
  if (at === undefined) throw new Error('a person to be released has no secret')
  return at
}

export async function growDecidedTree(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  from: { verdicts: VerdictColumns; members: MemberSet; secrets: ManySecrets },
): Promise<GrownTree> {
  const { verdicts, members, secrets } = from
  const removed = await removedVerdicts(context, state.committed.position)
  const numbers = rowNumbers(verdicts)
  const { kindOf, verdicts: different } = verdictCache()
  const kinds = new Uint32Array(verdicts.count)
  const secretsAt = new Uint32Array(verdicts.count)
  const ordinals = new Uint32Array(verdicts.count)
  let count = 0
  for (let row = 0; row < verdicts.count; row++) {
    const subject = verdicts.subjects[row]!
    const at = secrets.at(subject)
    // Erased since: nothing can be proved to her, or about her.
    if (at === undefined) continue
    const verdict = removed.get(subject)
    const outcome = verdict?.outcome ?? verdicts.outcomes[row]!
    const left = outcome >= outcomeNumbers.transform && members.has(subject)
    const fields = left ? verdicts.fields[row]! : 0
    kinds[count] = kindOf(outcome, fields, verdict?.masks, verdicts.masks, row)
    secretsAt[count] = at
    ordinals[count] = numbers[row]!
    count++
  }
  return context.growDecided({
    registerId: context.register.registerId,
    release: state.release,
    count,
    secrets: secrets.bytes,
    secretsAt,
    ordinals,
    verdicts: different,
    kinds,
  })
}

async function removedVerdicts(
  { register }: ReleaseContext,
  release: number,
): Promise<Map<number, VerdictNumbers>> {
  const rows = await register.store.query<{ subject: number; verdict: string }>(
    `select subject, verdict from register.release_removal where release = $1 and stage = 'amended'`,
    [release],
  )
  return new Map(rows.map(({ subject, verdict }) => [subject, JSON.parse(verdict) as VerdictNumbers]))
}

/** A million records have a few hundred different verdicts: each is written once, and is a kind. */
function verdictCache() {
  const known = new Map<number, { outcome: number; fields: number; masks: number[]; kind: number }[]>()
  const verdicts: Uint8Array[] = []
  const kindOf = (
    outcome: number,
    fields: number,
    own: readonly number[] | undefined,
    columns: readonly Float64Array[],
    row: number,
  ): number => {
    const first = own?.[0] ?? columns[0]![row]!
    const alike = known.get(first) ?? []
    known.set(first, alike)
    for (const entry of alike) {
      if (entry.outcome === outcome && entry.fields === fields && sameMasks(entry.masks, own, columns, row))
        return entry.kind
    }
    const masks = own === undefined ? columns.map((column) => column[row]!) : [...own]
    const kind = verdicts.push(verdictBytes(outcome, fields, masks)) - 1
    alike.push({ outcome, fields, masks, kind })
    return kind
  }
  return { kindOf, verdicts }
}

function sameMasks(
  masks: readonly number[],
  own: readonly number[] | undefined,
  columns: readonly Float64Array[],
  row: number,
): boolean {
  for (let word = 0; word < masks.length; word++)
    if (masks[word] !== (own === undefined ? columns[word]![row] : own[word])) return false
  return true
}
