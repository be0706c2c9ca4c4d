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
      out.write(`${harmless(text)}\n`)
    },
    printJson(value) {
      settle()
      out.write(`${harmlessJson(value)}\n`)
    },
    note(text) {
      settle()
      err.write(`${harmless(text)}\n`)
    },
    progress({ step, done, detail }) {
      if (!interactive) return
      const now = performance.now()
      if (step !== current) startedAt = now
      if (step === current && now - drawnAt < redrawMs && done !== 1) return
      current = step
      drawnAt = now
      drawn = true
      const line = progressLine(step, done, detail, (now - startedAt) / 1000).slice(
        0,
        (err.columns ?? 100) - 1,
      )
      err.write(`\r\x1b[2K${harmless(line)}`)
    },
  }
}

/**
 * Names of columns, files and people come from outside, and whatever prints one comes through here: nothing in them may move
 * the cursor, set the title, hide a line or turn its direction. Our own emphasis passes (`paint.ts`); so do lines and tabs.
 */
function harmless(text: string): string {
  if (!steering.test(text)) return text
  return text
    .split(ourEmphasis)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(everySteering, '?')))
    .join('')
}

/** The same value, escaped: JSON itself escapes only what stands below the blank. */
function harmlessJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value, undefined, 2).replaceAll(beyondJson, escaped)
}

const marksOfDirection = '\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'
const steering = new RegExp(`[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f${marksOfDirection}]`)
const everySteering = new RegExp(steering, 'g')
const beyondJson = new RegExp(`[\\x7f-\\x9f${marksOfDirection}]`, 'g')
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is how an emphasis begins and ends
const ourEmphasis = /(\x1b\[(?:1|2|22|36|39)m)/

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

/** A cell in two lines would be a row that nobody wrote. */
const lineEnds = /[\t\n\v\f\r\u0085\u2028\u2029]+/g

/** Columns padded to equal width; the columns named in `right` are aligned right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = []
  const lines = rows.map((row) => row.map((cell) => cell.replaceAll(lineEnds, ' ')))
  for (const row of lines) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return lines.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd(),
  )
}
