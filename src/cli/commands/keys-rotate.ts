// fairshare keys rotate: another key signs for the register from now on.
import type { RotationReason } from '../../model/key-rotation.ts'
import { Problem } from '../../model/problem.ts'
import { publishedLogFolder } from '../../service/published-log.ts'
import { rotateKey } from '../../service/register-keys.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command, Invocation } from '../command.ts'
import { atMost } from './argument-count.ts'

export const keysRotateCommand: Command = {
  name: 'keys rotate',
  summary: 'Sign with a new key from now on, and leave a note that leads readers from the old one to it',
  usage: '[--stolen | --lost]',
  example: 'keys rotate',
  options: {
    stolen: {
      type: 'boolean',
      says: 'somebody else may have the old key: it does not vouch for the new one',
    },
    lost: { type: 'boolean', says: 'the old key is gone: it cannot vouch for the new one' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'keys rotate takes options only')
    const why = reasonOf(options)
    const { position, statement, path } = await useExisting(configuration, (app) => rotateKey(app, why))
    const note = `${publishedLogFolder(configuration)}/${path}`
    if (options.json === true) {
      terminal.printJson({ position, ...statement, note })
      return 0
    }
    terminal.print(`From position ${position} on the register signs with`)
    terminal.print(`  ${statement.next}`)
    terminal.print(`The old key is destroyed here; what it signed stays valid. The note is ${note}.`)
    for (const line of whatNext(why)) terminal.print(line)
    return 0
  },
}

function reasonOf({ stolen, lost }: Invocation['options']): RotationReason {
  if (stolen === true && lost === true)
    throw new Problem('usage.invalid', 'a key is either stolen or lost; of one that is both say --stolen')
  if (stolen === true) return 'stolen'
  return lost === true ? 'lost' : 'planned'
}

function whatNext(why: RotationReason): string[] {
  if (why === 'planned')
    return [
      'Both keys signed it. The log is published with it; give recipients the new key or the note:',
      '  fairshare key trust <note> --key <their folder>',
    ]
  return [
    'The old key did not sign it, so nobody can follow it by itself: tell everyone who trusts the old key, by',
    'telephone or letter, and have them compare the new one. Back up the keys folder now.',
  ]
}
