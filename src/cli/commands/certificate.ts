// fairshare certificate: what a recipient can show for each row it got: who was told of it, by which notice, and when.
import type { Certificate } from '../../model/certificate.ts'
import { writeCertificate } from '../../service/certificate.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const certificateCommand: Command = {
  name: 'certificate',
  summary: 'Make the recipient’s due-diligence certificate: each row was told of it, by which notice, when',
  usage: '--release <id> [--out <folder>]',
  example: 'certificate --release 3-acorn-post@41 --out certificate-3-acorn-post',
  options: {
    release: { type: 'string', value: 'id', says: 'which delivered release' },
    out: { type: 'string', value: 'folder', says: 'folder to make (default certificate-<id>)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'certificate takes options only, such as --release')
    const release = required(options.release, '--release <id>')
    const out = optional(options.out) ?? `certificate-${release}`
    const certificate = await useExisting(configuration, (app) =>
      writeCertificate(app, release, { out, onStep: (step) => terminal.progress(step) }),
    )
    if (options.json === true) terminal.printJson({ folder: out, ...certificate })
    else for (const line of linesOf(out, certificate)) terminal.print(line)
    return 0
  },
}

function linesOf(folder: string, { rows, erased, notices, recipient, register }: Certificate): string[] {
  return [
    `Wrote ${folder}: ${count(rows)} rows of ${recipient.name}, under ${count(notices.length)} ${notices.length === 1 ? 'notice' : 'notices'}.`,
    ...(erased === 0
      ? []
      : [`${count(erased)} rows that were delivered have no line: their people were erased since.`]),
    'The rows are sealed to the recipient’s key; send the folder as it is. It is checked with:',
    `  fairshare verify "${folder}" --key "${register.verifierKey}"`,
  ]
}
