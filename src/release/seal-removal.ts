// A removal: the references of the lines that have to go, sealed, with a signed page that says which release and by when.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { removalSignedText } from '../evidence/release-documents.ts'
import { ReleaseLeaves, refOf } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { instantToIso, microsecondsPerHour } from '../model/instant.ts'
import type { CommittedBody, RemovalManifest, RemovalSealedBody } from '../model/release.ts'
import { readSecrets } from '../register/secrets/read-secrets.ts'
import { markOf, partyOf, registerIdentity, removalHours, signAsRegister } from './build-manifest.ts'
import type { ReleaseContext } from './decision-context.ts'
import { openArtefact } from './load-decided-dataset.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import { removalReadme } from './recipient-readme.ts'
import { artefactRelation } from './verdict-table.ts'

const FILE = 'removals.csv.age'

export async function sealRemoval(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  { number, upTo, subjects }: { number: number; upTo: number; subjects: readonly number[] },
): Promise<RemovalSealedBody> {
  const { outbox, register, sealer } = context
  // Names, agreement and hours as they were when it was committed: a recipient may have been retired since.
  const book = await context.readBook(undefined, state.committed.position)
  const { policy } = book
  const committed = state.committed.body
  const refs = await refsOf(context, committed, subjects)
  const folder = await outbox.stage(`${state.release}.removal-${number}`)
  const sealed = await sealer.seal(
    committed.ageRecipient,
    [Buffer.from(`fairshare_ref\r\n${refs.map((ref) => `${ref}\r\n`).join('')}`, 'latin1')],
    `${folder}/${FILE}`,
  )
  const dueAt =
    Math.max(register.now(), committed.releaseAt) + removalHours(book, committed).hours * microsecondsPerHour
  const said: Omit<RemovalManifest, 'readme'> = {
    format: 'fairshare/removal@v1',
    release: state.release,
    removal: number,
    register: registerIdentity(register),
    controller: { id: policy.controller.id, name: policy.controller.name },
    recipient: {
      ...partyOf(policy, committed.request.recipient, committed.releaseAt),
      ageRecipient: committed.ageRecipient,
    },
    count: refs.length,
    file: FILE,
    sha256: sealed.sha256,
    dueAt: instantToIso(dueAt),
    words:
      'These people may not be in your copy any more. Take their lines out of every copy, and do not ask why.',
  }
  const readme = Buffer.from(removalReadme(said), 'utf8')
  const manifest: RemovalManifest = { ...said, readme: markOf('README.txt', readme) }
  const bytes = Buffer.from(canonicalJson(manifest), 'utf8')
  const manifestSha256 = sha256Hex(bytes)
  const text = removalSignedText(manifest.release, number, manifestSha256)
  await outbox.write(folder, 'removal.json', bytes)
  await outbox.write(folder, 'removal.json.sig', signAsRegister(register, text))
  await outbox.write(folder, 'README.txt', readme)
  return {
    release: state.release,
    removal: number,
    count: refs.length,
    upTo,
    removalSha256: sealed.sha256,
    manifestSha256,
    ageRecipient: committed.ageRecipient,
    outbox: await outbox.id(),
    dueAt,
  }
}

/**
 * Made from the secret again, as nothing that leads from a reference to a person is kept. Sorted: their order tells nothing.
 * A row's number counts every considered row of its person, as in the trees; only those that left have a reference.
 */
async function refsOf(
  context: ReleaseContext,
  committed: CommittedBody,
  subjects: readonly number[],
): Promise<string[]> {
  const { register, engine } = context
  const ascending = Int32Array.from(subjects).sort()
  const secrets = await readSecrets(register.store, register.keys, ascending)
  const { path } = await openArtefact(context, committed.artefact)
  const rows = await engine.rows<{ subject: number; number: number }>(
    `select subject, number from (
       select subject, outcome, row_number() over (partition by subject order by ordinal) - 1 as number
         from ${artefactRelation(path)} where subject in (${ascending.join(', ')}))
      where outcome >= ${outcomeNumbers.transform}`,
  )
  const leaves = new ReleaseLeaves(register.registerId, committed.release)
  const opening = Buffer.alloc(HASH_BYTES)
  const key = Buffer.alloc(HASH_BYTES)
  const refs = rows.map(({ subject, number }) => {
    const at = secrets.at.get(subject)
    if (at === undefined) throw new Error('a person to be recalled has no secret')
    leaves.rowOpening(secrets.bytes, at, number, opening, 0)
    leaves.releasedKey(opening, 0, key, 0)
    return refOf(key)
  })
  return refs.sort()
}
