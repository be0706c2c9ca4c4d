// Sealing: from the set frozen at the commit, the file for the recipient is shaped and encrypted in one pass, and the two
// trees are grown from the same rows. Everything lies in a staged folder that nobody is told of until the gate is passed.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { buildPrefixTree, type PrefixTree } from '../log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf } from '../log/release-leaves.ts'
import { sha256Hex } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { CommittedBody, SealedBody } from '../model/release.ts'
import { sealedColumns } from '../model/sealed-columns.ts'
import { readMembers } from '../register/release-members.ts'
import { readManySecrets } from '../register/secrets/read-secrets.ts'
import { buildManifest, signedManifest } from './build-manifest.ts'
import { growDecidedTree, secretAt } from './decided-tree.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { loadDecidedDataset, openArtefact } from './load-decided-dataset.ts'
import { proofBytes } from './proof-file.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import type { AtPoint } from './release-points.ts'
import { planShape } from './shape/plan-shape.ts'
import { shapeRows } from './shape/shape-rows.ts'
import {
  artefactRelation,
  ascendingSubjects,
  readVerdicts,
  rowNumbers,
  type VerdictColumns,
} from './verdict-table.ts'

const LEAF_BYTES = 64
const HASH_BYTES = 32

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
  const timings: SealTimings = { shapeAndSeal: 0, proof: 0 }
  await loadDecidedDataset(context, committed)
  const { path } = await openArtefact(context, committed.artefact)
  const folder = await outbox.stage(state.release)
  await at('staged')
  let lap = performance.now()
  const took = (part: keyof SealTimings) => {
    timings[part] += (performance.now() - lap) / 1000
    lap = performance.now()
  }
  onStep({ step: 'preparing the proof', done: 0 })
  const [verdicts, members] = await Promise.all([
    readVerdicts(context.engine, artefactRelation(path)),
    readMembers(register.store, state.committed.position),
  ])
  const secrets = await readManySecrets(register.store, register.keys, ascendingSubjects(verdicts))
  const rows = memberRows(verdicts, members.has)
  const leaves = new ReleaseLeaves(register.registerId, state.release)
  const openings = Buffer.alloc(rows.count * HASH_BYTES)
  const released = Buffer.alloc(rows.count * LEAF_BYTES)
  for (let row = 0; row < rows.count; row++) {
    leaves.rowOpening(
      secrets.bytes,
      secretAt(secrets, rows.subjects[row]!),
      rows.ofSubject[row]!,
      openings,
      row * HASH_BYTES,
    )
    leaves.releasedKey(openings, row * HASH_BYTES, released, row * LEAF_BYTES)
  }
  took('proof')

  const plan = planShape(committed.request, context.policy, rows.fieldsSeen, committed.format)
  const columns = plan.columns.map(({ name }) => name)
  const committer = new RowCommitter(register.registerId, columns)
  const table = await context.reader.open({
    path: context.locate(datasetOf(context, committed)),
    format: datasetOf(context, committed).format,
  })
  const shaped = shapeRows({
    table,
    plan,
    members: rows,
    refs: (row) => refOf(released, row * LEAF_BYTES),
    pseudonymKey: register.keys.pseudonymKey.bytes,
    parquet: context.parquetEncoder,
    onRow(row, cells) {
      committer.commit(cells, openings, row * HASH_BYTES, released, row * LEAF_BYTES + HASH_BYTES)
    },
    onProgress: (done) => onStep({ step: 'shaping and sealing', done }),
  })
  const recordsFile = `records.${committed.format}.age`
  const records = await context.sealer.seal(committed.ageRecipient, shaped.chunks, `${folder}/${recordsFile}`)
  took('shapeAndSeal')
  await at('records-sealed')
  onStep({ step: 'growing the trees', done: 0 })
  const releasedTree = buildPrefixTree(released, rows.count)
  await outbox.keepTree(state.release, 'released', releasedTree.toBytes())
  const proof = await context.sealer.seal(
    committed.ageRecipient,
    proofBytes(rows.count, openings),
    `${folder}/proof.bin.age`,
  )
  await at('proof-sealed')
  onStep({ step: 'growing the trees', done: 0.5 })
  const decidedTree = await growDecidedTree(context, state, { verdicts, members, secrets, leaves })
  await outbox.keepTree(state.release, 'decided', decidedTree.toBytes())
  took('proof')

  const { manifest, readme } = buildManifest(context, state, {
    shape: plan,
    counts: shaped.counts(),
    recordsFile,
    records,
    proof,
    roots: { released: hex(releasedTree), decided: hex(decidedTree) },
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
      members: rows.count,
      considered: committed.considered,
      released: hex(releasedTree),
      decided: hex(decidedTree),
      manifestSha256: sha256Hex(bytes),
      readmeSha256: manifest.readme.sha256,
      recordsSha256: records.sha256,
      proofSha256: proof.sha256,
      columns: sealedColumns(manifest.records.columns),
      ageRecipient: committed.ageRecipient,
      outbox: await outbox.id(),
    },
    timings,
  }
}

function datasetOf(context: ReleaseContext, { request }: CommittedBody) {
  return context.policy.datasets.find(({ id }) => id === request.dataset)!
}

function hex({ root }: PrefixTree): string {
  return Buffer.from(root).toString('hex')
}

/** The rows that leave, in the order of the file. */
function memberRows(verdicts: VerdictColumns, isMember: (subject: number) => boolean) {
  const { count, ordinals, subjects, fields, outcomes } = verdicts
  const seen = rowNumbers(verdicts)
  const rows = {
    count: 0,
    ordinals: new Int32Array(count),
    subjects: new Int32Array(count),
    ofSubject: new Int32Array(count),
    fields: new Float64Array(count),
    fieldsSeen: 0,
  }
  let fieldsSeen = 0n
  let lastFields = -1
  for (let row = 0; row < count; row++) {
    if (outcomes[row]! < outcomeNumbers.transform || !isMember(subjects[row]!)) continue
    rows.ordinals[rows.count] = ordinals[row]!
    rows.subjects[rows.count] = subjects[row]!
    rows.ofSubject[rows.count] = seen[row]!
    rows.fields[rows.count] = fields[row]!
    rows.count++
    if (fields[row] !== lastFields) fieldsSeen |= BigInt(fields[row]!)
    lastFields = fields[row]!
  }
  return { ...rows, fieldsSeen: Number(fieldsSeen) }
}
