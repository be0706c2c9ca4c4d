// An evidence pack, verified offline: what is in it hangs together and hangs on the log, and what follows from that in plain
// words. Figures that show a story made up afterwards are said whether or not anybody asked. docs/spec/evidence-pack.md has
// the checks in this order, for other programs.
import { type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { packPaths } from '../model/evidence-pack.ts'
import { type Check, Checklist } from './check.ts'
import type { PackFiles } from './pack-files.ts'
import type { PackFound, PackOptions } from './pack-found.ts'
import { bodyOf, rotatedShape } from './pack-shapes.ts'
import { readArchive } from './read-archive.ts'
import { takeSample } from './sample-rule.ts'
import { doesNotSayOf, saysOf } from './say-pack.ts'
import { keysUpTo } from './verify-key-rotation.ts'
import { type BeforeCompared, checkBefore } from './verify-pack-before.ts'
import { checkDeterminations } from './verify-pack-determinations.ts'
import { checkDocuments, type PackDocuments } from './verify-pack-documents.ts'
import { checkErased } from './verify-pack-erased.ts'
import {
  checkKept,
  checkLog,
  type KeptCheckpoint,
  type KeptCompared,
  type PackLog,
} from './verify-pack-log.ts'
import { checkFiles, checkRegisterNamed, type OpenedPack, openManifest } from './verify-pack-manifest.ts'
import { checkOpened, type RecipientSaid } from './verify-pack-opened.ts'
import { checkPeople, type PeopleOfRelease, peoplePath } from './verify-pack-people.ts'
import { checkPolicy } from './verify-pack-policy.ts'
import { checkPersons, checkReceipts, checkWhose } from './verify-pack-receipts.ts'
import { checkPeriod, checkRelease, checkReleaseIds, type PackRelease } from './verify-pack-releases.ts'

/** `says` and `doesNotSay` are empty unless every check holds. */
export type PackVerified = { checks: Check[]; says: string[]; doesNotSay: string[] }

/** `verifierKey` of the register, from a place other than the pack. The list ends with the first check that does not hold. */
export async function verifyPack(
  files: PackFiles,
  verifierKey: string,
  options: PackOptions = {},
): Promise<PackVerified> {
  const list = new Checklist()
  const found = await list.run(() => checkAll(list, files, verifierKey, options))
  if (found === undefined) return { checks: list.checks, says: [], doesNotSay: [] }
  return {
    checks: list.checks,
    says: saysOf(found, options),
    doesNotSay: doesNotSayOf(found),
  }
}

/** The same of a pack that is still an archive; `file` names it in places. */
export async function verifyPackArchive(
  bytes: Uint8Array,
  verifierKey: string,
  file: string,
  options: PackOptions = {},
): Promise<PackVerified> {
  const list = new Checklist()
  const files = await list.run(() =>
    list.check('The archive has plain files only, and nothing beside them', file, () =>
      readArchive(bytes, file),
    ),
  )
  if (files === undefined) return { checks: list.checks, says: [], doesNotSay: [] }
  const verified = await verifyPack(files, verifierKey, options)
  return { ...verified, checks: [...list.checks, ...verified.checks] }
}

async function checkAll(
  list: Checklist,
  files: PackFiles,
  verifierKey: string,
  options: PackOptions,
): Promise<PackFound> {
  const key = parseVerifierKey(verifierKey)
  const pack = await list.check('The register’s key signed the manifest', packPaths.manifest, async () => {
    const opened = await openManifest(files, key)
    checkRegisterNamed(opened, verifierKey)
    return opened
  })
  await list.check(
    'Every file is the one that was signed for, and there is no other',
    packPaths.manifest,
    () => checkFiles(files, pack),
  )
  const log = await list.check(
    'Every entry of the log leads to the root that was signed, each later than the one before',
    'log',
    () => checkLog(pack),
  )
  const documents = await list.check('Every document is the one that the log binds', packPaths.manifest, () =>
    checkDocuments(pack, log),
  )
  const outside = await checkOutside(list, { pack, log, documents, key }, options)
  const found = await checkReleases(list, pack, log, documents)
  const { releases } = found
  const everybody = await checkEverybody(list, { pack, log, documents, releases, verifierKey })
  return { pack, log, documents, ...outside, ...found, ...everybody }
}

/** Against what somebody outside kept: checkpoints, and the pack of before. */
async function checkOutside(
  list: Checklist,
  {
    pack,
    log,
    documents,
    key,
  }: { pack: OpenedPack; log: PackLog; documents: PackDocuments; key: NoteVerifier },
  { kept = [], before }: PackOptions,
): Promise<{ kept: KeptCompared[]; before: BeforeCompared | undefined }> {
  if (kept.length === 0 && before === undefined) return { kept: [], before }
  const notes = documents.of('key.rotated').map((document) => bodyOf(document, rotatedShape).note)
  const keys = await keysUpTo(key, notes)
  return {
    kept: await checkAllKept(list, log, keys, kept),
    before:
      before &&
      (await list.check(`What is said of each record stood in ${before.name} already`, before.name, () =>
        checkBefore(pack, log, before, keys),
      )),
  }
}

async function checkAllKept(
  list: Checklist,
  log: PackLog,
  keys: readonly NoteVerifier[],
  kept: readonly KeptCheckpoint[],
): Promise<KeptCompared[]> {
  const compared: KeptCompared[] = []
  for (const one of kept)
    compared.push(
      await list.check(`The log is the same history as ${one.name}`, one.name, () =>
        checkKept(log, one, keys),
      ),
    )
  return compared
}

async function checkReleases(
  list: Checklist,
  pack: OpenedPack,
  log: PackLog,
  documents: PackDocuments,
): Promise<Pick<PackFound, 'releases' | 'recipients' | 'unruled'>> {
  await list.check('No release id is used twice', packPaths.manifest, () => checkReleaseIds(pack, documents))
  const releases: PackRelease[] = []
  for (const release of pack.manifest.releases)
    releases.push(
      await list.check(releaseLabel(pack, release), packPaths.manifest, () =>
        checkRelease(pack, documents, release),
      ),
    )
  await list.check(
    'Every determination is signed by a key that was on record before',
    packPaths.manifest,
    () => checkDeterminations(documents, pack.manifest.register.id),
  )
  const policy = await list.check(
    'Policy, notices and rule packs are those that were decided by, and were published before',
    packPaths.manifest,
    () => checkPolicy(pack, documents, releases),
  )
  const zone = policy.controllerAt(log.size + 1)?.zone
  await list.check('No release of the scope is left out', packPaths.manifest, () =>
    checkPeriod(pack, documents, log, zone),
  )
  const recipients = new Map<string, RecipientSaid>()
  await list.check(
    'What recipients say was signed by them, of what was sealed',
    packPaths.manifest,
    async () => {
      for (const release of releases)
        recipients.set(release.release, await checkOpened(documents, pack.manifest.register.id, release))
    },
  )
  return { releases, recipients, unruled: policy.unruled }
}

async function checkEverybody(
  list: Checklist,
  {
    pack,
    log,
    documents,
    releases,
    verifierKey,
  }: Pick<PackFound, 'pack' | 'log' | 'documents' | 'releases'> & { verifierKey: string },
): Promise<Pick<PackFound, 'people' | 'persons' | 'uncompared' | 'erased'>> {
  const persons = await list.check(
    'Every receipt enclosed holds, and is of this log',
    packPaths.manifest,
    () => checkReceipts(pack, log, verifierKey),
  )
  const { people, picked } = await checkAllPeople(list, { pack, log, releases, persons })
  const erased = await list.check(whoseLabel(pack), packPaths.manifest, () => {
    checkWhose(pack, persons, picked)
    return checkErased(pack, documents, log)
  })
  const sealed = new Set(
    releases.flatMap(({ release, sealed: done }) => (done === undefined ? [] : [release])),
  )
  const hasLinks = log.batches.some(({ kind }) => kind === 'links')
  const uncompared = await list.check(
    people.size > 0 && persons.length > 0
      ? 'The receipts say what the records considered say'
      : 'There is no line of a record considered to hold a receipt against',
    packPaths.manifest,
    () => checkPersons(persons, { lines: people, sealed, hasLinks }),
  )
  return { people, persons, uncompared, erased }
}

async function checkAllPeople(
  list: Checklist,
  { pack, log, releases, persons }: Pick<PackFound, 'pack' | 'log' | 'releases' | 'persons'>,
): Promise<{ people: Map<string, PeopleOfRelease>; picked: string[] }> {
  const { sample } = pack.manifest
  const taker = takeSample(sample?.size ?? 0, sample?.seed ?? '')
  const wanted = new Set(persons.map(({ commitment }) => commitment))
  const people = new Map<string, PeopleOfRelease>()
  for (const release of releases) {
    const counted = await list.check(
      pack.has(peoplePath(release.release))
        ? `${release.release}: the records considered add up to what was decided, committed and sealed`
        : `${release.release}: the records considered are not enclosed, and it says so`,
      peoplePath(release.release),
      () => checkPeople(pack, log, release, taker, wanted),
    )
    if (counted !== undefined) people.set(release.release, counted)
  }
  return { people, picked: taker.picked() }
}

// --- what was looked at: a line that looked at nothing must not read as if it had -----------------------------------

function releaseLabel({ manifest }: OpenedPack, release: string): string {
  return 'subject' in manifest.scope
    ? `${release}: approved by a key on record, committed, and sealed before it left; what was decided is not enclosed`
    : `${release}: decided, approved as its rule says, committed, and sealed before it left`
}

function whoseLabel({ manifest }: OpenedPack): string {
  if ('subject' in manifest.scope) return 'The receipt is of the person the pack is about'
  return manifest.sample === undefined
    ? 'No receipt is enclosed, as no sample was asked for'
    : 'The receipts are of those whom the seed picks'
}
