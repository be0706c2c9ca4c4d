// fairshare recipient verify: the answer to a challenge; from here on releases are sealed to the key of that card.

import { verifyRecipientAnswer } from '../../service/recipient-cards.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const recipientVerifyCommand: Command = {
  name: 'recipient verify',
  summary: 'Check a recipient’s answer: releases are sealed to its key from then on',
  usage: '<entity id> --answer <answer.txt>',
  example: 'recipient verify little-acorn-foods --answer answer.txt',
  options: { answer: { type: 'string', value: 'file', says: 'what the recipient has sent back' } },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one entity of the policy')
    const recipient = required(given[0], 'an entity of the policy')
    const answerPath = required(options.answer, '--answer')
    const verified = await useExisting(configuration, (app) =>
      verifyRecipientAnswer(app, { recipient, answerPath }),
    )
    const { card, key, position, repeated } = verified
    if (options.json === true) terminal.printJson({ recipient, card, key, position, repeated })
    else if (repeated) terminal.print(`${recipient} has shown this before, at position ${position}.`)
    else {
      terminal.print(`${recipient} holds the key of the card at position ${key} (verified at ${position}).`)
      terminal.print('What is released to it from now on is sealed to this key.')
    }
    return 0
  },
}
