// fairshare recipient add: a recipient's card comes in, and a challenge sealed to its key goes out.
import { instantToIso } from '../../model/instant.ts'
import { addRecipientCard } from '../../service/recipient-cards.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const recipientAddCommand: Command = {
  name: 'recipient add',
  summary: 'Take in a recipient’s card, and make the challenge that shows who holds its key',
  usage: '<entity id> --card <card.json> [--out <challenge.age>]',
  example: 'recipient add little-acorn-foods --card card.json',
  options: {
    card: { type: 'string', value: 'file', says: 'the card the recipient has sent' },
    out: {
      type: 'string',
      value: 'file',
      says: 'where the challenge goes (default <entity id>-challenge.age)',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one entity of the policy')
    const recipient = required(given[0], 'an entity of the policy')
    const cardPath = required(options.card, '--card')
    const out = optional(options.out) ?? `${recipient}-challenge.age`
    const added = await useExisting(configuration, (app) =>
      addRecipientCard(app, { recipient, cardPath, out }),
    )
    const expiresAt = instantToIso(added.expiresAt)
    if (options.json === true) {
      terminal.printJson({ recipient, card: added.card, position: added.position, challenge: out, expiresAt })
      return 0
    }
    terminal.print(`The card of ${recipient} is on record at position ${added.position}, not verified yet.`)
    terminal.print(`Send ${out} to an address you know from elsewhere, by ${expiresAt}. What comes back:`)
    terminal.print(`  fairshare recipient verify ${recipient} --answer answer.txt`)
    return 0
  },
}
