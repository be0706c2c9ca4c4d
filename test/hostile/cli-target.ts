// Every command of the command line with arguments that nobody means: whatever they are, it ends, with an exit code of the table
// and one message, in which nothing steers a terminal.
import { chdir, cwd } from 'node:process'
import { commands } from '../../src/cli/commands.ts'
import { problems } from '../../src/model/problem.ts'
import { randomFrom } from '../chance.ts'
import { type Run, runInside, wordsOf } from '../cli/run-fairshare.ts'
import {
  type Budget,
  type Fuzzed,
  keepOutcome,
  nothingTried,
  outcomeOf,
  TAKEN,
  VIOLATION,
} from './fuzz-target.ts'
import { below, oneOf, type Random } from './mutate-bytes.ts'

/** Commands that would serve for ever, or make a million people, whatever stands behind them: with an option nobody knows. */
const neverEnding: ReadonlySet<string> = new Set(['log serve', 'case'])

const strange = [
  ...[
    '',
    ' ',
    '-',
    '--',
    '---',
    '--=',
    '-x',
    '-hh',
    '--json',
    '--json=1',
    '--help=no',
    '--home',
    '--__proto__',
    '--constructor=1',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '..',
    './',
    'a/../b',
    'no-such-file.yaml',
    'folder',
    'empty',
    'binary',
    'text.yaml',
  ],
  ...[
    "'",
    '"',
    '`',
    '$(id)',
    '; drop table x; --',
    "' or 1=1 --",
    '%',
    '%s%n',
    '\\',
    '*',
    '?',
    '~',
    '|',
    '&&',
  ],
  ...[
    '\u202eevil',
    '\u001b[31mred',
    '\u009b31m',
    '\u001b]0;owned\u0007',
    '\ufeff',
    'e\u0301',
    '\u{1f600}',
    'İ',
    'ß',
    '\uff0e\uff0e',
  ],
  ...[
    '0',
    '-1',
    '1e999',
    '9007199254740993',
    'NaN',
    'Infinity',
    '0x10',
    '1,2',
    '2018-02-30',
    '9999-12-31',
    '2018-02-01T09:00:00Z',
  ],
  ...[
    'member:1',
    'member:',
    ':1',
    'member',
    'a=b',
    'a@b',
    'x'.repeat(300),
    '\t'.repeat(20_000),
    'é'.repeat(5000),
  ],
]

export const COMMAND_LINE = 'command line'

/** In `folder`, which becomes the current one meanwhile: whatever is written goes there. `home`: the data folder, which may be none. */
export async function fuzzCommands(folder: string, home: string, budget: Budget): Promise<Fuzzed> {
  const { ms, triesMax = Number.POSITIVE_INFINITY, seed } = budget
  const found = nothingTried(COMMAND_LINE)
  const environment = { FAIRSHARE_HOME: home, DATABASE_URL: undefined, FAIRSHARE_DEBUG: undefined }
  const before = cwd()
  const until = performance.now() + ms
  chdir(folder)
  try {
    while (found.tried < triesMax && (found.tried < commands.length || performance.now() < until)) {
      const own = (seed + found.tried++) >>> 0
      budget.begins?.(own)
      const words = wordsFrom(own)
      const started = performance.now()
      const outcome = await outcomeOf(async () => judge(await runInside(words, environment)))
      const named = outcome.startsWith(VIOLATION)
        ? `${outcome}\n${JSON.stringify(words).slice(0, 400)}`
        : outcome
      keepOutcome(found, { seed: own, outcome: named, ms: performance.now() - started })
    }
  } finally {
    chdir(before)
  }
  return found
}

/** Each command in its turn: its own example with words spoiled, or words of no sense at all. */
function wordsFrom(seed: number): string[] {
  const random = randomFrom(seed)
  const command = commands[seed % commands.length]!
  const name = command.name.split(' ')
  const options = Object.keys(command.options).map((option) => `--${option}`)
  const word = () => (random() < 0.25 && options.length > 0 ? oneOf(random, options) : oneOf(random, strange))
  const example = wordsOf(command.example).slice(name.length)
  const words =
    random() < 0.7 ? spoiled(random, example, word) : Array.from({ length: below(random, 6) }, word)
  // An option that takes a word could take another option for it, but not with a value of its own.
  return neverEnding.has(command.name) ? [...name, '--unheard-of=1', ...words] : [...name, ...words]
}

function spoiled(random: Random, example: readonly string[], word: () => string): string[] {
  const words = [...example]
  for (let n = below(random, 4); n > 0; n--) {
    const at = below(random, words.length + 1)
    if (random() < 0.2) words.splice(at, 1)
    else if (random() < 0.3) words.splice(at, 0, word())
    else words[at] = word()
  }
  return words
}

const exits: ReadonlySet<number> = new Set([0, 1, ...Object.values(problems).map(({ exit }) => exit)])

/** What a reader of the output can rely on. */
function judge({ stdout, stderr, exit }: Run): string {
  const all = stdout + stderr
  if (!exits.has(exit)) return `violation: exit ${exit}: ${all.slice(0, 400)}`
  if (/^ +at .*\.[jt]s:\d+/m.test(all)) return `violation: a stack trace: ${all.slice(0, 400)}`
  if (steers(all)) return `violation: it steers the terminal: ${JSON.stringify(all.slice(0, 400))}`
  if (exit < 2) return TAKEN
  const messages = stderr.match(/^What to do: /gm)?.length ?? 0
  const code = /\(([a-z]+\.[a-z_]+)\)$/m.exec(stderr)?.[1] ?? /"code": "([a-z]+\.[a-z_]+)"/.exec(stdout)?.[1]
  if (code === undefined || !Object.hasOwn(problems, code)) return `violation: no code: ${all.slice(0, 400)}`
  if (messages > 1) return `violation: ${messages} messages`
  return code
}

function steers(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are looked for
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text)
}
