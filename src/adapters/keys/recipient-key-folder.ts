// A recipient's keys as a folder: `identity.txt` opens what is sealed to it, `signing.key` signs its receipts, `card.json` is
// what it hands out, `trusted/` holds the keys of the registers it has reason to trust. Lost: deliveries stay shut. Read
// by a stranger: so do they not.
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  encodeVerifierKey,
  type NoteSigner,
  type NoteVerifier,
  parseVerifierKey,
} from '../../log/signed-note.ts'
import { type Canonical, canonicalJson } from '../../model/canonical.ts'
import { isProblem, Problem } from '../../model/problem.ts'
import type { RecipientCard } from '../../model/release.ts'
import { type AgeIdentity, readIdentityFile } from '../age/age-identity.ts'
import { hasCode } from '../files/error-code.ts'
import { readText } from '../files/read-folder.ts'
import { makeSeedFile, readSeedFile, writeNewFile } from './seed-file.ts'

const IDENTITY_FILE = 'identity.txt'
const SIGNING_FILE = 'signing.key'
const CARD_FILE = 'card.json'
const TRUSTED_FOLDER = 'trusted'

/** A register's key, as it came with a challenge this recipient answered. */
export type TrustedRegister = { origin: string; verifierKey: string; controller: string }

/**
 * New keys in a folder that is new or empty. The card last: whoever has one has both keys behind it on disk. `makeCard`
 * is told the public halves.
 */
export async function makeRecipientKeyFolder(
  folder: string,
  age: AgeIdentity,
  makeCard: (ageRecipient: string, publicKey: Uint8Array) => RecipientCard,
): Promise<RecipientCard> {
  await makeEmptyFolder(folder)
  const signer = await makeSeedFile(join(folder, SIGNING_FILE))
  const identity = `# Opens what is sealed to the public key below. Keep it; nobody can make it again.\n# public key: ${age.recipient}\n${age.identity}\n`
  const written = await writeNewFile(join(folder, IDENTITY_FILE), identity)
  if (signer === undefined || !written) throw occupied(folder)
  const card = makeCard(age.recipient, signer.publicKey)
  if (!(await writeNewFile(join(folder, CARD_FILE), `${canonicalJson({ ...card })}\n`)))
    throw occupied(folder)
  return card
}

export async function openRecipientKeyFolder(folder: string): Promise<{
  card: RecipientCard
  identities: string[]
  signer: NoteSigner
  trusted: NoteVerifier[]
  /** The same with the names of their controllers. */
  registers: TrustedRegister[]
}> {
  const { publicKey, sign } = await readSeedFile(join(folder, SIGNING_FILE), 'recipient.keys_unusable')
  const identities = await identitiesIn(join(folder, IDENTITY_FILE))
  const card = cardOf(await readKeyText(join(folder, CARD_FILE)), publicKey, identities)
  if (card === undefined)
    throw new Problem(
      'recipient.keys_unusable',
      `${join(folder, CARD_FILE)} is not the card of the keys beside it`,
    )
  const registers = await readTrusted(folder)
  return {
    card,
    registers,
    identities: identities.map(({ identity }) => identity),
    signer: { name: card.name, publicKey, sign },
    trusted: registers.map(({ verifierKey }) => parseVerifierKey(verifierKey)),
  }
}

async function identitiesIn(path: string): Promise<AgeIdentity[]> {
  return readIdentityFile(await readKeyText(path), path).catch((error: unknown) => {
    throw isProblem(error) ? new Problem('recipient.keys_unusable', error.detail) : error
  })
}

/** The card says what others seal to and verify with: with another's, deliveries and receipts would be lost. */
function cardOf(
  text: string,
  publicKey: Uint8Array,
  identities: readonly AgeIdentity[],
): RecipientCard | undefined {
  try {
    const card = JSON.parse(text) as RecipientCard
    const named = card.verifierKey === encodeVerifierKey(card.name, publicKey)
    return named && identities.some(({ recipient }) => recipient === card.ageRecipient) ? card : undefined
  } catch {
    return undefined
  }
}

/**
 * Keeps the key of a register under its origin. A second key for one origin is refused: either the first came from
 * somebody else, or this one does, and only people can find out which.
 */
export async function trustRegister(folder: string, register: TrustedRegister): Promise<'new' | 'known'> {
  const { origin, verifierKey, controller } = register
  if (parseVerifierKey(verifierKey).name !== origin)
    throw new Problem('delivery.tampered', 'the key in it is not named as its register is')
  await mkdir(join(folder, TRUSTED_FOLDER), { recursive: true, mode: 0o700 })
  const path = join(folder, TRUSTED_FOLDER, trustedFile(origin))
  if (await writeNewFile(path, `${canonicalJson({ origin, verifierKey, controller })}\n`)) return 'new'
  const known = (await readTrusted(folder)).filter((trusted) => trusted.origin === origin)
  if (known.some((trusted) => trusted.verifierKey === verifierKey)) return 'known'
  throw new Problem(
    'delivery.tampered',
    `it names another key for ${origin} than ${path}, which was trusted before; ask the sender by telephone which is right`,
  )
}

/**
 * A key that a trusted one has named as its successor: kept beside it, as deliveries and receipts of before were signed by that.
 * The caller has verified the note that says so.
 */
export async function trustSuccessor(folder: string, register: TrustedRegister): Promise<'new' | 'known'> {
  const { origin, verifierKey, controller } = register
  const known = await readTrusted(folder)
  if (known.some((trusted) => trusted.verifierKey === verifierKey)) return 'known'
  const { keyId } = parseVerifierKey(verifierKey)
  const name = trustedFile(origin).replace(/\.json$/, `.${keyId.toString(16).padStart(8, '0')}.json`)
  const path = join(folder, TRUSTED_FOLDER, name)
  if (await writeNewFile(path, `${canonicalJson({ origin, verifierKey, controller })}\n`)) return 'new'
  throw new Problem('recipient.keys_unusable', `${TRUSTED_FOLDER}/${name} is there and holds another key`)
}

/** An origin is an address without its scheme; what no file name should hold stands as %xx. */
function trustedFile(origin: string): string {
  const name = origin
    .replaceAll('/', '_')
    .replaceAll(/[^A-Za-z0-9._-]/g, (character) => encodeURIComponent(character))
  if (name.startsWith('.') || name.length > 200)
    throw new Problem('delivery.tampered', 'its register has a name that cannot be kept')
  return `${name}.json`
}

async function readTrusted(folder: string): Promise<TrustedRegister[]> {
  const files = await readdir(join(folder, TRUSTED_FOLDER)).catch(() => [])
  const read = files
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map(async (file) => trustedFrom(await readKeyText(join(folder, TRUSTED_FOLDER, file)), file))
  return Promise.all(read)
}

function trustedFrom(text: string, file: string): TrustedRegister {
  try {
    const { origin, verifierKey, controller } = JSON.parse(text) as TrustedRegister
    if (
      parseVerifierKey(verifierKey).name === origin &&
      canonicalJson({ origin, verifierKey, controller } as Canonical) === text.trimEnd()
    )
      return { origin, verifierKey, controller }
  } catch {}
  throw new Problem('recipient.keys_unusable', `${TRUSTED_FOLDER}/${file} is not as it was written`)
}

async function readKeyText(path: string): Promise<string> {
  return readText(path).catch((cause: unknown) => {
    throw new Problem('recipient.keys_unusable', `${path} cannot be read`, { cause })
  })
}

async function makeEmptyFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((cause: unknown) => {
    throw new Problem('value.invalid', `${folder} cannot be made; name a folder where you may write`, {
      cause,
    })
  })
  const there = await readdir(folder).catch(() => ['a file of this name'])
  if (there.length > 0) throw occupied(folder)
}

/** Folder by folder: told to make those above too, Node never comes back from a file system that makes none, as /proc. */
async function makeFolder(folder: string): Promise<void> {
  const make = () =>
    mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  try {
    await make()
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await make()
  }
}

function occupied(folder: string): Problem {
  return new Problem(
    'value.invalid',
    `there is something in ${folder} already; name a new folder for new keys`,
  )
}
