// What a verification says: one line for each thing looked at, and of the first that does not hold, the place.
import { LogError } from '../log/log-error.ts'
import { isProblem } from '../model/problem.ts'

/** A file of what is verified, and where in it, as near as can be told: a line, a member, a byte, a row, a leaf. */
export type CheckPlace = { file: string; at?: string }

export type FailedCheck = {
  what: string
  holds: false
  place: CheckPlace
  found: string
  /** The verifier key that signed it, when nothing is wrong but that nobody vouched for that key. */
  untrusted?: string
}

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

/** Signed by the key it names, which is none of those that are trusted. */
export class UntrustedKey extends NotHeld {
  readonly verifierKey: string

  constructor(file: string, at: string, verifierKey: string) {
    super(file, at, `is not a key you trust: ${verifierKey}`)
    this.name = 'UntrustedKey'
    this.verifierKey = verifierKey
  }
}

export function firstFailure(checks: readonly Check[]): FailedCheck | undefined {
  return checks.find((check) => !check.holds)
}

/** "manifest.json, at records.sha256"; "records.csv.age, in or after byte 0 of what is in it" */
export function placeText({ file, at }: CheckPlace): string {
  if (at === undefined) return file
  return at.startsWith('in ') ? `${file}, ${at}` : `${file}, at ${at}`
}

class ChecklistEnded extends Error {}

function asFailed(error: unknown, what: string, file: string): FailedCheck | undefined {
  if (error instanceof UntrustedKey)
    return {
      ...{ what, holds: false, place: error.place, found: error.message },
      untrusted: error.verifierKey,
    }
  if (error instanceof NotHeld) return { what, holds: false, place: error.place, found: error.message }
  if (error instanceof LogError)
    return { what, holds: false, place: placeInLog(file, error.place), found: logWords[error.code] }
  if (isProblem(error) && error.code === 'delivery.tampered')
    return {
      what,
      holds: false,
      place: { file, at: placeInSealed(file, error.detail) },
      found: 'is not as it was sealed',
    }
  return undefined
}

/** What opens sealed files says the place in its own words, after the file's name. */
export function placeInSealed(file: string, detail: string): string {
  const words = detail.replace(`${file}, `, '')
  return words.startsWith('in ') ? words : 'in its header'
}

/** Some of what a `LogError` gives as the place says what is wrong instead: `logWords` does so already. */
function placeInLog(file: string, words: string): CheckPlace {
  const at = words
    .split(': ')
    .map((part) => part.replace(/^(signature \d+) is not .*$/, '$1'))
    .filter((part) => !/^(a|it|its|no|not|the|too|two) /.test(part))
    .join(': ')
  return at === '' ? { file } : { file, at }
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
  'entry.malformed': 'is not an entry of a log as this version knows it',
  'entry.foreign': 'is of another register than the entries before it',
  'entry.misplaced': 'says that it is at another position',
  'entry.backdated': 'was not recorded later than the entry before it',
}
