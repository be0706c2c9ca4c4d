// What a command says that has recorded one thing: where, and when.
import { instantToIso } from '../../model/instant.ts'
import type { Recorded } from '../../register/record-event.ts'

export function recordedLines({ position, recordedAt, repeated }: Recorded, json: boolean): string[] {
  const at = instantToIso(recordedAt)
  if (json) return [JSON.stringify({ position, recordedAt: at, repeated }, undefined, 2)]
  const place = `at position ${position}, ${at}`
  return [repeated ? `Already recorded ${place}; nothing was written.` : `Recorded ${place}.`]
}
