// The holder's side of a certificate of destruction: a file about media, a folder of keys, and what was delivered. No register.
import { readText } from '../adapters/files/read-folder.ts'
import { writeNewFile } from '../adapters/keys/seed-file.ts'
import type { DestructionStatement } from '../model/custody.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { destructionTemplate, readDestructionFile } from '../policy/destruction-file.ts'
import { certifyDestruction, type Destroyed } from '../recipient/certify-destruction.ts'
import { recipientDesk, recipientKeysIn } from './recipient-desk.ts'

type CertifyOptions = {
  destroyed: Destroyed
  keys: string
  from: string
  out: string
  trust: string | undefined
  now: () => Instant
}

/** Throws `value.invalid` with the places that need mending. */
export async function certifyTo(options: CertifyOptions): Promise<DestructionStatement> {
  const { destroyed, from, out, trust, now } = options
  const { report, findings } = readDestructionFile(await readText(from), from)
  if (report === undefined) throw new Problem('value.invalid', from, { findings })
  const keys = await recipientKeysIn(options.keys, trust)
  const desk = { files: recipientDesk.files, now }
  const { statement, certificate } = await certifyDestruction(desk, keys, destroyed, report)
  await writeOnce(out, certificate)
  return statement
}

export async function writeDestructionTemplate(out: string): Promise<void> {
  await writeOnce(out, destructionTemplate)
}

async function writeOnce(path: string, text: string): Promise<void> {
  if (!(await writeNewFile(path, text))) throw new Problem('out.exists', `${path} is there already`)
}
