// One person's receipt, claims and recipients, with what lies outside the register: kept trees, files of verdicts.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { openTreeFile } from '../adapters/files/tree-folder.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { type Check, firstFailure, placeText } from '../evidence/check.ts'
import { verifyClaim } from '../evidence/verify-claim.ts'
import { verifyPersonReceipt } from '../evidence/verify-person-receipt.ts'
import { utf8 } from '../log/bytes.ts'
import { issuedAt } from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import { findSubject } from '../register/find-subject.ts'
import type { Register } from '../register/open-register.ts'
import { personNotFound } from '../register/person-not-found.ts'
import { logVerifierKey } from '../register/publish-log.ts'
import { artefactRelation, maskColumns } from '../release/verdict-table.ts'
import type { Provable, ProvableOptions } from '../rights/find-provable.ts'
import { type IssuedClaim, issueClaims, listProvable } from '../rights/issue-claim.ts'
import { issueReceipt } from '../rights/issue-receipt.ts'
import type { ReleaseFiles, Verdict } from '../rights/release-files.ts'
import type { App } from './open-app.ts'
import { type PersonMeant, personReference } from './person-reference.ts'

/** `person.not_found` when nobody is enrolled under the reference. */
export async function subjectOf(register: Register, person: PersonMeant): Promise<number> {
  const ref = await personReference(register, person)
  const subject = await findSubject(register, ref)
  if (subject === undefined) throw await personNotFound(register, person.kind, ref)
  return subject
}

/** `checked`: how it was made sure that who asks is this person. */
type Asked = { grounds: boolean; checked?: string | undefined }

/** Canonical JSON. A receipt that would not verify is not handed out. */
export async function receiptOf(
  { register, engine, log, configuration }: App,
  person: PersonMeant,
  { grounds, checked }: Asked = { grounds: false },
): Promise<string> {
  const subject = await subjectOf(register, person)
  const issued = issuedAt(register.now(), checked)
  const files = releaseFilesIn(configuration.home, engine)
  const receipt = await issueReceipt(register, log, files, subject, { grounds, issued })
  refuseFailed(await verifyPersonReceipt(utf8(receipt), logVerifierKey(register)))
  return receipt
}

/** What can be proved of this person, each as one file. */
export async function provableOf(
  { register, engine, configuration }: App,
  person: PersonMeant,
  options: ProvableOptions,
): Promise<Provable[]> {
  const subject = await subjectOf(register, person)
  return listProvable(register, releaseFilesIn(configuration.home, engine), subject, options)
}

/** Those of them that are chosen, as canonical JSON. A claim that would not verify is not handed out. */
export async function claimsOf(
  { register, engine, log, configuration }: App,
  person: PersonMeant,
  choose: (provable: readonly Provable[]) => readonly Provable[],
  { checked, ...options }: ProvableOptions & Asked,
): Promise<IssuedClaim[]> {
  const subject = await subjectOf(register, person)
  const issued = issuedAt(register.now(), checked)
  const files = releaseFilesIn(configuration.home, engine)
  const claims = await issueClaims(register, log, files, subject, choose, { ...options, issued })
  for (const { text } of claims) refuseFailed(await verifyClaim(utf8(text), logVerifierKey(register)))
  return claims
}

function refuseFailed(checks: readonly Check[]): void {
  const failed = firstFailure(checks)
  if (failed !== undefined)
    throw new Problem('register.corrupt', `${failed.what}: ${placeText(failed.place)} ${failed.found}`)
}

export function releaseFilesIn(home: string, engine: SetEngine): ReleaseFiles {
  return {
    openTree: (release, tree) => openTreeFile(join(home, 'trees'), release, tree),
    async readVerdicts({ file }, subject) {
      const path = join(home, 'decisions', file)
      if (!(await isThere(path))) return undefined
      return readVerdicts(engine, path, subject)
    },
  }
}

async function readVerdicts(engine: SetEngine, path: string, subject: number): Promise<Verdict[]> {
  const rows = await engine.rows<Record<string, number>>(
    `select outcome, fields, ${maskColumns.join(', ')} from ${artefactRelation(path)} where subject = ${subject} order by ordinal`,
  )
  return rows.map((row) => ({
    outcome: row.outcome!,
    fields: row.fields!,
    masks: maskColumns.map((mask) => row[mask]!),
  }))
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
