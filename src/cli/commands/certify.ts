// fairshare certify: for a recipient or a contractor. A certificate of destruction, signed with the key of its card.
import { basename } from 'node:path'
import { registerId } from '../../evidence/release-documents.ts'
import { Problem } from '../../model/problem.ts'
import type { Destroyed } from '../../recipient/certify-destruction.ts'
import { certifyTo, writeDestructionTemplate } from '../../service/certify.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { certifiedLines, destructionJson } from '../report/copy-report.ts'
import { atMost } from './argument-count.ts'

export const certifyCommand: Command = {
  name: 'certify',
  summary: 'For a recipient: certify that a release or a copy was destroyed, and sign it',
  usage:
    '(<delivered folder> | --copy <id> --holder <entity> --register <id>) --key <folder> --from <media.yaml>',
  example: 'certify "3-acorn-post@41" --key acorn-keys --from media.yaml',
  options: {
    key: { type: 'string', value: 'folder', says: 'the folder `fairshare key new` made' },
    from: { type: 'string', value: 'file', says: 'what was loaded where, and how it was destroyed there' },
    out: {
      type: 'string',
      value: 'file',
      says: 'where it goes (default certificate.txt; with --template, media.yaml)',
    },
    copy: { type: 'string', value: 'id', says: 'of a copy: the number the sender gave it, such as c1' },
    holder: { type: 'string', value: 'entity', says: 'of a copy: what the sender calls you' },
    register: { type: 'string', value: 'id', says: 'of a copy: the id of the sender’s register' },
    sha256: { type: 'string', value: 'hash', says: 'of a copy: the SHA-256 of its file, if you took it' },
    trust: {
      type: 'string',
      value: 'key',
      says: 'the sender’s verifier key, if you have not opened one yet',
    },
    template: { type: 'boolean', says: 'write a media.yaml to fill in, and nothing else' },
  },
  async run(invocation) {
    const { options, terminal, configuration, arguments: given } = invocation
    atMost(1, given, 'certify takes one folder')
    if (options.template === true) return runTemplate(invocation)
    const out = optional(options.out) ?? 'certificate.txt'
    const statement = await certifyTo({
      destroyed: destroyedOf(invocation),
      keys: required(options.key, '--key <folder>'),
      from: required(options.from, '--from <media.yaml>'),
      trust: optional(options.trust),
      now: configuration.now,
      out,
    })
    if (options.json === true) terminal.printJson({ certificate: out, statement: destructionJson(statement) })
    else for (const line of certifiedLines(statement, out)) terminal.print(line)
    return 0
  },
}

async function runTemplate({ options, terminal }: Invocation): Promise<number> {
  const out = optional(options.out) ?? 'media.yaml'
  await writeDestructionTemplate(out)
  if (options.json === true) terminal.printJson({ template: out })
  else terminal.print(`Fill in ${out}, then: fairshare certify … --from ${basename(out)}`)
  return 0
}

function destroyedOf({ options, arguments: given }: Invocation): Destroyed {
  const copy = optional(options.copy)
  if (copy === undefined) return { folder: required(given[0], '<delivered folder>, or --copy <id>,') }
  if (given.length > 0) throw new Problem('usage.invalid', 'a folder or --copy, not both')
  const sha256 = optional(options.sha256)
  return {
    copy,
    holder: required(options.holder, '--holder <entity>'),
    register: registerOf(required(options.register, '--register <id>')),
    ...(sha256 !== undefined && { recordsSha256: sha256 }),
  }
}

function registerOf(text: string): string {
  if (registerId(text, 'register') === undefined) return text
  throw new Problem(
    'value.invalid',
    '--register is the id of the sender’s register, such as 7be10c52-2c2f-4d4e-9d1a-3f1c8a2b6e55',
  )
}
