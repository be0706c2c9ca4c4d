// Rejects as `<file>.rejects.csv`: line, reason; never a cell of the record, which may be anyone's.
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { RejectSink } from '../../intake/reject-sink.ts'
import { diskProblem } from './disk-full.ts'

const BUFFERED_MAX = 1 << 16

export function rejectFilePath(path: string): string {
  return `${path}.rejects.csv`
}

/** Writes as it goes, so that a killed run leaves what it had found. */
export function rejectFile(path: string): RejectSink {
  let file: number | undefined
  let buffered = ''
  let count = 0
  const flush = () => {
    if (file === undefined || buffered === '') return
    // As often as it takes: a disk that is nearly full takes a part, and says so by a number alone.
    writeFileSync(file, buffered)
    buffered = ''
  }
  return {
    start() {
      onDisk(path, () => rmSync(path, { force: true }))
      buffered = 'line,reason\n'
      count = 0
    },
    write({ line, reason }) {
      file ??= onDisk(path, () => openSync(path, 'w', 0o600))
      buffered += `${line},"${reason.replaceAll('"', '""')}"\n`
      count++
      if (buffered.length > BUFFERED_MAX) onDisk(path, flush)
    },
    finish() {
      try {
        if (count > 0) onDisk(path, flush)
      } finally {
        if (file !== undefined) closeSync(file)
        file = undefined
      }
    },
  }
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw diskProblem(error, `listing rejects in ${path}`)
  }
}
