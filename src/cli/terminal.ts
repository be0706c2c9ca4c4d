// Where a command prints: results to standard output; progress to standard error, drawn in place on a terminal, silent when piped.

type Stream = { write(text: string): unknown; isTTY?: boolean; columns?: number }

export type Terminal = {
  /** A line of the result. */
  print(text: string): void
  /** The result as JSON: one document, integers as integers. */
  printJson(value: unknown): void
  /** A line for people beside the result. */
  note(text: string): void
  /** Redraws one line: what is going on, how far (0 to 1), at what rate. */
  progress(step: { step: string; done?: number; detail?: string }): void
  /** Takes the progress line away. */
  settle(): void
  /** Whether someone is watching. */
  interactive: boolean
}

const redrawMs = 80

export function openTerminal(out: Stream, err: Stream): Terminal {
  const interactive = err.isTTY === true
  let drawn = false
  let drawnAt = 0
  let startedAt = 0
  let current = ''
  const settle = () => {
    if (drawn) err.write('\r\x1b[2K')
    drawn = false
    current = ''
  }
  return {
    interactive,
    settle,
    print(text) {
      settle()
      out.write(`${text}\n`)
    },
    printJson(value) {
      settle()
      out.write(`${JSON.stringify(value, undefined, 2)}\n`)
    },
    note(text) {
      settle()
      err.write(`${text}\n`)
    },
    progress({ step, done, detail }) {
      if (!interactive) return
      const now = performance.now()
      if (step !== current) startedAt = now
      if (step === current && now - drawnAt < redrawMs && done !== 1) return
      current = step
      drawnAt = now
      drawn = true
      err.write(
        `\r\x1b[2K${progressLine(step, done, detail, (now - startedAt) / 1000).slice(0, (err.columns ?? 100) - 1)}`,
      )
    },
  }
}

function progressLine(
  step: string,
  done: number | undefined,
  detail: string | undefined,
  seconds: number,
): string {
  if (done === undefined) return `  ${step} …${detail ? `  ${detail}` : ''}`
  const filled = Math.round(Math.min(1, Math.max(0, done)) * 20)
  const left =
    done > 0.02 && done < 1 && seconds > 1 ? `  ${Math.ceil((seconds * (1 - done)) / done)} s left` : ''
  return `  ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${String(Math.floor(done * 100)).padStart(3)} %  ${step}${detail ? `  ${detail}` : ''}${left}`
}

/** 1065220 → 1,065,220 */
export function count(number: number): string {
  return number.toLocaleString('en-GB')
}

/** Columns padded to equal width; the columns named in `right` are aligned right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd(),
  )
}
