// How every part of the workbook reader refuses: the path, and words that hold no cell.
import { Problem } from '../../model/problem.ts'

/** `words` go on after the path: "has …", "is …". */
export type Refuse = (words: string) => Problem

export function refuserOf(path: string): Refuse {
  return (words) => new Problem('file.unreadable', `${path} ${words}`)
}
