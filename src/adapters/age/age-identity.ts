// age identities: made, and read from files in age's own form, so that `age -d -i` opens what was sealed to them.
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Problem } from '../../model/problem.ts'

export type AgeIdentity = { identity: string; recipient: string }

export async function makeAgeIdentity(): Promise<AgeIdentity> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** A line for each identity; comments and empty lines between them. */
export async function readIdentityFile(text: string, path: string): Promise<AgeIdentity[]> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  if (lines.length === 0) throw new Problem('keys.unusable', `${path} holds no identity`)
  return Promise.all(lines.map((identity) => withRecipient(identity, path)))
}

async function withRecipient(identity: string, path: string): Promise<AgeIdentity> {
  try {
    return { identity, recipient: await identityToRecipient(identity) }
  } catch {
    // Without the cause: its words might repeat the key.
    throw new Problem('keys.unusable', `${path} holds a line that is no age identity`)
  }
}
