// What the readable page of a pack tells: values taken from the same documents and figures that the pack encloses, in the
// order somebody asks for them. No person, no reference, no ground that is masked; to one person no figure either, as in a file
// of few people a count would tell of somebody else.
import { linkPrecision } from '../decide/notice-facts.ts'
import { packHash } from '../decide/pack-hash.ts'
import type { Authority, Pack, Question, Rule } from '../decide/rule.ts'
import { agreementFor } from '../model/agreement-for.ts'
import type { NamedHow } from '../model/certificate.ts'
import type { PackDocument, PackManifest } from '../model/evidence-pack.ts'
import { type DateNumber, type Instant, startOfDay } from '../model/instant.ts'
import type { Determination, NoticeVersion, Policy } from '../model/policy.ts'
import { isMasked, type ReasonCode, reasons } from '../model/reason.ts'
import type { ApprovalBody, Party, RequestBody, SealedBody } from '../model/release.ts'
import { releaseDays } from '../model/release-days.ts'
import type { SharingRequest } from '../model/request.ts'
import { precisions } from '../model/vocabulary.ts'
import { partyOf } from '../release/build-manifest.ts'
import { maskedWords } from '../release/masked-reason.ts'
import { approverBefore } from './pack-documents.ts'
import type { PackRelease } from './pack-releases.ts'
import type { MaskedCount, NoticeFigures, ReleaseFigures } from './release-figures.ts'

export type PackStory = Pick<
  PackManifest,
  'register' | 'controller' | 'scope' | 'sample' | 'asOf' | 'left'
> & {
  /** The controller's zone, in which days are told. */
  zone: string
  releases: ReleaseStory[]
  /** Enclosed, both. */
  receipts: number
  documents: number
}

export type ReleaseStory = {
  release: string
  title: string
  recipient: Party
  onBehalfOf: Party[]
  role: string
  purpose: string
  channels: readonly string[]
  basis: string | undefined
  fields: readonly string[]
  consideration: string
  necessity: string | undefined
  /** In the request's own words, where it was filed with them. */
  answers: RequestBody['answers'] | undefined
  requestedBy: string
  agreement: string | undefined
  /** Undefined in what is told to one person; then reasons, masked and determinations are empty, whatever there was. */
  figures: ReleaseFigures | undefined
  reasons: ReasonStory[]
  /** The words that stand for every ground that is masked, and how many records they stand for. */
  masked: { words: string; count: MaskedCount }[]
  /** Records that might leave by the decision, and did not. */
  droppedSinceDecision: number
  /** Reasons against the file as a whole, and whether a person's answer cleared them. */
  file: { code: string | undefined; words: string; cleared: boolean }[]
  packs: { id: string; title: string; enclosed: boolean }[]
  approval: ApprovalStory | undefined
  determinations: DeterminationStory[]
  notices: NoticeStory[]
  timeline: Moment[]
  sealed: Pick<SealedBody, 'released' | 'decided' | 'manifestSha256' | 'columns'> | undefined
  /** Undefined as `figures` is. */
  rows: number | undefined
}

export type ReasonStory = {
  code: ReasonCode
  slug: string
  words: string
  law: string | undefined
  authority: Authority | undefined
  question: Question | undefined
  count: number
  /** Determinations that let some of these records go all the same. */
  answeredBy: string[]
}

export type ApprovalStory = {
  approver: string
  verifierKey: string | undefined
  requestedBy: string
  rule: string
  because: string | undefined
  at: Instant
  decisionSha256: string
  path: number
}

export type DeterminationStory = {
  id: string
  /** Like `because`, absent where the ground is masked. */
  code: ReasonCode | undefined
  /** The version it is about; absent for a code of the file. */
  notice: string | undefined
  answer: string
  because: string | undefined
  by: string
  on: DateNumber
  /** Into the register, with the key of whoever answered; otherwise it stands in a policy file. */
  signed: boolean
  revokedAt: Instant | undefined
}

export type NoticeStory = {
  id: string
  sha256: string
  wording: string
  effectiveOn: number
  /** How the recipient is named in it. */
  names: NamedHow
  /** The sentences it is named in. */
  quotes: string[]
  figures: NoticeFigures | undefined
}

/** `position`: of the document, where there is one; `until`: it lasted so long. */
export type Moment = { at: Instant; until?: Instant; what: string; position?: number }

export type StoryParts = {
  documents: readonly PackDocument[]
  packs: readonly Pack[]
  figures: ReleaseFigures
  notices: ReadonlyMap<string, NoticeVersion>
  /** Whether one person is to read it. */
  toPerson: boolean
}

export function tellRelease(release: PackRelease, parts: StoryParts): ReleaseStory {
  const { request, policy, state, decision } = release
  const party = (id: string) => partyOf(policy, id, request.releaseAt)
  const agreement = agreementFor(request, policy)
  const asked = askedWith(parts.documents, request.id, decision.position)
  const { sealed } = state
  const { figures, toPerson } = parts
  return {
    release: release.release,
    title: request.title ?? request.id,
    recipient: party(request.recipient),
    onBehalfOf: request.onBehalfOf.map(party),
    role: request.role,
    purpose: policy.purposes.find(({ id }) => id === request.purpose)?.text ?? request.purpose,
    channels: request.channels,
    basis: request.basis,
    fields: request.fields,
    consideration: agreement?.consideration ?? request.consideration,
    necessity: request.necessity,
    answers: asked?.answers,
    requestedBy: request.requestedBy,
    agreement: agreement?.id,
    figures: toPerson ? undefined : figures,
    reasons: toPerson ? [] : reasonStories(release, parts),
    masked: toPerson ? [] : maskedStories(figures),
    droppedSinceDecision: toPerson ? 0 : droppedSince(release, figures),
    file: fileStories(release, parts.packs).filter(({ code }) => !toPerson || code !== undefined),
    packs: Object.entries(decision.body.packHashes).map(([id, hash]) => packStory(id, hash, parts.packs)),
    approval: approvalStory(release, parts.documents),
    determinations: toPerson ? [] : determinationStories(release, parts.documents),
    notices: figures.notices.map((one) => noticeStory(one, release, parts)),
    timeline: timelineOf(release, parts),
    sealed: sealed?.body,
    rows: toPerson ? undefined : leaving(figures.outcomes),
  }
}

function leaving({ allow, transform }: Record<'allow' | 'transform', number>): number {
  return allow + transform
}

function droppedSince({ decision }: PackRelease, { outcomes, evidence }: ReleaseFigures): number {
  return evidence === undefined ? 0 : leaving(decision.body.outcomes) - leaving(outcomes)
}

/** The last of this request that was on record when it was decided. */
function askedWith(
  documents: readonly PackDocument[],
  request: string,
  position: number,
): RequestBody | undefined {
  const found = documents.findLast(
    (document) => document.kind === 'request' && document.about === request && document.position < position,
  )
  return found && (JSON.parse(found.body) as RequestBody)
}

// --- reasons -----------------------------------------------------------------------------------------------------

function reasonStories(release: PackRelease, { figures, packs }: StoryParts): ReasonStory[] {
  const answers = answersTo(release).filter(({ answer }) => answer === 'allow')
  return figures.reasons.map(({ code, slug, count }) => {
    const rule = ruleFor(code, release.decision.body.packHashes, packs)
    return {
      ...{ code, slug, count },
      answeredBy: answers.filter((answer) => answer.code === code).map(({ id }) => id),
      words: rule?.explain.regulator ?? slug,
      law: rule?.law,
      authority: rule?.authority,
      question: rule?.question,
    }
  })
}

/** In the newest of the packs that judged; of one that was changed since, the words as they are now. */
function ruleFor(code: ReasonCode, judgedBy: Readonly<Record<string, string>>, packs: readonly Pack[]) {
  const rules = (of: readonly Pack[]): Rule[] =>
    of.flatMap((pack) => pack.rules.filter((rule) => rule.code === code))
  return rules(packs.filter(({ id }) => judgedBy[id] !== undefined)).at(-1) ?? rules(packs).at(-1)
}

function maskedStories({ masked }: ReleaseFigures): ReleaseStory['masked'] {
  return (['record', 'field'] as const).flatMap((level) => {
    const count = masked[level]
    return count === undefined ? [] : [{ words: maskedWords(level, 'marketer').words, count }]
  })
}

function fileStories({ decision }: PackRelease, packs: readonly Pack[]): ReleaseStory['file'] {
  return decision.body.file.map(({ code, cleared }) =>
    isMasked(code)
      ? { code: undefined, words: maskedWords('file', 'marketer').words, cleared }
      : {
          code,
          words: ruleFor(code, decision.body.packHashes, packs)?.explain.regulator ?? reasons[code].slug,
          cleared,
        },
  )
}

function packStory(id: string, hash: string, packs: readonly Pack[]): ReleaseStory['packs'][number] {
  const pack = packs.find((candidate) => candidate.id === id)
  return { id, title: pack?.title ?? id, enclosed: pack !== undefined && packHash(pack) === hash }
}

// --- who signed --------------------------------------------------------------------------------------------------

function approvalStory(
  { state }: PackRelease,
  documents: readonly PackDocument[],
): ApprovalStory | undefined {
  const position = (state.committed ?? state.empty)?.body.approval
  const document = documents.find((candidate) => candidate.position === position)
  if (document === undefined) return undefined
  const { statement } = JSON.parse(document.body) as ApprovalBody
  const approver = approverBefore(documents, statement.approver, document.position)
  return {
    approver: approver?.name ?? statement.approver,
    verifierKey: approver?.verifierKey,
    requestedBy: statement.requestedBy,
    rule: statement.rule,
    because: statement.because,
    at: document.recordedAt,
    decisionSha256: statement.decisionSha256,
    path: document.position,
  }
}

/** As the decision read them, from policy files and signed ones alike. */
function determinationStories(
  release: PackRelease,
  documents: readonly PackDocument[],
): DeterminationStory[] {
  return answersTo(release).map(({ id, code, notice, answer, because, by, on, at }) => {
    const revoked = documents.find(({ kind, about }) => kind === 'determination-revoked' && about === id)
    return {
      ...{ id, answer, by, on, signed: at !== undefined },
      code: isMasked(code) ? undefined : code,
      because: isMasked(code) ? undefined : because,
      notice,
      revokedAt: at === undefined ? undefined : revoked?.recordedAt,
    }
  })
}

function answersTo({ request, policy }: PackRelease): Determination[] {
  return policy.determinations.filter(
    ({ recipient, purpose }) => recipient === request.recipient && purpose === request.purpose,
  )
}

// --- notices -----------------------------------------------------------------------------------------------------

function noticeStory(
  figures: NoticeFigures,
  { request, policy }: PackRelease,
  { notices, toPerson }: StoryParts,
): NoticeStory {
  const version = notices.get(figures.notice)!
  return {
    ...{ id: figures.notice, sha256: figures.sha256, figures: toPerson ? undefined : figures },
    wording: version.wording,
    effectiveOn: version.effectiveOn,
    names: namedHow(version, request, policy),
    quotes: quotesNaming(version, request.recipient, policy),
  }
}

/** As the decision judged it: a brand counts while the recipient held it. */
export function namedHow(notice: NoticeVersion, request: SharingRequest, policy: Policy): NamedHow {
  switch (linkPrecision(notice, { entity: request.recipient, as: 'third-party' }, request, policy)) {
    case precisions.entity:
      return 'name'
    case precisions.brand:
      return 'brand'
    case precisions.none:
      return 'none'
    default:
      return 'category'
  }
}

function quotesNaming({ recipients }: NoticeVersion, recipient: string, { entities }: Policy): string[] {
  const entity = entities.find(({ id }) => id === recipient)
  const quotes = recipients
    .filter(
      ({ entity: named, brand, sector, generic }) =>
        named === recipient ||
        entity?.brands.some(({ name }) => name === brand) ||
        (sector !== undefined && entity?.sectors.includes(sector)) ||
        generic,
    )
    .map(({ quote }) => quote)
  return [...new Set(quotes)].filter((quote) => quote !== '')
}

// --- timeline ----------------------------------------------------------------------------------------------------

function timelineOf(release: PackRelease, parts: StoryParts): Moment[] {
  return [
    ...beforeIt(release, parts),
    ...documentMoments(release, parts.documents),
    ...stillDue(release),
  ].sort((one, other) => one.at - other.at || (one.position ?? 0) - (other.position ?? 0))
}

function beforeIt({ policy }: PackRelease, { figures, notices, toPerson }: StoryParts): Moment[] {
  const utc = (day: string) => Date.parse(`${day}T00:00:00Z`) * 1000
  return figures.notices.flatMap(({ notice, lines, shownFrom, shownTo }) => [
    {
      at: startOfDay(notices.get(notice)!.effectiveOn, policy.controller.zone),
      what: `Notice ${notice} comes into use`,
    },
    ...(toPerson
      ? []
      : [
          {
            at: utc(shownFrom),
            ...(shownTo !== shownFrom && { until: utc(shownTo) }),
            what: `Notice ${notice} is shown to the ${lines.toLocaleString('en-GB')} that were judged by it`,
          },
        ]),
  ])
}

const momentWords: Readonly<Record<string, string>> = {
  request: 'Asked for, with reasons',
  decision: 'Decided, record by record',
  approval: 'Approved and signed',
  'release.committed': 'Committed: who is in it is fixed',
  'release.empty': 'Nobody may leave: nothing was made',
  'release.amended': 'People taken out again before anything left',
  'release.abandoned': 'Given up before anything left',
  'release.sealed': 'Sealed to the recipient’s key; the roots are fixed',
  'release.delivered': 'Delivered',
  'release.opened': 'Opened by the recipient, whose signed receipt says what arrived',
  'release.disputed': 'The recipient says that other rows arrived',
  'removal.sealed': 'People who said stop: a list of their lines is made for the recipient',
  'removal.delivered': 'The list is delivered',
  'removal.applied': 'The recipient says it took the lines out',
  destroyed: 'The recipient’s copy is recorded as destroyed',
  'release.reminded': 'A reminder of what is due is sent',
}

/** Other answers to the same request, and what was asked after it, are documents of the pack and no part of this release. */
function documentMoments(
  { release, request, decision, state }: PackRelease,
  documents: readonly PackDocument[],
): Moment[] {
  const approval = (state.committed ?? state.empty)?.body.approval
  const mine = ({ kind, about, position }: PackDocument) => {
    if (about === release) return true
    if (about !== request.id) return false
    if (kind === 'request') return position < decision.position
    return position === decision.position || position === approval
  }
  return documents.filter(mine).flatMap(({ kind, position, recordedAt }) => {
    const what = momentWords[kind]
    return what === undefined ? [] : [{ at: recordedAt, what, position }]
  })
}

function stillDue({ request, policy, state }: PackRelease): Moment[] {
  if (state.committed === undefined || state.delivered === undefined || state.destroyed !== undefined)
    return []
  const { deleteBy } = releaseDays({ request, releaseAt: state.committed.body.releaseAt }, policy)
  if (deleteBy === undefined) return []
  const at = startOfDay(deleteBy.on, policy.controller.zone)
  return [{ at, what: `By the ${deleteBy.under} the recipient deletes its copy by this day` }]
}
