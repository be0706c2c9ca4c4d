// The port behind which the register's keys live. Lost keys cannot be made again: back them up apart from the data.

export type KeyRing = {
  /** Keys the lookup hashes of references; never rotated while references made with it exist. 32 bytes. */
  lookupPepper: { id: number; bytes: Uint8Array }
  /** Epoch under which new secrets are wrapped. */
  epoch: number
  /** 32 bytes for AES-256; throws `keys.unusable` for an epoch whose key is gone. */
  epochKey(epoch: number): Uint8Array
  /** Keys the pseudonyms that recipients get in place of a field. 32 bytes. */
  pseudonymKey: { id: number; bytes: Uint8Array }
  /** Signs checkpoints of the log and manifests of releases. */
  signer: Signer
}

/** An Ed25519 key whose private half stays where it is. */
export type Signer = {
  /** 32 raw bytes. */
  publicKey: Uint8Array
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}
