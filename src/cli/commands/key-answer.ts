// fairshare key answer: a recipient shows that it holds the key of its card. No register is opened.
import { answerChallengeFile } from '../../service/recipient-keys.ts'
import { type Command, optional, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const keyAnswerCommand: Command = {
  name: 'key answer',
  summary: 'For a recipient: answer the challenge that a sender made for your card',
  usage: '<challenge.age> --key <folder> [--out <answer.txt>]',
  example: 'key answer little-acorn-foods-challenge.age --key acorn-keys',
  options: {
    key: { type: 'string', value: 'folder', says: 'the folder `fairshare key new` made' },
    out: { type: 'string', value: 'file', says: 'where the answer goes (default answer.txt)' },
  },
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'one challenge')
    const path = required(given[0], 'a challenge')
    const folder = required(options.key, '--key')
    const out = optional(options.out) ?? 'answer.txt'
    const { challenge, trusted } = await answerChallengeFile({ path, folder, out })
    const { controller, origin, verifierKey, recipient } = challenge
    if (options.json === true) {
      terminal.printJson({ answer: out, controller, origin, verifierKey, recipient, trusted })
      return 0
    }
    terminal.print(`${controller} asks whether you hold the key of ${recipient}. Send back ${out}.`)
    terminal.print(`Its register is ${origin}, and signs with the key`)
    terminal.print(`  ${verifierKey}`)
    if (trusted === 'known') terminal.print('which you trust already.')
    else
      terminal.print(
        'which you trust from now on. Compare it by telephone: a stranger could have sent this challenge.',
      )
    return 0
  },
}
