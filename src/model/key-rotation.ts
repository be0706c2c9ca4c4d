// That a register signs with another key from now on: what both keys sign, so that whoever trusts the one gets to the other.
import { readStatement } from './statement.ts'

export const keyRotationFormat = 'fairshare/key-rotation@v1'

/** `planned`: both keys sign. `stolen`, `lost`: the old one is not asked, and the new one needs another way to be trusted. */
export const rotationReasons = ['planned', 'stolen', 'lost'] as const
export type RotationReason = (typeof rotationReasons)[number]

export type KeyRotation = {
  format: typeof keyRotationFormat
  /** Register id, and the origin of its log: the name of both keys. */
  register: string
  origin: string
  /** 1, 2, … in this register. */
  rotation: number
  /** Verifier keys; `previous` is absent when nobody knows it any more. */
  previous?: string
  next: string
  why: RotationReason
  /** ISO 8601, UTC. */
  rotatedAt: string
}

/** `note` = the statement as a signed note. */
export type KeyRotatedBody = { statement: KeyRotation; note: string }

/** Undefined unless the text is exactly one such statement. */
export function readKeyRotation(text: string): KeyRotation | undefined {
  const read = readStatement(text, keyRotationFormat)
  if (read === undefined) return undefined
  const { register, origin, rotation, previous, next, why, rotatedAt, ...rest } = read
  const texts = [register, origin, next, rotatedAt, ...(previous === undefined ? [] : [previous])]
  if (!texts.every((text) => typeof text === 'string' && text !== '')) return undefined
  if (!Number.isSafeInteger(rotation) || Object.keys(rest).length !== 1) return undefined
  if (!rotationReasons.some((reason) => reason === why)) return undefined
  if (why === 'planned' && previous === undefined) return undefined
  if (typeof rotatedAt !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(rotatedAt))
    return undefined
  return read as KeyRotation
}

/** Where the log publishes the note. */
export function rotationPath(rotation: number): string {
  return `keys/rotation-${rotation}.note`
}
