// Evidence packs, with what lies outside the register: kept trees and verdicts, delivered manifests, the programs that
// verify, and the archive they are written to.
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPack } from '../accountability/build-pack.ts'
import type { PackAsked, PackSource } from '../accountability/pack-parts.ts'
import { writeArchive } from '../adapters/archive/write-archive.ts'
import { readFolder } from '../adapters/files/read-folder.ts'
import type { PackManifest } from '../model/evidence-pack.ts'
import { Problem } from '../model/problem.ts'
import type { OnStep, ReleaseContext } from '../release/decision-context.ts'
import type { App } from './open-app.ts'
import { packageRoot, pathBelow } from './package-root.ts'
import { releaseFilesIn } from './person-rights.ts'

export type WrittenPack = {
  path: string
  sha256: string
  sizeBytes: number
  manifest: PackManifest
  /** Receipts enclosed. */
  receipts: number
}

export type PackOptions = {
  /** Not there yet; by default named after the scope, in the current folder. */
  out?: string
  page: PackSource['page']
  onStep: OnStep
}

/** The same register, scope, seed and program make the same bytes. */
export async function writeEvidencePack(
  app: App,
  asked: PackAsked,
  { out = defaultName(asked), page, onStep }: PackOptions,
): Promise<WrittenPack> {
  if (existsSync(out)) throw new Problem('out.exists', `${out} is there already`)
  const context = await app.decisionContext(() => '')
  const source: PackSource = {
    ...{ context, page, onStep },
    releaseFiles: releaseFilesIn(app.configuration.home, app.engine),
    readManifest: ({ release, request }) => deliveredManifest(context, release, request.recipient),
    verifiers: await readVerifiers(),
  }
  return buildPack(source, asked, async ({ manifest, files }) => {
    const { sha256, sizeBytes } = await writeArchive(out, files())
    const receipts = manifest.files.filter(({ path }) => path.startsWith('people/')).length
    return { path: out, sha256, sizeBytes, manifest, receipts }
  })
}

function defaultName({ scope }: PackAsked): string {
  if ('release' in scope) return `evidence-${scope.release}.zip`
  if ('subject' in scope) return `evidence-person-${scope.subject}.zip`
  return `evidence-${scope.from}-${scope.to}.zip`
}

const MANIFEST_BYTES_MAX = 1 << 24

/** Where the outbox put it; somebody may have taken the folder away since. */
async function deliveredManifest(
  { outbox }: Pick<ReleaseContext, 'outbox'>,
  release: string,
  recipient: string,
): Promise<Uint8Array | undefined> {
  const staged = await outbox.staged(release)
  const path = join(staged ?? outbox.pathOf(release, recipient), 'manifest.json')
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || found.size > MANIFEST_BYTES_MAX) return undefined
  return readFile(path)
}

/** Sources and the page that were built; not what the page was built from. */
const verifierEndings = ['.html', '.md', '.py', '.go', '.mod', '.sum', '.txt']

async function readVerifiers(): Promise<PackSource['verifiers']> {
  const folder = pathBelow(packageRoot, 'verifiers/')
  if (!existsSync(folder)) return []
  const files = await readFolder(folder, verifierEndings)
  return [...files]
    .filter(([path]) => !path.startsWith('browser/'))
    .map(([path, text]) => ({ path, bytes: Buffer.from(text, 'utf8') }))
}
