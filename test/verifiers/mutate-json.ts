// Every small change of a JSON document: each member gone, doubled, of another type, another value, or from elsewhere.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type Mutant = { what: string; value: Json }

/** Changes at every place of `value`; `other` is a document of the same form that lends its parts. */
export function* mutants(value: Json, other?: Json): Iterable<Mutant> {
  for (const path of pathsOf(value)) {
    const here = at(value, path)!
    for (const [how, changed] of changesOf(here)) yield made(value, path, how, changed)
    const lent = other === undefined ? undefined : at(other, path)
    if (lent !== undefined && JSON.stringify(lent) !== JSON.stringify(here))
      yield made(value, path, 'lent', lent)
    if (path.length > 0) yield { what: `${path.join('.')}: gone`, value: replaced(value, path, undefined) }
  }
}

function made(value: Json, path: (string | number)[], how: string, changed: Json): Mutant {
  return { what: `${path.join('.')}: ${how}`, value: replaced(value, path, changed) }
}

function* pathsOf(value: Json, path: (string | number)[] = []): Iterable<(string | number)[]> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [name, part] of Object.entries(value))
    yield* pathsOf(part, [...path, Array.isArray(value) ? Number(name) : name])
}

function* changesOf(here: Json): Iterable<[string, Json]> {
  if (typeof here === 'number') {
    for (const add of [1, -1, 256, 2 ** 31, 2 ** 32, -here]) if (add !== 0) yield [`plus ${add}`, here + add]
    yield ['halved', here + 0.5]
    yield ['most', 2 ** 53 - 1]
    yield ['as text', `${here}`]
    yield ['true', true]
  } else if (typeof here === 'string') {
    yield ['empty', '']
    yield ['one', 1]
    yield ['null', null]
    yield ['longer', `${here}0`]
    yield ['a space more', `${here} `]
    yield ['shorter', here.slice(0, -1)]
    yield ['shorter at its start', here.slice(1)]
    yield ['capital', here.toUpperCase() === here ? here.toLowerCase() : here.toUpperCase()]
    yield ['one character else', here.slice(0, -1) + (here.endsWith('0') ? '1' : '0')]
    yield ['a control character', `${here}\u0085`]
    yield ['half a character', `${here}\ud800`]
    yield ['a character', `${here}é`]
    yield ['a list', [here]]
  } else if (typeof here === 'boolean') {
    yield ['not', !here]
    yield ['one', 1]
  } else if (Array.isArray(here)) {
    yield ['empty', []]
    yield ['as text', 'x']
    if (here.length > 0) yield ['doubled', [...here, here.at(-1)!]]
    if (here.length > 1) {
      yield ['turned round', here.toReversed()]
      yield ['without its first', here.slice(1)]
    }
  } else if (here !== null) {
    yield ['one member more', { ...here, more: 1 }]
    yield ['null', null]
    yield ['a list', []]
  }
}

function at(value: Json, path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (part, name) =>
      typeof part === 'object' && part !== null ? (part as Record<string, Json>)[name] : undefined,
    value,
  )
}

function replaced(value: Json, path: (string | number)[], by: Json | undefined): Json {
  const [name, ...rest] = path
  if (name === undefined) return by ?? null
  if (Array.isArray(value)) {
    const index = Number(name)
    if (rest.length === 0 && by === undefined) return value.toSpliced(index, 1)
    return value.with(index, replaced(value[index]!, rest, by))
  }
  const { [name]: part, ...others } = value as { [name: string]: Json }
  if (rest.length === 0 && by === undefined) return others
  return { ...others, [name]: replaced(part!, rest, by) }
}
