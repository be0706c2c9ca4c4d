// Which error the system gave, by its code: what is expected, such as a file that is not there, is told from what is not.

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
