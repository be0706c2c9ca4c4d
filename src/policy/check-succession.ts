// What a published id means, it means for ever: consents were given for it and notices name it.
import type { Policy } from '../model/policy.ts'

/** In words, each id that would change its meaning. A purpose keeps its place in the vocabulary, an entity its registration. */
export function checkSuccession(before: Policy, after: Policy): string[] {
  const purposes = after.purposes.flatMap(({ id, dpv }) => {
    const published = before.purposes.find((purpose) => purpose.id === id)
    return published?.dpv !== undefined && published.dpv !== dpv
      ? [`purpose ${id} is published as ${published.dpv}; another meaning needs another id`]
      : []
  })
  const entities = after.entities.flatMap(({ id, registration }) => {
    const published = before.entities.find((entity) => entity.id === id)?.registration
    const same = published?.register === registration?.register && published?.number === registration?.number
    return published !== undefined && !same
      ? [
          `entity ${id} is published as ${published.register} ${published.number}; another legal entity needs another id`,
        ]
      : []
  })
  return [...purposes, ...entities]
}
