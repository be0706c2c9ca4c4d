// A due-diligence certificate: what a recipient can show for each row it got, from the register's own record (UK and EU GDPR
// Article 5(2), and what a buyer of data has to find out before using it). docs/spec/release-format.md has the delivery.
import type { Party } from './release.ts'
import type { EvidenceGrade } from './vocabulary.ts'

export const certificateFormat = 'fairshare/due-diligence@v1'

export const certificateFiles = {
  certificate: 'certificate.json',
  signature: 'certificate.json.sig',
  rows: 'rows.csv.age',
} as const

/** Of the sealed rows: each row of the release as delivered, in its order. `shown` is a date, UTC. */
export const certifiedRowsHeader = 'fairshare_ref,notice,shown,grade'

/** By its legal name, by a brand it held, by a category such as a sector; or the notice does not name it. */
export type NamedHow = 'name' | 'brand' | 'category' | 'none'

export type CertifiedNotice = {
  /** name@version */
  notice: string
  /** Of the version as published, hex. */
  sha256: string
  names: NamedHow
  rows: number
  /** Dates, UTC. */
  shownFrom: string
  shownTo: string
  grades: Record<EvidenceGrade, number>
}

/** certificate.json, canonical. */
export type Certificate = {
  format: typeof certificateFormat
  release: string
  register: { id: string; origin: string; verifierKey: string }
  controller: Party
  recipient: Party & { ageRecipient: string }
  manifestSha256: string
  roots: { released: string; decided: string }
  notices: CertifiedNotice[]
  /** Lines of the sealed rows. */
  rows: number
  /** Rows delivered to which no line belongs any more: their people were erased since. */
  erased: number
  file: { file: typeof certificateFiles.rows; sha256: string; sizeBytes: number }
  /** The document that fixed roots and manifest, and the proof that the log holds it. */
  sealed: { position: number; body: string; salt: string; entry: string; proof: string }
  /** The tree that `sealed.proof` leads to. */
  asOf: { size: number; root: string; recordedAt: string }
}

/** What the register signs. */
export function certificateSignedText(release: string, sha256: string): string {
  return `${certificateFormat}\n${release}\n${sha256}\n`
}
