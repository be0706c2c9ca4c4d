// What a verification says: one line for each thing looked at, and of the first that does not hold, the place.
import { LogError } from '../log/log-error.ts'
import { isProblem } from '../model/problem.ts'

/** A file of what is verified, and where in it, as near as can be told: a line, a member, a byte, a row, a leaf. */
export type CheckPlace = { file: string; at?: string }

export type FailedCheck = { what: string; holds: false; place: CheckPlace; found: string }

/** `found` holds no personal value: it is shown, and may be sent to whoever made the file. */
export type Check = { what: string; holds: true } | FailedCheck

/** Checks in the order they were made; what comes after one that does not hold was not looked at. */
export class Checklist {
  readonly checks: Check[] = []

  /** Runs one check. `NotHeld`, `LogError` and a tampered delivery end the list with their place; whatever else is thrown is a bug. */
  async check<T>(what: string, file: string, step: () => T | Promise<T>): Promise<T> {
    try {
      const value = await step()
      this.checks.push({ what, holds: true })
      return value
    } catch (error) {
      const failed = asFailed(error, what, file)
      if (failed === undefined) throw error
      this.checks.push(failed)
      throw new ChecklistEnded()
    }
  }

  /** What the checks were for, or undefined when one of them did not hold. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ChecklistEnded) return undefined
      throw error
    }
  }
}

/** Thrown by a check that does not hold. */
export class NotHeld extends Error {
  readonly place: CheckPlace

  constructor(file: string, at: string | undefined, found: string) {
    super(found)
    this.name = 'NotHeld'
    this.place = { file, ...(at !== undefined && { at }) }
  }
}

export function firstFailure(checks: readonly Check[]): FailedCheck | undefined {
  return checks.find((check) => !check.holds)
}

/** "manifest.json, at records.sha256" */
export function placeText({ file, at }: CheckPlace): string {
  return at === undefined ? file : `${file}, at ${at}`
}

class ChecklistEnded extends Error {}

function asFailed(error: unknown, what: string, file: string): FailedCheck | undefined {
  if (error instanceof NotHeld) return { what, holds: false, place: error.place, found: error.message }
  if (error instanceof LogError)
    return { what, holds: false, place: { file, at: error.place }, found: logWords[error.code] }
  // What opens sealed files says the place in its own words, after the file's name.
  if (isProblem(error) && error.code === 'delivery.tampered')
    return {
      what,
      holds: false,
      place: { file, at: error.detail.replace(`${file}, `, '') },
      found: 'is not as it was sealed',
    }
  return undefined
}

const logWords: Record<LogError['code'], string> = {
  'note.malformed': 'is not a signed note',
  'note.unsigned': 'is not signed by the key it should be',
  'key.malformed': 'names a key that is none',
  'checkpoint.malformed': 'is not a checkpoint of this log',
  'proof.malformed': 'is not a proof',
  'proof.invalid': 'does not show that the log holds the entry',
  'tile.missing': 'is not there',
  'tile.malformed': 'is not as long as it should be',
  'tree.mismatch': 'does not lead to the root that was signed',
}
