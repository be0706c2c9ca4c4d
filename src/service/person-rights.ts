// One person's receipt and recipients, with what lies outside the register: kept trees, files of verdicts.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { openTreeFile } from '../adapters/files/tree-folder.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { firstFailure, placeText } from '../evidence/check.ts'
import { verifyPersonReceipt } from '../evidence/verify-person-receipt.ts'
import { encodeVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import { findSubject } from '../register/find-subject.ts'
import type { Register } from '../register/open-register.ts'
import { artefactRelation, maskColumns } from '../release/verdict-table.ts'
import { issueReceipt, type ReceiptOptions } from '../rights/issue-receipt.ts'
import type { ReleaseFiles, Verdict } from '../rights/release-files.ts'
import type { App } from './open-app.ts'
import { type PersonMeant, personReference } from './person-reference.ts'

/** `person.not_found` when nobody is enrolled under the reference. */
export async function subjectOf(register: Register, person: PersonMeant): Promise<number> {
  const subject = await findSubject(register, await personReference(register, person))
  if (subject === undefined)
    throw new Problem('person.not_found', `nobody is enrolled under this ${person.kind}`)
  return subject
}

/** Canonical JSON. A receipt that would not verify is not handed out. */
export async function receiptOf(
  { register, engine, log, configuration }: App,
  person: PersonMeant,
  options: ReceiptOptions = { grounds: false },
): Promise<string> {
  const subject = await subjectOf(register, person)
  const receipt = await issueReceipt(
    register,
    log,
    releaseFilesIn(configuration.home, engine),
    subject,
    options,
  )
  const key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
  const failed = firstFailure(await verifyPersonReceipt(Buffer.from(receipt, 'utf8'), key))
  if (failed !== undefined)
    throw new Problem('register.corrupt', `${failed.what}: ${placeText(failed.place)} ${failed.found}`)
  return receipt
}

function releaseFilesIn(home: string, engine: SetEngine): ReleaseFiles {
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
