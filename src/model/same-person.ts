// Two-person rules compare names as people write them: letter case and spacing do not make a second person.

export function samePerson(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  return plain(a) === plain(b)
}
