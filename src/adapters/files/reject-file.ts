// Rejects as `<file>.rejects.csv`: line, reason; never a cell of the record, which may be anyone's.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import type { RejectSink } from '../../intake/reject-sink.ts'

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
    writeSync(file, buffered)
    buffered = ''
  }
  return {
    start() {
      rmSync(path, { force: true })
      buffered = 'line,reason\n'
      count = 0
    },
    write({ line, reason }) {
      file ??= openSync(path, 'w', 0o600)
      buffered += `${line},"${reason.replaceAll('"', '""')}"\n`
      count++
      if (buffered.length > BUFFERED_MAX) flush()
    },
    finish() {
      if (count > 0) flush()
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}
