// A number of policy items in words: 1 entity, 2 entities.
import { count } from '../terminal.ts'

/** `plural` is one of the names that `policy check` counts under. */
export function itemCount(number: number, plural: string): string {
  return number === 1 ? `1 ${plural.replace(/ies$/, 'y').replace(/s$/, '')}` : `${count(number)} ${plural}`
}
