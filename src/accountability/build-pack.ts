// An evidence pack: what a register hands to somebody outside who asks how it shared data, as files in the order of their
// paths. Everything in it follows from the register up to one position of its log, from the scope and from the seed: no clock
// is read, and nothing is appended. docs/spec/evidence-pack.md says what each file is.
//
// Two rounds: the first hashes every file for the manifest, the second hands them out, and each must come out the same. The
// people of a release are held in memory one release at a time (some 65 bytes a record), receipts of the sample all at once.
import { type Canonical, canonicalJson, sha256Hex } from '../model/canonical.ts'
import {
  type PackDocument,
  type PackFile,
  type PackManifest,
  packFormat,
  packPaths,
  packSignedText,
} from '../model/evidence-pack.ts'
import { dateToIso, instantToIso } from '../model/instant.ts'
import type { PersonReceipt } from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import { batchLeaves } from '../register/batch-leaves.ts'
import { publishLog } from '../register/publish-log.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import type { Register } from '../register/register.ts'
import { registerIdentity, signAsRegister } from '../release/build-manifest.ts'
import type { OnStep, ReleaseContext } from '../release/decision-context.ts'
import { gatherFiles } from './gather-files.ts'
import { hashContent, inPathOrder, type PackContent, sameAgain, textContent } from './pack-content.ts'
import { isKeptFromPersons, readPackDocuments } from './pack-documents.ts'
import type { PackAsked, PackParts, PackSource, ReleaseParts } from './pack-parts.ts'
import { holdPeople, type PeopleHolder, pickSample, receiptFor, type Sample } from './pack-people.ts'
import { noticesOf } from './pack-policy.ts'
import { packReadme } from './pack-readme.ts'
import { findPackReleases, type PackRelease } from './pack-releases.ts'
import { type PackStory, tellRelease } from './pack-story.ts'
import { dropShowings, loadShowings, type PeopleTable } from './people-table.ts'
import { releaseFigures } from './release-figures.ts'

export type BuiltPack = {
  manifest: PackManifest
  /** In the order of their paths, manifest and signature among them; once. */
  files(): AsyncGenerator<{ path: string; chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }>
}

/** `use` gets the pack and hands its files on; what was loaded for it is gone when this returns. */
export async function buildPack<T>(
  source: PackSource,
  asked: PackAsked,
  use: (pack: BuiltPack) => Promise<T>,
): Promise<T> {
  const { context } = source
  return context.engine.inTurn(async () => {
    try {
      return await use(await build(source, asked))
    } finally {
      await dropShowings(context)
    }
  })
}

const SAMPLE_MAX = 1000
const SEED_LENGTH_MAX = 200

async function build(source: PackSource, asked: PackAsked): Promise<BuiltPack> {
  const { context, onStep } = source
  checkSample(asked)
  const asOf = await publishedNow(context)
  const { receipts, releases } = await findScope(source, asked, asOf)
  const parts = await gatherParts(source, asked, { asOf, releases, receipts })
  const { contents, left } = await gatherFiles(parts, source)
  const story = tellPack(parts, left)
  contents.push(
    textContent(packPaths.index, 'the same for people to read, offline and on paper', source.page(story)),
    textContent(packPaths.readme, 'what is here, how to check it, and who may have it', packReadme(story)),
  )
  const files = await hashAll(contents, onStep)
  const manifest = manifestOf(parts, left, files)
  await refuseGrown(context.register, asOf.size)
  return { manifest, files: () => handOut(context.register, manifest, contents, onStep) }
}

/** What the register's log is now, in public. */
async function publishedNow({ register, log }: ReleaseContext): Promise<PackParts['asOf']> {
  const { size, root, checkpoint } = await publishLog(register, log)
  const [last] = await register.store.query<{ recorded_at: number }>(
    'select recorded_at from register.batch where position = $1',
    [size],
  )
  if (last === undefined) throw new Problem('policy.not_found', 'nothing is on record yet')
  return { size, root, checkpoint, recordedAt: instantToIso(last.recorded_at) }
}

async function findScope(
  { context, releaseFiles, onStep }: PackSource,
  { scope }: PackAsked,
  asOf: PackParts['asOf'],
): Promise<{ receipts: string[]; releases: PackRelease[] }> {
  if ('release' in scope) return { receipts: [], releases: await findPackReleases(context, scope, asOf.size) }
  if ('from' in scope) {
    const { zone } = context.policy.controller
    return { receipts: [], releases: await findPackReleases(context, { ...scope, zone }, asOf.size) }
  }
  onStep({ step: 'making the receipt', done: 0 })
  const receipt = await receiptFor(context, releaseFiles, scope.subject, asOf.recordedAt)
  // Our own text, made a moment ago.
  const named = (JSON.parse(receipt) as PersonReceipt).releases.map(({ release }) => release)
  return { receipts: [receipt], releases: await findPackReleases(context, { releases: named }, asOf.size) }
}

async function gatherParts(
  source: PackSource,
  asked: PackAsked,
  found: { asOf: PackParts['asOf']; releases: PackRelease[]; receipts: string[] },
): Promise<PackParts> {
  const { context, onStep } = source
  const { register, packs } = context
  const { asOf, releases } = found
  const documents = await readPackDocuments(register, releases, asOf.size)
  const people = holdPeople(context, packs, {
    asOf: asOf.size,
    requestedAt: (release) => requestedAt(release, documents),
  })
  onStep({ step: 'reading what people were shown', done: 0 })
  if (releases.length > 0)
    await loadShowings(context, Math.max(...releases.map(({ decision }) => decision.body.position)))
  const notices = noticesOf(await readPublishedPolicy(register, asOf.size))
  const described: ReleaseParts[] = []
  for (const [index, release] of releases.entries()) {
    onStep({ step: 'reading the people of each release', done: index / releases.length })
    described.push(await describeRelease({ people, notices }, release))
  }
  const parts: PackParts = {
    ...{ ...asked, register: registerIdentity(register), controller: context.policy.controller, asOf },
    ...{ documents, releases: described, people, packs, notices, receipts: found.receipts, erased: [] },
  }
  return asked.sample === undefined ? parts : withSample(source, parts, asked.sample)
}

async function describeRelease(
  { people, notices }: Pick<PackParts, 'people' | 'notices'>,
  release: PackRelease,
): Promise<ReleaseParts> {
  const found = await people.of(release)
  const table = 'missing' in found ? undefined : found
  const noticeOf = (number: number) => notices.get(number)!
  return {
    release,
    figures: releaseFigures(release.release, release.decision.body, table, noticeOf),
    noticesSeen: table?.noticesSeen,
    missing: 'missing' in found ? found.missing : undefined,
  }
}

/** The first of the request's documents before it was decided: what was recorded after it was recorded knowing of it. */
function requestedAt({ request, decision }: PackRelease, documents: readonly PackDocument[]): number {
  const first = documents.find(
    ({ kind, about }) => about === request.id && (kind === 'request' || kind === 'decision'),
  )
  return first?.recordedAt ?? decision.recordedAt
}

async function withSample(source: PackSource, parts: PackParts, sample: Sample): Promise<PackParts> {
  const { context, releaseFiles, onStep } = source
  const tables = tablesOf(parts.people, parts.releases)
  const { subjects, erased } = await pickSample(context.register, sample, tables)
  const leaves = batchLeaves(context.register.store)
  const receipts: string[] = []
  for (const [index, subject] of subjects.entries()) {
    onStep({ step: 'making receipts', done: index / subjects.length })
    receipts.push(await receiptFor(context, releaseFiles, subject, parts.asOf.recordedAt, leaves))
  }
  return { ...parts, receipts, erased }
}

async function* tablesOf(
  people: PeopleHolder,
  releases: readonly ReleaseParts[],
): AsyncGenerator<PeopleTable> {
  for (const { release } of releases) {
    const table = await people.of(release)
    if (!('missing' in table)) yield table
  }
}

function tellPack(parts: PackParts, left: string[]): PackStory {
  const byId = new Map([...parts.notices.values()].map(({ id, version }) => [id, version]))
  const { documents, packs } = parts
  const toPerson = 'subject' in parts.scope
  return {
    ...identityOf(parts, left),
    zone: parts.controller.zone,
    releases: parts.releases.map(({ release, figures }) =>
      tellRelease(release, { documents, packs, figures, notices: byId, toPerson }),
    ),
    receipts: parts.receipts.length,
    documents: documents.filter((document) => !toPerson || !isKeptFromPersons(document)).length,
  }
}

function identityOf(
  { register, controller, scope, sample, asOf }: PackParts,
  left: string[],
): Omit<PackManifest, 'format' | 'releases' | 'files'> {
  return {
    register,
    controller: { id: controller.id, name: controller.name },
    scope: 'from' in scope ? { from: dateToIso(scope.from), to: dateToIso(scope.to) } : scope,
    ...(sample && { sample }),
    asOf: { size: asOf.size, root: asOf.root, recordedAt: asOf.recordedAt },
    left,
  }
}

function manifestOf(parts: PackParts, left: string[], files: PackFile[]): PackManifest {
  return {
    format: packFormat,
    ...identityOf(parts, left),
    releases: parts.releases.map(({ release }) => release.release),
    files,
  }
}

// --- out ---------------------------------------------------------------------------------------------------------

async function hashAll(contents: PackContent[], onStep: OnStep): Promise<PackFile[]> {
  contents.sort(inPathOrder)
  const files: PackFile[] = []
  for (const content of contents) {
    onStep({ step: 'hashing the files', done: files.length / contents.length })
    files.push(await hashContent(content))
  }
  return files
}

async function* handOut(
  register: Register,
  manifest: PackManifest,
  contents: readonly PackContent[],
  onStep: OnStep,
): ReturnType<BuiltPack['files']> {
  const text = canonicalJson(manifest satisfies Canonical)
  const marks = new Map(manifest.files.map((file) => [file.path, file]))
  const own = [
    textContent(packPaths.manifest, '', text),
    textContent(packPaths.signature, '', signAsRegister(register, packSignedText(sha256Hex(text)))),
  ]
  const all = [...contents, ...own].sort(inPathOrder)
  for (const [index, content] of all.entries()) {
    onStep({ step: 'writing the archive', done: index / all.length })
    const mark = marks.get(content.path)
    yield { path: content.path, chunks: mark === undefined ? content.chunks() : sameAgain(content, mark) }
  }
}

// --- refusals ----------------------------------------------------------------------------------------------------

function checkSample({ scope, sample }: PackAsked): void {
  if (sample === undefined) return
  if ('subject' in scope) throw new Problem('usage.invalid', 'a sample is of a release or a period')
  const { size, seed } = sample
  if (!Number.isInteger(size) || size < 1 || size > SAMPLE_MAX)
    throw new Problem('usage.invalid', `a sample is of 1 to ${SAMPLE_MAX} people`)
  if (seed === '' || seed.length > SEED_LENGTH_MAX || !seed.isWellFormed() || /\p{Cc}/u.test(seed))
    throw new Problem('usage.invalid', `a seed is a line of 1 to ${SEED_LENGTH_MAX} characters`)
}

/** Receipts and manifest lead to one tree of the log. */
async function refuseGrown({ store }: Register, size: number): Promise<void> {
  const [head] = await store.query<{ position: number }>('select position from register.head')
  if (head!.position !== size)
    throw new Problem('register.unavailable', 'it went on while the pack was being made; try once more')
}
