// Claims: of what can be proved of one person, each thing as one small file, all against the log's last checkpoint.
import { encodeVerifierKey, type NoteSigner, signNote } from '../log/signed-note.ts'
import { parseProof } from '../log/tlog-proof.ts'
import { canonicalHash, canonicalJson } from '../model/canonical.ts'
import { type Claim, type ClaimHead, claimFormat, claimSignedText, type Logged } from '../model/claim.ts'
import { type Issued, issuedAt } from '../model/person-receipt.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { publishLog } from '../register/publish-log.ts'
import type { Register } from '../register/register.ts'
import {
  type Evidence,
  findProvable,
  hashList,
  type Provable,
  type ProvableOptions,
} from './find-provable.ts'
import { proveTogether } from './prove-together.ts'
import type { ReleaseFiles } from './release-files.ts'

export type ClaimOptions = ProvableOptions & {
  /** By default now, and nobody said how it was checked who asks. */
  issued?: Issued
}

/** Events in the order recorded, then releases in the order committed. Appends nothing, and publishes nothing. */
export async function listProvable(
  register: Register,
  files: ReleaseFiles,
  subject: number,
  options: ProvableOptions = { grounds: false },
): Promise<Provable[]> {
  return (await findProvable(register, files, subject, options)).map(({ provable }) => provable)
}

export type IssuedClaim = { provable: Provable; text: string }

/**
 * Canonical JSON of the claims that `choose` picks of what can be proved, all against one checkpoint. Publishes the log first:
 * what is not published cannot be proved.
 */
export async function issueClaims(
  register: Register,
  places: LogPlaces,
  files: ReleaseFiles,
  subject: number,
  choose: (provable: readonly Provable[]) => readonly Provable[],
  options: ClaimOptions = { grounds: false },
): Promise<IssuedClaim[]> {
  const evidence = await findProvable(register, files, subject, options)
  const chosen = new Set(choose(evidence.map(({ provable }) => provable)))
  const wanted = evidence.filter(({ provable }) => chosen.has(provable))
  if (wanted.length === 0) return []
  await publishLog(register, places)
  const prove = await proveTogether(
    register,
    places,
    wanted.flatMap(({ positions }) => positions),
  )
  const head: Omit<ClaimHead, 'signature'> = {
    format: claimFormat,
    register: {
      id: register.registerId,
      origin: register.logOrigin,
      verifierKey: encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey),
    },
    checkpoint: parseProof(prove(wanted[0]!.positions[0]!).proof).checkpoint,
    subject,
    issued: options.issued ?? issuedAt(register.now()),
  }
  const logged = (position: number): Logged => {
    const { entry, proof } = prove(position)
    return { entry, path: hashList(parseProof(proof).hashes) }
  }
  const signer = { name: register.logOrigin, ...register.keys.signer }
  const issue = async ({ provable, claimed }: Evidence): Promise<IssuedClaim> => ({
    provable,
    text: signClaim({ ...head, ...(await claimed(logged)) }, signer),
  })
  return Promise.all(wanted.map(issue))
}

type Unsigned<T> = T extends Claim ? Omit<T, 'signature'> : never

/** Canonical JSON. */
export function signClaim(claim: Unsigned<Claim>, signer: NoteSigner): string {
  return canonicalJson({ ...claim, signature: signNote(claimSignedText(canonicalHash(claim)), signer) })
}
