// D: a leaf for every record that was considered, with what became of it and why. Whoever was taken out after the decision
// stands in it with the verdict that took her out.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { buildPrefixTree, type PrefixTree } from '../log/prefix-tree.ts'
import { type ReleaseLeaves, verdictBytes } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { LEAF_BYTES } from '../log/sort-leaves.ts'
import type { CommittedBody } from '../model/release.ts'
import type { MemberSet } from '../register/release-members.ts'
import type { ManySecrets } from '../register/secrets/read-secrets.ts'
import type { ReleaseContext } from './decision-context.ts'
import type { VerdictNumbers } from './judge-touched.ts'
import type { ReleaseState, Stated } from './read-release.ts'
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
  from: { verdicts: VerdictColumns; members: MemberSet; secrets: ManySecrets; leaves: ReleaseLeaves },
): Promise<PrefixTree> {
  const { verdicts, members, secrets, leaves } = from
  const removed = await removedVerdicts(context, state.committed.position)
  const numbers = rowNumbers(verdicts)
  const bytesOf = verdictCache()
  const tree = Buffer.alloc(verdicts.count * LEAF_BYTES)
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
    const bytes = bytesOf(outcome, fields, verdict?.masks, verdicts.masks, row)
    leaves.decidedKey(secrets.bytes, at, numbers[row]!, tree, count * LEAF_BYTES)
    leaves.decidedCommitment(secrets.bytes, at, numbers[row]!, bytes, tree, count * LEAF_BYTES + HASH_BYTES)
    count++
  }
  return buildPrefixTree(tree, count)
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

/** A million records have a few hundred different verdicts. */
function verdictCache() {
  const known = new Map<number, { outcome: number; fields: number; masks: number[]; bytes: Uint8Array }[]>()
  return (
    outcome: number,
    fields: number,
    own: readonly number[] | undefined,
    columns: readonly Float64Array[],
    row: number,
  ): Uint8Array => {
    const first = own?.[0] ?? columns[0]![row]!
    const alike = known.get(first) ?? []
    known.set(first, alike)
    for (const entry of alike) {
      if (entry.outcome === outcome && entry.fields === fields && sameMasks(entry.masks, own, columns, row))
        return entry.bytes
    }
    const masks = own === undefined ? columns.map((column) => column[row]!) : [...own]
    const bytes = verdictBytes(outcome, fields, masks)
    alike.push({ outcome, fields, masks, bytes })
    return bytes
  }
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
