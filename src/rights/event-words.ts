// What the numbers of a committed event say, in words: those that follow from them, and the names the register has for the others.
import { type CommittedFields, codedWords, type EventWords } from '../model/person-receipt.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import type { Register } from '../register/register.ts'
import { readTerms } from '../register/term-numbers.ts'

export async function readEventWords(register: Register): Promise<(fields: CommittedFields) => EventWords> {
  const terms = new Map((await readTerms(register)).map(({ number, name }) => [number, name]))
  const notices = new Map(
    (await readPublishedPolicy(register)).map(({ number, name, version }) => [number, `${name}@${version}`]),
  )
  return (fields) => ({
    ...codedWords(fields),
    ...present('source', named(terms, fields.source)),
    ...present('route', named(terms, fields.route)),
    ...present('notice', named(notices, fields.notice)),
    ...present('purpose', named(terms, fields.purpose)),
    ...present('recipient', named(terms, fields.recipient)),
  })
}

function named(names: ReadonlyMap<number, string>, number: number): string | undefined {
  return number === 0 ? undefined : names.get(number)
}

function present<K extends string>(key: K, name: string | undefined): { [key in K]?: string } {
  return name === undefined ? {} : ({ [key]: name } as { [key in K]: string })
}
