// What a command is: a name of one or two words, its options, and a run that prints and returns an exit code.
import { parseArgs } from 'node:util'
import { isOneLine } from '../model/one-line.ts'
import { Problem } from '../model/problem.ts'
import type { Configuration } from '../service/configuration.ts'
import type { Terminal } from './terminal.ts'

export type OptionSpec = {
  type: 'string' | 'boolean'
  short?: string
  multiple?: boolean
  says: string
  value?: string
  /** Words that stay on record and stand in lists: one line, or `value.invalid`. */
  recorded?: true
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

export type Invocation = {
  /** Arguments that are no options, in order. */
  arguments: readonly string[]
  options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
  terminal: Terminal
  configuration: Configuration
}

export type Command = {
  /** One or two words, e.g. "policy check". */
  name: string
  summary: string
  /** After the name, e.g. "<folder> [--json]". */
  usage: string
  /** A line that runs. */
  example: string
  options: OptionSpecs
  /** Exit code: 0 done, 1 done and the answer is no (a refusal, findings), 2 and up a Problem. */
  run(invocation: Invocation): Promise<number>
}

/** Options every command has. */
export const commonOptions: OptionSpecs = {
  json: { type: 'boolean', says: 'print one JSON document and nothing else' },
  home: {
    type: 'string',
    value: 'folder',
    says: 'data folder (default .fairshare/default, or FAIRSHARE_HOME)',
  },
  help: { type: 'boolean', short: 'h', says: 'show this help' },
}

/** An argument may have a hundred thousand characters, and the reason repeats it. */
const REASON_MAX = 200

/** Throws `usage.invalid` naming the option that was not understood, `value.invalid` for words that cannot go on record. */
export function parseInvocation(command: Command, words: readonly string[]) {
  const invocation = readWords(command, words)
  for (const [name, { recorded }] of Object.entries(command.options)) {
    const value = invocation.options[name]
    if (recorded === true && typeof value === 'string' && !isOneLine(value))
      throw new Problem(
        'value.invalid',
        `--${name} is one line, without control characters or marks of direction`,
      )
  }
  return invocation
}

function readWords(command: Command, words: readonly string[]) {
  const specs = { ...command.options, ...commonOptions }
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short && { short }), ...(multiple && { multiple }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options,
      allowPositionals: true,
      strict: true,
    })
    return { options: values as Invocation['options'], arguments: positionals }
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message.slice(0, REASON_MAX).split(/\.?\s*\n|\. /)[0]! : 'the options'
    throw new Problem('usage.invalid', `${command.name}: ${reason}`, { cause })
  }
}

/** A required text option or argument; `what` names it in the message. */
export function required(value: Invocation['options'][string], what: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new Problem('usage.invalid', `${what} is missing`)
}

export function optional(value: Invocation['options'][string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function helpText(command: Command): string {
  const specs = Object.entries({ ...command.options, ...commonOptions })
  const left = specs.map(
    ([name, { short, value }]) => `  ${short ? `-${short}, ` : ''}--${name}${value ? ` <${value}>` : ''}`,
  )
  const width = Math.max(...left.map((text) => text.length)) + 2
  const lines = specs.map(([, { says }], index) => `${left[index]!.padEnd(width)}${says}`)
  return `${command.summary}

Usage: fairshare ${command.name} ${command.usage}

${lines.join('\n')}

Example:
  fairshare ${command.example}
`
}
