// The register's keys as an operator sees them: which there are, which sign, who may approve, who may be sealed to.

import { encodeVerifierKey } from '../log/signed-note.ts'
import type { KeyRotation, RotationReason } from '../model/key-rotation.ts'
import { isProblem } from '../model/problem.ts'
import type { ApproverBody, RecipientCard, RecipientKeyBody } from '../model/release.ts'
import { readDocuments } from '../register/record-document.ts'
import { type Rotated, rotateSigningKey } from '../register/rotate-signing-key.ts'
import { readRotations } from '../register/signing-key.ts'
import { readApprovers } from '../release/read-approvers.ts'
import { readRevokedUpTo, readVerifiedKeys } from '../release/read-recipient-key.ts'
import type { App } from './open-app.ts'

export type RegisterKeys = {
  origin: string
  /** Undefined when the signing key is not there. */
  verifierKey: string | undefined
  epoch: number
  rotations: readonly KeyRotation[]
}

export async function readRegisterKeys({ register }: App): Promise<RegisterKeys> {
  const { logOrigin, keys, store } = register
  return {
    origin: logOrigin,
    verifierKey: publicKeyOf(keys, logOrigin),
    epoch: keys.epoch,
    rotations: (await readRotations(store)).map(({ statement }) => statement),
  }
}

function publicKeyOf(keys: App['register']['keys'], origin: string): string | undefined {
  try {
    return encodeVerifierKey(origin, keys.signer.publicKey)
  } catch (error) {
    if (isProblem(error) && error.code === 'keys.unusable') return undefined
    throw error
  }
}

export function rotateKey({ register, log, configuration }: App, why: RotationReason): Promise<Rotated> {
  return rotateSigningKey(register, log, { why, actor: configuration.actor })
}

export async function listApprovers({ register }: App): Promise<ApproverBody[]> {
  return [...(await readApprovers(register.store)).values()]
}

export type RecipientKeyListed = {
  recipient: string
  /** Of its recipient-key document. */
  position: number
  card: RecipientCard
  state: 'waiting' | 'verified' | 'replaced' | 'revoked'
}

/** Every card that ever came in, by recipient, oldest first. */
export async function listRecipientKeys({ register: { store } }: App): Promise<RecipientKeyListed[]> {
  const documents = await readDocuments(store, { kind: 'recipient-key' })
  const recipients = [...new Set(documents.map(({ about }) => about))].sort()
  const listed: RecipientKeyListed[] = []
  for (const recipient of recipients) {
    const verified = await readVerifiedKeys(store, recipient)
    const revokedUpTo = await readRevokedUpTo(store, recipient)
    const stateOf = (position: number): RecipientKeyListed['state'] => {
      if (position <= revokedUpTo) return 'revoked'
      if (position === verified.at(-1)?.position) return 'verified'
      return verified.some((key) => key.position > position) ? 'replaced' : 'waiting'
    }
    for (const { position, body } of documents.filter(({ about }) => about === recipient)) {
      const { card } = JSON.parse(body) as RecipientKeyBody
      listed.push({ recipient, position, card, state: stateOf(position) })
    }
  }
  return listed
}
