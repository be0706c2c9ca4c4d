// A value read from a file, together with where each part of it stands, so that any later check can point there.
import type { Finding, Place } from '../model/problem.ts'

/** Steps from the top of a file: keys and list indexes. */
export type Path = readonly PropertyKey[]

export type Declared<T> = {
  file: string
  value: T
  /** Where the part at `path` stands, or its nearest enclosing part when it is absent. */
  place(path: Path, of?: 'key' | 'value'): Place
}

/** What reading gave: no value when a finding makes it unusable. */
export type Reading<T> = { value: T | undefined; findings: Finding[] }

/** One part of a file as a declaration of its own, optionally with another value in its place. */
export function declaredWithin<T>(source: Declared<unknown>, prefix: Path, value: T): Declared<T> {
  return { file: source.file, value, place: (path, of) => source.place([...prefix, ...path], of) }
}

/** By file, then line, then column. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      Number(a.place.file > b.place.file) - Number(a.place.file < b.place.file) ||
      (a.place.line ?? 0) - (b.place.line ?? 0) ||
      (a.place.column ?? 0) - (b.place.column ?? 0),
  )
}
