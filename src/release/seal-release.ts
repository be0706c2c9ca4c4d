// Sealing: from the set frozen at the commit, the file for the recipient is shaped and encrypted in one pass, and the two
// trees are grown from the same rows. Everything lies in a staged folder that nobody is told of until the gate is passed.
import { ReleaseLeaves } from '../log/release-leaves.ts'
import { sha256Hex } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { CommittedBody, SealedBody } from '../model/release.ts'
import { sealedColumns } from '../model/sealed-columns.ts'
import { readMembers } from '../register/release-members.ts'
import { readManySecrets } from '../register/secrets/read-secrets.ts'
import { buildManifest, signedManifest } from './build-manifest.ts'
import { growDecidedTree } from './decided-tree.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { loadDecidedDataset, openArtefact } from './load-decided-dataset.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import type { AtPoint } from './release-points.ts'
import { sealRecords } from './seal-records.ts'
import { artefactRelation, ascendingSubjects, readVerdicts } from './verdict-table.ts'

/** Where time goes, in seconds; the proof apart from what any export has to do. */
export type SealTimings = { shapeAndSeal: number; proof: number }

export type SealOptions = { onStep: OnStep; at: AtPoint }

/** Makes the staged folder whole but for the log's proof; the same state gives the same roots, whatever the file key. */
export async function sealRelease(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  { onStep, at }: SealOptions,
): Promise<{ body: SealedBody; timings: SealTimings }> {
  const { register, outbox } = context
  const committed = state.committed.body
  // Shape, transforms and duties come from the policy: the one it was approved under, or nothing is sealed.
  if (context.policyHash !== committed.policyHash)
    throw new Problem('decision.stale', `${state.release}: the policy changed since it was committed`)
  const asOf = state.amended.at(-1)?.position ?? state.committed.position
  await loadDecidedDataset(context, committed)
  const { path } = await openArtefact(context, committed.artefact)
  const folder = await outbox.stage(state.release)
  await at('staged')
  const laps = stopwatches()
  onStep({ step: 'preparing the proof', done: 0 })
  const [verdicts, members] = await Promise.all([
    readVerdicts(context.engine, artefactRelation(path)),
    readMembers(register.store, state.committed.position),
  ])
  const secrets = await readManySecrets(register.store, register.keys, ascendingSubjects(verdicts))
  const leaves = new ReleaseLeaves(register.registerId, state.release)
  laps.took('proof')
  const parts = { verdicts, members, secrets, leaves }
  // D is grown beside R: it needs nothing of what is read and shaped for R.
  const [sealed, grown] = await bothEnded(
    sealRecords(context, state, parts, { folder, onStep, at, took: laps.took }),
    growDecidedTree(context, state, parts),
  )
  onStep({ step: 'growing the trees', done: 0.5 })
  await outbox.keepTree(state.release, 'decided', grown.bytes)
  const decided = Buffer.from(grown.root).toString('hex')
  laps.took('proof')
  const { shape, counts, records, proof, recordsFile } = sealed
  const roots = { released: sealed.released, decided }
  const { manifest, readme } = buildManifest(context, state, {
    shape,
    counts,
    recordsFile,
    records,
    proof,
    roots,
  })
  const { bytes, note } = signedManifest(register, manifest)
  await outbox.write(folder, 'manifest.json', bytes)
  await outbox.write(folder, 'manifest.json.sig', note)
  await outbox.write(folder, 'README.txt', readme)
  await at('manifest-written')
  onStep({ step: 'growing the trees', done: 1 })
  return {
    body: {
      release: state.release,
      asOf,
      members: counts.rows,
      considered: committed.considered,
      ...roots,
      manifestSha256: sha256Hex(bytes),
      readmeSha256: manifest.readme.sha256,
      recordsSha256: records.sha256,
      proofSha256: proof.sha256,
      columns: sealedColumns(manifest.records.columns),
      ageRecipient: committed.ageRecipient,
      outbox: await outbox.id(),
    },
    timings: laps.timings,
  }
}

/** A failure of one is told when the other has ended too: nothing goes on behind the back of whoever is told. */
async function bothEnded<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

function stopwatches(): { timings: SealTimings; took: (part: keyof SealTimings) => void } {
  const timings: SealTimings = { shapeAndSeal: 0, proof: 0 }
  let lap = performance.now()
  return {
    timings,
    took(part) {
      timings[part] += (performance.now() - lap) / 1000
      lap = performance.now()
    },
  }
}
