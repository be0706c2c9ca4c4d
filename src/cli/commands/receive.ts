// fairshare receive: what a recipient signed is taken into the register: its receipt, or its certificate of destruction.
import { looksLikeDestruction } from '../../evidence/verify-destruction.ts'
import { looksLikeReceipt } from '../../evidence/verify-receipt.ts'
import { Problem } from '../../model/problem.ts'
import { type ReceivedDestruction, receiveDestruction } from '../../release/receive-destruction.ts'
import { type ReceivedReceipt, receiveReceipt } from '../../release/receive-receipt.ts'
import { recipientDesk } from '../../service/recipient-desk.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { destructionJson, fewerLines, receivedDestructionLine } from '../report/copy-report.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

const NOTE_BYTES_MAX = 1 << 16

export const receiveCommand: Command = {
  name: 'receive',
  summary: 'Take in the receipt or the certificate of destruction a recipient sent back',
  usage: '<receipt.txt or certificate.txt>',
  example: 'receive receipt.txt',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'receive takes one receipt or certificate')
    const note = await readNote(required(given[0], '<receipt.txt or certificate.txt>'))
    const { actor } = configuration
    // A file of another kind is not called a receipt that does not hold.
    if (!looksLikeDestruction(note) && !looksLikeReceipt(note.replaceAll('\r\n', '\n')))
      throw new Problem('value.invalid', `${given[0]} is neither a receipt nor a certificate of destruction`)
    if (looksLikeDestruction(note)) {
      const received = await useExisting(configuration, (app) =>
        receiveDestruction(app.register, note, actor),
      )
      if (options.json === true)
        terminal.printJson({ ...received, statement: destructionJson(received.statement) })
      else for (const line of [destructionSentence(received), ...fewerLines(received)]) terminal.print(line)
      return 0
    }
    const received = await useExisting(configuration, (app) => receiveReceipt(app.register, note, actor))
    if (options.json === true) terminal.printJson(received)
    else terminal.print(sentence(received))
    return 0
  },
}

async function readNote(path: string): Promise<string> {
  const bytes = await recipientDesk.files.read(path, NOTE_BYTES_MAX)
  if (bytes === undefined) throw new Problem('file.missing', path)
  if (bytes.length > NOTE_BYTES_MAX)
    throw new Problem('value.invalid', `${path} is too long for a receipt or a certificate`)
  return Buffer.from(bytes).toString('utf8')
}

function destructionSentence(received: ReceivedDestruction): string {
  return `${receivedDestructionLine(received)} (${recordedWords(received)}).`
}

function sentence(received: ReceivedReceipt): string {
  const { release, receipt } = received
  const recorded = recordedWords(received)
  if (receipt.format === 'fairshare/release-receipt@v1')
    return `Release ${release} was opened: ${count(receipt.rows)} rows arrived as they were sent (${recorded}).`
  const { removal, removed, absent } = receipt
  return `Removal ${removal} of release ${release} was applied: ${count(removed)} removed, ${count(absent)} not there (${recorded}).`
}

function recordedWords({ position, repeated }: { position: number; repeated: boolean }): string {
  return repeated ? `recorded before at ${count(position)}` : `recorded at ${count(position)}`
}
