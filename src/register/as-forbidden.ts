// A database that lets a login do less than it needs is no bug of ours, and somebody can be told what to grant.
import { Problem } from '../model/problem.ts'
import { StatementRefused } from './store.ts'

const INSUFFICIENT_PRIVILEGE = '42501'

/** Throws `register.forbidden` where the database refused for want of a privilege; anything else as it came. */
export async function asForbidden<T>(detail: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isForbidden(error)) throw new Problem('register.forbidden', detail, { cause: error })
    throw error
  }
}

export function isForbidden(error: unknown): boolean {
  return error instanceof StatementRefused && error.sqlState === INSUFFICIENT_PRIVILEGE
}
