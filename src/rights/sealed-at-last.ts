// The document of the sealed release that counts: what was sealed before an amendment never left.
import type { ReleaseDocument } from '../register/read-release-documents.ts'

/** `papers` of one release, oldest first. */
export function sealedAtLast(papers: readonly ReleaseDocument[]): ReleaseDocument | undefined {
  const sealed = papers.findLast(({ kind }) => kind === 'release.sealed')
  const amended = papers.findLast(({ kind }) => kind === 'release.amended')
  return sealed !== undefined && sealed.position > (amended?.position ?? 0) ? sealed : undefined
}
