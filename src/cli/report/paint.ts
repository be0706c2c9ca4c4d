// Emphasis on a terminal; plain text where colour is off, and never the only carrier of a meaning.

export type Paint = {
  strong(text: string): string
  quiet(text: string): string
  accent(text: string): string
  alarm(text: string): string
  caution(text: string): string
  calm(text: string): string
}

export function paintFor(color: boolean): Paint {
  const style = (code: number, off: number) => (text: string) =>
    color && text !== '' ? `\x1b[${code}m${text}\x1b[${off}m` : text
  return {
    strong: style(1, 22),
    quiet: style(2, 22),
    accent: style(36, 39),
    alarm: style(31, 39),
    caution: style(33, 39),
    calm: style(32, 39),
  }
}

/** A share of one as a bar; whatever is not nothing stays visible. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  if (eighths === 0) return share > 0 ? '▏' : ''
  return '█'.repeat(Math.floor(eighths / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '')
}
