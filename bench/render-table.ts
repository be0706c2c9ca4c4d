// Figures as one Markdown table: the same on the terminal and in bench/README.md.
import type { StepFigure } from './figure.ts'

const columns = ['what', 'size', 'time', 'rate', 'peak RSS', 'against', 'aim'] as const

/** Aim for every step, in decimal gigabytes. */
const peakRssMax = 1.5e9

export function renderTable(figures: readonly StepFigure[]): string {
  const rows = figures.map((figure, at) => [
    figure.did,
    `${whole(figure.size.count)} ${figure.size.of}`,
    timeOf(figure),
    `${rate(figure.perSecond)}/s`,
    // Of the step's process: said once for all that one process did.
    figures[at - 1]?.step === figure.step ? '″' : peakRss(figure.peakRssBytes),
    figure.against === undefined ? '' : `${ratio(figure.against.ratio)}× ${figure.against.what}`,
    figure.aim === undefined ? '' : `${figure.aim.says}: ${figure.aim.met ? 'met' : 'missed'}`,
  ])
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`
  return [
    line(columns),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n')
}

function timeOf({ seconds, milliseconds }: StepFigure): string {
  if (milliseconds !== undefined)
    return `p50 ${milliseconds.p50.toFixed(2)} ms, p99 ${milliseconds.p99.toFixed(2)} ms`
  if (seconds === undefined) return ''
  const { median, least, most, rounds } = seconds
  return rounds === 1 ? inSeconds(median) : `${inSeconds(median)} (${inSeconds(least)} to ${inSeconds(most)})`
}

function inSeconds(seconds: number): string {
  return seconds < 0.1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`
}

function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`
  return whole(perSecond < 1000 ? perSecond : Math.round(perSecond / 100) * 100)
}

function ratio(value: number): string {
  return value < 10 ? value.toFixed(2) : whole(value)
}

function peakRss(bytes: number): string {
  return `${whole(bytes / 1e6)} MB${bytes < peakRssMax ? '' : ' (aim < 1,500)'}`
}

function whole(count: number): string {
  return Math.round(count).toLocaleString('en-GB')
}
