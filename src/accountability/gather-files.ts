// The files of a pack, kind by kind, with a word on what each is; and by name what cannot be in it.
import { packHash } from '../decide/pack-hash.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import {
  documentName,
  documentPath,
  leftOut,
  type PackDocument,
  packPaths,
  receiptPath,
} from '../model/evidence-pack.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { logFilesAt } from './log-files.ts'
import { bytesContent, jsonContent, type PackContent, readContent, textContent } from './pack-content.ts'
import { isKeptFromPersons } from './pack-documents.ts'
import type { PackParts, PackSource, ReleaseParts } from './pack-parts.ts'
import { isPathPart, type KeptVersion, noticeIdOf, readByDecision } from './pack-policy.ts'
import { peopleCsv } from './people-csv.ts'
import { figuresText } from './release-figures.ts'

/** `left`: lines for the manifest, one for each thing that is not there. */
type Gathered = { contents: PackContent[]; left: string[] }

export async function gatherFiles(parts: PackParts, source: PackSource): Promise<Gathered> {
  const gathered = [
    logFiles(parts, source.context.log),
    documentFiles(parts),
    policyFiles(parts),
    rulePackFiles(parts),
    ...(await Promise.all(parts.releases.map((release) => releaseFiles(parts, release, source)))),
    receiptFiles(parts),
    verifierFiles(source),
  ]
  return {
    contents: gathered.flatMap(({ contents }) => contents),
    left: gathered.flatMap(({ left }) => left).sort(),
  }
}

function logFiles({ asOf }: PackParts, log: LogPlaces): Gathered {
  const contents = [...logFilesAt(asOf.size, asOf.checkpoint, log)].map(({ path, read }) =>
    readContent(`${packPaths.log}${path}`, logWords(path), read),
  )
  return { contents, left: [] }
}

function logWords(path: string): string {
  if (path === 'checkpoint') return 'the tree of the log as the register signed it'
  return path.startsWith('tile/entries/') ? 'entries of the log' : 'hashes of the log'
}

function documentFiles({ documents, scope }: PackParts): Gathered {
  const held = 'subject' in scope ? documents.filter(isKeptFromPersons) : []
  return {
    contents: documents
      .filter((document) => !held.includes(document))
      .map((document) =>
        jsonContent(documentPath(document), `${document.kind} of ${document.about}`, document),
      ),
    left: [
      ...held.filter(({ kind }) => kind === 'decision').map(decisionLeft),
      ...('subject' in scope ? [determinationsLeft] : []),
    ],
  }
}

function decisionLeft(document: PackDocument): string {
  return leftOut(
    'document',
    documentName(document),
    'it may count grounds that are told to nobody of somebody else; a regulator gets it',
  )
}

/** In the pack of every person, whether or not there are any: a line for each would say that there is one. */
const determinationsLeft =
  'determinations, revocations and counts: none is in the pack of one person, whether or not there are any; a regulator gets them'

// --- what was declared -------------------------------------------------------------------------------------------

function policyFiles({ releases, scope }: PackParts): Gathered {
  const versions = new Map<number, KeptVersion>()
  for (const { release, noticesSeen } of releases) {
    const seen = noticesSeen ?? everyNotice(release.inForce)
    for (const version of readByDecision(release.inForce, release.decision.body, seen))
      if (!('subject' in scope && isKeptFromPersons(version))) versions.set(version.number, version)
  }
  const named = [...versions.values()].map((version) => ({ version, name: nameOf(version) }))
  const kept = named.filter(({ name }) => isPathPart(name))
  return {
    contents: [
      ...kept.map(({ version, name }) =>
        textContent(`policy/${name}.json`, `${version.kind} as it was hashed`, version.body),
      ),
      ...kept.filter(({ version }) => version.kind === 'notice').map(({ version }) => wordingFile(version)),
    ],
    left: named
      .filter(({ name }) => !isPathPart(name))
      .map(({ name }) => leftOut('body', name, 'its name cannot be the name of a file')),
  }
}

function everyNotice(inForce: readonly KeptVersion[]): ReadonlySet<number> {
  return new Set(inForce.filter(({ kind }) => kind === 'notice').map(({ number }) => number))
}

function nameOf({ kind, name, version }: KeptVersion): string {
  return `${kind}/${name}@${version}`
}

function wordingFile(version: KeptVersion): PackContent {
  const { wording } = JSON.parse(version.body) as { wording: string }
  return textContent(`notices/${noticeIdOf(version)}.txt`, 'a notice as worded', wording)
}

function rulePackFiles({ releases, packs }: PackParts): Gathered {
  const named = new Map<string, Set<string>>()
  for (const { release } of releases)
    for (const [id, hash] of Object.entries(release.decision.body.packHashes))
      named.set(id, (named.get(id) ?? new Set()).add(hash))
  const contents: PackContent[] = []
  const left: string[] = []
  for (const [id, hashes] of named) {
    const pack = packs.find((candidate) => candidate.id === id)
    const hash = pack && packHash(pack)
    if (pack !== undefined && hash !== undefined && hashes.has(hash))
      contents.push(textContent(`packs/${id}.json`, 'rules as they were hashed', canonicalJson(pack)))
    if (hash === undefined || hashes.size > 1 || !hashes.has(hash))
      left.push(
        leftOut(
          'pack',
          id,
          'this program has it in other words, or with other numbers, than it judged with then',
        ),
      )
  }
  return { contents, left }
}

// --- releases and people -----------------------------------------------------------------------------------------

async function releaseFiles(
  { people, scope, notices }: PackParts,
  { release, figures, missing }: ReleaseParts,
  { readManifest }: PackSource,
): Promise<Gathered> {
  const id = release.release
  const folder = `releases/${id}`
  const isPersons = 'subject' in scope
  const contents = isPersons ? [] : [textContent(`${folder}/summary.json`, 'counts', figuresText(figures))]
  const left: string[] = []
  const manifest = await manifestOf(release, readManifest)
  if (typeof manifest === 'string') left.push(leftOut('manifest', id, manifest))
  else
    contents.push(bytesContent(`${folder}/manifest.json`, 'the manifest as the recipient got it', manifest))
  if (missing !== undefined) left.push(leftOut('people', id, missing))
  else if (isPersons) left.push(leftOut('people', id, 'the pack is about one person, whose receipt is in it'))
  else
    contents.push({
      path: `${folder}/people.csv`,
      what: 'one line for each record considered, by commitment',
      async *chunks() {
        const table = await people.of(release)
        if ('missing' in table) throw new Error(`the people of ${id} were there a moment ago`)
        yield* peopleCsv(table, (number) => notices.get(number)!.id)
      },
    })
  return { contents, left }
}

/** Or in words why there is none. */
async function manifestOf(
  release: ReleaseParts['release'],
  readManifest: PackSource['readManifest'],
): Promise<Uint8Array | string> {
  const { sealed } = release.state
  if (sealed === undefined) return 'it was not sealed'
  const bytes = await readManifest(release)
  if (bytes === undefined) return 'no copy of it is kept here'
  return sha256Hex(bytes) === sealed.body.manifestSha256
    ? bytes
    : 'the copy kept here is not the one that was sealed'
}

function receiptFiles({ receipts, erased }: PackParts): Gathered {
  return {
    contents: receipts.map((receipt, index) =>
      textContent(receiptPath(index), 'what the register holds of one person, opened', receipt),
    ),
    left: erased.map((commitment) => leftOut('erased', commitment, 'the keys of this person were destroyed')),
  }
}

function verifierFiles({ verifiers }: PackSource): Gathered {
  const contents = verifiers.map(({ path, bytes }) =>
    bytesContent(`verifiers/${path}`, 'a program that checks this; better taken from elsewhere', bytes),
  )
  return { contents, left: [] }
}
