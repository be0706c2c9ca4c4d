// The records of a release: picked, shaped and sealed in one pass over the file, while each row as it leaves becomes a leaf of
// the tree R; then the sidecar that opens those leaves.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { datasetFile } from '../intake/table-reader.ts'
import { buildPrefixTree } from '../log/prefix-tree.ts'
import { type ReleaseLeaves, RowCommitter, refOf } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { HashQueue } from '../log/sha256-queue.ts'
import { LEAF_BYTES } from '../log/sort-leaves.ts'
import type { Dataset } from '../model/policy.ts'
import type { CommittedBody } from '../model/release.ts'
import type { MemberSet } from '../register/release-members.ts'
import type { ManySecrets } from '../register/secrets/read-secrets.ts'
import { secretAt } from './decided-tree.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { proofBytes } from './proof-file.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import type { AtPoint } from './release-points.ts'
import type { Sealed } from './sealer.ts'
import { planShape, type ShapePlan } from './shape/plan-shape.ts'
import { shapeRows } from './shape/shape-rows.ts'
import { rowNumbers, type VerdictColumns } from './verdict-table.ts'

/** What both trees are grown from. */
export type RecordParts = {
  verdicts: VerdictColumns
  members: MemberSet
  secrets: ManySecrets
  leaves: ReleaseLeaves
}

export type SealedRecords = {
  shape: ShapePlan
  counts: { neutralised: readonly number[]; dropped: readonly number[]; rows: number }
  recordsFile: string
  records: Sealed
  proof: Sealed
  /** Root of R, hex. */
  released: string
}

export async function sealRecords(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  parts: RecordParts,
  options: {
    folder: string
    onStep: OnStep
    at: AtPoint
    took: (part: 'proof' | 'shapeAndSeal') => void
  },
): Promise<SealedRecords> {
  const { folder, onStep, at, took } = options
  const { ageRecipient, format, request } = state.committed.body
  const rows = memberRows(parts.verdicts, parts.members.has)
  const { openings, released } = openRows(rows, parts)
  const commitments = new HashQueue(released)
  took('proof')
  const shape = planShape(request, context.policy, rows.fieldsSeen, format)
  const shaped = await shapeMembers(context, state.committed.body, {
    shape,
    rows,
    openings,
    released,
    commitments,
    onStep,
  })
  const recordsFile = `records.${format}.age`
  const records = await context.sealer.seal(ageRecipient, shaped.chunks, `${folder}/${recordsFile}`)
  took('shapeAndSeal')
  await at('records-sealed')
  onStep({ step: 'growing the trees', done: 0 })
  commitments.finish()
  const tree = buildPrefixTree(released, rows.count)
  await context.outbox.keepTree(state.release, 'released', tree.toBytes())
  const opened = proofBytes(rows.count, openings)
  const proof = await context.sealer.seal(ageRecipient, opened, `${folder}/proof.bin.age`)
  took('proof')
  await at('proof-sealed')
  const root = Buffer.from(tree.root).toString('hex')
  return { shape, counts: shaped.counts(), recordsFile, records, proof, released: root }
}

/** Per row the opening that the recipient gets, and half a leaf of R: its key. The commitment comes with the cells. */
function openRows(
  rows: MemberRows,
  { secrets, leaves }: RecordParts,
): { openings: Uint8Array; released: Uint8Array } {
  const { count, ofSubject: ordinals } = rows
  const openings = new Uint8Array(count * HASH_BYTES)
  const released = new Uint8Array(count * LEAF_BYTES)
  const secretsAt = new Uint32Array(count)
  for (let row = 0; row < count; row++) secretsAt[row] = secretAt(secrets, rows.subjects[row]!)
  leaves.rowOpenings({ count, secrets: secrets.bytes, secretsAt, ordinals }, openings)
  leaves.releasedKeys(openings, count, released)
  return { openings, released }
}

async function shapeMembers(
  context: ReleaseContext,
  { request }: CommittedBody,
  from: {
    shape: ShapePlan
    rows: MemberRows
    openings: Uint8Array
    commitments: HashQueue
    released: Uint8Array
    onStep: OnStep
  },
) {
  const { shape, rows, openings, released, commitments, onStep } = from
  const { register } = context
  const dataset = datasetOf(context, request.dataset)
  const columns = shape.columns.map(({ name }) => name)
  const committer = new RowCommitter(register.registerId, columns)
  return shapeRows({
    table: await context.reader.open(datasetFile(dataset, context.locate(dataset))),
    plan: shape,
    members: rows,
    refs: (row) => refOf(released, row * LEAF_BYTES),
    pseudonymKey: register.keys.pseudonymKey.bytes,
    encoders: context.encoders,
    onRow(row, cells) {
      committer.commitLater(cells, openings, row * HASH_BYTES, commitments, row * LEAF_BYTES + HASH_BYTES)
    },
    onProgress: (done) => onStep({ step: 'shaping and sealing', done }),
  })
}

function datasetOf({ policy }: ReleaseContext, id: string): Dataset {
  const dataset = policy.datasets.find((candidate) => candidate.id === id)
  if (dataset === undefined) throw new Error(`no dataset ${id} in the policy it was committed under`)
  return dataset
}

type MemberRows = ReturnType<typeof memberRows>

/** The rows that leave, in the order of the file. */
function memberRows(verdicts: VerdictColumns, isMember: (subject: number) => boolean) {
  const { count, ordinals, subjects, fields, outcomes } = verdicts
  const seen = rowNumbers(verdicts)
  const rows = {
    count: 0,
    ordinals: new Int32Array(count),
    subjects: new Int32Array(count),
    ofSubject: new Uint32Array(count),
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
