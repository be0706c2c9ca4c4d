// One person's rows in the trees of a release: that D holds them and what was decided, that R holds them or does not.
import { equalBytes, toHex } from '../log/bytes.ts'
import { openPrefixTree, type PrefixTreeFile } from '../log/prefix-tree.ts'
import { ReleaseLeaves, verdictBytes } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import type { OpenedVerdict } from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import { isMasked, type ReasonCode } from '../model/reason.ts'
import type { SealedBody } from '../model/release.ts'
import { outcomes } from '../model/verdict.ts'
import { type FoundLeaf, findLeaf } from './find-leaf.ts'
import type { ReleaseFiles, TreeFile, Verdict } from './release-files.ts'

/** The decider's word size (src/decide/plan.ts): bit i of word w is code 52 w + i. */
const BITS_PER_WORD = 52

type Person = { registerId: string; secret: Uint8Array }
type Sealed = Pick<SealedBody, 'release' | 'released' | 'decided'>

export type FoundRow = {
  decided: FoundLeaf & { commitment: Uint8Array }
  verdict?: OpenedVerdict
  released: FoundLeaf
}

/** The rows of the person in the order of the dataset, and that neither tree has one more. */
export type FoundRows = { rows: FoundRow[]; beyond: { decided: FoundLeaf; released: FoundLeaf } }

type Verdicts = { candidates: readonly Verdict[]; maskCodes: readonly ReasonCode[] }

/**
 * Undefined when the trees are not kept. `readVerdicts` is asked only if the release considered the person: it may mean reading a
 * million.
 */
export async function openRows(
  person: Person,
  sealed: Sealed,
  files: Pick<ReleaseFiles, 'openTree'>,
  readVerdicts: () => Promise<Verdicts>,
): Promise<FoundRows | undefined> {
  const decided = await files.openTree(sealed.release, 'decided')
  const released = await files.openTree(sealed.release, 'released')
  try {
    if (decided === undefined || released === undefined) return undefined
    const trees = {
      decided: await openTree(decided, sealed.decided, sealed.release),
      released: await openTree(released, sealed.released, sealed.release),
    }
    return await rowsIn(person, sealed.release, trees, readVerdicts)
  } finally {
    await decided?.close()
    await released?.close()
  }
}

async function openTree(file: TreeFile, root: string, release: string): Promise<PrefixTreeFile> {
  const tree = await openPrefixTree(file.sizeBytes, file.readAt)
  if (toHex(tree.root) !== root)
    throw new Problem('register.corrupt', `a tree kept of ${release} is not the one that was sealed`)
  return tree
}

async function rowsIn(
  { registerId, secret }: Person,
  release: string,
  trees: { decided: PrefixTreeFile; released: PrefixTreeFile },
  readVerdicts: () => Promise<Verdicts>,
): Promise<FoundRows> {
  const leaves = new ReleaseLeaves(registerId, release)
  const key = new Uint8Array(HASH_BYTES)
  const rows: FoundRow[] = []
  let verdicts: Verdicts | undefined
  for (let ordinal = 0; ; ordinal++) {
    leaves.decidedKey(secret, 0, ordinal, key, 0)
    const decided = await findLeaf(trees.decided, key)
    leaves.rowOpening(secret, 0, ordinal, key, 0)
    leaves.releasedKey(key, 0, key, 0)
    const released = await findLeaf(trees.released, key)
    const { commitment, proof } = decided
    if (commitment === undefined) return { rows, beyond: { decided, released } }
    verdicts ??= await readVerdicts()
    const verdict = asCommitted(verdicts.candidates).find((one) =>
      opens(leaves, secret, ordinal, one, commitment),
    )
    rows.push({
      decided: { commitment, proof },
      ...(verdict && shownVerdict(verdict, verdicts.maskCodes)),
      released,
    })
  }
}

/** Of a row that stays no field leaves, whatever its verdict kept: D commits to none (src/release/decided-tree.ts). */
function asCommitted(candidates: readonly Verdict[]): Verdict[] {
  return candidates.flatMap((verdict) => [verdict, { ...verdict, fields: 0 }])
}

/** Which verdict was committed to, the commitment itself tells: one from the artefact, or the one that took the person out. */
function opens(
  leaves: ReleaseLeaves,
  secret: Uint8Array,
  ordinal: number,
  { outcome, fields, masks }: Verdict,
  commitment: Uint8Array,
): boolean {
  const made = new Uint8Array(HASH_BYTES)
  leaves.decidedCommitment(secret, 0, ordinal, verdictBytes(outcome, fields, masks), made, 0)
  return equalBytes(made, commitment)
}

/** Nothing at all where one of the reasons is masked: the other numbers would tell by what they leave out. */
function shownVerdict(
  { outcome, fields, masks }: Verdict,
  maskCodes: readonly ReasonCode[],
): { verdict?: OpenedVerdict } {
  const reasons = maskCodes.filter((_, index) => hasBit(masks, index))
  if (reasons.some(isMasked)) return {}
  return {
    verdict: { outcome, fields, masks: [...masks], words: { outcome: outcomes[outcome]!, reasons } },
  }
}

function hasBit(masks: readonly number[], index: number): boolean {
  const mask = BigInt(masks[Math.floor(index / BITS_PER_WORD)] ?? 0)
  return ((mask >> BigInt(index % BITS_PER_WORD)) & 1n) === 1n
}
