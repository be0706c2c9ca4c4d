// fairshare verify: whether a delivery, a receipt or a log holds, without a register and without a network.
import { firstFailure, placeText } from '../../evidence/check.ts'
import { type Verified, verifyPath } from '../../service/verify-path.ts'
import { type Command, optional, required } from '../command.ts'
import { printable } from '../report/readable.ts'
import { atMost } from './argument-count.ts'

const limits = 'This does not show that nothing left outside the register: no proof can.'

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Check a delivery, a receipt or a copy of a log, offline',
  usage: '<path> [--key <key>] [--identity <folder>]',
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
  },
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'verify takes one path')
    const path = required(given[0], '<path>')
    const verified = await verifyPath(path, {
      key: optional(options.key),
      identity: optional(options.identity),
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
  checkpoint: 'checkpoint',
  'person receipt': 'person’s receipt',
  'recipient receipt': 'recipient’s receipt',
}

function lines({ what, checks, left }: Verified, holds: boolean): string[] {
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
    ...(left === undefined ? [] : [left]),
    limits,
  ]
}
