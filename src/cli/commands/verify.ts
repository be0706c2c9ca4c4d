// fairshare verify: whether a delivery, a receipt, an evidence pack or a log holds, without a register and without a network.
import { firstFailure, placeText } from '../../evidence/check.ts'
import { limits, unshown } from '../../evidence/verify-file.ts'
import { type Verified, verifyPath } from '../../service/verify-path.ts'
import { type Command, optional, required } from '../command.ts'
import { printable } from '../report/readable.ts'
import { atMost } from './argument-count.ts'

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Check a delivery, a receipt, a reminder, an evidence pack or a copy of a log, offline',
  usage:
    '<path> [--key <key>] [--identity <folder>] [--kept <checkpoint>] [--enquiry <date>] [--before <pack>]',
  example: 'verify delivered/3-acorn-post@41 --identity acorn-keys',
  options: {
    key: {
      type: 'string',
      value: 'key',
      says: 'whose signature it must bear: name+id+key, or a JSON file with a verifierKey',
    },
    identity: {
      type: 'string',
      value: 'folder',
      says: 'a recipient’s keys: the registers it trusts, and the rows of a release',
    },
    kept: {
      type: 'string',
      value: 'file',
      multiple: true,
      says: 'a checkpoint you kept: the log must go on from it; repeat for each',
    },
    enquiry: {
      type: 'string',
      value: 'date',
      says: 'of an evidence pack: what was entered from this date on is counted',
    },
    before: {
      type: 'string',
      value: 'path',
      says: 'of an evidence pack with a sample: the pack you were given before you named the seed',
    },
  },
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'verify takes one path')
    const path = required(given[0], '<path>')
    const verified = await verifyPath(path, {
      key: optional(options.key),
      identity: optional(options.identity),
      enquiry: optional(options.enquiry),
      before: optional(options.before),
      kept: [options.kept ?? []].flat().map(String),
    })
    const holds = firstFailure(verified.checks) === undefined
    if (options.json === true) terminal.printJson({ ...verified, holds, limits })
    else for (const line of lines(verified, holds)) terminal.print(line)
    return holds ? 0 : 1
  },
}

const words: Readonly<Record<Verified['what'], string>> = {
  release: 'release',
  removal: 'removal',
  log: 'log',
  certificate: 'certificate',
  checkpoint: 'checkpoint',
  'person receipt': 'person’s receipt',
  claim: 'claim',
  'recipient receipt': 'recipient’s receipt',
  'certificate of destruction': 'certificate of destruction',
  'key rotation': 'change of keys',
  reminder: 'reminder',
  'evidence pack': 'evidence pack',
}

function lines({ what, checks, says = [], doesNotSay = [], left }: Verified, holds: boolean): string[] {
  return [
    ...checks.flatMap((check) =>
      check.holds
        ? [`  ok  ${printable(check.what)}`]
        : [
            `  NO  ${printable(check.what)}`,
            `      ${printable(`${placeText(check.place)}: ${check.found}`)}`,
          ],
    ),
    holds
      ? `The ${words[what]} holds.`
      : `The ${words[what]} does not hold; what comes after the first failure was not looked at.`,
    ...(says.length === 0 ? [] : ['What it says:', ...says.map((line) => `  ${printable(line)}`)]),
    ...(left === undefined ? [] : [left]),
    ...(doesNotSay.length === 0
      ? [limits]
      : ['What it does not say:', ...doesNotSay.map((line) => `  ${printable(line)}`), `  ${unshown}`]),
  ]
}
