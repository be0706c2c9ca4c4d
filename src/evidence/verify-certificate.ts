// Verifies a due-diligence certificate: the register's signature, the form, that its figures add up, that the log holds the
// document it speaks of; and, for whoever can open them, the rows. And in words, what all of that leaves to the sender's word.
import { fromHex, toHex, utf8 } from '../log/bytes.ts'
import { bodyHash, decodeEntry } from '../log/log-entry.ts'
import { encodeVerifierKey, type NoteVerifier, openNote } from '../log/signed-note.ts'
import { parseProof, verifyProof } from '../log/tlog-proof.ts'
import { sha256Hex } from '../model/canonical.ts'
import {
  type Certificate,
  type CertifiedNotice,
  certificateFiles,
  certificateFormat,
  certificateSignedText,
  certifiedRowsHeader,
} from '../model/certificate.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { type DeliveredFiles, readSmallFile } from './delivered-files.ts'
import { count, listOf, members, oneOf, readDocument, type Shape, sha256, text } from './document-shape.ts'
import { date } from './pack-shapes.ts'
import { sealedBodyShape } from './release-documents.ts'
import { compareFile, refuseUnknownKey } from './verify-release.ts'

const noticeShape = members<CertifiedNotice>(
  {
    notice: text,
    sha256,
    names: oneOf('name', 'brand', 'category', 'none'),
    rows: count,
    shownFrom: date,
    shownTo: date,
    grades: members<CertifiedNotice['grades']>({ A: count, B: count, C: count }, {}),
  },
  {},
)

const certificateShape: Shape<Certificate> = members<Certificate>(
  {
    format: oneOf(certificateFormat),
    release: text,
    register: members<Certificate['register']>({ id: text, origin: text, verifierKey: text }, {}),
    controller: members<Certificate['controller']>({ id: text, name: text }, {}),
    recipient: members<Certificate['recipient']>({ id: text, name: text, ageRecipient: text }, {}),
    manifestSha256: sha256,
    roots: members<Certificate['roots']>({ released: sha256, decided: sha256 }, {}),
    notices: listOf(noticeShape),
    rows: count,
    erased: count,
    file: members<Certificate['file']>({ file: oneOf(certificateFiles.rows), sha256, sizeBytes: count }, {}),
    sealed: members<Certificate['sealed']>(
      { position: count, body: text, salt: sha256, entry: text, proof: text },
      {},
    ),
    asOf: members<Certificate['asOf']>({ size: count, root: sha256, recordedAt: text }, {}),
  },
  {},
)

/** In this order; `certificate` only when everything holds. */
export async function verifyCertificate(
  files: DeliveredFiles,
  folder: string,
  trusted: readonly NoteVerifier[],
): Promise<{ checks: Check[]; certificate: Certificate | undefined }> {
  const list = new Checklist()
  const file = certificateFiles.certificate
  const read = (name: string) => readSmallFile(files, folder, name)
  const certificate = await list.run(async () => {
    const bytes = await list.check('The certificate is there', file, () => read(file))
    const signed = await list.check(
      'The register’s key signed a certificate',
      certificateFiles.signature,
      async () => openSignature(await read(certificateFiles.signature), bytes, trusted),
    )
    const found = await list.check('The certificate is the one that was signed', file, () =>
      certificateOf(bytes, signed),
    )
    await list.check('Its figures add up', file, () => addUp(found))
    await list.check('The register’s log holds the release it speaks of', file, () =>
      checkSealed(found, signed.key),
    )
    await list.check(`${certificateFiles.rows} is the file it names`, certificateFiles.rows, async () =>
      compareFile(found.file, await files.hash(files.within(folder, certificateFiles.rows))),
    )
    return found
  })
  return { checks: list.checks, certificate }
}

/** Only the sealed document is bound by the log; every figure of notices is a statement of whoever signed. */
export function certificateDoesNotSay({ rows, erased, notices }: Certificate): string[] {
  const rest = rows - notices.reduce((sum, notice) => sum + notice.rows, 0)
  return [
    'That anybody was told: by which notice, when and on what evidence is the sender’s word, under its signature. The log that it names does not bind it; an evidence pack with a sample looks behind it.',
    'That a notice has this hash, was worded as you know it, or names the recipient as is said here: compare the notice itself.',
    'That the recipient bears this legal name: of it the log binds nothing here.',
    'That nothing else was delivered, or that the rows are those you got: compare the column fairshare_ref.',
    'That sharing was lawful.',
    ...(rest === 0
      ? []
      : [`By what notice ${rowsWords(rest)} might leave: none is named for ${rest === 1 ? 'it' : 'them'}.`]),
    ...(erased === 0
      ? []
      : [
          `Anything about ${rowsWords(erased)} of the ${rows + erased} delivered: the sender says that their people were erased since, of as many as it likes. Nothing here shows an erasure; the log’s documents erasure.keys-destroyed do.`,
        ]),
  ]
}

function rowsWords(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`
}

type Signed = { key: NoteVerifier; text: string }

function openSignature(note: Uint8Array, bytes: Uint8Array, trusted: readonly NoteVerifier[]): Signed {
  const claimed = readDocument(bytes, certificateShape).value?.register.verifierKey
  refuseUnknownKey({ file: certificateFiles.certificate, claimed, note, trusted })
  const opened = openNote(note, trusted)
  return { key: opened.signatures[0]!, text: opened.text }
}

function certificateOf(bytes: Uint8Array, signed: Signed): Certificate {
  const file = certificateFiles.certificate
  const { value, fault } = readDocument(bytes, certificateShape)
  if (fault !== undefined) throw new NotHeld(file, fault.at, fault.found)
  if (signed.text !== certificateSignedText(value.release, sha256Hex(bytes)))
    throw new NotHeld(file, undefined, 'is not what was signed')
  const { name, publicKey } = signed.key
  if (value.register.origin !== name)
    throw new NotHeld(file, 'register.origin', 'is not the name of the key that signed')
  if (value.register.verifierKey !== encodeVerifierKey(name, publicKey))
    throw new NotHeld(file, 'register.verifierKey', 'is not the key that signed')
  return value
}

function addUp({ notices, rows }: Certificate): void {
  const file = certificateFiles.certificate
  for (const [index, { rows: told, grades, shownFrom, shownTo }] of notices.entries()) {
    const at = `notices[${index}]`
    if (grades.A + grades.B + grades.C !== told)
      throw new NotHeld(file, `${at}.grades`, 'are not as many as its rows')
    if (shownTo < shownFrom) throw new NotHeld(file, `${at}.shownTo`, 'is before the first showing')
  }
  if (notices.reduce((sum, notice) => sum + notice.rows, 0) > rows)
    throw new NotHeld(file, 'rows', 'are fewer than those of its notices')
}

function checkSealed(
  { register, release, sealed, manifestSha256, roots, asOf, rows, erased }: Certificate,
  key: NoteVerifier,
) {
  const file = certificateFiles.certificate
  const bytes = utf8(sealed.entry)
  const entry = decodeEntry(bytes)
  if (entry === undefined) throw new NotHeld(file, 'sealed.entry', 'is not a log entry')
  if (entry.register !== register.id) throw new NotHeld(file, 'sealed.entry', 'is of another register')
  if (entry.kind !== 'release.sealed')
    throw new NotHeld(file, 'sealed.entry', 'is not that of a sealed release')
  if (bodyHash(entry.register, fromHex(sealed.salt)!, utf8(sealed.body)) !== entry.body)
    throw new NotHeld(file, 'sealed.body', 'is not what the log entry binds')
  const { value: body, fault } = readDocument(utf8(sealed.body), sealedBodyShape)
  if (fault !== undefined) throw new NotHeld(file, `sealed.body.${fault.at}`, fault.found)
  const agree =
    body.release === release &&
    body.manifestSha256 === manifestSha256 &&
    body.released === roots.released &&
    body.decided === roots.decided
  if (!agree) throw new NotHeld(file, 'sealed.body', 'does not say what the certificate says')
  if (rows + erased !== body.members)
    throw new NotHeld(file, 'rows', 'and those erased are not as many as were sealed')
  if (parseProof(sealed.proof).extra !== undefined)
    throw new NotHeld(file, 'sealed.proof', 'has more in it than a proof')
  const { index, tree } = verifyProof(sealed.proof, bytes, key)
  if (index !== entry.position - 1 || entry.position !== sealed.position)
    throw new NotHeld(file, 'sealed.position', 'is not where the log has this entry')
  if (tree.size !== asOf.size || toHex(tree.root) !== asOf.root)
    throw new NotHeld(file, 'asOf', 'is not the tree that the proof leads to')
}

// --- rows --------------------------------------------------------------------------------------------------------

const ROW = /^([0-9A-HJKMNP-TV-Z]{16}),([^,"\r\n]*),(\d{4}-\d\d-\d\d|),([ABC]?)$/

/** The opened rows, in pieces that may end inside a line: form, order of nothing, each reference once, and the figures. */
export async function checkCertifiedRows(
  certificate: Certificate,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = certificateFiles.rows
  const found = new Map<string, CertifiedNotice>()
  const refs = new Set<string>()
  let number = 0
  for await (const line of linesOf(chunks, file)) {
    number++
    if (number === 1) {
      if (line !== certifiedRowsHeader) throw new NotHeld(file, 'line 1', `is not ${certifiedRowsHeader}`)
      continue
    }
    const [, ref, notice = '', shown = '', grade = ''] = ROW.exec(line) ?? []
    if (ref === undefined || (notice === '') !== (shown === '') || (notice === '') !== (grade === ''))
      throw new NotHeld(file, `line ${number}`, 'is not a row of a certificate')
    if (refs.has(ref)) throw new NotHeld(file, `line ${number}`, 'is of a row that was there before')
    refs.add(ref)
    if (notice !== '') countRow(found, { notice, shown, grade: grade as keyof CertifiedNotice['grades'] })
  }
  compareRows(certificate, refs.size, found)
}

function countRow(
  found: Map<string, CertifiedNotice>,
  { notice, shown, grade }: { notice: string; shown: string; grade: keyof CertifiedNotice['grades'] },
): void {
  const known = found.get(notice) ?? {
    ...{ notice, sha256: '', names: 'none' as const, rows: 0, grades: { A: 0, B: 0, C: 0 } },
    ...{ shownFrom: shown, shownTo: shown },
  }
  found.set(notice, known)
  known.rows++
  known.grades[grade]++
  if (shown < known.shownFrom) known.shownFrom = shown
  if (shown > known.shownTo) known.shownTo = shown
}

function compareRows(
  { rows, notices }: Certificate,
  counted: number,
  found: ReadonlyMap<string, CertifiedNotice>,
): void {
  const file = certificateFiles.rows
  if (counted !== rows)
    throw new NotHeld(file, 'its end', `has ${counted} rows, the certificate says ${rows}`)
  for (const { notice, rows: told, grades, shownFrom, shownTo } of notices) {
    const mine = found.get(notice)
    const agrees =
      mine !== undefined &&
      mine.rows === told &&
      mine.shownFrom === shownFrom &&
      mine.shownTo === shownTo &&
      mine.grades.A === grades.A &&
      mine.grades.B === grades.B &&
      mine.grades.C === grades.C
    if (!agrees) throw new NotHeld(file, `its rows of ${notice}`, 'are not as the certificate counts them')
  }
  if (found.size !== notices.length)
    throw new NotHeld(file, 'its notices', 'are more than the certificate names')
}

const LINE_MAX = 1000

async function* linesOf(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\r\n')
    rest = lines.pop() ?? ''
    if (rest.length > LINE_MAX) throw new NotHeld(file, 'a line', 'is longer than a row can be')
    yield* lines
  }
  if (rest !== '') throw new NotHeld(file, 'its end', 'is not the end of a line')
}
