// Somebody who may approve: a name, and the key that signs for it. The private half stays with that person.
import { encodeVerifierKey } from '../log/signed-note.ts'
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { ApproverBody } from '../model/release.ts'
import { sameName } from '../model/same-person.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { approverIdOf } from './approver-id.ts'
import { readApprovers } from './read-approvers.ts'

const NAME_LENGTH_MAX = 100

export type AddedApprover = {
  approver: ApproverBody
  /** Undefined when the same was on record already. */
  position: number | undefined
  /** The key that counted for this name until now. */
  replaced: string | undefined
}

/** The newest key of a name counts. One key for two names would let one person be two. */
export async function addApprover(
  register: Register,
  { name, publicKey, actor }: { name: string; publicKey: Uint8Array; actor: string },
): Promise<AddedApprover> {
  const id = idOf(name)
  const approver: ApproverBody = { id, name: name.trim(), verifierKey: encodeVerifierKey(id, publicKey) }
  let known: ApproverBody | undefined
  const appended = await appendUnderLock(register, async (session) => {
    const approvers = await readApprovers(session)
    known = approvers.get(id)
    refuseClash(approver, [...approvers.values()])
    if (known?.verifierKey === approver.verifierKey) return undefined
    return documentDraft({ kind: 'approver', about: id, body: canonicalJson(approver), actor })
  })
  const replaced = appended === undefined ? undefined : known?.verifierKey
  return { approver, position: appended?.position, replaced }
}

/** The public key at the end of a verifier key: under another name the same key has another verifier key. */
function keyPartOf(verifierKey: string): string {
  return verifierKey.slice(verifierKey.indexOf('+', verifierKey.indexOf('+') + 1) + 1)
}

function refuseClash(approver: ApproverBody, approvers: readonly ApproverBody[]): void {
  for (const other of approvers) {
    const same = sameName(other.name, approver.name)
    if (other.id === approver.id && !same)
      throw new Problem(
        'value.invalid',
        `${other.name} is ${other.id} already; write the name so that it differs`,
      )
    if (!same && keyPartOf(other.verifierKey) === keyPartOf(approver.verifierKey))
      throw new Problem(
        'value.invalid',
        `this key is the one of ${other.name}; every approver has one of their own`,
      )
  }
}

function idOf(name: string): string {
  const id = approverIdOf(name)
  if (id === '' || name.length > NAME_LENGTH_MAX || /\p{C}/u.test(name))
    throw new Problem(
      'value.invalid',
      `--name is the name of a person, of at most ${NAME_LENGTH_MAX} letters`,
    )
  return id
}
