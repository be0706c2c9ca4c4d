// The people of a pack's releases, one release in memory at a time; and the receipts of whoever the pack opens.
import type { Pack } from '../decide/rule.ts'
import { firstFailure, placeText } from '../evidence/check.ts'
import { takeSample } from '../evidence/sample-rule.ts'
import { verifyPersonReceipt } from '../evidence/verify-person-receipt.ts'
import { utf8 } from '../log/bytes.ts'
import { encodeVerifierKey } from '../log/signed-note.ts'
import { isProblem, Problem } from '../model/problem.ts'
import { type BatchLeaves, batchLeaves } from '../register/batch-leaves.ts'
import type { Register } from '../register/register.ts'
import type { ReleaseContext } from '../release/decision-context.ts'
import { openArtefact } from '../release/load-decided-dataset.ts'
import { issueReceipt } from '../rights/issue-receipt.ts'
import type { ReleaseFiles } from '../rights/release-files.ts'
import type { PackRelease } from './pack-releases.ts'
import { commitmentsOf } from './people-csv.ts'
import { type PeopleTable, readPeople } from './people-table.ts'

/** The table, or in words why there is none. */
export type FoundPeople = PeopleTable | { missing: string }

export type PeopleHolder = { of(release: PackRelease): Promise<FoundPeople> }

/** After `loadShowings`. Asked for again, the last one is at hand. */
export function holdPeople(
  context: ReleaseContext,
  packs: readonly Pack[],
  documents: { requestedAt(release: PackRelease): number; asOf: number },
): PeopleHolder {
  let last: { release: string; people: FoundPeople } | undefined
  return {
    async of(release) {
      if (last?.release === release.release) return last.people
      last = undefined
      const people = await findPeople(context, packs, release, {
        requestedAt: documents.requestedAt(release),
        asOf: documents.asOf,
      })
      last = { release: release.release, people }
      return people
    },
  }
}

async function findPeople(
  context: ReleaseContext,
  packs: readonly Pack[],
  { request, decision, state: { committed } }: PackRelease,
  at: { requestedAt: number; asOf: number },
): Promise<FoundPeople> {
  if (committed === undefined) return { missing: 'nothing was made: the decision has the counts' }
  const { artefactSha256, position } = decision.body
  if (artefactSha256 === undefined) return { missing: 'it was decided without keeping its verdicts' }
  try {
    const decided = { file: `${request.id}@${position}.parquet`, sha256: artefactSha256 }
    const artefacts = {
      decided: (await openArtefact(context, decided)).path,
      committed: (await openArtefact(context, committed.body.artefact)).path,
    }
    return await readPeople({ ...context, packs }, { decision: decision.body, committed, artefacts, ...at })
  } catch (error) {
    if (isProblem(error) && error.code === 'decision.changed') return { missing: error.detail }
    throw error
  }
}

// --- receipts ----------------------------------------------------------------------------------------------------

export type Sample = { size: number; seed: string }

export type SampledPeople = { subjects: number[]; erased: string[] }

/** Held to the rule, not to anybody's choice; whoever was erased since is named by commitment and not replaced. */
export async function pickSample(
  { store }: Pick<Register, 'store'>,
  { size, seed }: Sample,
  tables: AsyncIterable<PeopleTable>,
): Promise<SampledPeople> {
  const taker = takeSample(size, seed)
  for await (const table of tables) for (const commitment of commitmentsOf(table)) taker.offer(commitment)
  const picked = taker.picked()
  const rows = await store.query<{ number: number; commitment: string; alive: boolean }>(
    `select s.number, encode(s.commitment, 'hex') as commitment, e.subject is not null as alive
       from register.subject s left join erasable.secret e on e.subject = s.number
      where s.commitment in (select decode(c, 'hex') from unnest($1::text[]) as c)`,
    [picked],
  )
  const known = new Map(rows.map((row) => [row.commitment, row]))
  return {
    subjects: picked.flatMap((commitment) => {
      const row = known.get(commitment)
      return row?.alive ? [row.number] : []
    }),
    erased: picked.filter((commitment) => known.get(commitment)?.alive !== true),
  }
}

/** One that would not verify is not handed out. */
export async function receiptFor(
  context: ReleaseContext,
  files: ReleaseFiles,
  subject: number,
  issuedAt: string,
  leaves: BatchLeaves = batchLeaves(context.register.store),
): Promise<string> {
  const { register, log } = context
  const options = { grounds: false, issued: { at: issuedAt }, leaves }
  const receipt = await issueReceipt(register, log, files, subject, options)
  const key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
  const failed = firstFailure(await verifyPersonReceipt(utf8(receipt), key))
  if (failed !== undefined)
    throw new Problem('register.corrupt', `${failed.what}: ${placeText(failed.place)} ${failed.found}`)
  return receipt
}
