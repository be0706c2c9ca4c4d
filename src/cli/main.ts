// The command line: finds the command, runs it, turns a Problem into its message and exit code.
import { randomUUID } from 'node:crypto'
import { isProblem, Problem, problems } from '../model/problem.ts'
import { configurationFrom } from '../service/configuration.ts'
import { programVersion } from '../service/package-root.ts'
import { type Command, helpText, optional, parseInvocation } from './command.ts'
import { commands } from './commands.ts'
import { openTerminal, type Terminal, table } from './terminal.ts'

export async function main(words: readonly string[]): Promise<number> {
  // Whatever this process writes, its owner alone reads: the data folder holds birth dates and who objected.
  process.umask(0o077)
  // `| head` closes the pipe when it has seen enough: no error, and nobody left to tell.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', leaveQuietly)
  const terminal = openTerminal(process.stdout, process.stderr)
  const json = words.includes('--json')
  try {
    return await dispatch(words, terminal)
  } catch (error) {
    terminal.settle()
    const problem = isProblem(error) ? error : systemProblem(error)
    return problem === undefined ? showBug(error, terminal, json) : showProblem(problem, terminal, json)
  }
}

function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const command = findCommand(words)
  if (command === undefined) {
    if (words.length === 1 && words[0] === '--version') {
      terminal.print(programVersion())
      return 0
    }
    const asked = words.filter((word) => !word.startsWith('-'))
    const family = commands.filter(({ name }) => name.startsWith(`${asked[0] ?? ''} `))
    const helped = asked.length === 1 && family.length > 0 && asksForHelp(words)
    if (asked.length > 0 && asked[0] !== 'help' && !helped) throw noSuchCommand(asked)
    terminal.print(
      helped ? table(family.map(({ name, summary }) => [`  ${name}`, summary])).join('\n') : overview(),
    )
    return 0
  }
  const rest = words.slice(command.name.split(' ').length)
  if (asksForHelp(rest)) {
    terminal.print(helpText(command))
    return 0
  }
  const { options, arguments: given } = parseInvocation(command, rest)
  const configuration = configurationFrom(process.env, { home: optional(options.home) })
  return command.run({ arguments: given, options, terminal, configuration })
}

function asksForHelp(words: readonly string[]): boolean {
  return words.includes('--help') || words.includes('-h')
}

function findCommand(words: readonly string[]): Command | undefined {
  const two = words.slice(0, 2).join(' ')
  return commands.find(({ name }) => name === two) ?? commands.find(({ name }) => name === words[0])
}

function noSuchCommand([first = '', second = '']: readonly string[]): Problem {
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  if (family.length > 0) return new Problem('usage.invalid', `${first} is one of ${family.join(', ')}`)
  return new Problem('usage.invalid', `there is no command ${`${first} ${second}`.trim().slice(0, 40)}`)
}

function overview(): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary])
  return `Fairshare: share personal data only with whom, and for what, each person was told.

${table(rows).join('\n')}

fairshare <command> --help shows options and an example. New here? Run: fairshare case baby-club-2017 --people 20000`
}

function showProblem(problem: Problem, terminal: Terminal, json: boolean): number {
  const { title, remedy, exit } = problems[problem.code]
  if (json) {
    terminal.printJson({
      error: { code: problem.code, title, detail: problem.detail, remedy, findings: problem.findings },
    })
    return exit
  }
  terminal.note(`fairshare: ${title}: ${oneLine(problem.detail)}`)
  for (const { place, message, remedy: mend } of problem.findings) {
    const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
    terminal.note(`  ${oneLine(where)}  ${oneLine(message)}\n    ${oneLine(mend)}`)
  }
  terminal.note(`What to do: ${remedy}  (${problem.code})`)
  return exit
}

/** A name with a line break in it would otherwise say something in our place. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')
}

/** What a path leads to is not ours to know: what the system says of it, when no command has said it better. */
function systemProblem(cause: unknown): Problem | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || !('path' in cause)) return undefined
  const words = systemWords.get(String(cause.code))
  if (words === undefined) return undefined
  return new Problem('file.unusable', `${String(cause.path).slice(0, PATH_SHOWN_MAX)} ${words}`, { cause })
}

const PATH_SHOWN_MAX = 200

const systemWords: ReadonlyMap<string, string> = new Map([
  ['ENAMETOOLONG', 'is too long a name'],
  ['ELOOP', 'is a link that leads in a circle'],
  ['ENOTDIR', 'lies below something that is no folder'],
  ['EISDIR', 'is a folder'],
  ['EACCES', 'may not be used by this user'],
  ['EPERM', 'may not be used by this user'],
  ['EROFS', 'lies where nothing can be written'],
])

/** Anything that is no Problem is our fault: an id for the user, the cause only where someone asks for it. */
function showBug(error: unknown, terminal: Terminal, json: boolean): number {
  const id = randomUUID().slice(0, 8)
  const detail = `This is a bug in fairshare (${id}). Run again with FAIRSHARE_DEBUG=1 to see its cause, and please report it.`
  if (json) terminal.printJson({ error: { code: 'bug', id, detail } })
  else terminal.note(`fairshare: ${detail}`)
  if (process.env.FAIRSHARE_DEBUG === '1')
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 70
}
