// An evidence pack: what a register hands to somebody outside who asks how it shared data (docs/spec/evidence-pack.md).
import type { Instant } from './instant.ts'

export const packFormat = 'fairshare/evidence-pack@v1'

/** Files of the pack with one fixed place. */
export const packPaths = {
  manifest: 'pack.json',
  signature: 'pack.json.sig',
  index: 'index.html',
  readme: 'README.txt',
  /** The published log lies in here under its own paths. */
  log: 'log/',
} as const

export const peopleHeader = 'subject,notice,shown,recorded,grade,outcome'

/** pack.json. Nobody is named in it: a person asked about by the number of the enrolment. */
export type PackManifest = {
  format: typeof packFormat
  register: { id: string; origin: string; verifierKey: string }
  controller: { id: string; name: string }
  scope: PackScope
  sample?: { size: number; seed: string }
  /** Root in hex, the instant in ISO 8601. */
  asOf: { size: number; root: string; recordedAt: string }
  /** Ids of the releases in scope. */
  releases: string[]
  /** Every file but the manifest and its signature, by path. */
  files: PackFile[]
  /** What is not in it, in words; some begin as `leftOut` writes them. */
  left: string[]
}

export type PackFile = { path: string; sha256: string; sizeBytes: number; what: string }

/** Dates as yyyy-mm-dd, in the controller's zone, both included. */
export type PackScope = { release: string } | { subject: number } | { from: string; to: string }

/** One file in documents/: a document of the register, with what opens its hash in the log. Salt in hex. */
export type PackDocument = {
  position: number
  kind: string
  about: string
  actor: string
  recordedAt: Instant
  body: string
  salt: string
  /** The log's entry, as text. */
  entry: string
}

/** What may be missing, each under its own word: a verifier accepts a gap for what is named, and for nothing else. */
export type LeftOut = 'erased' | 'pack' | 'manifest' | 'people' | 'body' | 'document'

export function leftOut(what: LeftOut, name: string, because?: string): string {
  return because === undefined ? `${what} ${name}` : `${what} ${name}: ${because}`
}

/** What the register signs: the format and the hash of pack.json. */
export function packSignedText(sha256: string): string {
  return `${packFormat}\n${sha256}\n`
}

/** 00000041-decision */
export function documentName({ position, kind }: Pick<PackDocument, 'position' | 'kind'>): string {
  return `${String(position).padStart(8, '0')}-${kind}`
}

export function documentPath(document: Pick<PackDocument, 'position' | 'kind'>): string {
  return `documents/${documentName(document)}.json`
}

/** people/0001/receipt.json; `index` from 0. */
export function receiptPath(index: number): string {
  return `people/${String(index + 1).padStart(4, '0')}/receipt.json`
}
