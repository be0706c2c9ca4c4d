// The port through which a reminder reaches its reader: a file in the outbox, a mail. Told twice is better than never told: what
// was not surely accepted is sent again by the next run, under the same name and message id.

export type Letter = {
  /** The entity it is for; undefined = ourselves. */
  reader: string | undefined
  /** The same letter has the same name: lower-case letters, digits and `-.@`. */
  name: string
  /** Where a mail goes; a way that needs none passes it over. */
  address: string | undefined
  /** One line. */
  subject: string
  text: string
  /** `fairshare/reminder@v1`, an empty line and the text, signed by the register. */
  note: string
  /** The same for the same duty, day and stage, so that a reader's mail program drops a second copy: 40 hex digits. */
  digest: string
}

/** `path`: it lies there, and somebody has to send it. `over`: there is no use in trying another letter now. `because` repeats nothing the other side said. */
export type Posted = { accepted: true; path?: string } | { accepted: false; because: string; over: boolean }

export type Post = {
  way: 'outbox' | 'mail'
  /** Without a reader's address, or without a reader, it may have nowhere to go. */
  reaches(letter: Letter): boolean
  /** Resolves as accepted only when the other side has taken it on: when it is durable, or when its server said so. */
  send(letter: Letter): Promise<Posted>
}
