// fairshare receive: a recipient's receipt is taken into the register, if its own key signed it and it found what was sent.
import { Problem } from '../../model/problem.ts'
import { type ReceivedReceipt, receiveReceipt } from '../../release/receive-receipt.ts'
import { recipientDesk } from '../../service/recipient-desk.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

const RECEIPT_BYTES_MAX = 1 << 16

export const receiveCommand: Command = {
  name: 'receive',
  summary: 'Take in the receipt a recipient sent back',
  usage: '<receipt.txt>',
  example: 'receive receipt.txt',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'receive takes one receipt')
    const note = await readNote(required(given[0], '<receipt.txt>'))
    const received = await useExisting(configuration, (app) =>
      receiveReceipt(app.register, note, configuration.actor),
    )
    if (options.json === true) terminal.printJson(received)
    else terminal.print(sentence(received))
    return 0
  },
}

async function readNote(path: string): Promise<string> {
  const bytes = await recipientDesk.files.read(path, RECEIPT_BYTES_MAX)
  if (bytes === undefined) throw new Problem('file.missing', path)
  if (bytes.length > RECEIPT_BYTES_MAX)
    throw new Problem('receipt.invalid', `${path} is too long for a receipt`)
  return Buffer.from(bytes).toString('utf8')
}

function sentence({ release, receipt, position, repeated }: ReceivedReceipt): string {
  const recorded = repeated ? `recorded before at ${count(position)}` : `recorded at ${count(position)}`
  if (receipt.format === 'fairshare/release-receipt@v1')
    return `Release ${release} was opened: ${count(receipt.rows)} rows arrived as they were sent (${recorded}).`
  const { removal, removed, absent } = receipt
  return `Removal ${removal} of release ${release} was applied: ${count(removed)} removed, ${count(absent)} not there (${recorded}).`
}
