// A certificate of destruction: a signed note whose text is a line that names the form, and the statement as canonical JSON.
// Read and checked by itself, in a browser too; docs/spec/destruction-certificate.md says the same for other programs.
import { utf8 } from '../log/bytes.ts'
import { type NoteVerifier, openNote } from '../log/signed-note.ts'
import {
  type DestructionStatement,
  isWhole,
  type SanitisedMedium,
  sanitisationMethods,
} from '../model/custody.ts'
import { dateFromIso, dateOf, dateToIso, instantToIso } from '../model/instant.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import {
  boolean,
  count,
  type Fault,
  listOf,
  matching,
  members,
  oneOf,
  readDocument,
  type Shape,
  sha256,
} from './document-shape.ts'
import { registerId, releaseId } from './release-documents.ts'
import { shown } from './say-event.ts'
import type { Said } from './say-receipt.ts'
import { noteText } from './verify-receipt.ts'

const format = 'fairshare/destruction@v1'

export function looksLikeDestruction(text: string): boolean {
  return text.startsWith(`${format}\n`)
}

/** `file` names it in the checks; `statement` only when everything holds. */
export async function verifyDestruction(
  note: string,
  holder: NoteVerifier,
  file: string,
): Promise<{ checks: Check[]; statement: DestructionStatement | undefined }> {
  const list = new Checklist()
  const statement = await list.run(async () => {
    await list.check('The holder’s key signed the certificate', file, () => openNote(note, [holder]))
    return list.check('The certificate is of a known form', file, () => readDestruction(noteText(note), file))
  })
  return { checks: list.checks, statement }
}

/** The text of a certificate, signed or not yet known to be; `NotHeld` unless it is exactly of the known form. */
export function readDestruction(text: string, file: string): DestructionStatement {
  const [first = '', json = '', end, ...rest] = text.split('\n')
  if (first !== format) throw new NotHeld(file, 'line 1', 'is not a known form of certificate')
  if (end !== '' || rest.length > 0) throw new NotHeld(file, 'line 3', 'has more than one statement')
  const { value, fault } = readDocument(utf8(json), destructionShape)
  if (fault !== undefined) throw new NotHeld(file, `line 2, ${fault.at}`, fault.found)
  const odd = contradiction(value)
  if (odd !== undefined) throw new NotHeld(file, `line 2, ${odd.at}`, odd.found)
  return value
}

/** What it says, once it is known to hold. */
export function sayDestruction(statement: DestructionStatement, holder: string): Said {
  const { of, media, backups, destroyedAt, certifiedBy } = statement
  const what = 'release' in of ? `release ${shown(of.release)}` : `copy ${shown(of.copy)}`
  const still = isWhole(statement) ? [] : [leftWords(statement)]
  return {
    says: [
      `${shown(holder)} certifies, by ${shown(certifiedBy.name)} (${shown(certifiedBy.title)}), that it destroyed ${what} at ${instantToIso(destroyedAt)}, on ${media.length} ${media.length === 1 ? 'medium' : 'media'}${backups === 'none' ? ', and that no backup holds it' : ''}.`,
      ...media.map(
        ({ medium, place, loaded, method, tool }) =>
          `${shown(medium)}, ${shown(place)}: ${shown(loaded)}; ${method} with ${shown(tool)}.`,
      ),
    ],
    doesNotSay: [
      ...still,
      'That the holder told the truth: it is its word, under its signature.',
      'That this was the only copy.',
    ],
  }
}

function leftWords({ backups, subProcessors }: DestructionStatement): string {
  const open = subProcessors.filter(({ certified }) => !certified).map(({ name }) => shown(name))
  return [
    ...(backups === 'none'
      ? []
      : [`That it is gone from backups: they hold it until ${dateToIso(backups.goneBy)}.`]),
    ...(open.length === 0 ? [] : [`That ${open.join(', ')} destroyed it too.`]),
  ].join(' ')
}

// --- its form ----------------------------------------------------------------------------------------------------

/** Nothing that ends the line, or makes it look like another one. */
const line = matching(
  /^(?! )[^\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,500}(?<! )$/u,
  'is no line of text',
)

const day: Shape<number> = (value, at) => (isDay(value) ? undefined : { at, found: 'is no date' })

function isDay(value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false
  try {
    return dateFromIso(dateToIso(value)) === value
  } catch {
    return false
  }
}

const medium = members<SanitisedMedium>(
  {
    medium: line,
    place: line,
    loaded: line,
    records: count,
    method: oneOf(...sanitisationMethods),
    tool: line,
    verification: line,
    destination: line,
  },
  { make: line, model: line, serial: line },
)

const ofRelease = members<{ release: string }>({ release: releaseId }, {})
const ofCopy = members<{ copy: string }>({ copy: matching(/^c[1-9]\d{0,8}$/, 'is no copy') }, {})
const goneBy = members<{ goneBy: number }>({ goneBy: day }, {})

const destructionShape: Shape<DestructionStatement> = members<DestructionStatement>(
  {
    format: oneOf(format),
    register: registerId,
    of: (value, at) => (ofRelease(value, at) === undefined ? undefined : ofCopy(value, at)),
    holder: line,
    media: listOf(medium),
    backups: (value, at) => (value === 'none' ? undefined : goneBy(value, at)),
    subProcessors: listOf(
      members<{ name: string; certified: boolean }>({ name: line, certified: boolean }, {}),
    ),
    destroyedAt: count,
    certifiedBy: members<DestructionStatement['certifiedBy']>({ name: line, title: line }, {}),
  },
  { recordsSha256: sha256 },
)

/** Members that are each of the right form and cannot all be true. */
function contradiction({
  media,
  of,
  recordsSha256,
  backups,
  destroyedAt,
}: DestructionStatement): Fault | undefined {
  if (media.length === 0) return { at: 'media', found: 'names no medium: it was loaded somewhere' }
  if ('release' in of && recordsSha256 === undefined)
    return { at: 'recordsSha256', found: 'is missing: a release is known by its records' }
  if (backups !== 'none' && backups.goneBy < dateOf(destroyedAt, 'UTC'))
    return { at: 'backups.goneBy', found: 'lies before the destruction: then there are none' }
  return undefined
}
