// The port that seals: a stream in, an age file for one recipient out, and its hash. Nothing plain touches the disk.

export type Sealed = { sha256: string; sizeBytes: number }

export type Sealer = {
  /**
   * Encrypts `plaintext` with a fresh file key to one age recipient (age1…) into a new file at `path`, readable by its
   * owner only and fsynced when this resolves. When anything fails, the stream included, the file is removed and what
   * was thrown is thrown; a full disk is `disk.full`. A malformed recipient is `recipient.key_invalid`.
   */
  seal(
    recipient: string,
    plaintext: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    path: string,
  ): Promise<Sealed>
}
