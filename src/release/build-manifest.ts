// The manifest: what was released to whom, for what, under which duties. Its bytes are canonical, so that its hash in the
// log means one text; the register's key signs that hash.

import type { DecisionBook } from '../decide/decision-book.ts'
import { parametersFor } from '../decide/facts/asked.ts'
import { releaseSignedText } from '../evidence/release-documents.ts'
import { encodeVerifierKey, signNote } from '../log/signed-note.ts'
import { agreementFor } from '../model/agreement-for.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { dateOf, dateToIso, daysAfter, instantToIso } from '../model/instant.ts'
import { legalName } from '../model/legal-name.ts'
import type { Policy, SharingAgreement } from '../model/policy.ts'
import type { CommittedBody, Duty, Party, ReleaseManifest } from '../model/release.ts'
import { type DueDay, type ReleaseDays, releaseDays } from '../model/release-days.ts'
import type { Register } from '../register/register.ts'
import type { ReleaseContext } from './decision-context.ts'
import type { ReleaseState, Stated } from './read-release.ts'
import { recipientReadme } from './recipient-readme.ts'
import type { Sealed } from './sealer.ts'
import type { ShapePlan } from './shape/plan-shape.ts'

export type ManifestParts = {
  shape: ShapePlan
  counts: { neutralised: readonly number[]; dropped: readonly number[]; rows: number }
  recordsFile: string
  records: Sealed
  proof: Sealed
  roots: { released: string; decided: string }
}

export function buildManifest(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  parts: ManifestParts,
): { manifest: ReleaseManifest; readme: Buffer } {
  const said = whatIsSaid(context, state, parts)
  const readme = Buffer.from(recipientReadme(said), 'utf8')
  return { manifest: { ...said, readme: markOf('README.txt', readme) }, readme }
}

/** Name, hash and size of a file that travels in the clear: nobody may put other words in its place. */
export function markOf(file: string, bytes: Uint8Array): ReleaseManifest['readme'] {
  return { file, sha256: sha256Hex(bytes), sizeBytes: bytes.length }
}

function whatIsSaid(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  { shape, counts, recordsFile, records, proof, roots }: ManifestParts,
): Omit<ReleaseManifest, 'readme'> {
  const { policy, register } = context
  const committed = state.committed.body
  const { request } = committed
  const days = releaseDays(committed, policy)
  const purpose = policy.purposes.find(({ id }) => id === request.purpose)
  return {
    format: 'fairshare/release@v1',
    release: state.release,
    register: registerIdentity(register),
    controller: { id: policy.controller.id, name: policy.controller.name },
    recipient: {
      ...partyOf(policy, request.recipient, committed.releaseAt),
      ageRecipient: committed.ageRecipient,
    },
    onBehalfOf: request.onBehalfOf.map((id) => partyOf(policy, id, committed.releaseAt)),
    role: request.role,
    ...(days.agreement && { agreement: days.agreement.id }),
    purpose: {
      id: request.purpose,
      text: purpose?.text ?? request.purpose,
      ...(purpose?.dpv && { term: purpose.dpv }),
    },
    channels: [...request.channels],
    ...(request.basis && { basis: request.basis }),
    decidedAt: instantToIso(committed.releaseAt),
    records: {
      file: recordsFile,
      format: shape.format,
      rows: counts.rows,
      columns: shape.columns.map(({ name, type, category, treatment, note }, index) => ({
        name,
        type,
        category,
        treatment,
        ...(note && { note }),
        neutralised: counts.neutralised[index]!,
        dropped: counts.dropped[index]!,
      })),
      ...records,
    },
    proof: { file: 'proof.bin.age', ...proof },
    roots,
    duties: dutiesOf(context, committed, days),
  }
}

export function registerIdentity({ registerId, logOrigin, keys }: Register): ReleaseManifest['register'] {
  return {
    id: registerId,
    origin: logOrigin,
    verifierKey: encodeVerifierKey(logOrigin, keys.signer.publicKey),
  }
}

/** By legal name on the day of the release, not by brand: CJEU C-154/21 asks for the actual recipient. */
export function partyOf(policy: Policy, id: string, at: number): Party {
  const entity = policy.entities.find((item) => item.id === id)
  if (entity === undefined) throw new Error(`no entity ${id} in the policy`)
  return { id, name: legalName(entity, dateOf(at, policy.controller.zone)) }
}

/** Hours the recipient has to apply a removal, and where that number stands. */
export function removalHours(
  book: Pick<DecisionBook, 'policy' | 'packs'>,
  { request, releaseAt }: CommittedBody,
): { hours: number; source: string } {
  const agreed = agreementFor(request, book.policy)
  if (agreed?.applyRemovalsWithinHours !== undefined)
    return { hours: agreed.applyRemovalsWithinHours, source: `agreement ${agreed.id}` }
  const parameter = parametersFor({ ...request, releaseAt }, book)?.removalHoursMax
  if (parameter === undefined) throw new Error('a release without a pack')
  return { hours: parameter.value, source: parameter.source }
}

/** What is chased later is told here, by the same days. */
function dutiesOf(
  book: Pick<DecisionBook, 'policy' | 'packs'>,
  committed: CommittedBody,
  days: ReleaseDays,
): Duty[] {
  const { request } = committed
  const { agreement, returnBy, deleteBy } = days
  const purpose = book.policy.purposes.find(({ id }) => id === request.purpose)?.text ?? request.purpose
  const removal = removalHours(book, committed)
  const agreed = agreement === undefined ? 'the request' : `agreement ${agreement.id}`
  const said = (duty: string, words: string): Duty => ({ duty, words, source: agreed })
  return [
    said(
      'purpose',
      `Use it until ${dateToIso(days.lastUse.on)}, for this and nothing else: ${purpose.replace(/\.$/, '')}.`,
    ),
    ...(agreement?.uses === 'one-off' ? [said('uses', 'Use it once. Another use is another request.')] : []),
    said('channels', `Contact people by ${request.channels.join(', ')} only.`),
    said('onward-sharing', onwardWords(agreement, request.onBehalfOf.length)),
    dueDuty('confirm', 'Open it and send back the receipt.', days.confirmBy),
    ...tellPeople(book, committed, days),
    {
      duty: 'removals',
      words: `Apply every removal file within ${removal.hours} hours and send back its receipt.`,
      source: removal.source,
    },
    ...(returnBy ? [dueDuty('return', 'Send back what was supplied and keep no copy.', returnBy)] : []),
    ...(deleteBy ? [dueDuty('delete', 'Delete every copy, those of your contractors too.', deleteBy)] : []),
  ]
}

function dueDuty(duty: string, words: string, { on, source }: Pick<DueDay, 'on' | 'source'>): Duty {
  return { duty, words, by: dateToIso(on), source }
}

function tellPeople(
  book: Pick<DecisionBook, 'policy' | 'packs'>,
  { request, releaseAt }: CommittedBody,
  { releasedOn }: ReleaseDays,
): Duty[] {
  const tell = parametersFor({ ...request, releaseAt }, book)?.ownNoticeDaysMax
  if (tell === undefined || request.role === 'processor') return []
  const words = 'Tell these people that you hold their data, where it came from and what for.'
  return [dueDuty('tell-people', words, { on: daysAfter(releasedOn, tell.value), source: tell.source })]
}

function onwardWords(agreement: SharingAgreement | undefined, clients: number): string {
  if (agreement?.onwardSharing === 'end-clients' && clients > 0)
    return 'Pass it on to the end clients named here and to nobody else.'
  return 'Do not pass it on to anyone.'
}

/** The bytes of a manifest, and the note that signs their hash (docs/spec/release-format.md). */
export function signedManifest(
  register: Register,
  manifest: ReleaseManifest,
): { bytes: Buffer; note: string } {
  const bytes = Buffer.from(canonicalJson(manifest), 'utf8')
  return { bytes, note: signAsRegister(register, releaseSignedText(manifest.release, sha256Hex(bytes))) }
}

export function signAsRegister({ keys, logOrigin }: Register, text: string): string {
  return signNote(text, { name: logOrigin, ...keys.signer })
}
