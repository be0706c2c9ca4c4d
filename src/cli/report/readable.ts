// Figures and texts as people read them. Names and policy texts come from outside: nothing in them may steer a terminal.
import { dateOf, dateToIso, type Instant } from '../../model/instant.ts'
import { count } from '../terminal.ts'

/**
 * One line of harmless text: control characters (an escape sequence could repaint the screen) and the marks that
 * reverse reading direction become visible question marks, line breaks become spaces.
 */
export function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Co}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '?')
}

/** Lines of at most `width` characters, each indented; a word that is longer is cut. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const room = Math.max(20, width - indent.length)
  const words =
    printable(text)
      .trim()
      .match(new RegExp(`\\S{1,${room}}`, 'gu')) ?? []
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => indent + line)
}

/** 0.04 s, 2.3 s, 47 s, 2 min 35 s */
export function duration(seconds: number): string {
  if (seconds < 0.005) return '< 0.01 s'
  if (seconds < 0.1) return `${seconds.toFixed(2)} s`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Decimal units: 84.2 MB, 1.31 GB */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e8 ? 0 : 1)} MB`
  return `${count(Math.ceil(bytes / 1000))} kB`
}

/** 1 person, 1,065,220 people */
export function people(number: number): string {
  return `${count(number)} ${number === 1 ? 'person' : 'people'}`
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** 5 May 2017, as the calendar of the zone has it */
export function day(instant: Instant, zone: string): string {
  return dateWords(dateToIso(dateOf(instant, zone)))
}

/** 2017-05-05 → 5 May 2017; what is no date stays as it is */
export function dateWords(iso: string): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(iso) ?? []
  const name = months[Number(month) - 1]
  return name === undefined ? iso : `${Number(date)} ${name} ${year}`
}

/** A column name as words: `parent_name` → parent name */
export function fieldWords(name: string): string {
  return name.replaceAll('_', ' ')
}

/** a, b and c */
export function listed(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** It begins with a capital and ends with a full stop. */
export function sentence(text: string): string {
  const started = capitalised(text)
  return /[.!?…”]$/.test(started) ? started : `${started}.`
}

export function firstSentence(text: string): string {
  return text.split(/(?<=[.!?]) (?=\p{Lu})/u)[0] ?? text
}
