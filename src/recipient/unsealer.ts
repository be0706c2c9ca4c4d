// The port that opens what was sealed: an age file in, its plaintext out.

export type Unsealer = {
  /**
   * The plaintext of the age file at `path`, piece by piece, under whichever of the identities (AGE-SECRET-KEY-1…,
   * AGE-SECRET-KEY-PQ-1…) it was sealed to. `delivery.not_for_you` when it is none of them; `delivery.tampered`, with the
   * place, when the file is not as it was sealed or its end is missing; `file.missing` when there is none.
   *
   * That the end is missing shows at the end: whoever acts on the plaintext before the iteration has ended without a
   * throw acts on what somebody may have cut short. Keep it under a name nobody reads until then.
   */
  open(identities: readonly string[], path: string): AsyncIterable<Uint8Array>
}
