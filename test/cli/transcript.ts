// Transcripts: what someone types and what they see, as one readable file.
//
//   # a comment; the first one is the test's name
//   file: name.csv               a file in <data>, its lines after "| "
//   | first line
//   change: <path>               one byte of this file is changed before the next command
//   $ fairshare …                a command; a backslash at the line's end continues it
//   what it prints               standard output, then standard error after "! ", then [exit N] unless it is 0
//
// <data> is the transcript's folder, <example> the 2017 case for 1,000 people. In output <time>, <date>, <day>, <uuid>, <hash>, <key>,
// <pid> and <n> stand for what differs from run to run, and a line of … for any lines.
import type { Run } from './run-fairshare.ts'

export type Transcript = {
  name: string
  files: { name: string; text: string }[]
  commands: { line: string; prints: string; changes: string[] }[]
}

export function readTranscript(text: string): Transcript {
  const transcript: Transcript = { name: '', files: [], commands: [] }
  let isCommandOpen = false
  let changes: string[] = []
  for (const line of text.split('\n')) {
    const command = transcript.commands.at(-1)
    if (isCommandOpen && command !== undefined) {
      command.line += `\n${line}`
      isCommandOpen = line.endsWith('\\')
    } else if (line.startsWith('# ')) transcript.name ||= line.slice(2)
    else if (line.startsWith('file: ')) transcript.files.push({ name: line.slice(6).trim(), text: '' })
    else if (line.startsWith('| ') || line === '|') transcript.files.at(-1)!.text += `${line.slice(2)}\n`
    else if (line.startsWith('change: ')) changes.push(line.slice(8).trim())
    else if (line.startsWith('$ fairshare')) {
      transcript.commands.push({ line: line.slice('$ fairshare'.length), prints: '', changes })
      changes = []
      isCommandOpen = line.endsWith('\\')
    } else if (command !== undefined) command.prints += `${line}\n`
  }
  for (const command of transcript.commands) command.prints = command.prints.trimEnd()
  return transcript
}

/** What a run printed, the way a transcript writes it. */
export function written({ stdout, stderr, exit }: Run, folders: Readonly<Record<string, string>>): string {
  const complaints = stderr.trimEnd() === '' ? [] : stderr.trimEnd().split('\n')
  const lines = [
    ...(stdout.trimEnd() === '' ? [] : [stdout.trimEnd()]),
    ...complaints.map((line) => `! ${line}`),
    ...(exit === 0 ? [] : [`[exit ${exit}]`]),
  ]
  let text = lines.join('\n')
  for (const [name, path] of Object.entries(folders)) text = text.replaceAll(path, name)
  return text
}

const patterns: Readonly<Record<string, string>> = {
  '<time>': String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?`,
  '<date>': String.raw`\d{4}-\d\d-\d\d`,
  '<day>': String.raw`\d{1,2} [A-Z][a-z]+ \d{4}`,
  '<uuid>': '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '<hash>': '[0-9a-f]{12,64}',
  '<key>': String.raw`[^\s"+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]`,
  '<pid>': String.raw`\d+`,
  '<n>': '[0-9,]+',
}

/** `actual` with the expected text's placeholders where it has something of that form; so that a difference reads well. */
export function withPlaceholders(actual: string, expected: string): string {
  if (matches(actual, expected)) return expected
  const wanted = expected.split('\n')
  return actual
    .split('\n')
    .map((line) => wanted.find((one) => one !== ANY_LINES && matches(line, one)) ?? line)
    .join('\n')
}

const ANY_LINES = '…'

function matches(actual: string, expected: string): boolean {
  const lines = expected.split('\n').map((line) => (line === ANY_LINES ? '(?:.*\n)*?' : `${pattern(line)}\n`))
  return new RegExp(`^${lines.join('')}$`).test(`${actual}\n`)
}

function pattern(line: string): string {
  return line
    .split(/(<time>|<date>|<day>|<uuid>|<hash>|<key>|<pid>|<n>)/)
    .map((part) => patterns[part] ?? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('')
}
