// The port behind which the register's keys live. Lost keys cannot be made again: back them up apart from the data.

export type KeyRing = {
  /** Keys the lookup hashes of references; never rotated while references made with it exist. 32 bytes. */
  lookupPepper: { id: number; bytes: Uint8Array }
  /** Newest epoch whose key is here. Under which one secrets are wrapped, the register's head says. */
  readonly epoch: number
  /** Epochs whose keys are here, ascending. */
  epochs(): readonly number[]
  /** 32 bytes for AES-256; throws `keys.unusable` for an epoch whose key is gone. */
  epochKey(epoch: number): Uint8Array
  /** Makes the key of the next epoch, durable when this returns. */
  newEpoch(): number
  /** Overwritten, removed and forgotten, durably; of an epoch whose key is gone already nothing is left to do. */
  destroyEpoch(epoch: number): void
  /** Keys the list of those who were erased: never rotated, as nothing is left to make its entries from again. 32 bytes. */
  readonly suppressionPepper: { id: number; bytes: Uint8Array }
  /** Keys the pseudonyms that recipients get in place of a field. 32 bytes. */
  pseudonymKey: { id: number; bytes: Uint8Array }
  /** Signs checkpoints of the log, manifests, receipts. Throws `keys.unusable` when its file is gone. */
  readonly signer: Signer
  /** A signing key that does not sign yet, durable; asked again, the same, until it is adopted. */
  nextSigner(): Signer
  /**
   * From now on the key with this public half signs, and the one before it is destroyed. `missing` when no signing key is here,
   * `another` when one is that has no such half: it stays, and so does what waits to be adopted.
   */
  adoptSigner(publicKey: Uint8Array): 'signs' | 'missing' | 'another'
}

/** An Ed25519 key whose private half stays where it is. */
export type Signer = {
  /** 32 raw bytes. */
  publicKey: Uint8Array
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}
