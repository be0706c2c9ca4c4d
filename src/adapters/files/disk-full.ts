// A disk, or a quota on it, that has no room left: the one failure of writing that a user can mend.
import { Problem } from '../../model/problem.ts'

/** ENOSPC and EDQUOT as `disk.full`; anything else comes back as it was. `what` was being written. */
export function diskProblem(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT' ? new Problem('disk.full', what, { cause: error }) : error
}
