// The port through which release folders come to lie on disk: made under a temporary name, then visible whole or not at all.

export type Outbox = {
  /** Made up when the outbox was made; the same as long as its folder is. */
  id(): Promise<string>
  /**
   * A new, empty folder for what is being sealed under `name` (a release, or a release and removal number), emptied if
   * an earlier try left something; only its owner can enter.
   */
  stage(name: string): Promise<string>
  /** Writes a small file into a staged folder, fsynced. */
  write(folder: string, file: string, bytes: Uint8Array | string): Promise<void>
  /** SHA-256 of a file of a staged or delivered folder, hex; undefined when it is not there. */
  hash(folder: string, file: string): Promise<string | undefined>
  /** The staged folder of this name as an earlier run left it; undefined when there is none. */
  staged(name: string): Promise<string | undefined>
  /**
   * Renames the staged folder to `<recipient>/<name>` below the outbox and fsyncs the directories; returns its path. A
   * repetition after a crash finds it there and returns the same. Undefined when it is neither staged nor delivered.
   */
  deliver(name: string, recipient: string): Promise<string | undefined>
  /** Where `deliver` puts it. */
  pathOf(name: string, recipient: string): string
  /** Keeps the two prefix trees of a release (no personal value in them) for proofs to come. */
  keepTree(
    release: string,
    tree: 'released' | 'decided',
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void>
  /** Removes staged folders whose names are not in `keep`. */
  sweep(keep: readonly string[]): Promise<void>
}
