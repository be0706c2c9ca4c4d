// Two-person rules compare names as people write them: case, spacing, accents and hyphens do not make a second person.

/** Where a second person is asked for: whoever might be the first one is not it. */
export function samePerson(a: string, b: string): boolean {
  const letters = (name: string) =>
    name
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  return letters(a) === letters(b)
}

/** Where something of a person is replaced: only a name written the same way is surely the same person’s. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  return plain(a) === plain(b)
}
